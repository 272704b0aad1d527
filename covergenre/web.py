"""HTTP requests to hosts that are not trusted: rate limits, retries, and limits on all that comes back.

A body is read up to a number of bytes and for a number of seconds, whatever its headers say; redirects are counted; and
no connection is made to an address in a private network, whatever its name, except to hosts that the settings name. The
address that is checked is the one that is then connected to, so a name can't resolve to another one in between.
"""

import ipaddress
import logging
import math
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit

import httpcore
import tenacity

from covergenre.errors import ConnectionLost, Refused
from covergenre.progress import SILENT, Monitor

MOST_REDIRECTS = 5
MOST_SECONDS = 60.0
"""For one answer, from the request to the last byte, however steadily bytes come in."""

TRIES = 5
_LONGEST_WAIT = 300.0  # seconds; a host that asks for more is taken to be closed for now
_CHECK_EVERY = 0.2  # seconds between checks whether to stop
_TIMEOUTS = {"connect": 10.0, "read": 15.0, "write": 10.0, "pool": 10.0}
_REDIRECTS = (301, 302, 303, 307, 308)
_RETRIED = (429, 500, 502, 503, 504)

_log = logging.getLogger(__name__)
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Answer:
    """`status` is 200 or 404; the media type is in lower case, without parameters."""

    status: int
    body: bytes
    media_type: str


@dataclass(frozen=True)
class Response:
    """An open response: header names in lower case, the headers of all redirects that led to it, the body in chunks."""

    status: int
    headers: Mapping[str, str]
    redirects: Sequence[Mapping[str, str]]
    chunks: Iterable[bytes]


class Web:
    """An HTTP client for one piece of work and one thread; close it, or use it in a `with`."""

    def __init__(
        self,
        user_agent: str,
        seconds_between: Mapping[str, float] | None = None,
        trusted: Iterable[str] = (),
        monitor: Monitor = SILENT,
        tries: int = TRIES,
    ) -> None:
        """`seconds_between`: the least time between two requests to a host, by its name and port. `trusted`: hosts that
        may be in a private network, because the settings name them. `monitor` can stop waits between tries."""
        self._between = dict(seconds_between or {})
        # As if each had just been sent a request: a process that was killed and starts again keeps to the rate.
        self._asked = dict.fromkeys(self._between, time.monotonic())
        self._monitor = monitor
        self._tries = tries
        self._headers = {"User-Agent": user_agent, "Accept": "*/*"}
        self._backend = _PublicBackend(frozenset(trusted))
        self._pool = httpcore.ConnectionPool(ssl_context=httpcore.default_ssl_context(), network_backend=self._backend)

    def __enter__(self) -> "Web":
        return self

    def __exit__(self, *error: object) -> None:
        self._pool.close()

    def get(self, address: str, most_bytes: int, headers: Mapping[str, str] | None = None) -> Answer:
        """The body at `address`, tried as `retry` does. Raises what `retry` and `open` raise."""

        def ask() -> Answer:
            with self.open(address, headers or {}) as response:
                if response.status not in (200, 404):
                    raise Refused(f"the host answers {response.status}")
                body = b"" if response.status == 404 else _read(response, most_bytes)
                kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
                return Answer(response.status, body, kind)

        return self.retry(ask)

    def retry(self, ask: Callable[[], _Result]) -> _Result:
        """The result of `ask`, called again while its host is busy or away, after as long a wait as the host asks for.

        Raises ConnectionLost when it stays away or asks for too long a wait; Cancelled when stopped.
        """
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self._tries),
            wait=_wait,
            retry=tenacity.retry_if_exception_type(_Unavailable),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(ask)
        except _Unavailable as error:
            raise ConnectionLost(f"{error}: check the connection, then resume") from error

    @contextmanager
    def open(self, address: str, headers: Mapping[str, str], large: bool = False) -> Iterator[Response]:
        """The response at the end of all redirects. The body of a `large` one may take longer than `MOST_SECONDS`.

        Raises Refused, with the reason, for an address or a response that can't be used.
        """
        self._backend.deadline = time.monotonic() + MOST_SECONDS
        redirects: list[Mapping[str, str]] = []
        while len(redirects) <= MOST_REDIRECTS:
            _check(address)
            self._keep_to_rate(urlsplit(address).netloc)
            with self._request(address, headers) as response:
                received = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
                if response.status in _RETRIED:
                    why = f"{_host(address)} answers {response.status}"
                    raise _Unavailable(why, _retry_after(received.get("retry-after", "")))
                if response.status not in _REDIRECTS or "location" not in received:
                    if large:
                        self._backend.deadline = math.inf
                    yield Response(response.status, received, redirects, response.iter_stream())
                    return
            redirects.append(received)
            target = urljoin(address, received["location"])
            if _host(target) != _host(address):
                headers = {name: value for name, value in headers.items() if name != "Authorization"}
            address = target
        raise Refused(f"more than {MOST_REDIRECTS} redirects")

    @contextmanager
    def _request(self, address: str, headers: Mapping[str, str]) -> Iterator[httpcore.Response]:
        """A response, redirect or not; errors of the connection and of the protocol as ours."""
        try:
            sent = list({**self._headers, **headers}.items())
            with self._pool.stream("GET", address, headers=sent, extensions={"timeout": _TIMEOUTS}) as response:
                yield response
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.RemoteProtocolError) as error:
            raise _Unavailable(f"{_host(address)} can't be reached ({error or type(error).__name__})") from error
        except (httpcore.ProtocolError, httpcore.UnsupportedProtocol, UnicodeError, ValueError) as error:
            raise Refused(f"an invalid address or response ({error})") from error

    def _keep_to_rate(self, host: str) -> None:
        if between := self._between.get(host):
            self._sleep(self._asked[host] + between - time.monotonic())
            self._asked[host] = time.monotonic()

    def _sleep(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while True:
            self._monitor.check("stopped while it waited for the web")
            if (left := until - time.monotonic()) <= 0:
                return
            time.sleep(min(left, _CHECK_EVERY))


def too_long(most_bytes: int) -> Refused:
    """The error for a body of more than so many bytes."""
    return Refused(f"a body of more than {most_bytes / 2**20:.3g} MB")


class _Unavailable(Exception):
    """The host is busy or away: try again, `after` seconds where it says so."""

    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.after = after


class _PublicBackend(httpcore.SyncBackend):
    """Connects to public addresses, and to hosts that are trusted; nothing is read after `deadline` (monotonic)."""

    def __init__(self, trusted: frozenset[str]) -> None:
        self._trusted = trusted
        self.deadline = math.inf

    def connect_tcp(self, host: str, port: int, *args: Any, **options: Any) -> httpcore.NetworkStream:
        if host not in self._trusted:
            host = _public_address(host, port)  # the name still goes to TLS, which checks the certificate by it
        return _Bounded(super().connect_tcp(host, port, *args, **options), self)


class _Bounded(httpcore.NetworkStream):
    """A stream that is read until the deadline of whoever opened it: headers may drip, too."""

    def __init__(self, stream: httpcore.NetworkStream, backend: _PublicBackend) -> None:
        self._stream, self._backend = stream, backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = self._backend.deadline - time.monotonic()
        try:
            if left > 0:
                return self._stream.read(max_bytes, min(timeout or left, left))
        except httpcore.ReadTimeout:
            if time.monotonic() < self._backend.deadline:
                raise
        raise Refused(f"an answer that is not there after {MOST_SECONDS:.3g} seconds")

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout)

    def close(self) -> None:
        self._stream.close()

    def start_tls(self, *args: Any, **options: Any) -> httpcore.NetworkStream:
        return _Bounded(self._stream.start_tls(*args, **options), self._backend)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


_resolving = threading.Lock()


def _public_address(host: str, port: int) -> str:
    try:
        with _resolving:
            found = {str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(f"no address of {host} is known") from error
    if private := [address for address in found if not ipaddress.ip_address(address.partition("%")[0]).is_global]:
        raise Refused(f"{host} leads into a private network ({private[0]})")
    return sorted(found)[0]


def _check(address: str) -> None:
    """Refused unless it is an address of the web."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError as error:
        raise Refused(f"{address[:200]!r} is not a web address") from error
    if parts.scheme not in ("http", "https") or not host or parts.username:
        raise Refused(f"{address[:200]!r} is not a web address (http or https)")


def _host(address: str) -> str:
    return urlsplit(address).hostname or ""


def _read(response: Response, most_bytes: int) -> bytes:
    declared = response.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > most_bytes:
        raise too_long(most_bytes)
    body = bytearray()
    for chunk in response.chunks:
        body += chunk
        if len(body) > most_bytes:
            raise too_long(most_bytes)
    return bytes(body)


def _retry_after(text: str) -> float | None:
    """Seconds, from a number or a date; None without either."""
    if text.strip().isdigit():
        return float(text)
    try:
        return (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError):
        return None


def _wait(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    after = error.after if isinstance(error, _Unavailable) else None
    seconds = 2.0 ** (state.attempt_number - 1) if after is None else max(after, 0.0)
    if seconds > _LONGEST_WAIT:
        raise ConnectionLost(f"the host asks to wait {seconds / 60:.0f} minutes: resume later")
    _log.info("retrying in %.0f s: %s", seconds, error)
    return seconds
