import json
import sys
from dataclasses import replace

import numpy as np
import pytest
from drawing import cover

from covergenre import home
from covergenre.embedding.converter import convert_apart, main
from covergenre.embedding.engine import Engine
from covergenre.errors import NoWeights


def test_a_backbone_converted_in_a_subprocess_gives_the_same_vectors(tiny, engine, tmp_path):
    convert_apart(tiny(), tmp_path / "apart.xml")
    made = Engine.open(tmp_path / "apart.xml", tiny())
    np.testing.assert_array_equal(made.vector(cover("jazz")), engine.vector(cover("jazz")))


def test_unusable_weights_are_named_by_the_caller_as_by_the_child(tiny, tmp_path, monkeypatch):
    (tmp_path / "no.safetensors").write_bytes(b"milk")
    recipe, path = replace(tiny(), weights=str(tmp_path / "no.safetensors")), tmp_path / "apart.xml"
    with pytest.raises(SystemExit) as child:
        main(json.dumps(recipe.to_dict()), str(path))
    command = [sys.executable, "-c", "import sys; sys.exit(sys.argv[1])", child.value.code]
    monkeypatch.setattr(home, "child_command", lambda *_: command)
    with pytest.raises(NoWeights, match=r"no\.safetensors"):
        convert_apart(recipe, path)


def test_an_unwritable_path_is_an_os_error(tiny, tmp_path):
    with pytest.raises(FileNotFoundError, match="No such file"):
        convert_apart(tiny(), tmp_path / "nowhere" / "apart.xml")
