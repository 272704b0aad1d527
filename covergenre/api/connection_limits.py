"""Limits on connections whose request headers are incomplete: how long, how large, how many.

Uvicorn waits for the rest of the headers for ever and keeps all that arrives of them, so that a client that opens
connections and sends little can exhaust memory and file handles. Here a connection is closed when its headers are late
or too long, and the one that has waited longest when there are too many.
"""

import asyncio
from typing import Any

SECONDS = 20.0
MOST_BYTES = 64 * 2**10
MOST_WAITING = 256


def install() -> None:
    """Limit the servers of this process; those that run already from their next connection on.

    Uvicorn has chosen its protocol class by the time it imports the app, so each new connection is given another class.
    """
    from uvicorn.protocols.http import auto

    usual: Any = auto.AutoHTTPProtocol
    made = usual.connection_made
    better = limited(usual, SECONDS, MOST_BYTES, MOST_WAITING)

    def connection_made(self: Any, transport: asyncio.BaseTransport) -> None:
        if type(self) is usual:
            self.__class__ = better
            transport.set_protocol(self)  # uvloop looks up a protocol's methods but once
            self.connection_made(transport)
        else:
            made(self, transport)

    usual.connection_made = connection_made


def limited(protocol: Any, seconds: float, most_bytes: int, most_waiting: int) -> type[asyncio.Protocol]:
    """A subclass of a protocol of uvicorn's that has these limits."""
    waiting: dict[Any, asyncio.TimerHandle] = {}  # by connection, the longest first

    class Limited(protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            super().connection_made(transport)
            self._received = 0
            self._wait()

        def data_received(self, data: bytes) -> None:
            known, self._received = self.cycle, self._received + len(data)
            if known is None or known.response_complete:
                self._wait()
            super().data_received(data)
            if self.cycle is not known or self.transport.get_protocol() is not self:  # the headers are complete
                self._received = 0
                self._done()
            elif self in waiting and self._received > most_bytes:
                self._give_up()

        def connection_lost(self, error: Exception | None) -> None:
            self._done()
            super().connection_lost(error)

        def _wait(self) -> None:
            if self not in waiting:
                waiting[self] = asyncio.get_running_loop().call_later(seconds, self._give_up)
            if len(waiting) > most_waiting:
                next(iter(waiting))._give_up()

        def _done(self) -> None:
            if timer := waiting.pop(self, None):
                timer.cancel()

        def _give_up(self) -> None:
            self._done()
            self.transport.abort()

    return Limited
