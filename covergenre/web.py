"""Asking the web politely and warily: one rate a host, retries, and limits on all that comes back.

What answers is not trusted. A body is read up to a number of bytes and for a number of seconds, whatever its headers
say; redirects are counted; and no connection is made to an address inside a private network, whatever a name stands
for, except to hosts that the settings name. The check is made on the address that is then connected to, so a name
can't mean one thing when it is checked and another when it is used.
"""

import ipaddress
import logging
import socket
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore
import tenacity

from covergenre.errors import Cancelled, ConnectionLost, Refused
from covergenre.progress import ShouldStop, never

MOST_REDIRECTS = 5
MOST_SECONDS = 60.0
"""For one answer, from the first byte asked to the last one read: a drip of bytes ends here."""

_TRIES = 5
_LONGEST_WAIT = 300.0  # seconds; a host that asks for more is taken to be closed for now
_LOOK_EVERY = 0.2  # seconds between looks whether to stop
_TIMEOUTS = {"connect": 10.0, "read": 15.0, "write": 10.0, "pool": 10.0}
_REDIRECTS = (301, 302, 303, 307, 308)
_LATER = (429, 500, 502, 503, 504)

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answer:
    """What came back: `status` 200 or 404, the body and its media type (lower case, without parameters)."""

    status: int
    body: bytes
    media_type: str


class Web:
    """Fetches addresses for one piece of work, from one thread; close it, or use it in a `with`."""

    def __init__(
        self,
        user_agent: str,
        seconds_between: Mapping[str, float] | None = None,
        trusted: Iterable[str] = (),
        should_stop: ShouldStop = never,
        tries: int = _TRIES,
    ) -> None:
        """`seconds_between`: the least time between two requests to a host, by its name and port. `trusted`: hosts that
        may lie in a private network, because the settings name them. `should_stop` is asked between tries, of
        which there are at most `tries`."""
        self._between = dict(seconds_between or {})
        # As if each had just been asked: whoever was killed and starts again keeps to the rate.
        self._asked = dict.fromkeys(self._between, time.monotonic())
        self._should_stop = should_stop
        self._tries = tries
        self._headers = {"User-Agent": user_agent, "Accept": "*/*"}
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpcore.default_ssl_context(), network_backend=_PublicBackend(frozenset(trusted))
        )

    def __enter__(self) -> "Web":
        return self

    def __exit__(self, *error: object) -> None:
        self._pool.close()

    def get(self, address: str, most_bytes: int, headers: Mapping[str, str] | None = None) -> Answer:
        """What `address` answers: 200 with its body, or 404.

        A host that is busy or away is asked again, as late as it asks for. Raises Refused, with the reason, for an
        answer that can't be used; ConnectionLost when nothing comes back however often it is tried, so that the same
        work may be tried again later; Cancelled when stopped.
        """
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self._tries),
            wait=_wait,
            retry=tenacity.retry_if_exception_type(_Later),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(self._follow, address, most_bytes, dict(headers or {}))
        except _Later as error:
            raise ConnectionLost(f"{_host(address)} {error}: check the connection, then go on later") from error

    def _follow(self, address: str, most_bytes: int, headers: dict[str, str]) -> Answer:
        deadline = time.monotonic() + MOST_SECONDS
        for _ in range(MOST_REDIRECTS + 1):
            _check(address)
            self._keep_to_rate(urlsplit(address).netloc)
            answer = self._once(address, most_bytes, headers, deadline)
            if isinstance(answer, Answer):
                return answer
            if _host(answer) != _host(address):
                headers = {}  # a token is for the host that it was given for
            address = answer
        raise Refused(f"more than {MOST_REDIRECTS} redirects")

    def _once(self, address: str, most_bytes: int, headers: Mapping[str, str], deadline: float) -> Answer | str:
        """The answer, or where it redirects to."""
        try:
            request = list({**self._headers, **headers}.items())
            with self._pool.stream("GET", address, headers=request, extensions={"timeout": _TIMEOUTS}) as response:
                told = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
                if response.status in _REDIRECTS and "location" in told:
                    return urljoin(address, told["location"])
                if response.status in _LATER:
                    raise _Later(f"answers {response.status}", _retry_after(told.get("retry-after", "")))
                if response.status not in (200, 404):
                    raise Refused(f"the host answers {response.status}")
                body = b"" if response.status == 404 else _body(response.iter_stream(), told, most_bytes, deadline)
                return Answer(response.status, body, told.get("content-type", "").partition(";")[0].strip().lower())
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.RemoteProtocolError) as error:
            raise _Later(f"can't be reached ({error or type(error).__name__})") from error
        except (httpcore.ProtocolError, httpcore.UnsupportedProtocol, UnicodeError, ValueError) as error:
            raise Refused(f"an address or an answer that makes no sense ({error})") from error

    def _keep_to_rate(self, host: str) -> None:
        if between := self._between.get(host):
            self._sleep(self._asked[host] + between - time.monotonic())
            self._asked[host] = time.monotonic()

    def _sleep(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while True:
            if self._should_stop():
                raise Cancelled("stopped while it waited for the web")
            if (left := until - time.monotonic()) <= 0:
                return
            time.sleep(min(left, _LOOK_EVERY))


class _Later(Exception):
    """Ask again, `after` seconds (None: as one likes)."""

    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.after = after


class _PublicBackend(httpcore.SyncBackend):
    """Connects to public addresses, and to hosts that are trusted."""

    def __init__(self, trusted: frozenset[str]) -> None:
        self._trusted = trusted

    def connect_tcp(self, host: str, port: int, *args: Any, **options: Any) -> httpcore.NetworkStream:
        if host not in self._trusted:
            host = _public_address(host, port)  # the name still goes to TLS, which checks the certificate by it
        return super().connect_tcp(host, port, *args, **options)


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
        raise Refused(f"{address[:200]!r} is no address of the web") from error
    if parts.scheme not in ("http", "https") or not host or parts.username:
        raise Refused(f"{address[:200]!r} is no plain address of the web (http or https)")


def _host(address: str) -> str:
    return urlsplit(address).hostname or ""


def _body(chunks: Iterable[bytes], headers: Mapping[str, str], most_bytes: int, deadline: float) -> bytes:
    too_long = Refused(f"a body of more than {most_bytes / 2**20:.3g} MB")
    declared = headers.get("content-length", "")
    if declared.isdigit() and int(declared) > most_bytes:
        raise too_long
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > most_bytes:
            raise too_long
        if time.monotonic() > deadline:
            raise Refused(f"a body that is not there after {MOST_SECONDS:.0f} seconds")
    return bytes(body)


def _retry_after(text: str) -> float | None:
    """Seconds, from a number or a date; None where nothing is said."""
    if text.strip().isdigit():
        return float(text)
    try:
        return (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError):
        return None


def _wait(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.after if isinstance(error, _Later) else None
    seconds = 2.0 ** (state.attempt_number - 1) if asked is None else max(asked, 0.0)
    if seconds > _LONGEST_WAIT:
        raise ConnectionLost(f"the host asks to be left alone for {seconds / 60:.0f} minutes: go on later")
    _log.info("asked again in %.0f s: %s", seconds, error)
    return seconds
