"""Images from files and the clipboard, made into digits beside the screen's thread."""

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QImage

from explorer.frame import image_loader
from explorer.frame.image_loader import PASTED, ImageLoader, to_pil


@pytest.fixture
def loader(qtbot):
    return ImageLoader()


@pytest.fixture
def picture(tmp_path):
    pixels = np.full((80, 60), 255, dtype=np.uint8)
    pixels[15:65, 25:33] = 0
    path = tmp_path / "one.png"
    Image.fromarray(pixels).save(path)
    return path


def test_a_file(qtbot, loader, picture):
    with qtbot.waitSignal(loader.loaded) as signal:
        loader.load_file(picture)
        assert loader.busy
    digit, name = signal.args
    assert name == "one.png"
    assert digit.shape == (28, 28)
    assert digit[14, 14] > 0.9
    assert not loader.busy


def test_a_file_that_is_no_image(qtbot, loader, tmp_path):
    (tmp_path / "letter.png").write_text("Dear reader")
    with qtbot.waitSignal(loader.failed) as signal:
        loader.load_file(tmp_path / "letter.png")
    assert "“letter.png” is not an image" in signal.args[0]


def test_an_image_from_the_clipboard(qtbot, loader, picture):
    with qtbot.waitSignal(loader.loaded) as signal:
        loader.load_image(QImage(str(picture)))
    assert signal.args[1] == PASTED
    assert signal.args[0][14, 14] > 0.9


@pytest.mark.parametrize("image", [QImage(), QImage(1, 1, QImage.Format.Format_RGB32)])
def test_an_image_that_is_none_or_too_small(qtbot, loader, image):
    with qtbot.waitSignal(loader.failed):
        loader.load_image(image)


def test_only_the_latest_request_counts(qtbot, loader, picture, tmp_path):
    second = tmp_path / "two.png"
    second.write_bytes(picture.read_bytes())
    names = []
    loader.loaded.connect(lambda _, name: names.append(name))
    loader.load_file(picture)
    loader.load_file(second)
    qtbot.waitUntil(lambda: not loader.busy)
    assert names == ["two.png"]


def test_nothing_comes_of_a_cancelled_request(qtbot, loader, picture):
    names = []
    loader.loaded.connect(lambda _, name: names.append(name))
    loader.load_file(picture)
    loader.cancel()
    assert not loader.busy
    with qtbot.waitSignal(loader.loaded):
        loader.load_image(QImage(str(picture)))
    assert names == [PASTED]


def test_a_surprise_is_logged_and_told(qtbot, loader, picture, monkeypatch, caplog):
    def fail(path):
        raise RuntimeError("surprise")

    monkeypatch.setattr(image_loader, "digit_from_image_file", fail)
    with qtbot.waitSignal(loader.failed) as signal:
        loader.load_file(picture)
    assert "“one.png” could not be read" in signal.args[0]
    assert "surprise" in caplog.text


def test_what_is_pasted_or_dropped(qtbot, loader, picture):
    mime = QMimeData()
    assert not loader.load_mime(mime)
    assert not loader.load_mime(None)
    mime.setText("seven")
    assert not loader.load_mime(mime)
    mime.setUrls([QUrl.fromLocalFile(str(picture))])
    with qtbot.waitSignal(loader.loaded) as signal:
        assert loader.load_mime(mime)
    assert signal.args[1] == "one.png"
    mime = QMimeData()
    mime.setImageData(QImage(str(picture)))
    with qtbot.waitSignal(loader.loaded) as signal:
        assert loader.load_mime(mime)
    assert signal.args[1] == PASTED


def test_rows_and_colours_keep_their_places():
    image = QImage(3, 2, QImage.Format.Format_RGB888)
    image.fill(0)
    image.setPixel(2, 1, 0xFF8040)
    pixels = np.asarray(to_pil(image))
    assert pixels.shape == (2, 3, 4)
    assert pixels[1, 2].tolist() == [0xFF, 0x80, 0x40, 0xFF]
    assert pixels[0].max(axis=0)[:3].tolist() == [0, 0, 0]
