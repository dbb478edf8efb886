"""Paying in a real browser: a code before the camera, confirmed twice and paid once, and what a reload then says."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import segno
from playwright.sync_api import Browser, Page, expect, sync_playwright

from data import identity, merchants
from data.home import open_running
from data.sign_in import Visit
from tests import wallet_house as house
from tests.e2e.conftest import GOOD, Server, chromium, fill_in, serving, settle

pytestmark = pytest.mark.browser
_WIDTH, _HEIGHT = 1280, 720
_MODULE = 9  # pixels; a code of ours has under 60 modules a side
_ENOUGH_DATA = 4  # HTMLMediaElement.readyState: it plays
_BLACK, _WHITE, _NO_COLOUR = 16, 235, 128  # video levels (ITU-R BT.601)


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, str]]:
    """A server whose cafe has a code on its wall, and a customer, 小红, with money, a slow card and coupons."""
    chromium()
    home = tmp_path_factory.mktemp("paying")
    running = open_running(home)
    try:
        identity.sign_up(running.database, "keeper", house.PASSWORD, Visit())
        owner = identity.sign_up(running.database, "小红", GOOD, Visit()).owner
        filled = house.fill_wallet(running, owner)
        house.card(running, owner, house.SLOW)
        payload = merchants.static_code(filled.cafe)
    finally:
        running.close()
    with serving(home) as started:
        yield started, payload


@pytest.fixture(scope="module")
def server(code: tuple[Server, str]) -> Server:
    return code[0]


@pytest.fixture(scope="module")
def browser(code: tuple[Server, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A Chromium whose camera sees the code."""
    video = tmp_path_factory.mktemp("camera") / "code.y4m"
    video.write_bytes(_video_of(code[1]))
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=chromium(),
            args=[
                "--no-sandbox",
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-video-capture={video}",
            ],
        )
        yield launched
        launched.close()


def _video_of(text: str) -> bytes:
    """Two frames of the code in the middle of a wall, as YUV4MPEG2 with 4:2:0 samples."""
    modules = [bytes(_BLACK if dark else _WHITE for dark in row for _ in range(_MODULE)) for row in _rows(text)]
    side = len(modules) * _MODULE
    assert side <= _HEIGHT, "the code does not fit into the picture"
    left, top = (_WIDTH - side) // 2, (_HEIGHT - side) // 2
    blank = bytes([_WHITE]) * _WIDTH
    lines = [blank] * top
    lines += [blank[:left] + row + blank[left + side :] for row in modules for _ in range(_MODULE)]
    lines += [blank] * (_HEIGHT - top - side)
    frame = b"FRAME\n" + b"".join(lines) + bytes([_NO_COLOUR]) * (_WIDTH * _HEIGHT // 2)
    return f"YUV4MPEG2 W{_WIDTH} H{_HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * 2


def _rows(text: str) -> list[list[int]]:
    code = segno.make_qr(text, error="m", encoding="utf-8")
    return [list(row) for row in code.matrix_iter(border=4)]


def _type_amount(page: Page, amount: str) -> None:
    page.get_by_label(re.compile(r"^付款金额")).fill(amount)


def _sees_the_receipt(page: Page) -> None:
    expect(page.get_by_text("付款成功")).to_be_visible()
    settle(page)


def test_a_code_before_the_camera_is_paid_once_and_a_reload_tells_the_truth(page: Page) -> None:
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.context.grant_permissions(["camera"])
    page.goto("/pay")
    expect(page).to_have_url(re.compile(r"/signin\?next=%2Fpay"))
    fill_in(page, "小红")
    settle(page)

    page.get_by_text("扫码", exact=True).click()
    settle(page)
    camera = page.locator("video")
    expect(camera).to_have_js_property("videoWidth", _WIDTH)
    expect(camera).to_have_js_property("readyState", _ENOUGH_DATA)
    page.get_by_test_id("stCameraInputButton").click()
    expect(page.get_by_role("heading", name="拾光咖啡")).to_be_visible()
    settle(page)
    _type_amount(page, "35")
    confirm = page.get_by_role("button", name="确认付款 ¥28.50")
    expect(confirm).to_be_enabled()
    settle(page)
    confirm.dblclick()
    _sees_the_receipt(page)
    page.reload()
    _sees_the_receipt(page)

    page.get_by_role("button", name="再付这家").click()
    source = page.get_by_role("combobox", name="付款方式")
    expect(source).to_have_value("钱包余额 · 可用 ¥971.50")
    settle(page)
    source.click()
    page.get_by_role("option").filter(has_text="0104").click()
    settle(page)
    _type_amount(page, "12")
    slow = page.get_by_role("button", name="确认付款 ¥12.00")
    expect(slow).to_be_enabled()
    settle(page)
    slow.click()
    expect(page).to_have_url(re.compile(r"[?&]a=1200"))  # it is on its way
    page.reload()
    _sees_the_receipt(page)
    expect(page.get_by_text("0104")).to_be_visible()
    assert wrong == []
