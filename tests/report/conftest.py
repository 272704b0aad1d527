"""A comparison of two runs with everything that a report can show."""

import pytest
from finished_runs import runs_on_drawn_covers

from covergenre.comparison.comparison import ComparedRuns, compare_runs


@pytest.fixture
def compared(tmp_path) -> ComparedRuns:
    """A good run and a poor one on 18 drawn covers of three genres."""
    return compare_runs(runs_on_drawn_covers(tmp_path / "covers"))
