"""What a browser is sent before a page can speak: small, with words, and with something to see at once.

Streamlit sends its scripts as they are, because a proxy before it is to compress them. Nobody has one on a laptop, and
3.3 MB stand between a visitor and the first word: here each is compressed once and kept. Its document is called
"Streamlit" and empty, for all pages alike: here it has the page's title, and a description that is shown with a link
to it, and the page's heading and outline, which are seen before the scripts have come: these wait until it is drawn,
and Streamlit's stylesheet, which the outline has no need of, comes after it. It has what else the app wants in its
head, such as the app's own stylesheet, which otherwise comes after the first words and moves them.
"""

import gzip
import json
import re
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
"""Has the scripts begin once the outline was drawn; a page in the background is not drawn."""

_WHEN_HERE = """<link media="print" onload="this.media='all'\""""
"""Has nothing wait for a stylesheet."""

_UNTIL_THERE = """<script>
new MutationObserver((_, watch) => {
  if (!document.querySelector('#root :is(h1, [data-testid="stException"])')) return
  document.getElementById("outline").remove()
  watch.disconnect()
}).observe(document.getElementById("root"), { childList: true, subtree: true })
</script>"""
"""Has the outline stay until the page's own heading is there, or what went wrong."""

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
    """How a page is called, what is said of it where a link to it is shown, and its heading, which is seen first."""

    title: str
    text: str
    heading: str


class FrontendMiddleware:
    """An ASGI application around that of Streamlit. All that is neither a script nor a page passes as it is."""

    def __init__(self, app: App, pages: Mapping[str, PageDescription], head: str = "") -> None:
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
        self, send: Send, start: Mapping[str, Any], body: bytes, path: str, page: PageDescription | None, zips: bool
    ) -> None:
        headers = [pair for pair in start["headers"] if pair[0].lower() not in (_OWN if page else _OWN[:2])]
        if page:
            body = render_document(body.decode("utf-8"), page, self._head).encode("utf-8")
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


def render_document(document: str, page: PageDescription, head: str = "") -> str:
    """Streamlit's document with the page's title, its description, more of a `head` and the outline of a page."""
    title, text = escape(page.title), escape(page.text)
    told = (
        f'<title>{title}</title><meta name="description" content="{text}">'
        f'<meta property="og:title" content="{title}"><meta property="og:description" content="{text}">'
        '<meta property="og:type" content="website"><meta property="og:site_name" content="covergenre">'
    )
    outline = f'{_OUTLINE}<div id="outline"><h1>{escape(page.heading)}</h1><div></div></div>'
    document = document.replace("<title>Streamlit</title>", told + head, 1)
    later = _UNTIL_THERE
    bundle, stylesheet = _BUNDLE.search(document), _STYLESHEET.search(document)
    if bundle and stylesheet:
        later += f'<template id="early">{"".join(_EARLY.findall(document))}</template>'
        later += stylesheet[0].replace("<link", _WHEN_HERE) + _BEGIN % json.dumps(bundle[1])
        document = _EARLY.sub("", document).replace(bundle[0], "", 1).replace(stylesheet[0], "", 1)
    return document.replace('<div id="root"></div>', f'{outline}<div id="root"></div>{later}', 1)
