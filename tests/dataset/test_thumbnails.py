import io

import pytest
from drawing import genre_folders
from PIL import Image

from covergenre import home, images
from covergenre.dataset.registry import register
from covergenre.dataset.thumbnails import SIDE, known_signatures, make_signatures, thumbnail, thumbnails
from covergenre.errors import Cancelled
from covergenre.progress import Monitor


@pytest.fixture
def dataset(tmp_path):
    root = genre_folders(tmp_path / "covers", ("jazz", "rap"), 3, side=300)
    (root / "rap" / "torn.jpg").write_bytes(b"\xff\xd8\xff torn")
    return register("mine", root)[0]


def first(dataset) -> tuple[str, str]:
    return dataset.manifest.loc[0, "path"], dataset.manifest.loc[0, "content_hash"]


def test_a_thumbnail_is_a_small_jpeg_cached_by_content(dataset):
    made = thumbnail(dataset, *first(dataset))
    assert Image.open(io.BytesIO(made)).size == (SIDE, SIDE)
    dataset.file(first(dataset)[0]).unlink()
    assert thumbnail(dataset, *first(dataset)) == made


def test_an_unreadable_cover_has_no_thumbnail(dataset):
    dataset.file(first(dataset)[0]).unlink()
    assert thumbnails(dataset, [first(dataset), ("rap/torn.jpg", "")]) == [b"", b""]
    assert thumbnail(dataset, "../../out.jpg", "0" * 32) == b""


def test_signatures_of_all_usable_covers_are_stored(dataset):
    assert known_signatures(dataset) is None
    reports = []
    looks = make_signatures(dataset, Monitor(reports.append))
    assert len(looks) == 6
    assert {len(signature) for signature in looks["signature"]} == {images.SIGNATURE_LENGTH}
    assert (reports[-1].done, reports[-1].total) == (6, 6)
    assert known_signatures(dataset).equals(looks)


def test_only_new_covers_need_a_signature(dataset):
    make_signatures(dataset)
    genre_folders(dataset.root, ("jazz",), 5, side=300)
    reports = []
    looks = make_signatures(register("mine", dataset.root)[0], Monitor(reports.append))
    assert reports[-1].total == 2
    assert len(looks) == 8


def test_a_stop_keeps_what_was_made(dataset):
    with pytest.raises(Cancelled, match="is kept"):
        make_signatures(dataset, monitor=Monitor(should_stop=lambda: True))
    assert len(list(home.thumbnails().iterdir())) >= 1
    assert len(make_signatures(dataset)) == 6


def test_a_damaged_file_is_replaced(dataset):
    looks = make_signatures(dataset)
    next(dataset.folder.glob("looks*")).write_bytes(b"PAR1")
    assert known_signatures(dataset) is None
    assert make_signatures(dataset).equals(looks)
