import itertools
import json
import re
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny import TINY, tiny_weights

from covergenre.embedding.recipe import FEATURE_SETS, Recipe
from covergenre.errors import CoverGenreError, NoWeights

recipes = st.builds(
    Recipe,
    backbone=st.text(),
    feature_set=st.sampled_from(FEATURE_SETS),
    limit=st.none() | st.integers(1, 5000),
    weights=st.none() | st.text(),
)


def test_the_default_is_the_texture_of_the_default_backbone():
    assert Recipe() == Recipe("efficientnet_lite2", "texture", None, None)


@given(recipes)
def test_it_round_trips_through_json(recipe):
    assert Recipe.from_dict(json.loads(json.dumps(recipe.to_dict()))) == recipe


@pytest.mark.parametrize(
    "fields",
    [{"colour": "red"}, {"backbone": 3}, {"limit": "150"}, {"limit": 1.5}, {"weights": []}, {"backbone": None}],
)
def test_invalid_fields_are_refused(fields):
    with pytest.raises(CoverGenreError, match="a recipe has no field"):
        Recipe.from_dict(fields)


def test_an_unknown_feature_set_is_refused_with_the_known_ones():
    with pytest.raises(CoverGenreError, match="no feature set 'all': choose from pooled, stages, texture"):
        Recipe(feature_set="all")


@pytest.mark.parametrize("limit", [0, -150])
def test_a_limit_below_1_is_refused(limit):
    with pytest.raises(CoverGenreError, match="give 1 or more, or none"):
        Recipe(limit=limit)


def test_recipes_of_different_vectors_have_different_keys(tmp_path):
    backbones = ("efficientnet_lite2", "efficientnet_lite0", "resnet50", "resnet50_v2", TINY)
    fields = itertools.product(backbones, FEATURE_SETS, (None, 150, 224), (None, str(tiny_weights(tmp_path))))

    keys = [Recipe(*each).key for each in fields]

    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("backbone", ["efficientnet_lite2", TINY, "timm:../../up", "timm:a/b c.d"])
def test_the_key_is_a_valid_file_name(backbone):
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", Recipe(backbone).key)


def test_the_key_never_changes_because_stored_vectors_depend_on_it():
    assert Recipe(limit=150).key == "efficientnet_lite2-texture-150-3accd7b9797c"


def test_the_key_depends_on_the_content_of_the_weights_file(tmp_path):
    weights = tiny_weights(tmp_path)
    before = Recipe(TINY, weights=str(weights)).key
    same = Recipe(TINY, weights=str(shutil.copy(weights, tmp_path / "same.safetensors"))).key

    weights.write_bytes(weights.read_bytes() + b" ")

    assert same == before
    assert Recipe(TINY, weights=str(weights)).key != before


def test_missing_weights_are_named(tmp_path):
    with pytest.raises(NoWeights, match=r"missing\.safetensors can't be read .*check its name"):
        _ = Recipe(TINY, weights=str(tmp_path / "missing.safetensors")).key


def test_the_key_needs_no_torch(run):
    loaded = run(
        "import sys\n"
        "from covergenre.embedding.recipe import Recipe\n"
        "print(bool(Recipe().key and Recipe('timm:test_resnet').key), 'torch' in sys.modules)"
    )

    assert loaded.split() == ["True", "False"]
