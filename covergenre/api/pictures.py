"""Thumbnails of covers over HTTP, by content hash: of data sets, and of known covers once they were fetched.

Pages show them from here, so that no visitor's browser tells third parties what is looked at. With `?fetch=1`, which
pages add once the visitor has switched pictures on, a missing one is fetched first, but only for a cover of the
starter, from the address known for it. With `?colours=1` a missing one is replaced by the cover's colours.
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from covergenre import home, images
from covergenre.collecting.pictures import AT_ONCE, PublishedPicture, fetcher, picture_file
from covergenre.collection.sources import open_collection
from covergenre.errors import CoverGenreError

FOLDER = "pictures"
"""The first part of a picture's address on the server: pictures/CONTENT_HASH.jpg."""

_KEY = re.compile(r"[0-9a-f]{32}")
_HEADERS = {"Cache-Control": "private, max-age=86400, immutable", "X-Content-Type-Options": "nosniff"}
_NOT_NOW = {"Cache-Control": "no-store"}
_COLOURS_SIDE = 56


def picture_routes() -> list[Route]:
    """The route for the app's server."""
    return [Route(f"/{FOLDER}/{{key}}.jpg", _picture)]


async def _picture(request: Request) -> Response:
    key = request.path_params["key"]
    if not _KEY.fullmatch(key):
        return Response(status_code=404)
    thumbnail = home.thumbnails() / f"{key}.jpg"
    file = thumbnail if thumbnail.is_file() else picture_file(key)
    # Another site's page may not make this machine ask for anything.
    own = request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
    if file is None and own and request.query_params.get("fetch") == "1":
        file = await to_thread.run_sync(_fetched, key, limiter=_limiter())
        if file is None:
            return Response(status_code=204, headers=_NOT_NOW)
    if file is not None:
        return FileResponse(file, media_type="image/jpeg", headers=_HEADERS)
    colours = await to_thread.run_sync(_colours, key) if request.query_params.get("colours") == "1" else b""
    if not colours:
        return Response(status_code=404)
    return Response(colours, media_type="image/jpeg", headers={**_HEADERS, **_NOT_NOW})


def _fetched(key: str) -> Path | None:
    cover = _known(key)
    return fetcher.picture(PublishedPicture(key, cover["phash"], cover["image_url"])) if cover else None


def _colours(key: str) -> bytes:
    cover = _known(key)
    if not cover or not cover["signature"]:
        return b""
    return images.thumbnail(images.draw_signature(cover["signature"], _COLOURS_SIDE))


def _known(key: str) -> dict[str, Any] | None:
    """What is known of a cover of the starter."""
    try:
        collection = open_collection()
    except CoverGenreError:
        return None
    row = collection.row(key[:16])
    return collection.facts(row) if row is not None and collection.hashes[row] == key else None


@lru_cache(maxsize=1)
def _limiter() -> CapacityLimiter:
    """Threads that wait for pictures, so that all other work of the server goes on."""
    return CapacityLimiter(4 * AT_ONCE)
