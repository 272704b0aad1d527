import csv
import io
import os
import subprocess
import sys

import pytest
from drawing import cover, encoded

from covergenre.runs import default


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "a cover.png"
    path.write_bytes(encoded(cover("jazz", 500)))
    return path


@pytest.fixture
def damaged_file(tmp_path):
    path = tmp_path / "torn.jpg"
    path.write_bytes(b"\xff\xd8\xff torn")
    return path


def test_predict_prints_the_likeliest_genres_and_the_nearest_covers(covergenre, starter, picture):
    result = covergenre("predict", picture, "--neighbours", 3)
    assert result.code == 0
    first, *neighbours = result.out.splitlines()
    assert first.startswith(f"{picture}: ")
    assert "%" in first
    assert len(neighbours) == 3


def test_predict_json_is_one_object_per_file(covergenre, starter, picture):
    (answer,) = covergenre("predict", picture, "--neighbours", 2, "--json").lines
    fields = {"path", "genre", "probabilities", "neighbours", "seen", "unfamiliar", "precedent", "note", "seconds"}
    assert set(answer) == {*fields, "words"}
    assert answer["path"] == str(picture)
    assert answer["genre"] == max(answer["probabilities"], key=answer["probabilities"].get)
    assert answer["seen"] is False
    assert [set(n) for n in answer["neighbours"]] == [
        {"genre", "similarity", "artist", "album", "source", "id", "path"}
    ] * 2


def test_a_bad_file_does_not_stop_the_others(covergenre, starter, picture, damaged_file, tmp_path):
    (tmp_path / "empty").mkdir()
    result = covergenre(
        "predict", damaged_file, picture, tmp_path / "missing.jpg", tmp_path / "empty", picture, "--json"
    )
    assert result.code == 1
    assert ["error" in answer for answer in result.lines] == [True, False, True, True, False]
    assert result.lines[0]["path"] == str(damaged_file)


def test_a_truncated_file_is_predicted_with_a_note(covergenre, starter, tmp_path):
    (tmp_path / "short.jpg").write_bytes(encoded(cover(), "JPEG")[:-2])

    result = covergenre("predict", tmp_path / "short.jpg")

    assert result.code == 0
    assert "the file is cut short" in result.out


def test_a_bad_file_is_one_line_on_stderr(covergenre, starter, damaged_file):
    result = covergenre("predict", damaged_file)
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith(f"error: {damaged_file}: ")
    assert result.err.count("\n") == 1


def test_many_files_are_processed_in_batches_and_in_order(covergenre, starter, tmp_path):
    files = []
    for number in range(40):
        files.append(tmp_path / f"{number}.png")
        files[-1].write_bytes(b"" if number % 7 == 3 else encoded(cover("rap", number, 48)))
    result = covergenre("predict", *files, "--neighbours", 0, "--json")
    assert [answer["path"] for answer in result.lines] == [str(file) for file in files]
    assert sum("error" in answer for answer in result.lines) == 6


def test_similar_lists_neighbours(covergenre, starter, picture):
    (answer,) = covergenre("similar", picture, "--neighbours", 4, "--json").lines
    assert set(answer) == {"path", "neighbours"}
    assert len(answer["neighbours"]) == 4
    assert "similarity" in covergenre("similar", picture).out


@pytest.mark.parametrize("arguments", [["predict"], ["predict", "x.jpg", "--bogus"], ["nothing"], ["similar", "--run"]])
def test_usage_errors_exit_with_2(covergenre, arguments):
    result = covergenre(*arguments)
    assert result.code == 2
    assert result.err


def test_a_missing_run_is_one_line_on_stderr(covergenre, picture):
    result = covergenre("predict", picture, "--run", "20260101-000000-knn-0000")
    assert result.code == 1
    assert result.err.startswith("error: ")
    assert result.err.count("\n") == 1


@pytest.mark.parametrize(
    "verb", ["predict", "similar", "scan", "embed", "demo", "train", "evaluate", ("starter", "build")]
)
def test_every_verb_has_help_with_an_example(covergenre, verb):
    result = covergenre(*([verb] if isinstance(verb, str) else verb), "--help")
    assert result.code == 0
    assert "Example: covergenre" in result.out


def test_the_module_runs_as_a_command(starter, picture):
    command = [sys.executable, "-m", "covergenre", "predict", str(picture), "--json"]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ended.stdout.startswith('{"path"')
    assert ended.stderr == ""


COVERS = ("b.png", "deep/a.png")


def test_a_folder_is_predicted_file_by_file_without_hidden_files(covergenre, starter, tmp_path):
    for name in (*COVERS, "@eaDir/c.png", ".d.png", "notes.txt"):
        (tmp_path / "own" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "own" / name).write_bytes(encoded(cover("rap", 3, 48)))

    result = covergenre("predict", tmp_path / "own", "--json")

    assert [answer["path"] for answer in result.lines] == [
        str(tmp_path / "own" / name) for name in ("b.png", "deep/a.png")
    ]


def test_a_cover_can_be_read_from_stdin(covergenre, starter, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(encoded(cover("jazz", 3)))))

    (answer,) = covergenre("predict", "-", "--json").lines

    assert (answer["path"], "genre" in answer) == ("-", True)


def test_predictions_can_be_printed_as_csv(covergenre, starter, picture, damaged_file):
    result = covergenre("predict", picture, damaged_file, "--csv")

    good, bad = csv.DictReader(io.StringIO(result.out))
    assert (result.code, good["file"], bad["file"], bad["genre"]) == (1, str(picture), str(damaged_file), "")
    assert sum(float(good[genre]) for genre in ("country", "jazz", "rap", "reggae")) == pytest.approx(1, abs=1e-3)
    assert bad["error"].startswith("this JPEG is damaged")


def test_the_starter_replaces_a_broken_default_run_with_a_warning(covergenre, starter, picture, monkeypatch):
    monkeypatch.setattr(default, "default_run", lambda: "20260101-120000-knn-0001")

    result = covergenre("predict", picture, "--json")

    assert (result.code, len(result.lines)) == (0, 1)
    assert "that is in use can't answer, so the starter does" in result.err


def test_a_file_name_that_is_not_unicode_does_not_stop_the_others(covergenre, starter, picture, tmp_path):
    odd = tmp_path / os.fsdecode(b"caf\xe9.png")
    odd.write_bytes(encoded(cover("rap", 3, 48)))

    assert covergenre("predict", odd, picture).code == 0
