"""Answers for programs over HTTP, from the server of the app; off unless `COVERGENRE_API` is set to 1.

`openapi.json` beside this file documents it, and is served too. Limits and messages are those of the page. A body must
say that it is a picture or plain bytes: a browser asks before it sends either to another site, so that no web page
makes a visitor's machine work for it. Answers never name a file of this machine.
"""

import json
import logging
import os
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from covergenre.api.serialization import neighbour_to_dict, prediction_to_dict
from covergenre.collection.collection import TYPICAL
from covergenre.collection.filters import Filters
from covergenre.collection.sources import open_collection
from covergenre.collection.table import Neighbour
from covergenre.errors import BadRun, CoverGenreError
from covergenre.images import MAX_BYTES
from covergenre.predict import STARTER, open_predictor

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import Route

SWITCH = "COVERGENRE_API"
"""The environment variable that switches it on."""

DOCUMENT = Path(__file__).with_name("openapi.json")

_MOST = 100
_AT_ONCE = 2  # predictions under way; more would only wait for each other's cores
_BODIES = 16  # received at once: all of them fit into memory
_SECONDS = 60  # that a body may take to arrive
_KINDS = ("image/", "application/octet-stream")
_log = logging.getLogger(__name__)


class PredictQuery(BaseModel):
    """What can be asked of a prediction."""

    model_config = ConfigDict(extra="forbid")
    run: str = STARTER
    neighbours: int = Field(default=12, ge=0, le=_MOST)


class SimilarQuery(BaseModel):
    """Which known cover, by its key or by words of its artist and album, and which of those like it."""

    model_config = ConfigDict(extra="forbid")
    run: str = STARTER
    cover: str = ""
    find: str = ""
    neighbours: int = Field(default=12, ge=1, le=_MOST)
    among: Literal["all", "same", "other"] = "all"
    order: Literal["most", "least"] = "most"
    genre: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    part: tuple[str, ...] = ()
    first_year: int | None = None
    last_year: int | None = None


class Refused(CoverGenreError):
    """A request that can't be answered, with its HTTP status."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


def routes() -> "list[Route]":
    """The routes for the app's server; none unless they are switched on."""
    if os.environ.get(SWITCH) != "1":
        return []
    from starlette.routing import Route

    return [
        Route("/api/predict", _answering(_predict), methods=["POST"]),
        Route("/api/similar", _answering(_similar), methods=["GET"]),
        Route("/api/openapi.json", _answering(_document), methods=["GET"]),
        Route("/api/{path:path}", _answering(_unknown), methods=["GET", "POST", "PUT", "DELETE", "PATCH"]),
    ]


def predict(query: PredictQuery, body: bytes) -> dict[str, Any]:
    """The answer to the cover in `body`."""
    prediction = open_predictor(query.run).predict(body, neighbours=query.neighbours)
    seen = prediction.seen
    return {
        **_without_path(prediction_to_dict(prediction)),
        "neighbours": [_known(neighbour) for neighbour in prediction.neighbours],
        "answers": {
            title: {genre: round(share, 4) for genre, share in answer.items()}
            for title, answer in prediction.answers.items()
        },
        "seen": {**_known(seen), "same_pixels": prediction.same_pixels} if seen else None,
    }


def similar(query: SimilarQuery) -> dict[str, Any]:
    """A known cover and those most (or least) like it. Refused when there is no such cover."""
    collection = open_collection(query.run)
    found = collection.find(text=query.find, order=TYPICAL).tolist() if query.find else []
    row = collection.row(query.cover) if query.cover else next(iter(found), None)
    if row is None:
        raise Refused(404, "there is no such cover: give the key of one as `cover`, or words of its name as `find`")
    years = None
    if query.first_year is not None or query.last_year is not None:
        years = (query.first_year or 0, query.last_year if query.last_year is not None else 9999)
    filters = Filters(query.genre, query.source, query.part, years)
    near = collection.like(row, query.neighbours, filters, query.among, query.order == "most")
    return {
        "cover": _known(collection.cover(row)),
        "neighbours": [_known(neighbour) for neighbour in collection.covers(near)],
    }


def _known(neighbour: Neighbour) -> dict[str, Any]:
    return {
        "key": neighbour.key,
        **_without_path(neighbour_to_dict(neighbour)),
        "year": neighbour.year,
        "part": neighbour.part,
        "page_url": neighbour.page_url,
    }


def _without_path(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name != "path"}


async def _predict(request: "Request") -> dict[str, Any]:
    query = PredictQuery.model_validate(_asked(request, PredictQuery))
    kind = request.headers.get("content-type", "")
    if not kind.startswith(_KINDS):
        raise Refused(415, f"the body is {kind or 'of no kind'}: send it as image/jpeg or application/octet-stream")
    return await _in_thread(partial(predict, query, await _body(request)))


async def _similar(request: "Request") -> dict[str, Any]:
    return await _in_thread(partial(similar, SimilarQuery.model_validate(_asked(request, SimilarQuery))))


async def _document(request: "Request") -> dict[str, Any]:  # noqa: ARG001 (as all are called)
    return json.loads(DOCUMENT.read_text(encoding="utf-8"))


async def _unknown(request: "Request") -> dict[str, Any]:
    path = request.url.path
    if method := {"/api/predict": "POST", "/api/similar": "GET", "/api/openapi.json": "GET"}.get(path):
        raise Refused(405, f"{request.method} is not what {path} answers: ask it by {method}")
    raise Refused(404, f"there is nothing at {path[:80]}: /api/openapi.json names what there is")


def _asked(request: "Request", query: type[BaseModel]) -> dict[str, Any]:
    """The query's parameters; those that may be given several times as lists."""
    asked: dict[str, Any] = {}
    for name in request.query_params:
        field = query.model_fields.get(name)
        several = field is not None and field.annotation == tuple[str, ...]
        asked[name] = request.query_params.getlist(name) if several else request.query_params[name]
    return asked


async def _body(request: "Request") -> bytes:
    """The body, given up as soon as it is longer than a cover may be, or takes too long; so many at once are held."""
    from anyio import WouldBlock, fail_after

    try:
        bodies = _bodies()
        bodies.acquire_nowait()
    except WouldBlock as error:
        raise Refused(503, f"{_BODIES} covers are being sent already: try again in a moment") from error
    body = bytearray()
    try:
        with fail_after(_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_BYTES:
                    raise Refused(413, f"the body has more than {MAX_BYTES // 2**20} MB: send the picture smaller")
    except TimeoutError as error:
        raise Refused(408, f"the body was not there after {_SECONDS} s: send the picture again, or smaller") from error
    finally:
        bodies.release()
    return bytes(body)


async def _in_thread(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    from anyio import to_thread

    return await to_thread.run_sync(work, limiter=_limiter())


@lru_cache(maxsize=1)
def _limiter() -> Any:
    from anyio import CapacityLimiter

    return CapacityLimiter(_AT_ONCE)


@lru_cache(maxsize=1)
def _bodies() -> Any:
    from anyio import Semaphore

    return Semaphore(_BODIES)


def _answering(answer: Callable) -> Callable:
    """The endpoint that gives an answer as JSON, or says with a fitting status why there is none."""
    from starlette.responses import JSONResponse

    async def endpoint(request: "Request") -> JSONResponse:
        status, data = 200, {}
        try:
            data = await answer(request)
        except Refused as error:
            status, data = error.status, {"error": str(error)}
        except ValidationError as error:
            status, data = 422, {"error": "; ".join(_wrong(one) for one in error.errors())}
        except BadRun as error:
            status, data = 404, {"error": str(error)}
        except CoverGenreError as error:
            status, data = 400, {"error": str(error)}
        except Exception:
            _log.exception("a request to %s failed", request.url.path)
            status, data = 500, {"error": "this is a defect of covergenre: its log says more"}
        return JSONResponse(data, status)  # which refuses figures that are not finite

    return endpoint


def _wrong(error: Mapping[str, Any]) -> str:
    return f"{'.'.join(map(str, error['loc']))}: {error['msg'][:1].lower()}{error['msg'][1:]}"
