"""What a browser is sent before a page can speak: small, with words, and with something to see at once.

Streamlit sends its scripts as they are, because a proxy before it is to compress them. Nobody has one on a laptop, and
3.3 MB stand between a visitor and the first word: here each is compressed once and kept. Its document is called
"Streamlit" and empty, for all pages alike: here it has the page's title, and a description that is shown with a link
to it, and the outline of a page until the scripts have come. It has what else the app wants in its head, such as the
stylesheet, which otherwise comes after the first words and moves them.
"""

import gzip
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from html import escape
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_STATIC = "/static/"
_TEXTS = (".js", ".css", ".json", ".svg")
_KEPT_BYTES = 32 * 2**20
_CONDITIONS = (b"accept-encoding", b"if-none-match", b"if-modified-since")
_OWN = (b"content-length", b"content-encoding", b"etag", b"last-modified", b"vary")

_OUTLINE = (
    "<style>:root{color-scheme:light dark}"
    "body{margin:0;background:light-dark(#fbfaf7,#151412)}"
    "#outline{font:600 1.6rem/1 Georgia,serif;color:light-dark(#b8400f,#f0a27f);padding:1rem}"
    "#outline div{max-width:76rem;margin:5rem auto 0;height:3rem;border-radius:.25rem;"
    "background:light-dark(#f2efe8,#211f1c)}#outline div+div{margin-top:1.5rem;height:45vh}</style>"
    '<div id="outline" aria-hidden="true">covergenre<div></div><div></div></div>'
)


@dataclass(frozen=True)
class Description:
    """How a page is called, and what is said of it where a link to it is shown."""

    title: str
    text: str


class Served:
    """An ASGI application around that of Streamlit. All that is neither a script nor a page passes as it is."""

    def __init__(self, app: App, pages: Mapping[str, Description], head: str = "") -> None:
        """`pages`: what is said of each, by its path on the server. `head`: HTML for the head of every page."""
        self._app = app
        self._pages = pages
        self._head = head
        self._zipped: dict[str, bytes] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as ASGI has it."""
        path = scope.get("path", "")
        headers = dict(scope.get("headers", ()))
        page = self._pages.get(path)
        script = path.startswith(_STATIC) and path.endswith(_TEXTS)
        zips = b"gzip" in headers.get(b"accept-encoding", b"")
        asked = scope["type"] == "http" and scope["method"] == "GET" and b"range" not in headers
        if not asked or not (page or (script and zips)):
            await self._app(scope, receive, send)
            return
        if page:  # as it is, and always whole: it is changed here
            scope = {**scope, "headers": [pair for pair in scope["headers"] if pair[0] not in _CONDITIONS]}
        start: MutableMapping[str, Any] = {}
        body = bytearray()

        async def hold(message: MutableMapping[str, Any]) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                if message["status"] != 200:
                    await send(message)
            elif start["status"] != 200:
                await send(message)
            elif message["type"] == "http.response.body":
                body.extend(message.get("body", b""))
                if not message.get("more_body"):
                    await self._send(send, start, bytes(body), path, page, zips)

        await self._app(scope, receive, hold)

    async def _send(
        self, send: Send, start: Mapping[str, Any], body: bytes, path: str, page: Description | None, zips: bool
    ) -> None:
        headers = [pair for pair in start["headers"] if pair[0].lower() not in (_OWN if page else _OWN[:2])]
        if page:
            body = described(body.decode("utf-8"), page, self._head).encode("utf-8")
        if zips:
            body = gzip.compress(body, 6) if page else await self._zip(path, body)
            headers.append((b"content-encoding", b"gzip"))
        headers += [(b"content-length", str(len(body)).encode()), (b"vary", b"Accept-Encoding")]
        await send({**start, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _zip(self, path: str, body: bytes) -> bytes:
        """The script, compressed; a script's name holds the hash of what is in it, so it is the same for ever."""
        from anyio import to_thread

        if path not in self._zipped:
            zipped = await to_thread.run_sync(gzip.compress, body, 6)
            if sum(map(len, self._zipped.values())) + len(zipped) > _KEPT_BYTES:
                self._zipped.clear()
            self._zipped[path] = zipped
        return self._zipped[path]


def described(document: str, page: Description, head: str = "") -> str:
    """Streamlit's document with the page's title, its description, more of a `head` and the outline of a page."""
    title, text = escape(page.title), escape(page.text)
    told = (
        f'<title>{title}</title><meta name="description" content="{text}">'
        f'<meta property="og:title" content="{title}"><meta property="og:description" content="{text}">'
        '<meta property="og:type" content="website"><meta property="og:site_name" content="covergenre">'
    )
    document = document.replace("<title>Streamlit</title>", told + head, 1)
    return document.replace('<div id="root"></div>', f'<div id="root">{_OUTLINE}</div>', 1)
