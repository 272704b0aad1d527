import multiprocessing
import sys
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest
from drawing import genre_folders
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from covergenre.dataset.manifest import COLUMNS, fingerprint, read_manifest, usable
from covergenre.dataset.registry import open_dataset, register, remove
from covergenre.dataset.split import split_of
from covergenre.errors import BadDataset, CoverGenreError
from covergenre.repair.history import active_repairs
from covergenre.repair.repair import (
    Edit,
    Plan,
    apply,
    exclude,
    history,
    include,
    keep_one_each,
    merge_plans,
    relabel,
    repaired,
    tag,
    undo,
    untag,
)

PATHS = [f"{genre}/{number:03}.jpg" for genre in ("jazz", "pop") for number in range(3)]


@pytest.fixture
def dataset(tmp_path):
    return register("mine", genre_folders(tmp_path / "covers", ("jazz", "pop"), 3, side=16))[0]


def row(dataset, path):
    return dataset.manifest.set_index("path").loc[path, ["genre", "excluded", "original_genre", "edit"]].tolist()


def test_an_excluded_cover_is_used_by_nothing(dataset):
    after = apply(dataset, exclude(["jazz/000.jpg"], "a back cover"))
    assert row(after, "jazz/000.jpg") == ["jazz", "a back cover", "", "1"]
    assert usable(after.manifest)["path"].tolist() == PATHS[1:]
    assert "jazz/000.jpg" not in split_of(after).parts.index
    assert fingerprint(after.manifest) != fingerprint(dataset.manifest)


def test_an_excluded_cover_can_be_included_again(dataset):
    apply(dataset, exclude(["jazz/000.jpg"], "a back cover"))
    after = apply(dataset, include(["jazz/000.jpg"]))
    assert row(after, "jazz/000.jpg") == ["jazz", "", "", "2"]


def test_a_relabelled_cover_remembers_its_first_genre(dataset):
    apply(dataset, relabel(["jazz/000.jpg"], "pop"))
    after = apply(dataset, relabel(["jazz/000.jpg"], "rock"))
    assert row(after, "jazz/000.jpg") == ["rock", "", "jazz", "2"]
    assert after.genres == ("jazz", "pop", "rock")


def test_relabelling_to_the_first_genre_restores_the_label(dataset):
    apply(dataset, relabel(["jazz/000.jpg"], "pop"))
    assert row(apply(dataset, relabel(["jazz/000.jpg"], "jazz")), "jazz/000.jpg") == ["jazz", "", "", "2"]


def test_the_largest_of_a_group_is_kept(dataset):
    manifest = dataset.manifest.copy()
    manifest.loc[1, "width"] = 17
    plan = keep_one_each(manifest, [PATHS[:3]], "a copy")
    assert {edit.path for edit in plan.edits} == {"jazz/000.jpg", "jazz/002.jpg"}
    assert {edit.excluded for edit in plan.edits} == {"a copy of jazz/001.jpg"}


def test_ties_are_broken_by_bytes_then_by_order(dataset):
    manifest = dataset.manifest.assign(bytes=[5, 9, 9, 1, 1, 1])
    assert {edit.path for edit in keep_one_each(manifest, [PATHS[:3]]).edits} == {"jazz/000.jpg", "jazz/002.jpg"}


def test_the_best_of_each_group_is_kept(dataset):
    plan = keep_one_each(dataset.manifest.assign(bytes=[5, 9, 9, 1, 1, 2]), [PATHS[:2], PATHS[3:]], "a copy")
    kept = {edit.path: edit.excluded for edit in plan.edits}
    assert kept == {
        "jazz/000.jpg": "a copy of jazz/001.jpg",
        "pop/000.jpg": "a copy of pop/002.jpg",
        "pop/001.jpg": "a copy of pop/002.jpg",
    }


def test_a_cover_in_two_groups_or_in_none_of_the_manifest_is_refused(dataset):
    with pytest.raises(CoverGenreError, match="twice"):
        keep_one_each(dataset.manifest, [PATHS[:2], PATHS[1:3]])
    with pytest.raises(BadDataset, match="no cover 'no/such"):
        keep_one_each(dataset.manifest, [["no/such.jpg", PATHS[0]]])


def test_a_previewed_plan_equals_the_applied_one_but_for_the_number(dataset):
    plan = exclude(PATHS[:2], "blank")
    tried = repaired(dataset.manifest, plan)
    pd.testing.assert_frame_equal(tried.drop(columns="edit"), apply(dataset, plan).manifest.drop(columns="edit"))
    assert tuple(tried.columns) == COLUMNS


def test_of_merged_plans_the_first_takes_precedence():
    joined = merge_plans([exclude(["a"], "one"), exclude(["b", "a"], "two")], "both")
    assert joined == Plan("both", (Edit("a", excluded="one"), Edit("b", excluded="two")))


def test_repairs_touch_the_manifest_and_the_history_only(dataset):
    before = {file: file.read_bytes() for file in dataset.root.rglob("*.jpg")}
    apply(dataset, merge_plans([exclude(PATHS[:2], "blank"), relabel(PATHS[2:], "rock")], "repairs"))
    undo(dataset)
    assert {file: file.read_bytes() for file in dataset.root.rglob("*.jpg")} == before
    assert {file.name for file in dataset.folder.iterdir()} == {"dataset.json", "manifest.csv", "repairs.jsonl"}


def test_repairs_survive_a_rescan_and_can_be_undone_after_it(dataset):
    apply(dataset, merge_plans([exclude(PATHS[:1], "blank"), relabel(PATHS[1:2], "rock")], "repairs"))
    (dataset.root / "jazz" / "000.jpg").write_bytes((dataset.root / "pop" / "000.jpg").read_bytes())
    (dataset.root / "pop" / "001.jpg").unlink()
    after = register("mine", dataset.root)[0]
    assert row(after, "jazz/000.jpg") == ["jazz", "blank", "", "1"]
    assert row(after, "jazz/001.jpg") == ["rock", "", "jazz", "1"]
    assert row(undo(after), "jazz/001.jpg") == ["jazz", "", "", ""]


def test_repairs_made_meanwhile_are_kept(dataset):
    stale = open_dataset("mine")
    apply(dataset, exclude(["jazz/000.jpg"], "blank"))
    after = apply(stale, exclude(["pop/000.jpg"], "blank"))
    assert row(after, "jazz/000.jpg")[1] == "blank"
    pd.testing.assert_frame_equal(after.manifest, open_dataset("mine").manifest)


def test_the_history_records_what_was_done_and_why(dataset):
    apply(dataset, exclude(["jazz/000.jpg"], "a back cover"))
    (repair,) = history(dataset)
    assert (repair.number, repair.why, repair.undoes) == (1, "a back cover", None)
    (change,) = repair.changes
    assert (change.path, dict(change.before)) == ("jazz/000.jpg", {"excluded": "", "edit": ""})
    assert dict(change.after) == {"excluded": "a back cover", "edit": "1"}


def test_a_plan_that_changes_nothing_is_not_in_the_history(dataset):
    after = apply(dataset, merge_plans([relabel(["jazz/000.jpg"], "jazz"), include(["pop/000.jpg"])], "nothing"))
    assert history(after) == ()
    pd.testing.assert_frame_equal(after.manifest, dataset.manifest)


def test_undo_goes_back_one_repair_at_a_time(dataset):
    for path in PATHS[:3]:
        apply(dataset, exclude([path], "blank"))
    assert len(usable(undo(dataset).manifest)) == 4
    assert len(usable(undo(dataset).manifest)) == 5
    pd.testing.assert_frame_equal(undo(dataset).manifest, dataset.manifest)
    with pytest.raises(BadDataset, match="no repair to undo"):
        undo(dataset)
    assert [repair.number for repair in active_repairs(history(dataset)) if repair.undoes is None] == []


def test_any_repair_can_be_undone_and_redone(dataset):
    first = apply(dataset, exclude(["jazz/000.jpg"], "blank"))
    apply(dataset, relabel(["pop/000.jpg"], "jazz"))
    assert row(undo(dataset, 1), "jazz/000.jpg") == ["jazz", "", "", ""]
    after = undo(dataset, 3)
    assert row(after, "jazz/000.jpg") == row(first, "jazz/000.jpg")
    assert row(after, "pop/000.jpg") == ["jazz", "", "pop", "2"]


def test_a_repair_cannot_be_undone_before_a_later_one_of_the_same_cover(dataset):
    apply(dataset, relabel(PATHS[:2], "rock"))
    apply(dataset, exclude(["jazz/001.jpg"], "blank"))
    with pytest.raises(BadDataset, match=r"jazz/001.jpg was changed by repair 2 since repair 1"):
        undo(dataset, 1)
    assert row(open_dataset("mine"), "jazz/000.jpg")[0] == "rock"


def test_undo_does_not_overwrite_later_edits_by_hand(dataset):
    after = apply(dataset, relabel(["jazz/000.jpg"], "rock"))
    file = after.folder / "manifest.csv"
    file.write_text(file.read_text().replace(",rock,", ",polka,"))
    with pytest.raises(BadDataset, match="since repair 1"):
        undo(dataset)


@pytest.mark.parametrize(
    ("number", "message"), [(1, "is undone already"), (9, "was never made"), (0, "was never made")]
)
def test_an_undone_or_unknown_repair_cannot_be_undone(dataset, number, message):
    apply(dataset, exclude(["jazz/000.jpg"], "blank"))
    undo(dataset)
    with pytest.raises(BadDataset, match=message):
        undo(dataset, number)


def test_an_interrupted_repair_can_be_undone_and_made_again(dataset):
    plan = exclude(["jazz/000.jpg"], "blank")
    before = (dataset.folder / "manifest.csv").read_bytes()
    apply(dataset, plan)
    (dataset.folder / "manifest.csv").write_bytes(before)
    assert row(undo(dataset), "jazz/000.jpg") == ["jazz", "", "", ""]
    assert row(apply(dataset, plan), "jazz/000.jpg") == ["jazz", "blank", "", "3"]


def test_undo_skips_a_deleted_cover(dataset):
    apply(dataset, exclude(PATHS[:2], "blank"))
    (dataset.root / PATHS[0]).unlink()
    register("mine", dataset.root)
    assert len(usable(undo(dataset).manifest)) == 5


def test_an_unknown_path_is_refused_and_nothing_is_changed(dataset):
    with pytest.raises(BadDataset, match=r"there is no cover 'jazz/nowhere\.jpg'"):
        apply(dataset, exclude(["jazz/000.jpg", "jazz/nowhere.jpg"], "blank"))
    assert history(dataset) == ()


def test_a_plan_with_a_cover_twice_is_refused(dataset):
    with pytest.raises(CoverGenreError, match="twice"):
        apply(dataset, exclude(["jazz/000.jpg", "jazz/000.jpg"], "blank"))


@pytest.mark.parametrize("genre", ["", "  "])
def test_an_empty_genre_is_refused(genre):
    with pytest.raises(CoverGenreError, match="give it a name"):
        relabel(["jazz/000.jpg"], genre)


def test_a_data_set_removed_meanwhile_is_not_created_again(dataset):
    remove("mine")
    with pytest.raises(BadDataset):
        apply(dataset, exclude(["jazz/000.jpg"], "blank"))
    assert not dataset.folder.exists()


def test_a_plan_round_trips_through_json():
    plan = merge_plans([exclude(["a"], "blank"), relabel(["b"], "pop"), include(["c"])], "all")
    assert Plan.from_dict(plan.to_dict()) == plan


@pytest.mark.parametrize(
    "fields",
    [
        *({}, [], None, {"why": 1, "edits": []}),
        *({"why": "", "edits": [edit]} for edit in ({}, {"path": 3}, {"path": "a", "delete": True})),
        {"why": "", "edits": [{"path": "a", "excluded": 1}]},
    ],
)
def test_an_invalid_plan_is_refused(fields):
    with pytest.raises(CoverGenreError):
        Plan.from_dict(fields)


edits = st.builds(
    Edit,
    st.sampled_from(PATHS),
    st.none() | st.sampled_from(["", "blank", 'a "back" cover,\r\n']),
    st.none() | st.sampled_from(["jazz", "pop", "rock"]),
)
plans = st.lists(edits, max_size=4, unique_by=lambda edit: edit.path).map(lambda some: Plan("some", tuple(some)))


@given(made=st.lists(plans, max_size=5), data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
def test_undoing_all_repairs_restores_the_manifest(dataset, made, data):
    states = [dataset]
    for plan in made:
        after = apply(dataset, plan)
        if len(history(after)) and not after.manifest.equals(states[-1].manifest):
            states.append(after)
    if len(states) > 1 and data.draw(st.booleans(), "undo and redo the last"):
        undo(dataset)
        again = undo(dataset, history(dataset)[-1].number)
        pd.testing.assert_frame_equal(again.manifest, states[-1].manifest)
    for state in reversed(states[:-1]):
        pd.testing.assert_frame_equal(undo(dataset).manifest, state.manifest)
    pd.testing.assert_frame_equal(read_manifest(dataset.folder / "manifest.csv"), dataset.manifest)


@given(plan=plans)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
def test_a_plan_is_idempotent(dataset, plan):
    once = repaired(dataset.manifest, plan)
    pd.testing.assert_frame_equal(repaired(once, plan), once)


def test_concurrent_threads_lose_no_repair(dataset):
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda path: apply(dataset, exclude([path], f"blank {path}")), PATHS))
    assert open_dataset("mine").manifest["excluded"].tolist() == [f"blank {path}" for path in PATHS]
    assert [repair.number for repair in history(dataset)] == list(range(1, 7))


def _exclude(home, paths):
    import os

    os.environ["COVERGENRE_HOME"] = home
    for path in paths:
        apply(open_dataset("mine"), exclude([path], "blank"))


def test_concurrent_processes_lose_no_repair(dataset, own_home, monkeypatch):
    monkeypatch.delattr(sys.modules["__main__"], "__file__", raising=False)  # else each runs it, a page in some tests
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=_exclude, args=(str(own_home), PATHS[start::2])) for start in (0, 1)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert open_dataset("mine").manifest["excluded"].tolist() == ["blank"] * 6
    assert len(history(dataset)) == 6


def test_tags_are_added_to_existing_ones_and_removed_by_undo(dataset):
    apply(dataset, tag(dataset.manifest, ["jazz/000.jpg"], "live"))
    after = apply(dataset, tag(open_dataset("mine").manifest, PATHS[:2], "check again"))
    assert after.manifest["tags"].tolist()[:2] == ["live; check again", "check again"]
    assert undo(dataset).manifest["tags"].tolist()[:2] == ["live", ""]


def test_untag_removes_one_tag_and_no_other(dataset):
    apply(dataset, tag(dataset.manifest, PATHS[:2], "live"))
    apply(dataset, tag(open_dataset("mine").manifest, PATHS[:1], "check again"))
    plan = untag(open_dataset("mine").manifest, PATHS[:3], "live")
    assert [edit.path for edit in plan.edits] == PATHS[:2]
    assert apply(dataset, plan).manifest["tags"].tolist()[:3] == ["check again", "", ""]


@pytest.mark.parametrize("name", ["", "  ", "a;b"])
def test_an_invalid_tag_is_refused(dataset, name):
    with pytest.raises(CoverGenreError, match="can't be a tag"):
        tag(dataset.manifest, PATHS[:1], name)


def test_a_manifest_without_tags_is_read(dataset):
    file = dataset.folder / "manifest.csv"
    pd.read_csv(file, dtype=str, keep_default_na=False).drop(columns="tags").to_csv(file, index=False)
    assert set(open_dataset("mine").manifest["tags"]) == {""}
