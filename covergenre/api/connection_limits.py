"""How long the server waits for a request to be said, how much of it it keeps, and for how many at once.

Uvicorn waits for the rest of half-sent headers for ever and keeps all that comes of them: whoever opens connections and
says little holds memory and files. Here a connection is closed when its headers aren't there in time or are too long,
and the one that has waited longest when there are too many.
"""

import asyncio
from typing import Any

SECONDS = 20.0
MOST_BYTES = 64 * 2**10
MOST_WAITING = 256


def install() -> None:
    """Have the servers of this process wait no longer: those that run already, too, with the next connection.

    Uvicorn has chosen its protocol by the time it reads the app, so a connection becomes a limited one as it is made.
    """
    from uvicorn.protocols.http import auto

    usual: Any = auto.AutoHTTPProtocol
    made = usual.connection_made
    better = limited(usual)

    def connection_made(self: Any, transport: asyncio.BaseTransport) -> None:
        if type(self) is usual:
            self.__class__ = better
            transport.set_protocol(self)  # uvloop looks up a protocol's methods but once
            self.connection_made(transport)
        else:
            made(self, transport)

    usual.connection_made = connection_made


def limited(
    protocol: Any, seconds: float = SECONDS, most_bytes: int = MOST_BYTES, most_waiting: int = MOST_WAITING
) -> type[asyncio.Protocol]:
    """A protocol of uvicorn's that has these limits."""
    waiting: dict[Any, asyncio.TimerHandle] = {}  # by connection, the longest first

    class Patient(protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            super().connection_made(transport)
            self._said = 0
            self._wait()

        def data_received(self, data: bytes) -> None:
            known, self._said = self.cycle, self._said + len(data)
            if self._is_idle():
                self._wait()
            super().data_received(data)
            if self.cycle is not known or self.transport.get_protocol() is not self:  # the headers are complete
                self._said = 0
                self._done()
            elif self in waiting and self._said > most_bytes:
                self._give_up()

        def connection_lost(self, error: Exception | None) -> None:
            self._done()
            super().connection_lost(error)

        def _is_idle(self) -> bool:
            return self.cycle is None or self.cycle.response_complete

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

    return Patient
