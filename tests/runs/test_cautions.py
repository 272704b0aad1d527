from dataclasses import replace

import pytest

from covergenre.audit import audit_dataset
from covergenre.audit.caveats import Caveats
from covergenre.embedding.recipe import Recipe
from covergenre.methods import TrainSpec
from covergenre.repair import repair
from covergenre.repair.repair import Edit, Plan
from covergenre.runs.cautions import cautions, read_background, run_cautions

FACTS = Caveats(
    dataset_hash="x",
    cues={"jazz": {"resolution": 0.99, "size": 0.9, "brightness": 1.0}, "pop": {"brightness": 0.95}},
    one_source={},
    side=180,
    flagged={},
)
SPEC = TrainSpec("logistic", genres=("jazz", "pop", "rap"))


def mended(spec, caution):
    """The spec with what the caution changes."""
    changes = dict(caution.changes)
    recipe = replace(spec.recipe, limit=changes.pop("limit", spec.recipe.limit))
    return replace(spec, recipe=recipe, **changes)


def test_covers_as_they_are_give_the_genre_away_and_shrunk_they_do_not():
    (caution,) = cautions(FACTS, SPEC)
    assert caution.serious
    assert "jazz by resolution (AUC 0.99)" in caution.message
    assert caution.changes == {"limit": 150}
    assert cautions(FACTS, mended(SPEC, caution)) == ()


def test_shrunk_too_little_they_still_do():
    assert cautions(FACTS, replace(SPEC, recipe=Recipe(limit=224)))


def test_brightness_is_part_of_the_artwork_and_a_genre_not_trained_is_no_matter():
    assert cautions(FACTS, replace(SPEC, genres=("pop", "rap"))) == ()


def test_a_network_that_is_fine_tuned_has_its_own_limit():
    assert cautions(FACTS, replace(SPEC, method="finetune"))
    assert cautions(FACTS, replace(SPEC, method="finetune", parameters={"limit": 150})) == ()


def test_words_are_read_at_any_resolution():
    assert cautions(FACTS, replace(SPEC, method="words")) == ()


def test_genres_of_one_source_are_left_out_where_enough_remain():
    facts = replace(FACTS, cues={}, one_source={"rap": "spotify"})
    (caution,) = cautions(facts, SPEC)
    assert caution.changes == {"genres": ("jazz", "pop")}
    (caution,) = cautions(facts, replace(SPEC, genres=("jazz", "rap")))
    assert (caution.changes, caution.tab) == ({}, "Repair")


def test_copies_matter_gravely_where_the_split_lets_them_cross():
    facts = replace(FACTS, cues={}, flagged={"near duplicates": {"jazz": 3, "edm": 9}})
    (honest,) = cautions(facts, SPEC)
    (reference,) = cautions(facts, replace(SPEC, split="reference"))
    assert "3 covers" in honest.message
    assert (honest.serious, reference.serious) == (False, True)
    assert reference.changes == {"split": "honest"}


def test_doubted_labels_lead_to_their_review():
    (caution,) = cautions(replace(FACTS, cues={}, flagged={"wrong labels": {"rap": 1}}), SPEC)
    assert caution.tab == "Review"
    assert "1 label." in caution.message


@pytest.fixture
def one_out(dataset):
    """Leaves the first cover out."""
    return repair.apply(dataset, Plan("not a cover", (Edit(dataset.manifest["path"][0], excluded="odd"),)))


def test_a_run_keeps_what_was_known_and_repaired_when_it_was_asked_for(one_out, recipe):
    from covergenre.training.train import prepare

    audit_dataset(one_out)
    run = prepare(one_out, TrainSpec("knn", recipe=recipe))
    assert read_background(run).repairs == ("not a cover, 1 cover",)
    repair.undo(one_out)
    assert read_background(run).facts.dataset_hash == run.spec.dataset_hash
    (run.folder / "background.json").write_text("{")
    assert read_background(run).facts is None


def test_an_audit_after_the_run_counts_if_its_covers_are_the_same(dataset, recipe):
    from covergenre.dataset.registry import open_dataset
    from covergenre.training.train import prepare

    run = prepare(dataset, TrainSpec("knn", recipe=recipe, split="reference"))
    assert len(run_cautions(run, dataset)) == 1
    audit_dataset(dataset)
    flagged = {"exact duplicates": {"jazz": 2}}
    file = dataset.folder / "audit" / "facts.json"
    file.write_text(replace_flagged(file.read_text(), flagged))
    assert [caution.changes for caution in run_cautions(run, dataset) if caution.serious][-1] == {"split": "honest"}
    repair.apply(dataset, Plan("odd", (Edit(dataset.manifest["path"][0], excluded="odd"),)))
    assert len(run_cautions(run, open_dataset("drawn"))) == 1


def test_the_reference_protocol_is_told_by_the_runs_own_covers(dataset, recipe):
    from covergenre.dataset.split import split_of
    from covergenre.training.train import train

    quick = {"metric": "cosine", "k": 3, "vote_temperature": 0.07}
    run = train(dataset, TrainSpec("knn", quick, recipe=recipe, split="reference"))
    split = split_of(dataset, "reference")
    test = split.parts[split.parts == "test"].index
    alike = sum((split.parts[split.groups == split.groups[path]] == "train").any() for path in test)
    (caution,) = run_cautions(run, dataset)
    assert f"{alike} of its {len(test)} test covers" in caution.message
    assert caution.serious
    (alone,) = run_cautions(run, None)
    assert "reference study's protocol" in alone.message


def replace_flagged(text: str, flagged: dict) -> str:
    import json

    return json.dumps({**json.loads(text), "flagged": flagged})
