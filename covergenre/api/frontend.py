"""Streamlit's frontend as browsers get it: compressed, and with something to read before any script has run.

Streamlit sends its scripts uncompressed, because it expects a proxy in front of it. On a laptop there is none, and
3.3 MB stand between a visitor and the first word: here each script is compressed once and kept. Streamlit's HTML has no
content and the title "Streamlit" on every page: here it has the page's title, a description for link previews, and the
page's heading and outline, which are painted before the scripts arrive: these, and Streamlit's stylesheet and font,
which the outline doesn't need, load afterwards. `head` adds what else the app wants early, such as its own stylesheet.
"""

import gzip
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from html import escape

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_STATIC = "/static/"
_TEXTS = (".js", ".css", ".json", ".svg")
_KEPT_BYTES = 32 * 2**20
_CONDITIONS = (b"accept-encoding", b"if-none-match", b"if-modified-since")

_BUNDLE = re.compile(r'<script type="module" crossorigin src="([^"]+)"></script>')
_STYLESHEET = re.compile(r'<link rel="stylesheet" crossorigin href="[^"]+">')
_EARLY = re.compile(r'<link\s+rel="(?:module)?preload"[^>]*>')
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
#outline h1 { padding: 1.25rem 0 1rem; font: 600 2.5rem/1.2 Georgia, "Noto Serif", serif }
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
        """Change the response to a GET request for a page, or for a script from a client that accepts gzip."""
        path = scope.get("path", "")
        page = self._pages.get(path)
        script = path.startswith(_STATIC) and path.endswith(_TEXTS)
        if not (page or script) or scope["type"] != "http" or scope["method"] != "GET":
            return await self._app(scope, receive, send)
        asked = Headers(scope=scope)
        zips = "gzip" in asked.get("accept-encoding", "")
        if page:  # Streamlit must send all of it, whatever the client has cached
            scope = {**scope, "headers": [pair for pair in scope["headers"] if pair[0] not in _CONDITIONS]}
            change = partial(self._page, page, zips)
        elif zips and "range" not in asked:
            change = partial(self._script, path)
        else:
            return await self._app(scope, receive, send)
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
                    response = await change(bytes(body), MutableHeaders(raw=start["headers"]))
                    await response(scope, receive, send)

        return await self._app(scope, receive, hold)

    async def _page(self, page: PageDescription, zips: bool, body: bytes, headers: MutableHeaders) -> Response:
        """The HTML of a page, filled in; what identifies Streamlit's own no longer applies."""
        del headers["etag"], headers["last-modified"]
        body = render_document(body.decode("utf-8"), page, self._head).encode("utf-8")
        return _response(gzip.compress(body, 6) if zips else body, headers, zips)

    async def _script(self, path: str, body: bytes, headers: MutableHeaders) -> Response:
        """A script, compressed once and kept, since its name contains a hash of its content."""
        zipped = self._zipped.get(path, b"") or await to_thread.run_sync(gzip.compress, body, 6)
        if headers.get("content-length") == str(len(body)):  # else a client that left early has cut it short
            self._zipped[path] = zipped
        if sum(map(len, self._zipped.values())) > _KEPT_BYTES:
            self._zipped.clear()
        return _response(zipped, headers, zips=True)


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


def _response(body: bytes, headers: MutableHeaders, zips: bool) -> Response:
    """The response with another body."""
    for name in ("content-length", "content-encoding"):
        del headers[name]
    headers.add_vary_header("Accept-Encoding")
    if zips:
        headers["content-encoding"] = "gzip"
    return Response(body, headers=headers)
