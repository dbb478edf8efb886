"""Payment codes as pictures: drawn for a screen or a print, and found again in a photograph.

A picture is whatever a stranger sends. Its size is checked before it is unpacked, only formats that cameras and screens
make are opened, and it is scaled to an area whose search ends within seconds whatever it shows.
"""

from __future__ import annotations

import io
import math
import struct
import zlib
from typing import Final

import segno
import zxingcpp
from PIL import Image, ImageOps

from data.codes.refusals import NoCodeFound, PictureTooLarge, PictureUnreadable
from data.errors import require

MAX_MEGABYTES: Final = 10
MAX_MEGAPIXELS: Final = 40
_MEGABYTE: Final = 1024 * 1024
_MEGAPIXEL: Final = 1_000_000
_QUIET_ZONE: Final = 4  # modules, ISO/IEC 18004
_MAX_BYTES: Final = 2331  # what the largest QR code holds at error correction M
_FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
# Thousands of false finder patterns draw a search out: 16 s over 40 megapixels, 1.5 s over these. A code a tenth as
# wide as a photograph still has three pixels a module.
_SEARCHED_PIXELS: Final = 2_500_000
_QR_CODES: Final = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
_DEEP_MODES: Final = {"I", "I;16", "I;16B", "I;16L"}
_DEPTH_16: Final = 1 / 256  # of 65,536 shades to 256

# What the picture library lets through for damaged files.
_DAMAGED_PICTURE: Final = (
    OSError,
    ValueError,
    SyntaxError,
    LookupError,
    ArithmeticError,
    TypeError,
    RuntimeError,
    EOFError,
    MemoryError,
    zlib.error,
    struct.error,
)


def svg(text: str, *, scale: int = 6, title: str | None = None) -> str:
    """The QR code as an SVG element, black on white in any theme, with its quiet zone. scale: units per module."""
    return str(_drawn(text).svg_inline(scale=scale, border=_QUIET_ZONE, dark="black", light="white", title=title))


def png(text: str, *, scale: int = 8) -> bytes:
    """The QR code as a PNG file. scale: pixels per module."""
    out = io.BytesIO()
    _drawn(text).save(out, kind="png", scale=scale, border=_QUIET_ZONE, dark="black", light="white")
    return out.getvalue()


def _drawn(text: str) -> segno.QRCode:
    """Error correction M at least, for scratches and reflections; better where the size does not grow by it."""
    require(0 < len(text.encode()) <= _MAX_BYTES, "a QR code holds some text, but not any length")
    return segno.make_qr(text, error="m", encoding="utf-8")


def decode(picture: bytes) -> list[str]:
    """The texts of all QR codes in a picture, each once, at least one.

    Turned, mirrored, inverted, small and unevenly lit codes are found. The texts are strangers' words: check them.

    Raises:
        PictureTooLarge: not opened.
        PictureUnreadable: not a PNG, JPEG, WebP, GIF or BMP, or damaged.
        NoCodeFound: nothing to be read in it.
    """
    if len(picture) > MAX_MEGABYTES * _MEGABYTE:
        raise PictureTooLarge("megabytes", MAX_MEGABYTES)
    try:
        grey = _grey(picture)
    except Image.DecompressionBombError:
        raise PictureTooLarge("megapixels", MAX_MEGAPIXELS) from None
    except _DAMAGED_PICTURE:
        raise PictureUnreadable from None
    return _found(grey)


def _grey(picture: bytes) -> Image.Image:
    """The picture in shades of grey on white, no larger than what is searched."""
    opened = Image.open(io.BytesIO(picture), formats=_FORMATS)  # reads the header only
    if opened.width * opened.height > MAX_MEGAPIXELS * _MEGAPIXEL:
        raise PictureTooLarge("megapixels", MAX_MEGAPIXELS)
    size = _searched_size(*opened.size)
    opened.draft("L", size)  # a JPEG is unpacked no larger than needed
    shades = opened.point(lambda depth: depth * _DEPTH_16) if opened.mode in _DEEP_MODES else opened
    see_through = opened.has_transparency_data
    even = shades.convert("RGBA" if see_through else "L")
    small = even if even.size == size else even.resize(size, Image.Resampling.BOX)
    if not see_through:
        return small
    paper = Image.new("RGBA", size, "white")
    paper.alpha_composite(small)
    return paper.convert("L")


def _searched_size(width: int, height: int) -> tuple[int, int]:
    shrink = min(1.0, math.sqrt(_SEARCHED_PIXELS / (width * height)))
    return max(1, int(width * shrink)), max(1, int(height * shrink))


def _found(grey: Image.Image) -> list[str]:
    """A threshold per neighbourhood copes with shadows; one for the whole picture with modules that are pictures."""
    for searched, binarizer in (
        (grey, zxingcpp.Binarizer.LocalAverage),
        (ImageOps.autocontrast(grey), zxingcpp.Binarizer.GlobalHistogram),
    ):
        codes = zxingcpp.read_barcodes(
            searched,
            formats=_QR_CODES,
            binarizer=binarizer,
            text_mode=zxingcpp.TextMode.Plain,
        )
        if texts := list(dict.fromkeys(code.text for code in codes if code.text)):
            return texts
    raise NoCodeFound
