"""Optional packages."""

import pytest

from covergenre.errors import MissingPackage
from covergenre.packages import missing, need, versions


def test_missing_packages_are_named_as_on_pypi(hide_packages):
    hide_packages("torch", "open_clip")
    assert missing(("numpy", "torch", "open_clip")) == ("torch", "open_clip_torch")


def test_installed_packages_are_no_obstacle():
    need("arithmetic", ("numpy", "scipy"))


def test_an_obstacle_says_what_to_install(hide_packages):
    hide_packages("catboost")
    with pytest.raises(MissingPackage, match="missing for boosting: run pip install catboost"):
        need("boosting", ("numpy", "catboost"))


def test_versions_are_those_of_installed_packages():
    assert versions(("pytest", "no-such-package")) == {"pytest": pytest.__version__}
