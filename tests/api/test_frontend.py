import gzip

import pytest
from anyio.from_thread import start_blocking_portal
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient

from covergenre.api.frontend import FrontendMiddleware, PageDescription, render_document

DOCUMENT = (
    '<html><head><link\n rel="preload"\n href="./static/a.woff2"\n as="font" crossorigin />'
    '<title>Streamlit</title><script type="module" crossorigin src="./static/js/a.js"></script>'
    '<link rel="modulepreload" crossorigin href="./static/js/b.js">'
    '<link rel="stylesheet" crossorigin href="./static/css/a.css"></head><body><div id="root"></div></body></html>'
)
SCRIPT = "let words = 1\n" * 1000


async def talk(socket):
    await socket.accept()
    await socket.send_text(await socket.receive_text())
    await socket.close()


@pytest.fixture
def client() -> TestClient:
    served = Middleware(
        FrontendMiddleware,
        pages={"/browse": PageDescription("Browse <all>", 'Walk "on"', "Browse & see")},
        head="<style>.tile{}</style>",
    )
    return TestClient(
        Starlette(
            routes=[
                Route("/browse", lambda _: HTMLResponse(DOCUMENT, headers={"ETag": '"1"'})),
                Route("/other", lambda _: HTMLResponse(DOCUMENT)),
                Route("/static/js/a.js", lambda _: PlainTextResponse(SCRIPT, media_type="text/javascript")),
                Route("/static/js/gone.js", lambda _: PlainTextResponse("gone", 404)),
                Route("/static/a.woff2", lambda _: PlainTextResponse(SCRIPT, media_type="font/woff2")),
                WebSocketRoute("/stream", talk),
            ],
            middleware=[served],
        )
    )


def test_a_script_is_compressed_for_clients_that_accept_gzip(client):
    with client.stream("GET", "/static/js/a.js", headers={"Accept-Encoding": "gzip"}) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-length"] == str(len(raw))
    assert len(raw) < len(SCRIPT) / 10
    assert gzip.decompress(raw).decode() == SCRIPT


def test_a_script_is_compressed_once(client, monkeypatch):
    client.get("/static/js/a.js")
    monkeypatch.setattr("covergenre.api.frontend.gzip.compress", None)
    assert client.get("/static/js/a.js").text == SCRIPT


def test_an_early_disconnect_does_not_corrupt_the_cached_script(tmp_path):
    file = tmp_path / "a.js"
    file.write_text(SCRIPT * 20)
    app = FrontendMiddleware(Starlette(routes=[Route("/static/js/a.js", lambda _: FileResponse(file))]), {})

    async def leave() -> None:
        async def receive():
            return {"type": "http.disconnect"}

        async def send(_):
            pass

        scope = {"type": "http", "method": "GET", "path": "/static/js/a.js", "headers": [(b"accept-encoding", b"gzip")]}
        await app(scope, receive, send)

    with start_blocking_portal() as portal:
        portal.call(leave)
    assert TestClient(app).get("/static/js/a.js").text == SCRIPT * 20


def test_a_partial_script_is_not_cached():
    answers = iter([(SCRIPT[:99], len(SCRIPT)), (SCRIPT, len(SCRIPT))])

    def route(_):
        text, length = next(answers)
        return PlainTextResponse(text, headers={"content-length": str(length)}, media_type="text/javascript")

    client = TestClient(FrontendMiddleware(Starlette(routes=[Route("/static/js/a.js", route)]), {}))
    client.get("/static/js/a.js")
    assert client.get("/static/js/a.js").text == SCRIPT


def test_a_script_is_uncompressed_for_clients_that_do_not_accept_gzip(client):
    answer = client.get("/static/js/a.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in answer.headers
    assert answer.text == SCRIPT


@pytest.mark.parametrize(("path", "status"), [("/static/js/gone.js", 404), ("/static/a.woff2", 200), ("/other", 200)])
def test_all_other_responses_pass_unchanged(client, path, status):
    answer = client.get(path)
    assert answer.status_code == status
    assert "content-encoding" not in answer.headers
    assert "description" not in answer.text


def test_a_page_is_described_before_any_script_runs(client):
    text = client.get("/browse", headers={"If-None-Match": '"1"'}).text
    assert "<title>Browse &lt;all&gt;</title>" in text
    assert '<meta name="description" content="Walk &quot;on&quot;">' in text
    assert '<meta property="og:description" content="Walk &quot;on&quot;">' in text
    assert "Streamlit" not in text
    assert "<style>.tile{}</style>" in text


def test_a_heading_is_in_the_initial_html(client):
    before, _, after = client.get("/browse").text.partition("<h1>Browse &amp; see</h1>")
    assert "src=" not in before
    assert "stylesheet" not in before
    assert "preload" not in before
    early = after.partition('<template id="early">')[2].partition("</template>")[0]
    assert "./static/a.woff2" in early
    assert "./static/js/b.js" in early
    assert 'href="./static/css/a.css"' in after
    assert 'import("./static/js/a.js")' in after


def test_an_unexpected_document_keeps_its_scripts():
    page = PageDescription("Browse", "Walk on", "Browse the covers")
    other = '<script src="./static/js/a.js"></script><div id="root"></div>'
    assert render_document(other, page, "").startswith('<script src="./static/js/a.js"></script>')


def test_a_websocket_passes_unchanged(client):
    with client.websocket_connect("/stream") as socket:
        socket.send_text("hello")
        assert socket.receive_text() == "hello"
