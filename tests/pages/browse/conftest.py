import pytest
from apptests import single_page
from streamlit.testing.v1 import AppTest


@pytest.fixture
def page(starter) -> AppTest:
    """The page of the small starter, before it is run."""
    return single_page("browse")
