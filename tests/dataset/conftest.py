"""What the tests of data sets share: the real covers, scanned once because that takes seconds."""

import pytest

from covergenre.dataset.manifest import Scan, scan


@pytest.fixture(scope="session")
def real(covers) -> Scan:
    """The first scan of the real covers."""
    return scan(covers)
