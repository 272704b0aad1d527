import json
from dataclasses import asdict
from functools import partial

import anyio
import pytest
from anyio.from_thread import start_blocking_portal
from drawing import cover, encoded, genre_folders
from jsonschema import Draft202012Validator
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.testclient import TestClient
from tiny import tiny_recipe

from covergenre.api import routes as api
from covergenre.api import schema
from covergenre.api.schema import openapi
from covergenre.api.serialization import words_to_dict
from covergenre.collection.collection import Collection
from covergenre.collection.sources import open_run_collection
from covergenre.dataset.registry import register
from covergenre.images import MAX_BYTES
from covergenre.methods import TrainSpec
from covergenre.predict import Predictor
from covergenre.predict.track_record import PastAnswers
from covergenre.predict.words import Words
from covergenre.training.train import train

PICTURE = {"content-type": "image/png"}


@pytest.fixture
def client(starter, monkeypatch) -> TestClient:
    monkeypatch.setenv(api.SWITCH, "1")
    return TestClient(Starlette(routes=api.routes()))


@pytest.fixture
def jazz() -> bytes:
    return encoded(cover("jazz", 500))


def fits(data: dict, schema: str) -> bool:
    """Whether an answer is as the document says."""
    Draft202012Validator({**openapi(), "$ref": f"#/components/schemas/{schema}"}).validate(data)
    return True


@pytest.mark.parametrize("value", [None, "", "0", "yes"])
def test_the_api_is_off_by_default(monkeypatch, value):
    monkeypatch.delenv(api.SWITCH, raising=False)
    if value is not None:
        monkeypatch.setenv(api.SWITCH, value)
    assert api.routes() == []


class TestPredict:
    def test_a_prediction_matches_that_of_the_library(self, client, jazz):
        data = client.post("/api/predict?neighbours=3", content=jazz, headers=PICTURE).json()
        expected = Predictor.open().predict(jazz, neighbours=3)
        assert fits(data, "Prediction")
        assert data["genre"] == expected.genre
        assert data["probabilities"] == pytest.approx(expected.probabilities, abs=1e-4)
        assert [near["key"] for near in data["neighbours"]] == [near.key for near in expected.neighbours]
        assert data["seen"] is None

    def test_a_known_cover_is_identified_and_linked_to_its_neighbours(self, client, starter_folder):
        file = starter_folder.parent.parent / "covers" / "discogs" / "rap" / "000.jpg"
        seen = client.post("/api/predict", content=file.read_bytes(), headers=PICTURE).json()["seen"]
        assert (seen["genre"], seen["same_pixels"]) == ("rap", True)
        assert client.get("/api/similar", params={"cover": seen["key"]}).json()["cover"]["genre"] == "rap"

    def test_a_run_can_predict_too(self, client, tmp_path, jazz):
        dataset, _ = register("mine", genre_folders(tmp_path / "covers", ("jazz", "rap"), 8))
        run = train(dataset, TrainSpec("logistic", recipe=tiny_recipe(tmp_path)))
        data = client.post(f"/api/predict?run={run.id}", content=jazz, headers=PICTURE).json()
        assert fits(data, "Prediction")
        assert set(data["probabilities"]) == {"jazz", "rap"}
        assert str(tmp_path) not in json.dumps(data)

    @pytest.mark.parametrize(
        ("status", "said", "query", "body", "kind"),
        [
            (400, "not a picture", "", b"milk, bread", "image/png"),
            (400, "empty", "", b"", "image/png"),
            (413, "more than 20 MB", "", bytes(MAX_BYTES + 1), "image/png"),
            (415, "send it as image/jpeg", "", b"x", "text/plain"),
            (415, "send it as image/jpeg", "", b"x", "multipart/form-data; boundary=x"),
            (422, "neighbours", "?neighbours=-1", b"x", "image/png"),
            (422, "neighbours", "?neighbours=many", b"x", "image/png"),
            (422, "colour", "?colour=red", b"x", "image/png"),
            (404, "no run", "?run=../../etc", b"x", "image/png"),
        ],
    )
    def test_invalid_requests_are_rejected_with_the_reason(self, client, status, said, query, body, kind):
        answer = client.post(f"/api/predict{query}", content=body, headers={"content-type": kind})
        assert answer.status_code == status
        assert fits(answer.json(), "Error")
        assert said in answer.json()["error"]

    def test_predictions_only_accept_post(self, client):
        assert client.get("/api/predict").status_code == 405


class TestSimilar:
    @pytest.fixture
    def library(self, starter) -> Collection:
        return open_run_collection()

    def test_the_covers_are_opened_once(self, client, library, monkeypatch):
        query = {"cover": library.cover(7).key}
        first = client.get("/api/similar", params=query).json()
        monkeypatch.setattr("covergenre.collection.sources.open_starter", None)
        assert client.get("/api/similar", params=query).json() == first

    def test_the_most_similar_known_covers_are_named(self, client, library):
        cover = library.cover(7)
        data = client.get("/api/similar", params={"cover": cover.key, "neighbours": 5}).json()
        assert fits(data, "Similar")
        assert data["cover"]["id"] == cover.id
        assert [near["key"] for near in data["neighbours"]] == [library.cover(row).key for row, _ in library.like(7, 5)]

    def test_similar_covers_can_be_filtered(self, client, library):
        params = {"cover": library.cover(7).key, "genre": ["rap", "reggae"], "among": "other", "order": "least"}
        data = client.get("/api/similar", params=params).json()
        assert {near["genre"] for near in data["neighbours"]} <= {"rap", "reggae"}
        similarities = [near["similarity"] for near in data["neighbours"]]
        assert similarities == sorted(similarities)

    def test_a_year_filter_matches_no_cover_of_unknown_year(self, client, library):
        params = {"cover": library.cover(7).key, "first_year": 1960}
        assert client.get("/api/similar", params=params).json()["neighbours"] == []

    def test_a_cover_can_be_found_by_its_name(self, client):
        data = client.get("/api/similar", params={"find": "discogs 003"}).json()
        assert (data["cover"]["source"], data["cover"]["id"]) == ("discogs", "003")

    @pytest.mark.parametrize(
        ("status", "query"),
        [
            (404, ""),
            (404, "?cover=0123456789abcdef"),
            (404, "?find=zappa"),
            (422, "?cover=x&order=middle"),
            (422, "?cover=x&neighbours=0"),
        ],
    )
    def test_invalid_requests_are_rejected_with_the_reason(self, client, status, query):
        answer = client.get(f"/api/similar{query}")
        assert answer.status_code == status
        assert fits(answer.json(), "Error")


class TestDocument:
    def test_the_schema_describes_track_record_and_text(self):
        past, words = PastAnswers(60, 31, None, True), Words(("KISS ME",), (("KISS ME", "pop", 2.5),), "")
        assert schema.Precedent(**asdict(past)).model_dump() == asdict(past)
        assert schema.Words(**words_to_dict(words)).model_dump() == words_to_dict(words)

    def test_the_schema_is_served(self, client):
        assert client.get("/api/openapi.json").json() == openapi()

    def test_the_schema_lists_every_route(self, client):
        document = openapi()
        named = [route for route in api.routes() if "{path" not in route.path]
        served = {(route.path, method.lower()) for route in named for method in route.methods - {"HEAD"}}
        assert served == {(path, method) for path, methods in document["paths"].items() for method in methods}

    @pytest.mark.parametrize(
        ("path", "method", "query"),
        [("/api/predict", "post", api.PredictQuery), ("/api/similar", "get", api.SimilarQuery)],
    )
    def test_the_schema_lists_every_parameter_with_its_default(self, path, method, query):
        document = openapi()
        defaults = {one["name"]: one["schema"].get("default") for one in document["paths"][path][method]["parameters"]}
        assert defaults == {name: field.default or None for name, field in query.model_fields.items()}


def test_an_internal_error_is_logged_and_discloses_nothing(client, jazz, monkeypatch, caplog):
    def fail(*args):
        raise RuntimeError("/home/somebody/secret")

    monkeypatch.setattr(api, "predict", fail)
    answer = client.post("/api/predict", content=jazz, headers=PICTURE)
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "secret" in caplog.text


def test_an_unknown_path_returns_json(client):
    answer = client.get("/api/nothing/here")
    assert (answer.status_code, "/api/nothing/here" in answer.json()["error"]) == (404, True)


def test_a_run_id_that_is_no_valid_file_name_is_not_found(client, jazz):
    answer = client.post("/api/predict?run=%00", content=jazz, headers=PICTURE)
    assert (answer.status_code, "error" in answer.json()) == (404, True)


def test_too_many_simultaneous_bodies_are_rejected(client, jazz, monkeypatch):
    monkeypatch.setattr(api, "_BODIES", 0)
    api._bodies.cache_clear()
    try:
        answer = client.post("/api/predict", content=jazz, headers=PICTURE)
    finally:
        api._bodies.cache_clear()
    assert (answer.status_code, "try again" in answer.json()["error"]) == (503, True)


def test_an_endless_body_is_abandoned(client, monkeypatch):
    monkeypatch.setattr(api, "_SECONDS", 0.1)

    async def request_body():
        request = Request({"type": "http", "method": "POST", "headers": []}, receive=partial(anyio.sleep, 60))
        with pytest.raises(api.HTTPException, match="was not there after"):
            await api._body(request)

    with start_blocking_portal() as portal:  # a loop of its own: browser tests leave one in this thread
        portal.call(request_body)
    api._bodies.cache_clear()
