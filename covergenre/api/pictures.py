"""Small pictures of covers over HTTP, by content hash: a chart of thousands asks for the one that is pointed at."""

import re
from typing import TYPE_CHECKING

from covergenre import home

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

FOLDER = "pictures"
"""The first part of a picture's address on the server: pictures/CONTENT_HASH.jpg."""

_KEY = re.compile(r"[0-9a-f]{32}")
_HEADERS = {"Cache-Control": "private, max-age=86400, immutable", "X-Content-Type-Options": "nosniff"}


def picture_routes() -> "list[Route]":
    """The route for the app's server."""
    from starlette.routing import Route

    return [Route(f"/{FOLDER}/{{key}}.jpg", _picture)]


def _picture(request: "Request") -> "Response":
    from starlette.responses import FileResponse, Response

    key = request.path_params["key"]
    file = home.thumbnails() / f"{key}.jpg"
    if not _KEY.fullmatch(key) or not file.is_file():
        return Response(status_code=404)
    return FileResponse(file, media_type="image/jpeg", headers=_HEADERS)
