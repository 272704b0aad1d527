import pytest
from apptests import alone
from streamlit.testing.v1 import AppTest


@pytest.fixture
def page(starter) -> AppTest:
    """The page of the small starter, before it is run."""
    return alone("browse")
