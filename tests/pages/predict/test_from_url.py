import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from drawing import cover, encoded

from covergenre.errors import BadImage, Refused
from covergenre.progress import SILENT
from pages.predict.from_url import fetch

PICTURE = encoded(cover("jazz", 1))
PAGES = {
    "/covers/blue%20hours.png": ("image/png", PICTURE),
    "/album": ("text/html; charset=utf-8", b"<html>"),
    "/milk.jpg": ("image/jpeg", b"milk"),
}


class Site(BaseHTTPRequestHandler):
    def do_GET(self):
        kind, body = PAGES.get(self.path, ("text/plain", b""))
        self.send_response(200 if self.path in PAGES else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def site():
    server = HTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def get(address: str):
    return fetch(address, SILENT, trusted=("127.0.0.1",))


def test_a_picture_is_named_after_its_url(site):
    found = get(f"{site}/covers/blue%20hours.png")
    assert (found.name, found.data) == ("blue hours.png", PICTURE)


def test_a_url_without_a_picture_is_rejected_with_advice(site):
    with pytest.raises(Refused, match="address of a web page"):
        get(f"{site}/album")
    with pytest.raises(Refused, match="no picture at this address"):
        get(f"{site}/gone.jpg")
    with pytest.raises(BadImage, match="not a picture"):
        get(f"{site}/milk.jpg")


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1/x.png", "http://localhost/x.png", "http://169.254.169.254/", "file:///etc/passwd"]
)
def test_local_and_private_addresses_are_never_requested(address):
    with pytest.raises(Refused):
        fetch(address, SILENT)
