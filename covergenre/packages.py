"""Optional packages, which requirements-light.txt leaves out: which are missing, and how to install them."""

from collections.abc import Iterable
from contextlib import suppress
from importlib import metadata
from importlib.util import find_spec

from covergenre.errors import MissingPackage

_PIP_NAMES = {"open_clip": "open_clip_torch", "rapidocr_onnxruntime": "rapidocr-onnxruntime"}


def missing(modules: Iterable[str]) -> tuple[str, ...]:
    """The packages, by their names at pip, of modules that are not installed. Nothing is imported."""
    return tuple(_PIP_NAMES.get(module, module) for module in modules if find_spec(module) is None)


def versions(packages: Iterable[str]) -> dict[str, str]:
    """The versions of those packages, by their names at pip, that are installed."""
    found = {}
    for package in packages:
        with suppress(metadata.PackageNotFoundError):
            found[package] = metadata.version(package)
    return found


def remedy(what: str, packages: Iterable[str]) -> str:
    """What to do about missing packages that `what` needs, as a sentence without its full stop."""
    return f"packages are missing for {what}: run pip install {' '.join(packages)}, then start again"


def need(what: str, modules: Iterable[str]) -> None:
    """MissingPackage, saying what to install, unless all modules that `what` needs are installed."""
    if packages := missing(modules):
        raise MissingPackage(remedy(what, packages))
