from dataclasses import replace

import numpy as np
import pytest
from drawing import cover

from covergenre.embedding.converter import convert_apart
from covergenre.embedding.engine import Engine
from covergenre.errors import NoWeights


def test_a_backbone_converted_in_a_subprocess_gives_the_same_vectors(tiny, engine, tmp_path):
    convert_apart(tiny(), tmp_path / "apart.xml")
    made = Engine.open(tmp_path / "apart.xml", tiny())
    np.testing.assert_array_equal(made.vector(cover("jazz")), engine.vector(cover("jazz")))


def test_unusable_weights_are_named(tiny, tmp_path):
    (tmp_path / "no.safetensors").write_bytes(b"milk")
    with pytest.raises(NoWeights, match=r"no\.safetensors"):
        convert_apart(replace(tiny(), weights=str(tmp_path / "no.safetensors")), tmp_path / "apart.xml")


def test_an_unwritable_path_is_an_os_error(tiny, tmp_path):
    with pytest.raises(FileNotFoundError, match="No such file"):
        convert_apart(tiny(), tmp_path / "nowhere" / "apart.xml")
