import errno
import os

import pytest

from covergenre.errors import BadRun, in_words


def test_a_message_of_ours_stands_as_it_is_on_one_line():
    assert in_words(BadRun("the run x\nis damaged: train again")) == "the run x is damaged: train again"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_says_what_to_do(number):
    said = in_words(OSError(number, os.strerror(number), "some/file"))
    assert said.endswith(f"({os.strerror(number)}): make room on the disk, then try again")


def test_anything_else_is_named_by_its_type():
    assert in_words(ValueError("no  such\ncolumn")) == "ValueError: no such column"
