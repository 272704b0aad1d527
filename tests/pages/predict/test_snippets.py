import ast
import shlex

import pytest

from covergenre.predict import STARTER
from pages.predict.snippets import snippets

HERE = "http://localhost:8501/?answer=abc"


def test_snippets_predict_the_cover_on_screen():
    shell, python, http = snippets("blue.jpg", STARTER, HERE)
    assert shlex.split(shell) == ["covergenre", "predict", "blue.jpg", "--json"]
    assert '"blue.jpg"' in python
    assert shlex.split(http)[-2:] == ["@blue.jpg", "http://localhost:8501/api/predict"]


def test_snippets_use_the_run_that_answered():
    shell, python, http = snippets("blue.jpg", "r1", HERE)
    assert shell.endswith("--run r1")
    assert "Predictor.open('r1')" in python
    assert http.endswith("?run=r1'")


@pytest.mark.parametrize("name", ["my cover.jpg", "$(rm -rf ~).jpg", "a'b\".jpg", "x; ls", "日本.png"])
def test_a_hostile_name_is_quoted_for_shell_and_python(name):
    shell, python, http = snippets(name, STARTER, HERE)
    assert shlex.split(shell)[2] == name
    assert f"@{name}" in shlex.split(http)
    texts = [node.value for node in ast.walk(ast.parse(python)) if isinstance(node, ast.Constant)]
    assert name in texts
