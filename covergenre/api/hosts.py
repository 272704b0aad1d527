"""Who may ask the app: nobody through a host name that is not the app's own.

A web page can have a name of its own lead to this machine (DNS rebinding) and then read whatever the app says. The name
it asks for gives it away, because a browser always says it. An address in figures can't be rebound.
"""

import ipaddress
import os
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

VARIABLE = "COVERGENRE_HOSTS"
"""The environment variable that names further hosts, parted by commas."""


class AllowedHosts:
    """Refuses requests and websockets whose Host is neither this machine, an address, nor in `VARIABLE`."""

    def __init__(self, app: "ASGIApp") -> None:
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass on what may be asked."""
        if scope["type"] not in ("http", "websocket") or is_allowed(_host(scope)):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            from starlette.responses import PlainTextResponse

            said = f"This app is not known by this host name. Its owner can add it to {VARIABLE}.\n"
            await PlainTextResponse(said, 421)(scope, receive, send)


def is_allowed(host: str) -> bool:
    """Whether the app may be asked for by this host name or address."""
    name = host.rstrip(".").casefold()
    if name == "localhost" or name.endswith(".localhost") or name == socket.gethostname().casefold():
        return True
    if name in {other.strip().casefold() for other in os.environ.get(VARIABLE, "").split(",") if other.strip()}:
        return True
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _host(scope: "Scope") -> str:
    """The host that was asked for, without its port."""
    host = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1")
    return host.rpartition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
