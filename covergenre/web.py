"""Asking the web politely and warily: one rate a host, retries, and limits on all that comes back.

What answers is not trusted. A body is read up to a number of bytes and for a number of seconds, whatever its headers
say; redirects are counted; and no connection is made to an address inside a private network, whatever a name stands
for, except to hosts that the settings name. The check is made on the address that is then connected to, so a name
can't mean one thing when it is checked and another when it is used.
"""

import hashlib
import ipaddress
import logging
import math
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore
import tenacity

from covergenre.errors import ConnectionLost, Refused
from covergenre.progress import SILENT, Monitor

MOST_REDIRECTS = 5
MOST_SECONDS = 60.0
"""For one answer, from the first byte asked to the last one read: a drip of bytes ends here. A file may take longer."""

_TRIES = 5
_LONGEST_WAIT = 300.0  # seconds; a host that asks for more is taken to be closed for now
_LOOK_EVERY = 0.2  # seconds between looks whether to stop
_TIMEOUTS = {"connect": 10.0, "read": 15.0, "write": 10.0, "pool": 10.0}
_REDIRECTS = (301, 302, 303, 307, 308)
_DIGEST = re.compile(r'(?:W/)?"?([0-9a-f]{40}(?:[0-9a-f]{24})?)"?')  # SHA-256, or git's own of a small file
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
        monitor: Monitor = SILENT,
        tries: int = _TRIES,
    ) -> None:
        """`seconds_between`: the least time between two requests to a host, by its name and port. `trusted`: hosts that
        may lie in a private network, because the settings name them. `monitor` is asked between tries, of
        which there are at most `tries`."""
        self._between = dict(seconds_between or {})
        # As if each had just been asked: whoever was killed and starts again keeps to the rate.
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
        """What `address` answers: 200 with its body, or 404.

        A host that is busy or away is asked again, as late as it asks for. Raises Refused, with the reason, for an
        answer that can't be used; ConnectionLost when nothing comes back however often it is tried, so that the same
        work may be tried again later; Cancelled when stopped.
        """

        def read(response: httpcore.Response, told: Mapping[str, str]) -> Answer:
            if response.status not in (200, 404):
                raise Refused(f"the host answers {response.status}")
            body = b"" if response.status == 404 else _body(response.iter_stream(), told, most_bytes)
            return Answer(response.status, body, told.get("content-type", "").partition(";")[0].strip().lower())

        return self._retrying(self._follow, address, read, dict(headers or {}))

    def download(self, address: str, file: Path, most_bytes: int, what: str) -> None:
        """Bring the file at `address` to `file`, whole and with the digest that its host tells of it.

        Reports megabytes of `what`. What came lies beside it as `.part` meanwhile, and is gone on with: after a drop
        here, after a stop or a kill when it is asked for again. Raises Refused when the host tells no digest, or what
        came has another one; and what `get` raises.
        """
        coming = _Coming(file.with_name(f"{file.name}.part"), most_bytes, what, self._monitor)

        def read(response: httpcore.Response, told: Mapping[str, str]) -> Answer:
            self._backend.deadline = math.inf  # from here on only a read that brings nothing ends it
            return coming.read(response, told)

        while True:
            had = coming.had
            try:
                self._retrying(lambda: self._follow(address, read, coming.range, coming.notice))
                return coming.finish(file)
            except ConnectionLost:
                if coming.had <= had:
                    raise

    def _retrying(self, ask: Callable[..., Answer], *arguments: Any) -> Answer:
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self._tries),
            wait=_wait,
            retry=tenacity.retry_if_exception_type(_Later),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(ask, *arguments)
        except _Later as error:
            raise ConnectionLost(f"{error}: check the connection, then go on later") from error

    def _follow(
        self,
        address: str,
        read: "_Read",
        headers: dict[str, str],
        notice: "_Notice | None" = None,
    ) -> Answer:
        """The answer as `read` makes it; `notice` is told the headers of all that lead there."""
        self._backend.deadline = time.monotonic() + MOST_SECONDS
        for _ in range(MOST_REDIRECTS + 1):
            _check(address)
            self._keep_to_rate(urlsplit(address).netloc)
            answer = self._once(address, read, headers, notice)
            if isinstance(answer, Answer):
                return answer
            if _host(answer) != _host(address):
                headers = {name: value for name, value in headers.items() if name != "Authorization"}
            address = answer
        raise Refused(f"more than {MOST_REDIRECTS} redirects")

    def _once(self, address: str, read: "_Read", headers: Mapping[str, str], notice: "_Notice | None") -> Answer | str:
        """The answer, or where it redirects to."""
        try:
            request = list({**self._headers, **headers}.items())
            with self._pool.stream("GET", address, headers=request, extensions={"timeout": _TIMEOUTS}) as response:
                told = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
                if notice:
                    notice(told)
                if response.status in _REDIRECTS and "location" in told:
                    return urljoin(address, told["location"])
                if response.status in _LATER:
                    raise _Later(
                        f"{_host(address)} answers {response.status}", _retry_after(told.get("retry-after", ""))
                    )
                return read(response, told)
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.RemoteProtocolError) as error:
            raise _Later(f"{_host(address)} can't be reached ({error or type(error).__name__})") from error
        except (httpcore.ProtocolError, httpcore.UnsupportedProtocol, UnicodeError, ValueError) as error:
            raise Refused(f"an address or an answer that makes no sense ({error})") from error

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
            time.sleep(min(left, _LOOK_EVERY))


class _Later(Exception):
    """Ask again, `after` seconds (None: as one likes)."""

    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.after = after


_Read = Callable[[httpcore.Response, Mapping[str, str]], Answer]
"""Makes something of an answer that is neither a redirect nor "later", from it and its headers in lower case."""
_Notice = Callable[[Mapping[str, str]], None]


class _Coming:
    """A file on its way, in parts if need be."""

    def __init__(self, part: Path, most_bytes: int, what: str, monitor: Monitor) -> None:
        self._part, self._most, self._what, self._monitor = part, most_bytes, what, monitor
        self._digest = ""

    @property
    def had(self) -> int:
        """Bytes that are here."""
        return self._part.stat().st_size if self._part.exists() else 0

    @property
    def range(self) -> dict[str, str]:
        """The header that asks for the rest."""
        return {"Range": f"bytes={self.had}-"} if self.had else {}

    def notice(self, told: Mapping[str, str]) -> None:
        """Take note of the digest, which a hub tells on the way to where the file lies."""
        tag = told.get("x-linked-etag") or told.get("etag", "")
        self._digest = self._digest or (found[1] if (found := _DIGEST.fullmatch(tag)) else "")

    def read(self, response: httpcore.Response, told: Mapping[str, str]) -> Answer:
        """Add what comes to what is here."""
        if response.status == 416:  # there is no rest: what is here is another file, or all of it
            return Answer(200, b"", "")
        if response.status not in (200, 206):
            raise Refused("there is no such file" if response.status == 404 else f"the host answers {response.status}")
        had = self.had if response.status == 206 else 0
        total = had + (int(length) if (length := told.get("content-length", "")).isdigit() else 0)
        if total > self._most:
            raise _too_long(self._most)
        with self._part.open("r+b" if had else "wb") as file:
            file.seek(had)
            for chunk in response.iter_stream():
                self._monitor.check(f"stopped after {_mb(had)} of {_mb(total)} MB; they are kept, and it can go on")
                had += file.write(chunk)
                if had > self._most:
                    raise _too_long(self._most)
                self._monitor.report(_mb(had), max(_mb(total), 1), self._what)
        return Answer(response.status, b"", "")

    def finish(self, file: Path) -> None:
        """Give the file its name, if it is what was announced; else nothing of it stays."""
        kind = "sha256" if len(self._digest) == 64 else "sha1"
        digest = hashlib.new(kind, b"" if kind == "sha256" else f"blob {self.had}\0".encode())  # as git has it
        with self._part.open("rb") as came:
            while block := came.read(2**20):
                digest.update(block)
        if digest.hexdigest() != self._digest:
            self._part.unlink()
            raise Refused(
                "a file with another digest than its host tells"
                if self._digest
                else "a file of which no digest is told"
            )
        self._part.replace(file)


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
        raise Refused(f"{address[:200]!r} is no address of the web") from error
    if parts.scheme not in ("http", "https") or not host or parts.username:
        raise Refused(f"{address[:200]!r} is no plain address of the web (http or https)")


def _host(address: str) -> str:
    return urlsplit(address).hostname or ""


def _too_long(most_bytes: int) -> Refused:
    return Refused(f"a body of more than {most_bytes / 2**20:.3g} MB")


def _mb(count: int) -> int:
    return round(count / 1e6)


def _body(chunks: Iterable[bytes], headers: Mapping[str, str], most_bytes: int) -> bytes:
    declared = headers.get("content-length", "")
    if declared.isdigit() and int(declared) > most_bytes:
        raise _too_long(most_bytes)
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > most_bytes:
            raise _too_long(most_bytes)
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
