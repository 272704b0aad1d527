import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from benchmarks.fake_sources import World, serve
from covergenre import web as module
from covergenre.errors import Cancelled, ConnectionLost, Refused
from covergenre.progress import Monitor
from covergenre.web import Web

SMALL = 10_000


@pytest.fixture
def world():
    return World()


@pytest.fixture
def base(world):
    with serve(world) as base:
        yield base


@pytest.fixture
def web():
    with Web("tests", trusted=["127.0.0.1"]) as web:
        yield web


@pytest.fixture
def short_waits(monkeypatch):
    """Shortens every wait between tries to a moment; returns the waits that were requested."""
    waits = []
    wait = module._wait
    monkeypatch.setattr(module, "_wait", lambda state: waits.append(wait(state)) or 0.01)
    return waits


def test_a_response_has_body_and_content_type(base, world, web):
    world.overrides["/x"] = (200, {"Content-Type": "Text/Plain; charset=utf-8"}, b"hello")
    answer = web.get(f"{base}/x", SMALL)
    assert (answer.status, answer.body, answer.media_type) == (200, b"hello", "text/plain")


def test_not_found_is_a_response_too(base, web):
    assert web.get(f"{base}/nothing", SMALL).status == 404


def test_redirects_are_followed(base, world, web):
    world.overrides["/a"] = (307, {"Location": "/b"}, b"")
    world.overrides["/b"] = (200, {}, b"there")
    assert web.get(f"{base}/a", SMALL).body == b"there"


def test_endless_redirects_are_abandoned(base, world, web):
    world.overrides["/a"] = (302, {"Location": "/a"}, b"")
    with pytest.raises(Refused, match="more than 5 redirects"):
        web.get(f"{base}/a", SMALL)
    assert len(world.requests) == 6


@pytest.mark.parametrize(
    "target", ["http://10.0.0.1/x", "http://[::1]:9/x", "http://169.254.169.254/", "http://0.0.0.0/"]
)
def test_a_redirect_into_a_private_network_is_rejected(base, world, web, target):
    world.overrides["/a"] = (302, {"Location": target}, b"")
    with pytest.raises(Refused, match="leads into a private network"):
        web.get(f"{base}/a", SMALL)


def test_a_name_that_resolves_to_a_private_address_is_rejected(monkeypatch):
    private = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.168.1.7", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: private)
    with Web("tests") as web, pytest.raises(Refused, match=r"inside\.example leads into a private network \(192"):
        web.get("http://inside.example/x", SMALL)


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://x/y", "http://", "http://me@x/", "http://[x/", "x"])
def test_a_non_web_url_is_rejected(web, address):
    with pytest.raises(Refused, match="not a web address"):
        web.get(address, SMALL)


def test_a_token_is_not_sent_to_another_host(base, world, web):
    world.overrides["/a"] = (302, {"Location": base.replace("127.0.0.1", "localhost") + "/b"}, b"")
    world.overrides["/b"] = (200, {}, b"")
    with Web("tests", trusted=["127.0.0.1", "localhost"]) as web:
        web.get(f"{base}/a", SMALL, {"Authorization": "secret"})
    assert world.tokens == ["secret", ""]


def test_a_body_declared_too_large_is_not_read(base, world, web):
    world.overrides["/x"] = (200, {"Content-Length": str(5 * 2**30)}, b"a")
    with pytest.raises(Refused, match=r"a body of more than 0\.00954 MB"):
        web.get(f"{base}/x", SMALL)


def test_an_undeclared_large_body_is_cut_off(base, world, web):
    body = b"".join(b"%x\r\n%s\r\n" % (4096, b"a" * 4096) for _ in range(9)) + b"0\r\n\r\n"
    world.overrides["/x"] = (200, {"Transfer-Encoding": "chunked"}, body)
    with pytest.raises(Refused, match="a body of more than"):
        web.get(f"{base}/x", SMALL)


@pytest.mark.parametrize("begun", [b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: "])
def test_a_slow_drip_of_bytes_times_out(monkeypatch, web, begun):
    monkeypatch.setattr(module, "MOST_SECONDS", 0.3)
    with Dripping(begun) as base, pytest.raises(Refused, match="not there after"):
        web.get(base, SMALL)


def test_a_busy_host_is_retried_after_the_time_it_names(base, world, web, short_waits):
    world.overrides["/x"] = lambda times: (503, {"Retry-After": "3"}, b"") if times < 3 else (200, {}, b"now")
    assert web.get(f"{base}/x", SMALL).body == b"now"
    assert short_waits == [3.0, 3.0]


def test_retry_after_may_be_a_date(base, world, web, short_waits):
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    world.overrides["/x"] = lambda times: (503, {"Retry-After": later}, b"") if times < 2 else (200, {}, b"")
    web.get(f"{base}/x", SMALL)
    assert 30 < short_waits[0] <= 60


def test_a_host_that_names_a_long_wait_is_left_alone(base, world, web):
    world.overrides["/x"] = (429, {"Retry-After": "7200"}, b"")
    with pytest.raises(ConnectionLost, match="asks to wait 120 minutes"):
        web.get(f"{base}/x", SMALL)
    assert len(world.requests) == 1


def test_an_unavailable_host_is_abandoned_after_five_tries(base, world, web, short_waits):
    world.overrides["/x"] = (503, {}, b"")
    with pytest.raises(ConnectionLost, match=r"127\.0\.0\.1 answers 503: check the connection"):
        web.get(f"{base}/x", SMALL)
    assert (len(world.requests), short_waits[:4]) == (5, [1.0, 2.0, 4.0, 8.0])


def test_a_refused_connection_is_reported(web, short_waits):
    with pytest.raises(ConnectionLost, match="can't be reached"):
        web.get("http://127.0.0.1:9/x", SMALL)


def test_other_errors_are_not_retried(base, world, web):
    world.overrides["/x"] = (401, {}, b"")
    with pytest.raises(Refused, match="the host answers 401"):
        web.get(f"{base}/x", SMALL)
    assert len(world.requests) == 1


def test_requests_to_a_host_are_spaced(base, world):
    began = time.monotonic()
    with Web("tests", {base.removeprefix("http://"): 0.2}, ["127.0.0.1"]) as web:
        for _ in range(4):
            web.get(f"{base}/x", SMALL)
    assert time.monotonic() - began > 0.6
    assert len(world.requests) == 4


def test_a_stop_ends_the_wait(base, world):
    world.overrides["/x"] = (503, {"Retry-After": "60"}, b"")
    began = time.monotonic()
    with (
        Web("tests", trusted=["127.0.0.1"], monitor=Monitor(should_stop=lambda: time.monotonic() > began + 0.3)) as web,
        pytest.raises(Cancelled),
    ):
        web.get(f"{base}/x", SMALL)


class Dripping:
    """A server that begins an answer and sends a byte more now and then."""

    def __init__(self, begun: bytes) -> None:
        self._begun = begun

    def __enter__(self) -> str:
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._drip, daemon=True).start()
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/"

    def __exit__(self, *error: object) -> None:
        self._listener.close()

    def _drip(self) -> None:
        connection, _ = self._listener.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(self._begun)
            try:
                for _ in range(100):
                    connection.sendall(b"x")
                    time.sleep(0.05)
            except OSError:
                return
