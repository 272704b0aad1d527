"""The form of the Train page: what to train, on which covers, and how; it remembers what was set."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from covergenre.augment import VARIANTS
from covergenre.dataset.manifest import usable
from covergenre.dataset.registry import Dataset
from covergenre.embedding.backbones import list_backbones
from covergenre.embedding.recipe import FEATURE_SETS, Recipe
from covergenre.formatting import duration
from covergenre.methods import METHODS, TrainSpec, method
from covergenre.packages import missing, remedy
from covergenre.runs.estimate import seconds_for, usual_seconds
from covergenre.runs.record import Run
from pages.train.fields import FIELDS, LIMITS, LIMITS_HELP, VARIANT_WORDS, Field, defaults, of_preset
from pages.widgets.genres import display
from pages.widgets.safe_text import plain, sentence, tidy

ADVISED, CLONED = "advised", "cloned"
NONE = "none"  # what a box holds for None, which would be an empty box
PRESETS = {ADVISED: "As advised", "reference": "As in the reference study", CLONED: "As that run"}
SPLITS = {
    "honest": "Honest: copies and artists never on both sides",
    "reference": "The reference study's: at random, nothing to choose on",
}
FEATURES = {"texture": "Every stage and its texture", "stages": "Every stage", "pooled": "The last layer only"}


def offer_data() -> None:
    """The way to a data set, where there is none."""
    st.markdown("There is no data set to train on yet. Explore draws a demo, scans your folder or unpacks your ZIP.")
    if st.button("Bring one in Explore", type="primary", icon=":material/add:"):
        st.switch_page("pages/explore/explore.py")


def choose_method() -> str:
    """The choice of a method, with what it does in a line."""
    chosen = st.segmented_control(
        "Method",
        list(METHODS),
        default=None if "method" in st.session_state else next(iter(METHODS)),  # `clone` may have set it
        format_func=lambda name: method(name).title,
        required=True,
        key="method",
        bind="query-params",
        wrap=True,
    )
    st.caption(method(chosen).description)
    if packages := missing(method(chosen).needs):
        st.info(sentence(remedy(method(chosen).title.lower(), packages)), icon=":material/download:")
    return chosen


def choose_settings(dataset: Dataset, method_name: str) -> TrainSpec:
    """The fields of a method and of what it learns from."""
    base = _choose_preset(method_name)
    fields = FIELDS[method_name]
    parameters = {**base, **_draw(method_name, [field for field in fields if not field.rare])}
    genres = _pills("Genres", dataset.genres, f"genres_{dataset.name}", dataset.genres, _genre_word)
    with st.expander("More settings", icon=":material/tune:"):
        parameters |= _draw(method_name, [field for field in fields if field.rare])
        recipe, variants = _choose_vectors(method_name, parameters)
        split = _select("Split", list(SPLITS), "split", "honest", SPLITS.get, "Which covers train and which judge.")
        _set("seed", 42)
        seed = st.number_input("Seed", 0, 2**31 - 1, key="train_seed", persist_state="session")
    return TrainSpec(method_name, parameters, dataset.name, tuple(genres), recipe, variants, split, seed)


def estimate(dataset: Dataset, spec: TrainSpec, earlier: Sequence[Run]) -> str:
    """How long it takes, in words."""
    covers = int(usable(dataset.manifest)["genre"].isin(spec.genres).sum())
    if seconds := seconds_for(earlier, spec, covers):
        return f"About {_rounded(seconds)}, as earlier runs took here."
    return f"Roughly {_rounded(usual_seconds(spec, covers))} on two cores; none like it was done here yet."


def clone(run: Run) -> None:
    """Set the form as a run was asked for."""
    spec, state = run.spec, st.session_state
    parameters = {**defaults(spec.method), **spec.parameters}  # an older version may have known fewer
    state.method = spec.method
    state[f"train_base_{spec.method}"] = parameters
    state[f"train_preset_{spec.method}"] = CLONED
    _fill(spec.method, parameters)
    state.dataset = spec.dataset
    state[f"train_genres_{spec.dataset}"] = list(spec.genres)
    told = {"backbone": spec.recipe.backbone, "features": spec.recipe.feature_set, "limit": spec.recipe.limit}
    told |= {"variants": list(spec.variants[1:]), "split": spec.split, "seed": spec.seed}
    for name, value in told.items():
        state[f"train_{name}"] = _held(value)
    state.train_weights = spec.recipe.weights
    st.toast("The form now has the settings of that run.", icon=":material/content_copy:")


def _rounded(seconds: float) -> str:
    if seconds >= 90:
        return duration(60 * round(seconds / 60))
    return f"{max(1, round(seconds)) if seconds < 10 else 5 * round(seconds / 5)}\u202fs"


def _choose_preset(method_name: str) -> dict[str, Any]:
    """The parameters that the fields start from; choosing others sets the fields."""
    state, key = st.session_state, f"train_preset_{method_name}"
    cloned = state.get(f"train_base_{method_name}")
    options = [ADVISED, *method(method_name).presets, *([CLONED] if cloned else [])]

    def parameters() -> dict[str, Any]:
        preset = state[key]
        if preset == CLONED:
            return dict(cloned)
        return defaults(method_name) if preset == ADVISED else of_preset(method_name, preset)

    _set(f"preset_{method_name}", ADVISED)
    st.segmented_control(
        "Settings",
        options,
        format_func=lambda name: PRESETS.get(name, name),
        required=True,
        key=key,
        on_change=lambda: _fill(method_name, parameters()),
        persist_state="session",
        wrap=True,
    )
    return parameters()


def _fill(method_name: str, parameters: Mapping[str, Any]) -> None:
    for field in FIELDS[method_name]:
        st.session_state[f"train_{method_name}_{field.name}"] = _held(parameters[field.name])


def _draw(method_name: str, fields: Sequence[Field]) -> dict[str, Any]:
    """The fields, two in a row, and what they are set to."""
    values = {}
    for start in range(0, len(fields), 2):
        for column, field in zip(st.columns(2), fields[start : start + 2], strict=False):
            key, default = f"{method_name}_{field.name}", defaults(method_name)[field.name]
            now = _given(st.session_state.get(f"train_{key}", default))
            options = field.options(default, now)
            with column:
                values[field.name] = _select(field.label, options, key, default, field.word, field.help)
    return values


def _choose_vectors(method_name: str, parameters: Mapping[str, Any]) -> tuple[Recipe, tuple[str, ...]]:
    if method(method_name).reads == "texts":
        return Recipe(), ("original",)
    if method(method_name).reads != "vectors":
        recipe = Recipe(limit=parameters.get("limit"))
    else:
        left, right = st.columns(2)
        known = {each.id: each.title + ("" if each.bundled else " (download)") for each in list_backbones()}
        own = st.session_state.get("train_backbone", Recipe.backbone)
        limit = _given(st.session_state.get("train_limit"))
        with left:
            backbone = _select(
                "Network",
                list(dict.fromkeys([*known, own])),
                "backbone",
                Recipe.backbone,
                lambda name: known.get(name, name),
                "The pretrained network that turns covers into vectors.",
            )
        with right:
            features = _select("Vectors of", list(FEATURE_SETS), "features", Recipe.feature_set, FEATURES.get)
        limit = _select(
            "Covers shrunk to",
            list(dict.fromkeys([*LIMITS, limit])),
            "limit",
            None,
            lambda value: LIMITS.get(value, f"{value} px"),
            LIMITS_HELP,
        )
        recipe = Recipe(backbone, features, limit, _weights(own, backbone))
    variants = _pills("Train on these forms of each cover too", VARIANTS[1:], "variants", (), VARIANT_WORDS.get)
    return recipe, ("original", *variants)


def _weights(cloned: str, backbone: str) -> str | None:
    """The weights file of a cloned run, as long as its network is kept."""
    return st.session_state.get("train_weights") if backbone == cloned else None


def _select(
    label: str,
    options: Sequence[Any],
    key: str,
    default: Any,
    words: Callable[[Any], str | None],
    meaning: str | None = None,
) -> Any:
    _set(key, _held(default))
    chosen = st.selectbox(
        label,
        [_held(value) for value in options],
        format_func=lambda value: tidy(words(_given(value)) or "", 60),
        key=f"train_{key}",
        help=meaning,
        persist_state="session",
    )
    return _given(chosen)


def _held(value: Any) -> Any:
    return NONE if value is None else value


def _given(value: Any) -> Any:
    return None if value == NONE else value


def _pills(
    label: str, options: Sequence[str], key: str, default: Sequence[str], words: Callable[[str], str]
) -> Sequence[str]:
    _set(key, list(default))
    known = [value for value in st.session_state[f"train_{key}"] if value in options]
    if known != st.session_state[f"train_{key}"]:
        st.session_state[f"train_{key}"] = known
    return st.pills(
        label,
        options,
        selection_mode="multi",
        format_func=words,
        key=f"train_{key}",
        persist_state="session",
        wrap=True,
    )


def _genre_word(genre: str) -> str:
    return display(plain(genre, 24))


def _set(key: str, default: Any) -> None:
    st.session_state.setdefault(f"train_{key}", default)
