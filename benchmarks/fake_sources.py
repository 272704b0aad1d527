"""A fake of MusicBrainz, the Cover Art Archive, Discogs and the Hugging Face hub on loopback, as they are documented.

It records all requests, and its replies can be overridden: with errors, with delays, with nonsense.
"""

import hashlib
import json
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from PIL import Image

from benchmarks.common import encode
from covergenre.collecting.genres import genre_tags

Reply = tuple[int, dict[str, str], bytes]


def picture(path: str) -> bytes:
    """A JPEG that belongs to a path."""
    return encode(Image.frombytes("RGB", (5, 5), random.Random(path).randbytes(75)).resize((250, 250)), "JPEG")


@dataclass
class World:
    """What the sources hold, albums by genre, and what they were asked.

    `overrides`: replies by part of a path, given instead of the usual ones; a callable gets the number of requests so
    far. `draw` gives the picture of a path, which is served from the base address `pictures` ("": from the same).
    `files`: those of the hub, by path; `drops`: after how many bytes the next replies with one of them break off.
    `requests`: the time (monotonic) and path of each.
    """

    albums: dict[str, list[dict]] = field(default_factory=dict)
    draw: Callable[[str], bytes] = picture
    pictures: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    drops: list[int] = field(default_factory=list)
    overrides: dict[str, Reply | Callable[[int], Reply | None]] = field(default_factory=dict)
    requests: list[tuple[float, str]] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    tokens: list[str] = field(default_factory=list)

    def count(self, part: str) -> Counter:
        """How often each path that contains `part` was requested."""
        return Counter(path for _, path in self.requests if part in path)


def albums(genre: str, n: int, artists: int = 10**6, **more) -> list[dict]:
    """Release groups of a genre in MusicBrainz' format, by so many artists; `more` overrides fields."""
    return [
        {
            "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{genre} {number}")),
            "title": f"{genre.title()} No. {number}",
            "primary-type": "Album",
            "secondary-types": list(genre_tags()[genre].types),
            "first-release-date": f"{1960 + number % 60}-05-01",
            "artist-credit": [{"name": f"Artist {number % artists}", "artist": {"id": f"{genre}-{number % artists}"}}],
            "tags": [{"name": genre_tags()[genre].tags[0], "count": 3}],
            **more,
        }
        for number in range(n)
    ]


@contextmanager
def serve(world: World) -> Iterator[str]:
    """Serve a world on loopback; the base address."""
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"world": world}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class _Server(ThreadingHTTPServer):
    def handle_error(self, *request: object) -> None:
        """Print nothing: clients are killed on purpose."""


class _Handler(BaseHTTPRequestHandler):
    world: World
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        world, path = self.world, urlsplit(self.path).path
        world.requests.append((time.monotonic(), self.path))
        world.agents.add(self.headers.get("User-Agent", ""))
        world.tokens.append(self.headers.get("Authorization", ""))
        override = next((reply for part, reply in world.overrides.items() if part in self.path), None)
        if callable(override):
            override = override(sum(path == urlsplit(other).path for _, other in world.requests))
        status, headers, body = override or self._usual(path)
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _usual(self, path: str) -> Reply:
        if path == "/ws/2/release-group":
            return self._search()
        if path.startswith("/release-group/"):
            return 307, {"Location": f"{self.world.pictures}/pictures/{path.split('/')[2]}.jpg"}, b""
        if path.startswith("/pictures/"):
            return 200, {"Content-Type": "image/jpeg"}, self.world.draw(path)
        if path in self.world.files:
            digest = _sha(self.world.files[path])
            return 302, {"Location": f"/blobs/{digest}", "X-Linked-Etag": f'"{digest}"'}, b""
        if path.startswith("/blobs/"):
            return self._blob(next(data for data in self.world.files.values() if _sha(data) == path[7:]))
        if path.startswith("/releases/"):
            return self._release(path)
        return 404, {}, b""

    def _blob(self, data: bytes) -> Reply:
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
        rest, length = data[start:], {"Content-Length": str(len(data) - start)}
        if self.world.drops:
            rest, self.close_connection = rest[: self.world.drops.pop(0)], True
        return (206 if start else 200), length, rest

    def _search(self) -> Reply:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        genre = next(genre for genre, tags in genre_tags().items() if f'tag:"{tags.tags[0]}"' in asked["query"])
        found, offset = self.world.albums.get(genre, []), int(asked["offset"])
        page = {"count": len(found), "offset": offset, "release-groups": found[offset : offset + int(asked["limit"])]}
        return 200, {"Content-Type": "application/json; charset=utf-8"}, json.dumps(page).encode()

    def _release(self, path: str) -> Reply:
        number = path.rsplit("/", 1)[1]
        if not self.headers.get("Authorization"):
            return 401, {}, b"{}"
        picture = f"http://{self.headers['Host']}/pictures/{number}.jpg"
        known = {
            "id": int(number),
            "title": f"Release {number}",
            "year": 1977,
            "artists": [{"name": f"Band {number} (2)"}],
            "images": [{"type": "primary", "uri": picture, "uri150": picture}],
        }
        return 200, {"Content-Type": "application/json"}, json.dumps(known).encode()

    def log_message(self, *args: object) -> None:
        """Print nothing."""
