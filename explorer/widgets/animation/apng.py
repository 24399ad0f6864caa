"""Animated PNG, written frame by frame: each needs no more memory than one picture.

The format is PNG with three more kinds of chunks: ``acTL`` counts the frames, ``fcTL`` says where and how
long each one stands, ``fdAT`` holds its pixels. See the PNG specification, third edition, section 11.3.6.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from PIL import Image, ImageChops

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEEP, _OVER = 0, 0  # the frame before stays, and the new pixels take the place of the old


def write_apng(file: BinaryIO, frames: Iterator[Image.Image], durations: list[int]) -> None:
    """Write frames, all of one size and in RGB, that last so many milliseconds and loop for ever."""
    sequence = 0
    before: Image.Image | None = None
    for frame, duration in zip(frames, durations, strict=True):
        box = _changed(before, frame)
        chunks = _chunks(frame.crop(box))
        if before is None:
            file.write(_SIGNATURE)
            _write(file, b"IHDR", chunks[b"IHDR"])
            _write(file, b"acTL", struct.pack(">II", len(durations), 0))
        left, top, right, bottom = box
        place = struct.pack(">IIIII", sequence, right - left, bottom - top, left, top)
        _write(file, b"fcTL", place + struct.pack(">HHBB", duration, 1000, _KEEP, _OVER))
        sequence += 1
        if before is None:
            _write(file, b"IDAT", chunks[b"IDAT"])
        else:
            _write(file, b"fdAT", struct.pack(">I", sequence) + chunks[b"IDAT"])
            sequence += 1
        before = frame
    _write(file, b"IEND", b"")


def _changed(before: Image.Image | None, frame: Image.Image) -> tuple[int, int, int, int]:
    """The part of a frame that differs from the one before; never empty."""
    if before is None:
        return (0, 0, *frame.size)
    return ImageChops.difference(before, frame).getbbox() or (0, 0, 1, 1)


def _chunks(image: Image.Image) -> dict[bytes, bytes]:
    """Encode a picture as PNG and return the contents of its chunks, those of the same kind joined."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    data, place = buffer.getvalue(), len(_SIGNATURE)
    chunks: dict[bytes, bytes] = {}
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        kind = data[place + 4 : place + 8]
        chunks[kind] = chunks.get(kind, b"") + data[place + 8 : place + 8 + length]
        place += 12 + length
    return chunks


def _write(file: BinaryIO, kind: bytes, content: bytes) -> None:
    file.write(struct.pack(">I", len(content)) + kind + content)
    file.write(struct.pack(">I", zlib.crc32(kind + content)))
