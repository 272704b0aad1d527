"""A real server on loopback that gets slow requests, endless ones, and many at once."""

import http.client
import socket
import threading
import time
from contextlib import contextmanager

import pytest
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from covergenre.api.connection_limits import install, limited

PROTOCOLS = (HttpToolsProtocol, H11Protocol)


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        return
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@contextmanager
def serving(protocol, **options):
    """The port of a server."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, http=protocol, lifespan="off", log_level="error", **options))
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join()


@pytest.fixture(params=PROTOCOLS)
def port(request):
    """Of a server that waits a second for headers of at most 4 KB, of two connections at once."""
    with serving(limited(request.param, 1.0, 4096, 2)) as port:
        yield port


def send(port: int, text: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=60)
    connection.sendall(text)
    return connection


def is_closed(connection: socket.socket) -> bool:
    """Whether the server closes it before the test loses patience."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("text", [b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "])
def test_late_headers_close_the_connection(port, text):
    assert is_closed(send(port, text))


def test_endless_headers_close_the_connection(port):
    connection = send(port, b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 5000)
    assert is_closed(connection)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_oldest_of_too_many_waiting_connections_is_closed(protocol):
    with serving(limited(protocol, 600.0, 4096, 2)) as port:
        first, *others = (send(port, b"GET / HTTP/1.1\r\n") for _ in range(3))
        assert is_closed(first)
        for other in others:
            other.setblocking(False)
            with pytest.raises(BlockingIOError):
                other.recv(1)
            other.close()


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_keep_alive_requests_are_answered_however_long_the_body_takes(protocol):
    with serving(limited(protocol, 2.0, 4096, 2)) as port:  # so long that no busy machine is late with the headers
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for _ in range(2):
            connection.putrequest("POST", "/")
            connection.putheader("Content-Length", "9000")
            connection.endheaders()
            for _ in range(3):
                connection.send(b"x" * 3000)
                time.sleep(0.8)
            assert connection.getresponse().read() == b"ok"
        connection.close()


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_late_headers_of_a_second_request_close_the_connection(protocol):
    with serving(limited(protocol, 1.0, 4096, 2), timeout_keep_alive=600) as port:
        connection = send(port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        response = b""
        while not response.endswith(b"ok"):
            response += connection.recv(4096)
        assert response.startswith(b"HTTP/1.1 200")
        connection.sendall(b"GET / HTTP/1.1\r\n")
        assert is_closed(connection)


def test_limits_apply_to_a_server_that_is_already_running(monkeypatch):
    monkeypatch.setattr(HttpToolsProtocol, "connection_made", HttpToolsProtocol.connection_made)  # to be put back
    with serving("auto") as port:
        install()
        assert is_closed(send(port, b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 70_000))
