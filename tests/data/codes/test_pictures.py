"""Codes as pictures: drawn ones are found again however they are held, and no file makes the reader stumble."""

from __future__ import annotations

import contextlib
import io
import random
import re
import zlib
from collections.abc import Callable
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from data.codes import pictures
from data.codes.pictures import decode, png, svg
from data.codes.refusals import NoCodeFound, PictureTooLarge, PictureUnreadable
from data.codes.wallet_code import WalletCode, payload, read, read_one_of, tap_link
from data.errors import InvariantBroken, Rejection
from tests.patience import at_most
from tests.samples import FOLDER, present, sample

PHOTOS = sorted(path.stem for path in (FOLDER / "zxing-qr").glob("*.png")) if present() else []
SHOP = UUID("0192f0c1-2d3e-7a4b-8c5d-6e7f8091a2b3")
CODE = WalletCode(SHOP, "Noodles", "Hangzhou", mcc="5812", pay_code=SHOP, amount_minor=2350, name_zh="老王面馆🍜")
TEXT = payload(CODE)


def drawn(text: str = TEXT, scale: int = 6) -> Image.Image:
    return Image.open(io.BytesIO(png(text, scale=scale))).convert("L")


def saved(picture: Image.Image, kind: str = "PNG", **how: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **how)
    return out.getvalue()


@pytest.mark.skipif(not PHOTOS, reason="the sample photographs are not beside the checkout")
@pytest.mark.parametrize("name", PHOTOS)
def test_every_sample_photograph_is_read(name: str) -> None:
    said = sample(f"zxing-qr/{name}.txt").read_bytes().decode()
    assert said in decode(sample(f"zxing-qr/{name}.png").read_bytes())


def test_the_sample_photographs_are_there_on_a_build_machine() -> None:
    assert sample("zxing-qr/qrcode-2_10.png")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
@settings(deadline=None)
def test_what_is_drawn_is_found_whatever_its_script(text: str) -> None:
    # A QR code does not say how its bytes are encoded, and two characters alone can be sensible in two ways; codes of
    # payment, like addresses, begin in ASCII.
    assert decode(png(f"0002{text}")) == [f"0002{text}"]


def test_our_codes_are_found_in_both_forms() -> None:
    assert read_one_of(decode(png(TEXT))) == CODE
    assert read_one_of(decode(png(tap_link("https://wallet.example", TEXT)))) == CODE


@given(st.text("最佳运输老王面馆🍜🙂👨‍👩‍👧é ａß", min_size=1, max_size=25), st.text("北京上海杭州", max_size=10))
@settings(deadline=None, max_examples=50)
def test_our_codes_are_found_with_any_name(name: str, city: str) -> None:
    text = payload(WalletCode(SHOP, name, city, name_zh=name, city_zh=city))
    assert decode(png(text, scale=4)) == [text]


@pytest.mark.parametrize(
    "held",
    [
        lambda one: one.rotate(90, expand=True),
        lambda one: one.rotate(180),
        lambda one: one.rotate(37, expand=True, fillcolor=255),
        ImageOps.mirror,
        ImageOps.invert,
        lambda one: one.filter(ImageFilter.GaussianBlur(2)),
        lambda one: one.resize((one.width // 3, one.height // 3)),
        lambda one: one.resize((one.width * 5, one.height * 5)),
        lambda one: ImageOps.expand(one, 1500, 90),
        lambda one: ImageOps.expand(one, (100, 9000), 255),
        lambda one: one.point(lambda shade: 90 + shade // 8),
        lambda one: one.convert("RGB"),
        lambda one: one.convert("P"),
        lambda one: one.convert("1"),
        lambda one: one.convert("I").point(lambda shade: shade * 257).convert("I;16"),
    ],
)
def test_a_code_is_found_however_it_is_held(held: Callable[[Image.Image], Image.Image]) -> None:
    assert decode(saved(held(drawn()))) == [TEXT]


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("PNG", "RGB"), ("JPEG", "RGB"), ("JPEG", "L"), ("JPEG", "CMYK"), ("WEBP", "RGB"), ("GIF", "P"), ("BMP", "RGB")],
)
def test_the_formats_of_cameras_and_screens_are_opened(kind: str, mode: str) -> None:
    assert decode(saved(drawn().convert(mode), kind)) == [TEXT]


def test_a_photograph_of_a_phone_is_read() -> None:
    photo = Image.new("RGB", (5000, 4000), (120, 130, 110))
    photo.paste(drawn(scale=14).rotate(11, expand=True, fillcolor=255), (2100, 1500))
    assert decode(saved(photo, "JPEG", quality=80)) == [TEXT]


def test_a_see_through_picture_lies_on_white_paper() -> None:
    ink = Image.new("RGBA", drawn().size, (0, 0, 0, 0))
    ink.putalpha(ImageOps.invert(drawn()))
    assert decode(saved(ink)) == decode(saved(ink, "WEBP", lossless=True)) == [TEXT]


def test_all_codes_of_a_picture_are_found_each_once() -> None:
    counter = Image.new("L", (1500, 600), 255)
    for place, text in enumerate(["wxp://f2f0abcdef", TEXT, TEXT]):
        counter.paste(drawn(text, 4), (place * 500, 50))
    assert sorted(decode(saved(counter))) == sorted(["wxp://f2f0abcdef", TEXT])


def test_a_scratch_is_forgiven() -> None:
    scratched = drawn()
    ImageDraw.Draw(scratched).line((60, 300, 330, 330), fill=255, width=14)
    assert decode(saved(scratched)) == [TEXT]


@pytest.mark.parametrize(
    "picture", [Image.new("L", (1, 1)), Image.new("L", (400, 300), 128), Image.effect_noise((600, 600), 90)]
)
def test_a_picture_without_a_code_is_said_to_have_none(picture: Image.Image) -> None:
    with pytest.raises(NoCodeFound):
        decode(saved(picture))


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"hello",
        b"%PDF-1.7",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        png(TEXT)[:-40],
        png(TEXT)[:30],
        saved(drawn(), "TIFF"),
        saved(drawn(), "PPM"),
        saved(drawn().convert("RGB"), "JPEG")[:500],
    ],
)
def test_a_file_that_is_no_whole_picture_is_refused(file: bytes) -> None:
    with pytest.raises(PictureUnreadable):
        decode(file)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("side", [6_400, 10_000, 20_000])
@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP"])
def test_a_picture_that_would_grow_too_large_is_not_unpacked(side: int, kind: str) -> None:
    with at_most(10), pytest.raises(PictureTooLarge) as refused:
        decode(_claiming(saved(drawn().convert("P"), kind), kind, side))
    assert refused.value == PictureTooLarge("megapixels", 40)


def _claiming(file: bytes, kind: str, side: int) -> bytes:
    """A small file whose header claims a side of so many pixels."""
    place, size = {"PNG": (16, 4), "GIF": (6, 2), "BMP": (18, 4)}[kind]
    claim = side.to_bytes(size, "big" if kind == "PNG" else "little") * 2
    changed = file[:place] + claim + file[place + len(claim) :]
    if kind != "PNG":
        return changed
    return changed[:29] + zlib.crc32(changed[12:29]).to_bytes(4, "big") + changed[33:]


def test_a_file_over_ten_megabytes_is_not_opened() -> None:
    whole = png(TEXT)
    assert decode(whole + bytes(10 * 1024 * 1024 - len(whole))) == [TEXT]
    with pytest.raises(PictureTooLarge) as refused:
        decode(whole + bytes(10 * 1024 * 1024 - len(whole) + 1))
    assert refused.value == PictureTooLarge("megabytes", 10)


def test_thousands_of_false_finder_patterns_do_not_draw_the_search_out() -> None:
    finder = Image.new("L", (9, 9), 255)
    for inset, shade in ((1, 0), (2, 255), (3, 0)):
        finder.paste(shade, (inset, inset, 9 - inset, 9 - inset))
    field = Image.new("L", (6300, 6300), 255)
    tile = finder.resize((27, 27), Image.Resampling.NEAREST)
    row = Image.new("L", (6300, 27), 255)
    for x in range(0, 6300 - 27, 27):
        row.paste(tile, (x, 0))
    for y in range(0, 6300 - 27, 27):
        field.paste(row, (0, y))
    with at_most(25), contextlib.suppress(NoCodeFound):
        decode(saved(field))  # 30 s and more when it is searched as it is


@given(st.binary(max_size=400) | st.binary(max_size=400).map(lambda tail: png("x")[:50] + tail))
@settings(deadline=None)
def test_any_bytes_are_read_or_refused(file: bytes) -> None:
    with contextlib.suppress(Rejection):
        decode(file)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(
    ("kind", "mode"),
    [("PNG", "RGBA"), ("PNG", "P"), ("JPEG", "RGB"), ("WEBP", "RGBA"), ("GIF", "P"), ("BMP", "P"), ("BMP", "RGB")],
)
def test_damaged_pictures_are_read_or_refused(kind: str, mode: str) -> None:
    whole = saved(drawn("hello", 3).convert(mode), kind)
    chance = random.Random(7)  # noqa: S311 - the same damages each time
    for _ in range(400):
        file = bytearray(whole)
        for _ in range(chance.choice((1, 2, 8))):
            place = chance.randrange(min(len(file), chance.choice((64, len(file)))))
            file[place : place + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
        with contextlib.suppress(Rejection):
            assert all(isinstance(text, str) for text in decode(bytes(file)))


@given(st.binary(min_size=1, max_size=60))
@settings(deadline=None)
def test_a_code_of_any_bytes_gives_text_that_can_be_stored(content: bytes) -> None:
    out = io.BytesIO()
    segno.make_qr(content, mode="byte").save(out, kind="png", scale=3)
    with contextlib.suppress(NoCodeFound):
        for text in decode(out.getvalue()):
            text.encode()
            with contextlib.suppress(Rejection):
                read(text)


def test_a_drawing_is_black_on_white_with_its_quiet_zone() -> None:
    modules = segno.make_qr(TEXT, error="m", encoding="utf-8").symbol_size(border=4)[0]
    page = ET.fromstring(svg(TEXT, scale=3, title="<付款码>"))  # noqa: S314 - our own drawing
    assert page.attrib["width"] == page.attrib["height"] == str(modules * 3)
    assert page[0].text == "<付款码>"
    assert re.search(rf"M0 0h{modules}v{modules}h-{modules}z", svg(TEXT, scale=3))
    assert drawn(scale=3).size == (modules * 3, modules * 3)
    corner = drawn(scale=3)
    assert {corner.getpixel((x, y)) for x in range(12) for y in range(12)} == {255}
    assert corner.getpixel((12, 12)) == 0


def test_a_code_survives_what_error_correction_m_promises() -> None:
    assert segno.make_qr(TEXT, error="m", encoding="utf-8").error in {"M", "Q", "H"}


def test_a_text_that_no_code_holds_is_a_defect() -> None:
    assert decode(png("9" * pictures._MAX_BYTES, scale=4))
    for text in ("", "x" * (pictures._MAX_BYTES + 1)):
        with pytest.raises(InvariantBroken):
            svg(text)
