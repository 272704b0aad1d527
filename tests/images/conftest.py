"""What the tests of pictures share."""

from collections.abc import Callable

import pytest

from covergenre import images
from covergenre.errors import BadImage


@pytest.fixture(scope="session")
def refusal() -> Callable[[bytes], str]:
    """Gives the message with which bytes are refused."""

    def message(data: bytes) -> str:
        with pytest.raises(BadImage) as caught:
            images.decode(data)
        return str(caught.value)

    return message
