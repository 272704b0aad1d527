import subprocess
import sys

from covergenre.demo import example_tiles


def test_the_examples_are_six_different_covers_of_300_pixels():
    tiles = example_tiles()
    assert len({title for title, _, _ in tiles}) == 6
    assert len({image.tobytes() for _, _, image in tiles}) == 6
    assert all((image.mode, image.size) == ("RGB", (300, 300)) for _, _, image in tiles)


def test_the_examples_are_the_same_each_time():
    first, second = example_tiles(), example_tiles()
    assert [(title, image.tobytes()) for title, _, image in first] == [
        (title, image.tobytes()) for title, _, image in second
    ]


def test_importing_the_demo_imports_nothing_heavy():
    code = "import sys, covergenre.demo; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"pandas", "scipy", "sklearn", "torch", "streamlit"} & set(modules)
