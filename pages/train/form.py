"""The form of the Train page: method, data set and settings, kept for the session."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from covergenre.audit.caveats import read_caveats
from covergenre.augment import VARIANTS
from covergenre.dataset.manifest import usable
from covergenre.dataset.registry import Dataset
from covergenre.embedding.backbones import Backbone, list_backbones, list_stronger
from covergenre.embedding.recipe import EVEN, FEATURE_SETS, Recipe
from covergenre.formatting import listed, roughly
from covergenre.methods import METHODS, TrainSpec, method
from covergenre.packages import missing, remedy
from covergenre.runs.cautions import Caution, cautions
from covergenre.runs.record import Run
from covergenre.training.build_starter import METHODS as STARTER_METHODS
from covergenre.training.estimate import seconds_for, usual_seconds
from pages.explore import workspace
from pages.train.fields import FIELDS, LIMITS, LIMITS_HELP, VARIANT_WORDS, Field, defaults, of_preset
from pages.widgets.address import go, settle
from pages.widgets.genres import named
from pages.widgets.safe_text import sentence, tidy
from pages.widgets.watch import watch

ADVISED, CLONED = "advised", "cloned"
METHOD, DATASET = "train_method", "train_dataset"
NONE = "none"  # for None, which a select box takes for nothing chosen
PRESETS = {
    ADVISED: "Recommended",
    "starter": "Like the starter",
    "reference": "Like the reference study",
    CLONED: "Like that run",
}
PRESETS_HELP = (
    "The starter combines nearest neighbours with its own settings, and logistic regression and words with the "
    "recommended ones: train all three and combine the runs. It also averages several views of a cover, which your own "
    "runs don't."
)
SPLITS = {
    "honest": "Honest: near copies and artists stay in one part",
    "reference": "Reference study: random, without a validation part",
}
_LOOKS = {"Review": "Review the labels", "Repair": "Repair the data set"}
FEATURES = {"texture": "All stages with texture", "stages": "All stages", "pooled": "Last layer only"}


def offer_data() -> None:
    """Say that there is no data set yet, with a button to add one."""
    st.markdown("There is no data set to train on yet. Add one in Explore: the demo, your folder or your ZIP.")
    if st.button("Add a data set", type="primary", icon=":material/add:"):
        st.switch_page("pages/explore/explore.py")


def choose_method() -> str:
    """Draw the choice of a method, with its description."""
    chosen = st.segmented_control(
        "Method",
        list(METHODS),
        format_func=lambda name: method(name).title,
        required=True,
        persist_state="session",
        wrap=True,
        **settle("method", list(METHODS), METHOD),
    )
    st.caption(method(chosen).description)
    if packages := missing(method(chosen).needs):
        st.info(sentence(remedy(method(chosen).title.lower(), packages)), icon=":material/download:")
    return chosen


def choose_dataset(names: Sequence[str]) -> str:
    """Draw the choice of a data set."""
    return st.selectbox(
        "Data set",
        names,
        format_func=tidy,
        persist_state="session",
        **settle("dataset", names, DATASET),
    )


def choose_settings(dataset: Dataset, method_name: str) -> None:
    """Draw the settings of a method and of its data."""
    _choose_preset(method_name)
    fields = FIELDS[method_name]
    _draw(method_name, [field for field in fields if not field.rare])
    _choose_network(method_name)
    _pills("Genres", dataset.genres, _genres_key(dataset), dataset.genres, named)
    with st.expander("More settings", icon=":material/tune:"):
        _draw(method_name, [field for field in fields if field.rare])
        _choose_vectors(method_name)
        _select(
            "Split",
            list(SPLITS),
            "split",
            "honest",
            SPLITS.get,
            "Which covers are trained on and tested on.",
        )
        _set("seed", 42)
        st.number_input("Seed", 0, 2**31 - 1, key="train_seed", persist_state="session")


def read_spec(dataset: Dataset) -> TrainSpec:
    """What the form is set to at this moment.

    When a button is pressed, a method may be chosen whose fields were not drawn yet: they have their defaults then.
    """
    state = st.session_state
    name = state[METHOD]
    parameters = {key: _given(state.get(f"train_{name}_{key}", _held(value))) for key, value in _base_of(name).items()}
    chosen = state.get(f"train_{_genres_key(dataset)}", dataset.genres)
    genres = tuple(genre for genre in dataset.genres if genre in chosen)
    variants = ("original", *(each for each in VARIANTS[1:] if each in state.get("train_variants", ())))
    if method(name).reads == "texts":
        recipe, variants = Recipe(), ("original",)
    elif method(name).reads == "vectors":
        backbone = state.get("train_backbone", Recipe.backbone)
        features = state.get("train_features", Recipe.feature_set)
        cloned, weights = state.get("train_weights", ("", None))  # of a cloned run
        limit = _given(state.get("train_limit", EVEN))
        recipe = Recipe(backbone, features, limit, weights if backbone == cloned else None)
    else:
        recipe = Recipe(limit=parameters.get("limit"))
    split, seed = state.get("train_split", "honest"), state.get("train_seed", 42)
    return TrainSpec(name, parameters, dataset.name, genres, recipe, variants, split, seed)


def show_cautions(dataset: Dataset, spec: TrainSpec) -> None:
    """The warnings of the audit against this training, each with its remedy."""
    facts = read_caveats(dataset)
    if facts is None:
        _offer_audit(dataset)
        return
    found = cautions(facts, spec)
    if not found:
        st.caption(":material/check: The audit found nothing against these settings.")
    for number, caution in enumerate(found):
        with st.container(horizontal=True, vertical_alignment="center", key=f"caution-{number}"):
            kind = st.warning if caution.serious else st.info
            kind(sentence(caution.message), icon=":material/warning:" if caution.serious else ":material/info:")
            if caution.changes:
                words = _remedy(caution, spec)
                st.button(words, icon=":material/build:", key=f"mend-{number}", on_click=_apply,
                          args=(dataset, spec, caution.changes))  # fmt: skip
            elif caution.tab:
                to_explore(dataset, caution.tab, _LOOKS[caution.tab], ":material/build:")


def _offer_audit(dataset: Dataset) -> None:
    """A button for an audit, which Explore shares; its warnings are then shown here."""
    opened = workspace.open_workspace(dataset.name)
    job = workspace.current_job(opened)
    if job and job.running:
        watch(job, "audit")
        return
    if read_caveats(dataset):  # it has ended since this page looked
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Look for defects first", icon=":material/troubleshoot:", on_click=workspace.start_inspection,
                  args=(opened, True))  # fmt: skip
        st.caption("Finds wrong labels, duplicates and cues that give genres away.", width="content")
    if job and job.error:
        st.caption(sentence(job.error))


def to_explore(dataset: Dataset, view: str, words: str, icon: str) -> None:
    """A link to a view of Explore on this data set."""
    st.page_link("pages/explore/explore.py", label=words, icon=icon, query_params={"data": dataset.name, "see": view})


def _remedy(caution: Caution, spec: TrainSpec) -> str:
    if "limit" in caution.changes:
        return f"Shrink all to {caution.changes['limit']} px"
    if "split" in caution.changes:
        return "Use the honest split"
    left_out = [named(genre) for genre in spec.genres if genre not in caution.changes["genres"]]
    return f"Leave out {listed(left_out)}"


def _apply(dataset: Dataset, spec: TrainSpec, changes: Mapping[str, Any]) -> None:
    """Change the form."""
    keys = {
        "limit": "train_finetune_limit" if spec.method == "finetune" else "train_limit",
        "genres": f"train_{_genres_key(dataset)}",
    }
    for name, value in changes.items():
        st.session_state[keys.get(name, f"train_{name}")] = list(value) if isinstance(value, tuple) else value


def estimate(dataset: Dataset, spec: TrainSpec, earlier: Sequence[Run]) -> str:
    """How long training takes, in words."""
    covers = int(usable(dataset.manifest)["genre"].isin(spec.genres).sum())
    if seconds := seconds_for(earlier, spec, covers):
        return f"About {roughly(seconds)}, judging by earlier runs."
    return f"Roughly {roughly(usual_seconds(spec, covers, earlier))}. There are no similar runs to judge by."


def clone(run: Run) -> None:
    """Copy the settings of a run into the form."""
    spec, state = run.spec, st.session_state
    parameters = {**defaults(spec.method), **spec.parameters}  # older versions may have had fewer
    state[METHOD] = spec.method
    state[f"train_base_{spec.method}"] = parameters
    state[f"train_preset_{spec.method}"] = CLONED
    _fill(spec.method, parameters)
    state[DATASET] = spec.dataset
    go(method=spec.method, dataset=spec.dataset)
    state[f"train_genres_{spec.dataset}"] = list(spec.genres)
    recipe = {"backbone": spec.recipe.backbone, "features": spec.recipe.feature_set, "limit": spec.recipe.limit}
    recipe |= {"variants": list(spec.variants[1:]), "split": spec.split, "seed": spec.seed}
    for name, value in recipe.items():
        state[f"train_{name}"] = _held(value)
    state.train_weights = (spec.recipe.backbone, spec.recipe.weights)
    st.toast("The form now has the settings of that run.", icon=":material/content_copy:")


def _choose_preset(method_name: str) -> None:
    """Draw the choice of a preset, which sets the fields."""
    cloned = f"train_base_{method_name}" in st.session_state
    _set(f"preset_{method_name}", ADVISED)
    st.segmented_control(
        "Settings",
        [ADVISED, *method(method_name).presets, *([CLONED] if cloned else [])],
        format_func=lambda name: PRESETS.get(name, name),
        required=True,
        help=PRESETS_HELP if method_name in STARTER_METHODS else None,
        key=f"train_preset_{method_name}",
        on_change=lambda: _fill(method_name, _base_of(method_name)),
        persist_state="session",
        wrap=True,
    )


def _base_of(method_name: str) -> Mapping[str, Any]:
    """The parameters of the chosen preset."""
    preset = st.session_state.get(f"train_preset_{method_name}", ADVISED)
    if preset == CLONED:
        return st.session_state[f"train_base_{method_name}"]
    return defaults(method_name) if preset == ADVISED else of_preset(method_name, preset)


def _fill(method_name: str, parameters: Mapping[str, Any]) -> None:
    for field in FIELDS[method_name]:
        st.session_state[f"train_{method_name}_{field.name}"] = _held(parameters[field.name])


def _draw(method_name: str, fields: Sequence[Field]) -> None:
    """The fields, two in a row."""
    for start in range(0, len(fields), 2):
        for column, field in zip(st.columns(2), fields[start : start + 2], strict=False):
            key, default = f"{method_name}_{field.name}", _base_of(method_name)[field.name]
            now = _given(st.session_state.get(f"train_{key}", default))
            options = field.options(default, now)
            with column:
                _select(field.label, options, key, default, field.word, field.help)


def _choose_network(method_name: str) -> None:
    """Draw the choice of a network, with a description of a stronger one."""
    if method(method_name).reads != "vectors":
        return
    stronger = {each.id: each for each in list_stronger()}
    known = {each.id: each.title + ("" if each.bundled else " (download)") for each in list_backbones()}
    known |= {name: f"{each.title}, a stronger network" for name, each in stronger.items()}
    own = st.session_state.get("train_backbone", Recipe.backbone)
    _select(
        "Network",
        list(dict.fromkeys([*known, own])),
        "backbone",
        Recipe.backbone,
        lambda name: known.get(name, name),
        "The pretrained network that turns covers into vectors. A stronger one learned from far more pictures.",
    )
    if chosen := stronger.get(st.session_state.train_backbone):
        st.caption(network_words(chosen))


def network_words(network: Backbone) -> str:
    """What a stronger network is, what it costs, and where its weights come from."""
    where = f"`model.safetensors` of `{network.repository}` as `{network.file}`"
    weights = (
        "Its weights are downloaded."
        if network.file.is_file()
        else f"Its weights ({network.megabytes} MB) are downloaded when training starts; without a connection, save "
        f"{where}."
    )
    return (
        f"{network.origin} Licence: {network.licence}. It is several times slower, and its accuracy on covers has not "
        f"been measured yet. {weights}"
    )


def _choose_vectors(method_name: str) -> None:
    if method(method_name).reads == "texts":
        return
    if method(method_name).reads == "vectors":
        limit = _given(st.session_state.get("train_limit"))
        _select("Features", list(FEATURE_SETS), "features", Recipe.feature_set, FEATURES.get)
        _select(
            "Covers shrunk to",
            list(dict.fromkeys([*LIMITS, limit])),
            "limit",
            EVEN,
            lambda value: LIMITS.get(value, f"{value} px"),
            LIMITS_HELP,
        )
    _pills("Also train on these variants of each cover", VARIANTS[1:], "variants", (), VARIANT_WORDS.get)


def _genres_key(dataset: Dataset) -> str:
    return f"genres_{dataset.name}"


def _select(
    label: str,
    options: Sequence[Any],
    key: str,
    default: Any,
    words: Callable[[Any], str | None],
    meaning: str | None = None,
) -> None:
    _set(key, _held(default))
    st.selectbox(
        label,
        [_held(value) for value in options],
        format_func=lambda value: tidy(words(_given(value)) or "", 60),
        key=f"train_{key}",
        help=meaning,
        persist_state="session",
    )


def _held(value: Any) -> Any:
    return NONE if value is None else value


def _given(value: Any) -> Any:
    return None if value == NONE else value


def _pills(label: str, options: Sequence[str], key: str, default: Sequence[str], words: Callable[[str], str]) -> None:
    _set(key, list(default))
    known = [value for value in st.session_state[f"train_{key}"] if value in options]
    if known != st.session_state[f"train_{key}"]:
        st.session_state[f"train_{key}"] = known
    st.pills(
        label,
        options,
        selection_mode="multi",
        format_func=words,
        key=f"train_{key}",
        persist_state="session",
        wrap=True,
    )


def _set(key: str, default: Any) -> None:
    st.session_state.setdefault(f"train_{key}", default)
