import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from covergenre.api import hosts


@pytest.fixture
def client() -> TestClient:
    async def socket(websocket):
        await websocket.accept()
        await websocket.close()

    routes = [Route("/", lambda request: PlainTextResponse("in")), WebSocketRoute("/ws", socket)]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(hosts.AllowedHosts)]))


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:8501", "LOCALHOST.", "127.0.0.1:8501", "[::1]:8501", "10.0.0.7", "app.localhost"],
)
def test_local_names_and_ip_addresses_are_allowed_hosts(client, host):
    assert client.get("/", headers={"host": host}).text == "in"


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example:8501", "127.0.0.1.evil.example", ""])
def test_other_hosts_are_rejected_with_advice(client, host):
    answer = client.get("/", headers={"host": host, "origin": f"http://{host}"})

    assert (answer.status_code, hosts.VARIABLE in answer.text) == (421, True)


def test_a_websocket_for_another_host_is_rejected(client):
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/ws", headers={"host": "evil.example"}):
        pass


def test_further_hosts_can_be_allowed(client, monkeypatch):
    monkeypatch.setenv(hosts.VARIABLE, "covers.example, Other.example")

    assert client.get("/", headers={"host": "other.example:80"}).text == "in"
