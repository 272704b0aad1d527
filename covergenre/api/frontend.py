"""Streamlit's frontend as browsers get it: compressed, and with something to read before any script has run.

Streamlit sends its scripts uncompressed, because it expects a proxy in front of it. On a laptop there is none, and
3.3 MB stand between a visitor and the first word: here each script is compressed once and kept. Streamlit's HTML has no
content and the title "Streamlit" on every page: here it has the page's title, a description for link previews, and the
page's heading and outline, which are painted before the scripts arrive: these, and Streamlit's stylesheet, which the
outline doesn't need, load afterwards. `head` adds what else the app wants early, such as its own stylesheet.
"""

import gzip
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_STATIC = "/static/"
_TEXTS = (".js", ".css", ".json", ".svg")
_KEPT_BYTES = 32 * 2**20
_CONDITIONS = (b"accept-encoding", b"if-none-match", b"if-modified-since")
_OF_THE_BODY = ("content-length", "content-encoding")
_OF_THE_FILE = (*_OF_THE_BODY, "etag", "last-modified", "vary")

_BUNDLE = re.compile(r'<script type="module" crossorigin src="([^"]+)"></script>')
_STYLESHEET = re.compile(r'<link rel="stylesheet" crossorigin href="[^"]+">')
_EARLY = re.compile(r'<link rel="modulepreload"[^>]*>')
_BEGIN = """<script>{
  const start = () => {
    document.head.append(document.getElementById("early").content)
    import(%s)
  }
  document.hidden ? start() : requestAnimationFrame(() => setTimeout(start))
}</script>"""
"""Starts the scripts once the outline is painted; a page in the background is not painted."""

_WHEN_HERE = """<link media="print" onload="this.media='all'\""""
"""Loads a stylesheet without blocking anything."""

_UNTIL_THERE = """<script>
new MutationObserver((_, watch) => {
  if (!document.querySelector('#root :is(h1, [data-testid="stException"])')) return
  document.getElementById("outline").remove()
  watch.disconnect()
}).observe(document.getElementById("root"), { childList: true, subtree: true })
</script>"""
"""Removes the outline once the page's own heading, or an error, is there."""

_OUTLINE = """<style>
:root { color-scheme: light dark }
body { margin: 0; background: light-dark(#fbfaf7, #151412); color: light-dark(#1d1b18, #ece8e1) }
#outline { position: fixed; z-index: 1; inset: 0; padding: 4.75rem 5rem 0; background: inherit; pointer-events: none }
#outline > * { box-sizing: border-box; max-width: 76rem; margin: 0 auto 1.75rem }
#outline h1 { padding: 1.25rem 0 1rem; font: 600 2.5rem/1.2 Georgia, "Source Serif", serif }
#outline div { height: 6.5rem; border-radius: .25rem; background: light-dark(#f2efe8, #211f1c) }
@media (max-width: 768px) { #outline { padding-inline: 1rem } }
@media (max-width: 640px) { #outline h1 { font-size: 1.9rem } }
</style>"""


@dataclass(frozen=True)
class PageDescription:
    """A page's title, its description for link previews, and its heading, which is painted first."""

    title: str
    text: str
    heading: str


class FrontendMiddleware:
    """Compresses Streamlit's scripts and fills in the HTML of pages; all other requests pass untouched.

    Plain ASGI, because Starlette's BaseHTTPMiddleware gives an empty body once the client has gone: it would be cached.
    """

    def __init__(self, app: ASGIApp, pages: Mapping[str, PageDescription], head: str = "") -> None:
        """`pages`: by their path on the server. `head`: HTML for the head of every page."""
        self._app = app
        self._pages = pages
        self._head = head
        self._zipped: dict[str, bytes] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle GET requests for a whole page, or for a script from a client that accepts gzip."""
        path = scope.get("path", "")
        page = self._pages.get(path)
        script = path.startswith(_STATIC) and path.endswith(_TEXTS)
        if not (page or script) or scope["type"] != "http" or scope["method"] != "GET":
            return await self._app(scope, receive, send)
        headers = Headers(scope=scope)
        zips = "gzip" in headers.get("accept-encoding", "")
        if "range" in headers or not (page or zips):
            return await self._app(scope, receive, send)
        if page:  # the document is changed here, so Streamlit must send all of it, whatever the client has cached
            scope = {**scope, "headers": [pair for pair in scope["headers"] if pair[0] not in _CONDITIONS]}
        start: Message = {}
        body = bytearray()

        async def hold(message: Message) -> None:
            nonlocal start
            start = start or message
            if start["status"] != 200:
                await send(message)
            elif message["type"] == "http.response.body":
                body.extend(message.get("body", b""))
                if not message.get("more_body"):
                    response = await self._changed(bytes(body), MutableHeaders(raw=start["headers"]), path, zips)
                    await response(scope, receive, send)

        return await self._app(scope, receive, hold)

    async def _changed(self, body: bytes, headers: MutableHeaders, path: str, zips: bool) -> Response:
        """The response with this body and these headers, as clients get it."""
        page = self._pages.get(path)
        whole = headers.get("content-length") == str(len(body))
        for name in _OF_THE_FILE if page else _OF_THE_BODY:
            del headers[name]
        headers.append("vary", "Accept-Encoding")
        if page:
            body = render_document(body.decode("utf-8"), page, self._head).encode("utf-8")
        if zips:
            body = await self._zip(path, body) if whole and not page else gzip.compress(body, 6)
            headers["content-encoding"] = "gzip"
        return Response(body, headers=headers)

    async def _zip(self, path: str, body: bytes) -> bytes:
        """The script, compressed; its name contains a hash of its content, so it never changes."""
        if path not in self._zipped:
            zipped = await to_thread.run_sync(gzip.compress, body, 6)
            if sum(map(len, self._zipped.values())) + len(zipped) > _KEPT_BYTES:
                self._zipped.clear()
            self._zipped[path] = zipped
        return self._zipped[path]


def render_document(document: str, page: PageDescription, head: str) -> str:
    """Streamlit's HTML with the title and description of a page, more in its head, and its outline."""
    title, text = escape(page.title), escape(page.text)
    tags = (
        f'<title>{title}</title><meta name="description" content="{text}">'
        f'<meta property="og:title" content="{title}"><meta property="og:description" content="{text}">'
        '<meta property="og:type" content="website"><meta property="og:site_name" content="covergenre">'
    )
    outline = f'{_OUTLINE}<div id="outline"><h1>{escape(page.heading)}</h1><div></div></div>'
    document = document.replace("<title>Streamlit</title>", tags + head, 1)
    later = _UNTIL_THERE
    bundle, stylesheet = _BUNDLE.search(document), _STYLESHEET.search(document)
    if bundle and stylesheet:
        later += f'<template id="early">{"".join(_EARLY.findall(document))}</template>'
        later += stylesheet[0].replace("<link", _WHEN_HERE) + _BEGIN % json.dumps(bundle[1])
        document = _EARLY.sub("", document).replace(bundle[0], "", 1).replace(stylesheet[0], "", 1)
    return document.replace('<div id="root"></div>', f'{outline}<div id="root"></div>{later}', 1)
