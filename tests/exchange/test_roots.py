import os

import pytest

from covergenre.errors import BadDataset
from covergenre.exchange.roots import allowed_folder, allowed_roots


@pytest.fixture
def started_in(tmp_path, monkeypatch):
    """A folder that the process was started in, with covers inside it, beside it and further off."""
    for folder in ("near/app/mine", "near/beside", "far"):
        (tmp_path / folder).mkdir(parents=True)
    monkeypatch.delenv("COVERGENRE_ROOTS", raising=False)
    monkeypatch.chdir(tmp_path / "near" / "app")
    return tmp_path


@pytest.mark.parametrize(
    ("named", "folder"), [("mine", "near/app/mine"), ("../beside", "near/beside"), (" . ", "near/app")]
)
def test_folders_in_and_beside_the_working_directory_are_allowed(started_in, named, folder):
    assert allowed_folder(named) == started_in / folder
    assert allowed_folder(str(started_in / folder)) == started_in / folder


@pytest.mark.parametrize("named", ["/", "/etc", "../../far", "~", "..//..", "mine/../../../far"])
def test_other_folders_are_rejected(started_in, named):
    with pytest.raises(BadDataset, match="name a folder below"):
        allowed_folder(named)


def test_a_link_out_of_the_roots_is_rejected(started_in):
    (started_in / "near" / "app" / "link").symlink_to(started_in / "far")
    with pytest.raises(BadDataset, match="below"):
        allowed_folder("link")


@pytest.mark.parametrize("named", ["nothing", "a\0b"])
def test_a_path_that_is_not_a_folder_is_reported(started_in, named):
    with pytest.raises(BadDataset, match="folder"):
        allowed_folder(named)


def test_further_roots_can_be_allowed(started_in, monkeypatch):
    monkeypatch.setenv("COVERGENRE_ROOTS", os.pathsep.join([str(started_in / "far"), ""]))
    assert allowed_roots() == (started_in / "far",)
    assert allowed_folder(str(started_in / "far")) == started_in / "far"
    with pytest.raises(BadDataset, match="below"):
        allowed_folder(str(started_in / "near"))


def test_the_file_system_root_is_never_allowed(monkeypatch):
    monkeypatch.delenv("COVERGENRE_ROOTS", raising=False)
    monkeypatch.chdir("/tmp")
    assert [str(root) for root in allowed_roots()] == [os.path.realpath("/tmp")]


@pytest.mark.parametrize("text", ["", "  "])
def test_a_folder_is_required(text):
    with pytest.raises(BadDataset, match="no folder was named"):
        allowed_folder(text)


def test_a_text_longer_than_any_path_is_rejected(started_in):
    with pytest.raises(BadDataset, match="can't be the path of a folder"):
        allowed_folder("a/" * 2500 + "b" * 5000)


def test_started_in_the_file_system_root_not_everything_is_allowed(started_in, monkeypatch):
    monkeypatch.chdir("/")
    monkeypatch.setenv("HOME", str(started_in / "far"))
    assert allowed_roots() == (started_in / "far",)
    monkeypatch.setenv("HOME", "/")
    assert all(str(root) != "/" for root in allowed_roots())
