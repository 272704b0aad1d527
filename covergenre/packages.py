"""Packages that only some of the work needs: which of them are missing, and how to get them.

requirements-light.txt leaves them out. Whatever needs one asks for it here, before it begins.
"""

from collections.abc import Iterable
from contextlib import suppress
from importlib import metadata
from importlib.util import find_spec

from covergenre.errors import MissingPackage

_AT_PIP = {
    "open_clip": "open_clip_torch",
    "rapidocr_onnxruntime": "rapidocr-onnxruntime",
}  # by other names than they are imported by


def missing(modules: Iterable[str]) -> tuple[str, ...]:
    """The packages, as pip calls them, of those modules that are not installed. Nothing is imported."""
    return tuple(_AT_PIP.get(module, module) for module in modules if find_spec(module) is None)


def versions(packages: Iterable[str]) -> dict[str, str]:
    """The versions of those packages, as pip calls them, that are installed."""
    found = {}
    for package in packages:
        with suppress(metadata.PackageNotFoundError):
            found[package] = metadata.version(package)
    return found


def remedy(what: str, packages: Iterable[str]) -> str:
    """What to do about packages that `what` needs and that are missing, as a sentence without its stop."""
    return f"packages are missing for {what}: run pip install {' '.join(packages)}, then start again"


def need(what: str, modules: Iterable[str]) -> None:
    """MissingPackage, saying what to install, unless all of these modules are there; `what` needs them."""
    if packages := missing(modules):
        raise MissingPackage(remedy(what, packages))
