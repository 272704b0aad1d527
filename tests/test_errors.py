import errno
import os
from types import SimpleNamespace

import pytest

from covergenre.errors import BadRun, in_words


def test_our_own_message_is_kept_on_one_line():
    assert in_words(BadRun("the run x\nis damaged: train again")) == "the run x is damaged: train again"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_says_what_to_do(number):
    message = in_words(OSError(number, os.strerror(number), "some/file"))
    assert message.endswith(f"({os.strerror(number)}): make room on the disk, then try again")


def test_other_errors_are_named_by_type():
    assert in_words(ValueError("no  such\ncolumn")) == "ValueError: no such column"


def test_a_full_disk_reported_by_a_library_is_recognised(monkeypatch):
    assert in_words(RuntimeError("can't write")) == "RuntimeError: can't write"
    monkeypatch.setattr("shutil.disk_usage", lambda folder: SimpleNamespace(free=0))
    assert in_words(RuntimeError("can't write")).endswith("RuntimeError): make room on the disk, then try again")
    assert in_words(BadRun("the run x is damaged")) == "the run x is damaged"
