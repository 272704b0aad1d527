"""What the HTTP API takes and gives, as pydantic models, and the OpenAPI document that is generated from them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from covergenre import images
from covergenre.predict import STARTER

_MOST = 100
_RUN = "The run that answers: the id of one that is done, or the starter."

Share = Annotated[float, Field(ge=0, le=1)]
Year = Annotated[int | None, WithJsonSchema({"type": "integer"})]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PredictQuery(_Model):
    """The parameters of a prediction."""

    run: str = Field(STARTER, description=_RUN)
    neighbours: int = Field(12, ge=0, le=_MOST, description="How many of the most similar covers to name.")


class SimilarQuery(_Model):
    """A known cover, by its key or by words of its artist and album, and which of those like it are wanted."""

    run: str = Field(STARTER, description=_RUN)
    cover: str = Field("", description="The key of a known cover.")
    find: str = Field("", description="Or words of its artist and album; the best hit is taken.")
    neighbours: int = Field(12, ge=1, le=_MOST, description="How many covers to name.")
    among: Literal["all", "same", "other"] = Field(
        "all", description="Covers of every genre, of the cover's own only, or of other genres only."
    )
    order: Literal["most", "least"] = Field("most", description="The most or the least similar first.")
    genre: tuple[str, ...] = Field((), description="Only covers of this genre; may be given several times.")
    source: tuple[str, ...] = Field((), description="Only covers of this source; may be given several times.")
    part: tuple[str, ...] = Field((), description="Only covers of this part of the split; may be given several times.")
    first_year: Year = Field(None, description="Only covers of this year or later; those of an unknown year are out.")
    last_year: Year = Field(None, description="Only covers of this year or earlier; those of an unknown year are out.")


class Cover(_Model):
    """A known cover."""

    key: str = Field(description="Names the cover: give it to /api/similar as `cover`.")
    genre: str
    similarity: float = Field(ge=-1, le=1, description="Cosine; 1 is the same.")
    artist: str
    album: str
    year: int | None
    source: str
    id: str = Field(description="Its number at the source, or its path in a data set.")
    part: str = Field(description="Of the split: the methods learned from covers of `train` only.")
    page_url: str = Field(description="Its page at the source, or empty.")


class Seen(Cover):
    """The known cover that was sent."""

    same_pixels: bool = Field(description="Whether it has the same pixels, or is a near copy.")


class Precedent(_Model):
    """The track record of answers like this one: of held-out covers answered about as surely, how many were right."""

    covers: int = Field(ge=1)
    right: int = Field(ge=0)
    agreed: bool | None = Field(
        description="Whether the methods agreed on those covers, as they do or don't here; null where there is one "
        "method."
    )
    new_source: bool = Field(description="Whether the methods were trained without the source of each of those covers.")


class Spoken(_Model):
    """A line that speaks for a genre."""

    line: str
    genre: str
    factor: float = Field(ge=0, description="How many times likelier the line alone makes the genre.")


class Words(_Model):
    """What is written on the cover."""

    lines: list[str] = Field(description="The lines, from the top down.")
    spoken: list[Spoken] = Field(description="The lines that speak for a genre, the plainest first.")
    performer: str | None = Field(description="The performer of known covers whose name is written on it.")


class Prediction(_Model):
    """The answer to a cover."""

    genre: str
    probabilities: dict[str, Share] = Field(description="Of all genres, the likeliest first; they add up to 1.")
    answers: dict[str, dict[str, Share]] = Field(description="Those of each method, by its title.")
    neighbours: list[Cover]
    seen: Seen | None
    unfamiliar: Share = Field(
        description="The share of held-out covers that are more like the covers learned from; above 0.99 the answer "
        "means little."
    )
    note: str = Field(
        description="What is wrong with a file that could be read all the same, such as that it is cut short; else "
        "empty."
    )
    precedent: Precedent | None
    words: Words | None = Field(description="null where they were not read.")
    seconds: float = Field(ge=0)


class Similar(_Model):
    """A known cover and those most, or least, like it."""

    cover: Cover
    neighbours: list[Cover]


class Error(_Model):
    """Why there is no answer."""

    error: str = Field(description="What was found, what was expected, what to do.")


def openapi() -> dict[str, Any]:
    """The OpenAPI document of the API."""
    _, schemas = models_json_schema(
        [(model, "validation") for model in (Prediction, Similar, Error)],
        ref_template="#/components/schemas/{model}",
        schema_generator=_Untitled,
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "covergenre",
            "version": "1",
            "description": "The genre of a music album, read off its cover. Served by the app itself when it is "
            "started with COVERGENRE_API=1.",
        },
        "paths": {
            "/api/predict": {"post": _predict()},
            "/api/similar": {"get": _similar()},
            "/api/openapi.json": {
                "get": {
                    "summary": "This document",
                    "operationId": "document",
                    "responses": {"200": _response("OpenAPI 3.1", {"type": "object"})},
                }
            },
        },
        "components": {"schemas": schemas["$defs"]},
    }


class _Untitled(GenerateJsonSchema):
    """Without titles that only repeat the names of fields."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False


def _predict() -> dict[str, Any]:
    picture = (
        f"The bytes of one picture: {images.ACCEPTED}, at most {images.MAX_BYTES // 2**20} MB and "
        f"{images.MAX_PIXELS // 10**6} million pixels."
    )
    content: dict[str, Any] = {"image/*": {"schema": {}}, "application/octet-stream": {"schema": {}}}
    return {
        "summary": "The genre of a cover, the covers most like it, and whether to trust the answer",
        "operationId": "predict",
        "parameters": _parameters(PredictQuery),
        "requestBody": {"required": True, "description": picture, "content": content},
        "responses": {
            "200": _response("The answer", _ref(Prediction)),
            **_errors(
                {
                    400: "The picture can't be read; the message says why",
                    404: "There is no such run",
                    408: "The body took too long to arrive",
                    413: "The body is too large",
                    415: "The body is of another kind",
                    422: "A parameter can't be used",
                    503: "Too many bodies are being received: try again in a moment",
                }
            ),
        },
    }


def _similar() -> dict[str, Any]:
    return {
        "summary": "The known covers most like one of them",
        "operationId": "similar",
        "parameters": _parameters(SimilarQuery),
        "responses": {
            "200": _response("The cover and those like it", _ref(Similar)),
            **_errors({404: "There is no such cover or run", 422: "A parameter can't be used"}),
        },
    }


def _parameters(query: type[BaseModel]) -> list[dict[str, Any]]:
    parameters = []
    for name, schema in query.model_json_schema(schema_generator=_Untitled)["properties"].items():
        if not schema.get("default"):  # as good as not given
            schema.pop("default", None)
        parameters.append({"name": name, "in": "query", "description": schema.pop("description"), "schema": schema})
    return parameters


def _errors(descriptions: dict[int, str]) -> dict[str, Any]:
    return {str(status): _response(description, _ref(Error)) for status, description in descriptions.items()}


def _response(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _ref(model: type[BaseModel]) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}
