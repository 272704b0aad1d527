import csv
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from filelock import FileLock

from covergenre.background import worker_command
from covergenre.errors import BadDataset, Cancelled, CoverGenreError
from covergenre.evaluation.intervals import Interval
from covergenre.progress import SILENT, Monitor
from covergenre.runs import launch
from covergenre.runs.record import list_runs
from covergenre.studies import study as module
from covergenre.studies.record import COLUMNS, Outcome, by_method, list_studies
from covergenre.studies.reference import LADDER, VARIANTS, reference_accuracy
from covergenre.studies.study import KS, design, order_genres, plan, run_study

TEN = order_genres(tuple(sorted(module.GENRES)))


@pytest.fixture
def quick(dataset, recipe):
    """A quick study of some parts."""

    def quick(*only, monitor=SILENT, **more):
        return run_study(design(dataset, only=only, quick=True, recipe=recipe, **more), dataset, monitor)

    return quick


def outcome(**told) -> Outcome:
    share = Interval(0.5, 0.4, 0.6)
    return replace(Outcome("key", "ladder", "knn", 2, "2 genres", 30, share, share, share, 1.0), **told)


# --- what is planned


def test_ladders_go_from_two_genres_to_all_in_the_order_of_the_reference():
    rungs = [point for point in plan(TEN, "honest", ["ladder"]) if point.method == "knn"]
    assert [point.x for point in rungs] == list(range(2, 11))
    assert rungs[0].genres == ("anime", "black metal")
    assert rungs[-1].genres == module.GENRES


def test_genres_that_the_reference_has_not_come_last():
    assert order_genres(("ambient", "rap", "jazz")) == ("jazz", "rap", "ambient")


def test_every_k_is_tried_with_all_variants_and_every_method_with_each_number_of_variants():
    points = plan(TEN, "honest", ["k", "variants"])
    assert [(point.x, len(point.variants)) for point in points if point.part == "k"] == [(k, 6) for k in KS]
    ladder = [(point.method, len(point.variants)) for point in points if point.part == "variants"]
    assert sorted(ladder) == sorted((name, n) for name in ("knn", "logistic", "boosting") for n in range(1, 7))


def test_every_method_is_run_on_all_genres_but_fine_tuning_only_when_it_is_asked_for():
    assert [point.method for point in plan(TEN, "honest") if point.part == "methods"] == ["knn", "logistic", "boosting"]
    assert [point.method for point in plan(TEN, "honest", ["finetune"])] == ["finetune"]


def test_the_protocol_of_the_reference_has_its_settings():
    points = plan(TEN, "reference", ["ladder", "variants"])
    assert {point.parameters["k"] for point in points if (point.part, point.method) == ("ladder", "knn")} == {4}
    assert {point.parameters["k"] for point in points if (point.part, point.method) == ("variants", "knn")} == {1}
    assert {point.parameters["depth"] for point in points if point.method == "boosting"} == {6}


def test_every_point_has_a_key_of_its_own():
    points = plan(TEN, "honest", module.EXPERIMENTS)
    assert len({point.key for point in points}) == len(points)


# --- what was published


def test_published_figures_stand_beside_the_points_they_belong_to():
    assert reference_accuracy("ladder", "knn", 2) == LADDER["knn"][0] == 0.947
    assert reference_accuracy("ladder", "logistic", 10) == 0.584
    assert reference_accuracy("variants", "boosting", 6) == VARIANTS["boosting"][5] == 0.565
    assert reference_accuracy("k", "knn", 1) == reference_accuracy("methods", "knn", 0) == 0.467
    assert reference_accuracy("finetune", "finetune", 0) == 0.701


def test_where_nothing_was_published_nothing_is_said():
    assert [
        reference_accuracy("ladder", "boosting", 2),
        reference_accuracy("ladder", "knn", 11),
        reference_accuracy("k", "knn", 4),
    ] == [None] * 3


# --- what is made


def test_a_ladder_makes_a_point_a_rung_with_intervals_and_no_runs(quick):
    made = quick("ladder")
    found = by_method(made.outcomes(), "ladder")
    assert {name: [each.x for each in points] for name, points in found.items()} == {"knn": [2, 3], "logistic": [2, 3]}
    assert all(each.accuracy.low <= each.accuracy.value <= each.accuracy.high for each in made.outcomes())
    assert list_runs() == ()


def test_variants_and_methods_are_made_too_and_the_methods_are_runs(dataset, recipe, monkeypatch):
    monkeypatch.setattr(module, "_QUICK_VARIANTS", (2,))
    points = plan(order_genres(dataset.genres), "honest", ["variants", "methods"], quick=True)
    monkeypatch.setattr(module, "plan", lambda *_: [point for point in points if point.method != "boosting"])
    made = run_study(design(dataset, recipe=recipe), dataset)
    assert [each.method for each in made.outcomes()] == ["knn", "logistic", "knn", "logistic"]
    assert [each.run for each in made.outcomes() if each.run] == [run.id for run in reversed(list_runs())]


def test_the_protocol_of_the_reference_needs_no_validation_part(quick):
    made = quick("ladder", split="reference", genres=("rap", "jazz"))
    assert [each.x for each in made.outcomes()] == [2, 2]
    assert {each.covers for each in made.outcomes()} == {made.outcomes()[0].covers}


def test_a_point_that_is_made_is_not_made_again(quick, monkeypatch):
    before = quick("ladder").outcomes()
    monkeypatch.setattr(module._Bench, "judge", lambda *_: pytest.fail("made again"))
    assert quick("ladder").outcomes() == before


def test_a_study_that_was_stopped_goes_on_where_it_was(quick):
    asked = []

    def third_time() -> bool:
        asked.append(1)
        return bool(list_studies()) and len(list_studies()[0].outcomes()) == 1

    with pytest.raises(Cancelled):
        quick("ladder", monitor=Monitor(should_stop=third_time))
    (stopped,) = list_studies()
    assert len(stopped.outcomes()) == 1
    assert len(quick("ladder").outcomes()) == 4


def test_a_study_waits_while_a_run_is_at_work_and_says_so(quick):
    turn = launch.turn_lock()
    with turn, ThreadPoolExecutor(1) as pool:
        working = pool.submit(quick, "ladder")
        while not (list_studies() and list_studies()[0].activity().startswith("waiting")):
            assert not working.done()
            time.sleep(0.05)
        assert list_studies()[0].outcomes() == ()
        turn.release()
        assert len(working.result().outcomes()) == 4


def test_a_study_can_be_stopped_while_it_waits(quick):
    with launch.turn_lock(), ThreadPoolExecutor(1) as pool:
        told = []
        with pytest.raises(Cancelled):
            pool.submit(quick, "ladder", monitor=Monitor(told.append, lambda: len(told) > 1)).result()
    assert list_studies()[0].outcomes() == ()


def test_what_is_asked_of_a_study_goes_to_disk_and_the_worker_makes_it(dataset, recipe):
    asked = design(dataset, only=["ladder"], quick=True, recipe=recipe)
    asked.prepare()
    subprocess.run(worker_command("study", asked.folder.name), check=True)
    assert {each.key for each in asked.outcomes()} == set(asked.points)


def test_a_stop_is_heard_by_a_process_that_has_yet_to_begin(dataset, recipe):
    asked = design(dataset, only=["ladder"], quick=True, recipe=recipe)
    asked.prepare()
    asked.request_stop()
    with pytest.raises(Cancelled):
        module.compute(asked, dataset)
    assert len(run_study(asked, dataset).outcomes()) == 4


def test_of_two_that_begin_at_once_one_is_refused(quick, monkeypatch):
    made = quick("ladder")
    monkeypatch.setattr(module.Study, "is_running", lambda _: False)  # as long as neither has begun
    with FileLock(made.folder / ".lock"), ThreadPoolExecutor(1) as pool:
        refused = pool.submit(quick, "ladder").exception()
    assert "another process works on drawn-honest-" in str(refused)


def test_a_study_of_covers_that_have_changed_is_refused(dataset, recipe):
    asked = replace(design(dataset, recipe=recipe), dataset_hash="another")
    with pytest.raises(BadDataset, match="has changed since"):
        run_study(asked, dataset)


def test_another_seed_or_recipe_is_another_study(quick, dataset, recipe):
    quick("ladder")
    quick("ladder", seed=1)
    assert len(list_studies()) == 2


def test_two_at_once_do_not_work_on_one_study(quick):
    made = quick("ladder")
    hold = (
        "import sys; from filelock import FileLock; "
        "lock = FileLock(sys.argv[1]); lock.acquire(); print('held', flush=True); input()"
    )
    command = [sys.executable, "-c", hold, str(made.folder / ".lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ, text=True) as other:
        other.stdout.readline()
        assert made.is_running()
        with pytest.raises(CoverGenreError, match="another process"):
            quick("ladder")
        other.communicate("\n")
    assert not made.is_running()


@pytest.mark.parametrize(
    "asked", [{"only": ["ladders"]}, {"split": "lucky"}, {"genres": ("jazz", "polka")}, {"genres": ("jazz",)}]
)
def test_what_cannot_be_studied_is_refused(dataset, recipe, asked):
    with pytest.raises(CoverGenreError):
        design(dataset, recipe=recipe, **asked)
    assert list_studies() == ()


# --- what is kept


def test_the_table_has_a_row_a_point_beside_what_was_published(quick):
    made = quick("ladder")
    with (made.folder / "table.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert [row["published"] for row in rows] == ["0.947", "0.85", "0.964", "0.926"]


def test_a_table_that_a_killed_process_left_behind_is_made_good(quick):
    made = quick("ladder")
    table = made.folder / "table.csv"
    whole = table.read_text()
    table.write_text(whole[: whole.rindex("ladder")])
    quick("ladder")
    assert table.read_text() == whole


def test_a_torn_line_is_passed_over_and_a_damaged_study_is_not_listed(quick):
    made = quick("ladder")
    with (made.folder / "outcomes.jsonl").open("a") as file:
        file.write('{"key": "ladder/kn')
    assert len(made.outcomes()) == 4
    (made.folder / "study.json").write_text("{")
    assert list_studies() == ()


def test_a_point_made_twice_counts_once(quick):
    made = quick("ladder")
    made.add(outcome(key=made.outcomes()[0].key, seconds=9.0))
    assert len(made.outcomes()) == 4
    assert made.outcomes()[0].seconds == 9.0


def test_points_of_other_settings_are_kept_but_not_shown_among_those_asked_for_last(quick):
    quick("ladder", "k")
    made = quick("k")
    made.add(outcome(key="k/knn/1/3/6/k=1", part="k", x=1))
    assert len(made.outcomes()) == 9
    assert len(by_method(made.current_outcomes(), "k")["knn"]) == 4
    assert len(by_method(made.current_outcomes(), "ladder")["knn"]) == 2
