import pytest
from drawing import cover, encoded, genre_folders

from covergenre import home
from covergenre.dataset import registry
from covergenre.errors import BadDataset, BadImage
from covergenre.repair.corrections import genre_of, remove, save

BLUE, RED = encoded(cover("jazz", 1)), encoded(cover("rap", 2))


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("COVERGENRE_HOME", str(tmp_path / "home"))


def test_corrected_covers_become_a_data_set_named_mine():
    assert save(BLUE, "blue.png", "jazz").counts == {"jazz": 1}
    kept = save(RED, "red.png", "rap")
    assert (kept.dataset, dict(kept.counts)) == ("mine", {"jazz": 1, "rap": 1})
    dataset = registry.open_dataset("mine")
    assert dataset.genres == ("jazz", "rap")
    assert dataset.file(dataset.manifest["path"][0]).read_bytes() == BLUE


def test_the_last_of_several_corrections_counts():
    save(BLUE, "blue.png", "jazz")
    assert save(BLUE, "other name.png", "Black  Metal").counts == {"black metal": 1}
    assert genre_of(BLUE) == "black metal"


def test_removing_the_last_correction_removes_the_data_set():
    save(BLUE, "blue.png", "jazz")
    save(RED, "red.png", "rap")
    remove(BLUE)
    assert registry.open_dataset("mine").genres == ("rap",)
    assert genre_of(BLUE) == ""
    remove(RED)
    assert registry.names() == ()
    remove(RED)


def test_another_data_set_of_that_name_is_left_alone(tmp_path):
    registry.register("mine", genre_folders(tmp_path / "covers", ("jazz", "rap"), 2))
    assert save(BLUE, "blue.png", "jazz").dataset == "mine-2"
    assert save(RED, "red.png", "jazz").counts == {"jazz": 2}
    assert len(registry.open_dataset("mine").manifest) == 4


@pytest.mark.parametrize("genre", ["", "..", "a/b", "a\\b", ".hidden", "x" * 41, "jazz\0"])
def test_a_genre_must_be_a_valid_folder_name(genre):
    with pytest.raises(BadDataset, match="can't be a genre"):
        save(BLUE, "blue.png", genre)
    assert not home.corrections().exists()


@pytest.mark.parametrize("name", ["../../x.png", "/etc/passwd", "", "C:\\covers\\a.png", "a\0b.png", "\u202egnp.exe"])
def test_a_hostile_name_stays_in_its_folder(name):
    save(BLUE, name, "jazz")
    (file,) = (path for path in home.corrections().rglob("*") if path.is_file())
    assert file.parent == home.corrections() / "jazz"
    assert file.suffix == ".png"


def test_a_file_that_is_no_picture_is_refused():
    with pytest.raises(BadImage):
        save(b"milk", "milk.jpg", "jazz")
    assert not home.corrections().exists()
