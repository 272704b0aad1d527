"""The real code with a tiny network of the same kind, that has learned nothing."""

import numpy as np
import pytest

from covergenre.collection.sources import open_run_collection
from covergenre.collection.text_search import TextSearch, embed_missing_covers
from covergenre.embedding import clip
from covergenre.embedding.clip import ClipModel
from covergenre.errors import Cancelled
from covergenre.progress import Monitor


def test_covers_are_embedded_once_and_then_found_by_text(clip_weights, library):
    index = TextSearch.open(library, ClipModel.open())
    assert (len(index.rows), len(index.missing)) == (0, len(library))
    assert index.search("a trumpet", 5, range(len(library))) == []
    done = []
    embed_missing_covers(library, index, Monitor(lambda progress: done.append(progress.done)))
    assert done[-1] == len(library)
    index = TextSearch.open(library, ClipModel.open())
    assert (len(index.rows), len(index.missing)) == (len(library), 0)
    found = index.search("a trumpet", 5, range(len(library)))
    expected = index.vectors @ index.model.encode_text("a trumpet")
    assert [row for row, _ in found] == index.rows[np.argsort(-expected, kind="stable")[:5]].tolist()


def test_only_covers_that_pass_the_filters_are_found(clip_weights, library):
    embed_missing_covers(library, TextSearch.open(library, ClipModel.open()))
    jazz = np.flatnonzero(library.genre_of == library.genres.index("jazz"))
    found = TextSearch.open(library, ClipModel.open()).search("a trumpet", 50, jazz)
    assert {row for row, _ in found} == set(jazz.tolist())


def test_a_stop_keeps_what_was_embedded(clip_weights, library):
    stops = iter([False, True])
    with pytest.raises(Cancelled, match="those are kept"):
        embed_missing_covers(
            library, TextSearch.open(library, ClipModel.open()), monitor=Monitor(should_stop=lambda: next(stops))
        )
    assert len(TextSearch.open(library, ClipModel.open()).rows) == 16


def test_covers_without_pictures_are_not_embedded(clip_weights, starter):
    index = TextSearch.open(open_run_collection(), ClipModel.open())
    assert (len(index.rows), len(index.missing)) == (0, 0)


def test_another_network_embeds_again(clip_weights, clip_files, library):
    embed_missing_covers(library, TextSearch.open(library, ClipModel.open()))
    before = ClipModel.open()
    folder = clip.weights_folder()
    folder.unlink()
    folder.mkdir()
    for name in clip._FILES:
        (folder / name).write_bytes((clip_files / name).read_bytes() + (b" " if name.endswith("json") else b""))
    assert ClipModel.open().key != before.key
    assert len(TextSearch.open(library, ClipModel.open()).missing) == len(library)
