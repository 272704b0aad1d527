"""A data set with defects, and the Explore page of it."""

import shutil
from pathlib import Path

import pytest
from apptests import single_page
from drawing import genre_folders
from exploring import open_at, settled
from streamlit.testing.v1 import AppTest

from covergenre.dataset.registry import register
from covergenre.inspection import inspection


@pytest.fixture(autouse=True)
def tiny_backbone(recipe, monkeypatch) -> None:
    """Covers become vectors by the tiny backbone."""
    monkeypatch.setattr(inspection, "RECIPES", (recipe,))


@pytest.fixture
def root(tmp_path) -> Path:
    """A folder of covers; see `defective`."""
    return defective_covers(tmp_path / "covers")


@pytest.fixture
def page(root) -> AppTest:
    """The page of a data set that was not looked through yet, opened and come to rest."""
    register("mine", root)
    return settled(single_page("explore").run())


@pytest.fixture(scope="session")
def audited_home(make_once, engines, recipe) -> Path:
    """A home whose data set "mine" was looked through, shared because that takes seconds. Read only."""

    def look(home: Path) -> Path:
        (home / "engines").symlink_to(engines)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("COVERGENRE_HOME", str(home))
            patch.setattr(inspection, "RECIPES", (recipe,))
            inspection.inspect_dataset(register("mine", defective_covers(home / "covers"))[0])
        return home

    return make_once("looked through", look)


@pytest.fixture
def audited(own_home, audited_home) -> AppTest:
    """The findings of a data set that was looked through."""
    stays = shutil.ignore_patterns("engines", "covers", "made")
    shutil.copytree(audited_home, own_home, symlinks=True, dirs_exist_ok=True, ignore=stays)
    return open_at(see="Findings")


def defective_covers(root: Path) -> Path:
    """Jazz and rap; one picture is in both genres, another twice in jazz; one file is truncated."""
    genre_folders(root, ("jazz", "rap"), 30)
    shutil.copy(root / "jazz" / "000.jpg", root / "rap" / "both.jpg")
    shutil.copy(root / "jazz" / "001.jpg", root / "jazz" / "copy.jpg")
    (root / "rap" / "torn.jpg").write_bytes(b"\xff\xd8\xff torn")
    return root
