import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from covergenre.dataset.csv_file import read_csv, whole_number, write_csv
from covergenre.errors import BadDataset

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(rows=st.lists(st.tuples(texts, texts), max_size=5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_round_trips(rows, tmp_path):
    write_csv(tmp_path / "a.csv", ("first", "second"), rows)
    sheet = read_csv(tmp_path / "a.csv")
    assert list(zip(sheet.cells["first"], sheet.cells["second"], strict=True)) == rows


def test_blank_lines_are_skipped_but_counted(tmp_path):
    (tmp_path / "a.csv").write_text("path\n\na\n\n\nb\n")
    sheet = read_csv(tmp_path / "a.csv")
    assert (sheet.cells, sheet.numbers) == ({"path": ("a", "b")}, (3, 6))


def test_a_long_cell_is_abbreviated_in_the_message(tmp_path):
    (tmp_path / "a.csv").write_text(f"path,n\na,{'9' * 500}\n")
    with pytest.raises(BadDataset, match=r"9{57}[.]{3}'; expected a whole number from 0"):
        read_csv(tmp_path / "a.csv").checked("n", whole_number)


@pytest.mark.parametrize("cell", ["", "-1", "1.0", " 1", "１", str(2**63)])
def test_anything_but_a_whole_number_is_refused(cell):
    with pytest.raises(ValueError, match="a whole number"):
        whole_number(cell)


def test_the_largest_whole_number_is_that_of_int64():
    assert whole_number(str(2**63 - 1)) == 2**63 - 1
