"""Opening image files: limits, formats, and a plain sentence for whatever cannot be read."""

import contextlib
import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from explorer import image_files
from explorer.image_files import ImageError, grey, open_image


def ramp(width=60, height=40):
    return Image.fromarray(np.tile(np.linspace(0, 255, width).astype(np.uint8), (height, 1)))


def png_header(width, height):
    """A PNG that claims these sides and holds next to nothing."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0"))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("suffix", ["png", "jpg", "bmp", "gif", "webp"])
def test_formats(tmp_path, suffix):
    path = tmp_path / f"ramp.{suffix}"
    ramp().save(path)
    values = grey(open_image(path))
    assert values.shape == (40, 60)
    np.testing.assert_allclose(values, grey(ramp()), atol=0.05)


def test_the_name_does_not_decide(tmp_path):
    ramp().save(tmp_path / "ramp.txt", format="PNG")
    assert open_image(tmp_path / "ramp.txt").size == (60, 40)


def test_other_formats_are_not_tried(tmp_path):
    ramp().save(tmp_path / "ramp.png", format="TIFF")
    with pytest.raises(ImageError, match="not an image"):
        open_image(tmp_path / "ramp.png")


@pytest.mark.parametrize(
    "content", [b"hello", b"\x89PNG\r\n\x1a\n", b"BM", b"\xff\xd8\xff", b"GIF89a", b"\0" * 1000]
)
def test_not_an_image(tmp_path, content):
    path = tmp_path / "bad.png"
    path.write_bytes(content)
    with pytest.raises(ImageError, match=r"“bad\.png”"):
        open_image(path)


@pytest.mark.parametrize("suffix", ["png", "jpg", "bmp", "webp"])
@pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
def test_truncated(tmp_path, suffix, share):
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (80, 80)).astype(np.uint8))
    whole = tmp_path / f"whole.{suffix}"
    noise.save(whole)
    path = tmp_path / f"cut.{suffix}"
    path.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * share)])
    with pytest.raises(ImageError, match=r"“cut\.\w+” is (damaged or cut short|not an image)"):
        open_image(path)


def test_damaged_bytes_never_give_a_traceback(tmp_path):
    rng = np.random.default_rng(2)
    for suffix in ("png", "jpg", "bmp", "gif", "webp"):
        whole = tmp_path / f"whole.{suffix}"
        ramp().save(whole)
        for _ in range(20):
            content = bytearray(whole.read_bytes())
            for place in rng.integers(0, len(content), 8):
                content[place] = rng.integers(0, 256)
            path = tmp_path / f"bad.{suffix}"
            path.write_bytes(content)
            with contextlib.suppress(ImageError):
                grey(open_image(path))


@pytest.mark.parametrize("side", [9_000, 20_000, 60_000])
def test_too_many_pixels_are_refused_before_decoding(tmp_path, side):
    path = tmp_path / "huge.png"
    path.write_bytes(png_header(side, side))
    with pytest.raises(ImageError, match=rf"too many pixels \({side:,} × {side:,}\)"):
        open_image(path)


def test_a_real_bomb_is_refused(tmp_path):
    Image.new("1", (20_000, 20_000)).save(tmp_path / "bomb.png")
    with pytest.raises(ImageError, match=r"too many pixels.*64 million"):
        open_image(tmp_path / "bomb.png")


def test_too_many_bytes_are_refused(tmp_path):
    path = tmp_path / "long.png"
    with path.open("wb") as file:
        file.truncate(image_files.MAX_BYTES + 1)
    with pytest.raises(ImageError, match="50 MB"):
        open_image(path)


def test_one_pixel_is_refused(tmp_path):
    Image.new("L", (1, 1)).save(tmp_path / "one.png")
    with pytest.raises(ImageError, match=r"only 1 × 1 pixel\. A digit needs"):
        open_image(tmp_path / "one.png")


def test_no_file_a_folder_an_empty_file(tmp_path):
    with pytest.raises(ImageError, match=r"There is no file “none\.png”"):
        open_image(tmp_path / "none.png")
    with pytest.raises(ImageError, match="is a folder"):
        open_image(tmp_path)
    (tmp_path / "empty.png").touch()
    with pytest.raises(ImageError, match="is empty"):
        open_image(tmp_path / "empty.png")
    with pytest.raises(ImageError):
        open_image("a\0b")


def test_sixteen_bits_keep_their_scale(tmp_path):
    values = np.tile(np.linspace(0, 65535, 50).astype(np.uint16), (20, 1))
    Image.fromarray(values).save(tmp_path / "deep.png")
    np.testing.assert_allclose(grey(open_image(tmp_path / "deep.png")), values / 65535.0, atol=1e-6)


def test_cmyk_jpeg(tmp_path):
    ramp().convert("CMYK").save(tmp_path / "print.jpg", quality=95)
    np.testing.assert_allclose(grey(open_image(tmp_path / "print.jpg")), grey(ramp()), atol=0.05)


def test_a_large_image_is_reduced(tmp_path):
    for suffix in ("png", "jpg"):
        ramp(3000, 2000).save(tmp_path / f"large.{suffix}")
        image = open_image(tmp_path / f"large.{suffix}")
        assert max(image.size) <= image_files.WORKING_SIDE
        assert min(image.size) > image_files.WORKING_SIDE / 3


@pytest.mark.parametrize("mode", ["1", "P", "I;16", "RGBA", "LA"])
def test_every_mode_can_be_reduced(mode):
    large = ramp(2000, 1500)
    image = (
        Image.fromarray(np.asarray(large).astype(np.uint16) * 257) if mode == "I;16" else large.convert(mode)
    )
    values = grey(image)
    assert max(values.shape) <= image_files.WORKING_SIDE
    np.testing.assert_allclose(values[:, [0, -1]].mean(axis=0), [0.0, 1.0], atol=0.05)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_camera_held_sideways(tmp_path, orientation):
    picture = np.zeros((40, 60), dtype=np.uint8)
    picture[:20, :20] = 255
    upright = Image.fromarray(picture)
    undo = {
        2: 0,
        3: 3,
        4: 1,
        5: 5,
        6: 2,
        7: 6,
        8: 4,
    }  # Pillow's Transpose that stores what the tag turns back
    stored = upright if orientation == 1 else upright.transpose(Image.Transpose(undo[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "photo.jpg"
    stored.save(path, quality=95, exif=exif)
    np.testing.assert_allclose(grey(open_image(path)), picture / 255.0, atol=0.15)


def test_transparency_is_filled_with_the_opposite_of_the_ink():
    alpha = Image.new("L", (30, 30), 0)
    alpha.paste(255, (10, 10, 20, 20))
    for ink, paper in ((0, 1.0), (255, 0.0)):
        values = grey(Image.merge("LA", (Image.new("L", (30, 30), ink), alpha)))
        assert values[0, 0] == pytest.approx(paper)
        assert values[15, 15] == pytest.approx(ink / 255)


def test_rounded_corners_take_the_paper_they_lie_on():
    image = Image.new("RGBA", (30, 30), (255, 255, 255, 255))
    image.putpixel((0, 0), (0, 0, 0, 0))
    assert grey(image)[0, 0] == pytest.approx(1.0)


def test_transparent_all_over_is_refused():
    with pytest.raises(ImageError, match="transparent"):
        grey(Image.new("RGBA", (30, 30), (0, 0, 0, 0)))


def test_an_image_in_memory_has_the_same_limits():
    with pytest.raises(ImageError, match="only 3 × 3 pixels"):
        grey(Image.new("L", (3, 3)))


def test_a_warning_of_the_decoder_does_not_reach_the_screen(tmp_path):
    buffer = io.BytesIO()
    ramp().save(buffer, "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\x05\0")
    path = tmp_path / "odd.jpg"
    path.write_bytes(buffer.getvalue())
    assert open_image(path).size == (60, 40)
