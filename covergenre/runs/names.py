"""What runs are called beside each other: as short as tells them apart."""

from collections.abc import Sequence

from covergenre.dataset.starter import STARTER
from covergenre.errors import CoverGenreError
from covergenre.methods import method
from covergenre.runs.record import RunSpec

_LONGEST = 40  # characters; what differs in more words than these is no name


def run_names(specs: Sequence[RunSpec]) -> tuple[str, ...]:
    """A name for each run: its method, said to be the starter's where it is, and the settings in which those differ
    that would have the same.

    A setting that was left to the method is not named. When nothing differs, or too much for a name, it is the time
    (UTC) at which the run was asked for, and a number where even that is the same.
    """
    names = [method_title(spec.method) + (" (starter)" if spec.dataset == STARTER else "") for spec in specs]
    for title in set(names):
        alike = [position for position, name in enumerate(names) if name == title]
        if len(alike) > 1:
            for position, difference in zip(alike, _differences([specs[each] for each in alike]), strict=True):
                names[position] = f"{title} ({difference})" if difference else title
    return tuple(names)


def method_title(name: str) -> str:
    """What a method is called; its bare name when this version has no such method any more."""
    try:
        return method(name).title
    except CoverGenreError:
        return name


def _differences(specs: Sequence[RunSpec]) -> list[str]:
    """For runs of one method, what tells each from the others."""
    settings = [_settings(spec) for spec in specs]
    keys = [key for key in dict.fromkeys(key for each in settings for key in each) if _differs(settings, key)]
    differences = [", ".join(f"{key} {each[key]}" for key in keys if key in each) for each in settings]
    if len(set(differences)) == len(specs) and max(map(len, differences)) <= _LONGEST:
        return differences
    times = [f"{spec.created:%d %b %H:%M}" for spec in specs]
    return times if len(set(times)) == len(specs) else [f"{time}, {n}" for n, time in enumerate(times, 1)]


def _settings(spec: RunSpec) -> dict[str, str]:
    """What a run was asked for, in words; without what was left to the method."""
    asked = {
        "data set": spec.dataset,
        "split": spec.split,
        "seed": spec.seed,
        "genres": len(spec.genres),
        "variants": len(spec.variants),
        "backbone": spec.recipe.backbone,
        "features": spec.recipe.feature_set,
        "limit": spec.recipe.limit,
        **{key.replace("_", " "): value for key, value in spec.parameters.items()},
    }
    return {key: _word(value) for key, value in asked.items() if value is not None}


def _word(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _differs(settings: Sequence[dict[str, str]], key: str) -> bool:
    return len({each.get(key) for each in settings}) > 1
