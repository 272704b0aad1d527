"""The HTTP API, served by the app; off unless `COVERGENRE_API` is set to 1.

Limits and messages are those of the Predict page. A body must be declared as a picture or as plain bytes: browsers ask
before they send either to another site, so that no web page makes a visitor's machine work for it. Answers never name
a file of this machine.
"""

import logging
import os
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, TypeVar

from anyio import CapacityLimiter, Semaphore, WouldBlock, fail_after, to_thread
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from covergenre.api.schema import Cover, Error, Prediction, PredictQuery, Similar, SimilarQuery, openapi
from covergenre.api.serialization import neighbour_to_dict, prediction_to_dict
from covergenre.collection.collection import TYPICAL
from covergenre.collection.filters import Filters
from covergenre.collection.sources import open_collection
from covergenre.collection.table import Neighbour
from covergenre.errors import BadRun, CoverGenreError
from covergenre.images import MAX_BYTES
from covergenre.predict import open_predictor

SWITCH = "COVERGENRE_API"
"""The environment variable that switches it on."""

_AT_ONCE = 2  # predictions under way; more would only wait for each other's cores
_BODIES = 16  # received at once: all of them fit into memory
_SECONDS = 60  # that a body may take to arrive
_KINDS = ("image/", "application/octet-stream")
_log = logging.getLogger(__name__)

_Query = TypeVar("_Query", bound=BaseModel)
_Result = TypeVar("_Result", bound=BaseModel)


def routes() -> list[Route]:
    """The routes for the app's server; none unless they are switched on."""
    if os.environ.get(SWITCH) != "1":
        return []
    return [
        Route("/api/predict", _answering(_predict), methods=["POST"]),
        Route("/api/similar", _answering(_similar), methods=["GET"]),
        Route("/api/openapi.json", _answering(_document), methods=["GET"]),
        Route("/api/{path:path}", _answering(_unknown), methods=["GET", "POST", "PUT", "DELETE", "PATCH"]),
    ]


def predict(query: PredictQuery, body: bytes) -> Prediction:
    """The answer to the cover in `body`."""
    prediction = open_predictor(query.run).predict(body, neighbours=query.neighbours)
    data = prediction_to_dict(prediction)
    del data["path"]
    data |= {
        "neighbours": [_cover(neighbour) for neighbour in prediction.neighbours],
        "answers": {
            title: {genre: round(share, 4) for genre, share in answer.items()}
            for title, answer in prediction.answers.items()
        },
        "seen": None,
    }
    if prediction.seen:
        data["seen"] = {**_cover(prediction.seen).model_dump(), "same_pixels": prediction.same_pixels}
    return Prediction(**data)


def similar(query: SimilarQuery) -> Similar:
    """A known cover and those most (or least) like it. HTTPException when there is no such cover."""
    collection = open_collection(query.run)
    found = collection.find(text=query.find, order=TYPICAL).tolist() if query.find else []
    row = collection.row(query.cover) if query.cover else next(iter(found), None)
    if row is None:
        raise HTTPException(
            404, "there is no such cover: give the key of one as `cover`, or words of its name as `find`"
        )
    years = None
    if query.first_year is not None or query.last_year is not None:
        years = (query.first_year or 0, query.last_year if query.last_year is not None else 9999)
    filters = Filters(query.genre, query.source, query.part, years)
    near = collection.like(row, query.neighbours, filters, query.among, query.order == "most")
    neighbours = [_cover(neighbour) for neighbour in collection.covers(near)]
    return Similar(cover=_cover(collection.cover(row)), neighbours=neighbours)


def _cover(neighbour: Neighbour) -> Cover:
    data = neighbour_to_dict(neighbour)
    del data["path"]
    return Cover(**data, **{name: getattr(neighbour, name) for name in ("key", "year", "part", "page_url")})


async def _predict(request: Request) -> Prediction:
    query = _query(request, PredictQuery)
    kind = request.headers.get("content-type", "")
    if not kind.startswith(_KINDS):
        raise HTTPException(
            415, f"the body is {kind or 'of no kind'}: send it as image/jpeg or application/octet-stream"
        )
    return await _in_thread(partial(predict, query, await _body(request)))


async def _similar(request: Request) -> Similar:
    return await _in_thread(partial(similar, _query(request, SimilarQuery)))


async def _document(request: Request) -> dict[str, Any]:  # noqa: ARG001 (as all are called)
    return openapi()


async def _unknown(request: Request) -> dict[str, Any]:
    path = request.url.path
    if method := {"/api/predict": "POST", "/api/similar": "GET", "/api/openapi.json": "GET"}.get(path):
        raise HTTPException(405, f"{request.method} is not what {path} answers: ask it by {method}")
    raise HTTPException(404, f"there is nothing at {path[:80]}: /api/openapi.json names what there is")


def _query(request: Request, model: type[_Query]) -> _Query:
    """The query's parameters; HTTPException when one is unknown or can't be used."""
    parameters: dict[str, Any] = {}
    for name in request.query_params:
        field = model.model_fields.get(name)
        repeatable = field is not None and field.annotation == tuple[str, ...]
        parameters[name] = request.query_params.getlist(name) if repeatable else request.query_params[name]
    try:
        return model.model_validate(parameters)
    except ValidationError as error:
        wrong = [(".".join(map(str, one["loc"])), one["msg"][:1].lower() + one["msg"][1:]) for one in error.errors()]
        raise HTTPException(422, "; ".join(f"{name}: {message}" for name, message in wrong)) from error


async def _body(request: Request) -> bytes:
    """The body, given up as soon as it is longer than a cover may be, or takes too long; so many at once are held."""
    bodies = _bodies()
    try:
        bodies.acquire_nowait()
    except WouldBlock as error:
        raise HTTPException(503, f"{_BODIES} covers are being sent already: try again in a moment") from error
    body = bytearray()
    try:
        with fail_after(_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_BYTES:
                    raise HTTPException(413, f"more than {MAX_BYTES // 2**20} MB were sent: send the picture smaller")
    except TimeoutError as error:
        raise HTTPException(
            408, f"the body was not there after {_SECONDS} s: send the picture again, or smaller"
        ) from error
    finally:
        bodies.release()
    return bytes(body)


async def _in_thread(work: Callable[[], _Result]) -> _Result:
    return await to_thread.run_sync(work, limiter=_limiter())


@lru_cache(maxsize=1)
def _limiter() -> Any:
    return CapacityLimiter(_AT_ONCE)


@lru_cache(maxsize=1)
def _bodies() -> Any:
    return Semaphore(_BODIES)


def _answering(answer: Callable) -> Callable:
    """An endpoint that responds with the answer as JSON, or with a status and the reason why there is none."""

    async def endpoint(request: Request) -> JSONResponse:
        status = 200
        try:
            data = await answer(request)
        except HTTPException as error:
            status, data = error.status_code, Error(error=error.detail)
        except CoverGenreError as error:
            status, data = 404 if isinstance(error, BadRun) else 400, Error(error=str(error))
        except Exception:
            _log.exception("a request to %s failed", request.url.path)
            status, data = 500, Error(error="this is a defect of covergenre: its log says more")
        # JSONResponse refuses figures that are not finite.
        return JSONResponse(data.model_dump() if isinstance(data, BaseModel) else data, status)

    return endpoint
