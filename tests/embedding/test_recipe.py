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


def test_without_a_word_it_is_the_default_backbone_with_its_texture():
    assert Recipe() == Recipe("efficientnet_lite2", "texture", None, None)


@given(recipes)
def test_json_and_back_changes_nothing(recipe):
    assert Recipe.from_dict(json.loads(json.dumps(recipe.to_dict()))) == recipe


@pytest.mark.parametrize(
    "fields",
    [{"colour": "red"}, {"backbone": 3}, {"limit": "150"}, {"limit": 1.5}, {"weights": []}, {"backbone": None}],
)
def test_fields_that_no_recipe_has_are_refused(fields):
    with pytest.raises(CoverGenreError, match="a recipe has no field"):
        Recipe.from_dict(fields)


def test_an_unknown_feature_set_is_answered_with_those_there_are():
    with pytest.raises(CoverGenreError, match="no feature set 'all': choose from pooled, stages, texture"):
        Recipe(feature_set="all")


@pytest.mark.parametrize("limit", [0, -150])
def test_covers_cannot_be_shrunk_to_nothing(limit):
    with pytest.raises(CoverGenreError, match="give 1 or more, or none"):
        Recipe(limit=limit)


def test_recipes_that_give_other_vectors_have_other_keys(tmp_path):
    backbones = ("efficientnet_lite2", "efficientnet_lite0", "resnet50", "resnet50_v2", TINY)
    fields = itertools.product(backbones, FEATURE_SETS, (None, 150, 224), (None, str(tiny_weights(tmp_path))))

    keys = [Recipe(*each).key for each in fields]

    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("backbone", ["efficientnet_lite2", TINY, "timm:../../up", "timm:a/b c.d"])
def test_the_key_can_name_a_file(backbone):
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", Recipe(backbone).key)


def test_the_key_stays_the_same():
    assert Recipe(limit=150).key == Recipe(limit=150).key


def test_the_key_tells_weights_by_what_is_in_their_file(tmp_path):
    weights = tiny_weights(tmp_path)
    before = Recipe(TINY, weights=str(weights)).key
    same = Recipe(TINY, weights=str(shutil.copy(weights, tmp_path / "same.safetensors"))).key

    weights.write_bytes(weights.read_bytes() + b" ")

    assert same == before
    assert Recipe(TINY, weights=str(weights)).key != before


def test_weights_that_are_not_there_are_said_so(tmp_path):
    with pytest.raises(NoWeights, match=r"missing\.safetensors can't be read .*check its name"):
        _ = Recipe(TINY, weights=str(tmp_path / "missing.safetensors")).key


def test_naming_a_recipe_needs_no_torch(run):
    loaded = run(
        "import sys\n"
        "from covergenre.embedding.recipe import Recipe\n"
        "print(bool(Recipe().key and Recipe('timm:test_resnet').key), 'torch' in sys.modules)"
    )

    assert loaded.split() == ["True", "False"]
