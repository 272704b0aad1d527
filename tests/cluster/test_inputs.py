import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from drawing import genre_folders

from covergenre.cluster.inputs import find_items, read
from covergenre.errors import BadDataset, BadImage


@pytest.fixture
def served(tmp_path) -> Iterator[str]:
    """The address of a server that hands out `tmp_path`."""
    pytest.importorskip("aiohttp")
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    handler.log_message = lambda *_: None
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_covers_below_a_folder_are_found_by_extension(tmp_path):
    genre_folders(tmp_path, ["jazz"], 2)
    (tmp_path / "jazz" / "notes.txt").touch()
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "a.jpg").touch()
    (tmp_path / "link.jpg").symlink_to(tmp_path / "jazz" / "000.jpg")
    items = find_items(str(tmp_path))
    assert [item.path for item in items] == ["jazz/000.jpg", "jazz/001.jpg"]
    assert read(items[0].address) == (tmp_path / "jazz" / "000.jpg").read_bytes()


def test_a_changed_file_has_another_key(tmp_path):
    genre_folders(tmp_path, ["jazz"], 2)
    before = {item.key for item in find_items(str(tmp_path))}
    (tmp_path / "jazz" / "001.jpg").write_bytes(b"other")
    assert len(before & {item.key for item in find_items(str(tmp_path))}) == 1


def test_a_list_over_http_names_covers_by_url(tmp_path, served):
    genre_folders(tmp_path, ["jazz"], 1)
    (tmp_path / "list.txt").write_text(f"# covers\n{served}/jazz/000.jpg\n\n{served}/jazz/gone.jpg\n")
    there, gone = find_items(f"{served}/list.txt")
    assert read(there.address) == (tmp_path / "jazz" / "000.jpg").read_bytes()
    with pytest.raises(BadImage, match="no cover at"):
        read(gone.address)


@pytest.mark.parametrize("named", ["", "nowhere", "list.txt"])
def test_an_address_without_covers_is_reported(tmp_path, named):
    (tmp_path / "list.txt").write_text("jazz/000.jpg\n")
    with pytest.raises(BadDataset):
        find_items(str(tmp_path / named))


def test_a_bucket_names_the_package_it_needs():
    with pytest.raises(BadDataset, match=r"gcsfs|gs://"):
        find_items("gs://bucket/covers")
