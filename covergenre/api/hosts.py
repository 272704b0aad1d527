"""Protection against DNS rebinding: requests for a host name that is not the app's own are refused.

A web page can point a name of its own at this machine and then read whatever the app answers. The Host header, which a
browser always sends, gives it away. IP addresses can't be rebound.
"""

import ipaddress
import os
import socket

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

VARIABLE = "COVERGENRE_HOSTS"
"""The environment variable that lists further host names, separated by commas."""


class AllowedHosts:
    """Middleware that refuses requests and websockets whose Host is not this machine, an address, or in `VARIABLE`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on or refuse a request."""
        if scope["type"] not in ("http", "websocket") or is_allowed(_host(scope)):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            message = f"This app is not known by this host name. Its owner can add it to {VARIABLE}.\n"
            await PlainTextResponse(message, 421)(scope, receive, send)


def is_allowed(host: str) -> bool:
    """Whether the app answers to this host name or address."""
    name = host.rstrip(".").casefold()
    if name == "localhost" or name.endswith(".localhost") or name == socket.gethostname().casefold():
        return True
    if name and name in {other.strip().casefold() for other in os.environ.get(VARIABLE, "").split(",")}:
        return True
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _host(scope: Scope) -> str:
    """The Host header without its port."""
    host = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1")
    return host.rpartition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
