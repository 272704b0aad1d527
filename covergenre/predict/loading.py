"""Loads what a `Predictor` is made of."""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pandas as pd

from covergenre import augment
from covergenre.collection.sources import known_covers, starter_covers
from covergenre.dataset.starter import STARTER, open_starter
from covergenre.embedding.engine import Engine, engine_for
from covergenre.embedding.recipe import Recipe
from covergenre.errors import BadRun, NoWeights
from covergenre.methods import method
from covergenre.methods.leave_one_source_out import cap_per_source
from covergenre.predict.track_record import TrackRecord
from covergenre.runs.record import Run, probability_columns

_log = logging.getLogger(__name__)


def load_starter() -> dict[str, Any]:
    """The arguments of `Predictor` for all methods of the starter together."""
    starter = open_starter()
    card = starter.card
    # The method that reads words knows little of most covers by itself: it counts as a member of the ensemble.
    cards = [each for each in card.methods if each.name == card.default or method(each.name).reads != "texts"]
    cards.sort(key=lambda each: each.name != card.default)
    with ThreadPoolExecutor(1) as pool:  # compiling the network takes as long as all the rest
        engine = pool.submit(Engine.open, starter.network, Recipe.from_dict(card.recipe))
        heads: dict[str, Any] = {each.name: method(each.name).load(starter.head(each.name)) for each in cards}
        collection, novelty = starter_covers(starter, heads["knn"])
        parts = {
            "genres": card.genres,
            "heads": {each.title: heads[each.name] for each in cards},
            "collection": collection,
            "novelty": novelty,
            "card": card,
            "views": augment.VIEWS,
            "record": _track_record([Run.open(f"{STARTER}-{each.name}") for each in cards]),
        }
    try:
        return {"engine": engine.result(), **parts}
    except NoWeights as error:
        raise BadRun(f"the starter in {starter.folder} is damaged: restore the folder, or build it again") from error


def load_run(name: str) -> dict[str, Any]:
    """The arguments of `Predictor` for a finished run."""
    run = Run.open(name)
    head = run.load_model()
    collection, novelty = known_covers(run, head)
    return {
        "engine": engine_for(run.spec.recipe),
        "genres": run.spec.genres,
        "heads": {method(run.spec.method).title: head},
        "collection": collection,
        "novelty": novelty,
        "views": augment.VIEWS if run.spec.dataset == STARTER else augment.VIEWS[:1],
        "record": _track_record([run]),
    }


def _track_record(runs: Sequence[Run]) -> TrackRecord | None:
    """The track record of runs with the same split; None where predictions are missing.

    From sources left out of training where all runs have predicted such, else from the validation covers.
    """
    genres = runs[0].spec.genres
    try:
        tables = [table for run in runs if (table := run.left_out_predictions()) is not None]
        new_source = len(tables) == len(runs)
        if new_source:
            tables[0] = tables[0].iloc[cap_per_source(tables[0]["source"].to_numpy(str))]
        else:
            tables = [run.predictions().query("part == 'validation'") for run in runs]
    except BadRun as error:
        _log.warning("there is no record of how often predictions were right: %s", error)
        return None
    first, *others = [table.set_index("path") for table in tables]
    if first.empty or any(not first.index.isin(other.index).all() for other in others):
        return None
    labels = pd.Categorical(first["genre"], categories=genres).codes
    answers = [table.loc[first.index, probability_columns(genres)].to_numpy() for table in (first, *others)]
    return TrackRecord(labels, answers, new_source)
