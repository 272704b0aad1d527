import subprocess
import sys

import pytest
from lettering import cover_with_text
from PIL import Image

from covergenre import packages
from covergenre.errors import MissingPackage, NoWeights
from covergenre.ocr import networks
from covergenre.ocr.reader import Reader


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader.open()


def test_it_reads_lines_from_the_top_down(reader):
    text = reader.read(cover_with_text("JOHNNY CASH", "At Folsom"))
    assert str(text).replace(" ", "") == "JOHNNYCASHAtFolsom"
    assert all(line.confidence > 0.8 for line in text.lines)


def test_it_reads_a_large_scan_and_a_picture_that_is_not_square(reader):
    large = cover_with_text("BLUE TRAIN", side=1500, size=200)
    assert str(reader.read(large)).replace(" ", "") == "BLUETRAIN"
    assert str(reader.read(large.crop((0, 0, 1500, 500)))).replace(" ", "") == "BLUETRAIN"


def test_it_reads_vertical_text(reader):
    upwards = cover_with_text("SYMPHONY").transpose(Image.Transpose.ROTATE_270)
    assert "SYMPHONY" in str(reader.read(upwards)) or "SYMPHONY" in str(
        reader.read(upwards.transpose(Image.Transpose.ROTATE_180))
    )


@pytest.mark.parametrize("size", [(300, 300), (1, 1), (2000, 3)])
def test_a_blank_picture_has_no_text(reader, size):
    assert reader.read(Image.new("RGB", size, "teal")).lines == ()


def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(packages, "find_spec", lambda _: None)
    assert not networks.installed()
    with pytest.raises(MissingPackage, match="pip install rapidocr-onnxruntime"):
        Reader.open()


def test_a_damaged_network_is_named(monkeypatch, tmp_path):
    for name in ("ch_PP-OCRv4_det_infer.onnx", "ch_PP-OCRv4_rec_infer.onnx"):
        (tmp_path / name).write_bytes(b"torn")
    monkeypatch.setattr(networks, "_folder", lambda: tmp_path)
    with pytest.raises(NoWeights, match="damaged"):
        Reader.open()


def test_the_wheel_s_own_code_is_not_imported():
    code = (
        "import sys; from PIL import Image; from covergenre.ocr.reader import Reader\n"
        "Reader.open().read(Image.new('RGB', (300, 300)))\n"
        "sys.exit(str({'cv2', 'onnxruntime', 'rapidocr_onnxruntime', 'scipy', 'torch'} & set(sys.modules) or '') or 0)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
