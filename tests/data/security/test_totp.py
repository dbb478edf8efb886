"""Codes of the authenticator app: drift, replay, nonsense."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from data.security import totp

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOW = datetime(2026, 10, 5, 12, 0, 10)  # noqa: DTZ001 - the store's instants are UTC without zone
STEP = int(NOW.replace(tzinfo=UTC).timestamp()) // 30


def code_at(steps: int) -> str:
    return pyotp.TOTP(SECRET).at((STEP + steps) * 30)


@pytest.mark.parametrize("drift", [-1, 0, 1])
def test_a_clock_half_a_minute_off_is_forgiven(drift: int) -> None:
    assert totp.accepted_step(SECRET, code_at(drift), NOW, last_step=0) == STEP + drift


@pytest.mark.parametrize("drift", [-2, 2, 100])
def test_a_clock_further_off_is_not(drift: int) -> None:
    assert totp.accepted_step(SECRET, code_at(drift), NOW, last_step=0) is None


def test_a_code_works_once_and_never_an_older_one_after_it() -> None:
    step = totp.accepted_step(SECRET, code_at(0), NOW, last_step=0)
    assert step == STEP
    assert totp.accepted_step(SECRET, code_at(0), NOW, last_step=STEP) is None
    assert totp.accepted_step(SECRET, code_at(-1), NOW, last_step=STEP) is None
    later = NOW + timedelta(seconds=30)
    assert totp.accepted_step(SECRET, code_at(1), later, last_step=STEP) == STEP + 1


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６", "-12345", "12 34 5"])
def test_what_is_not_six_digits_is_no_code(typed: str) -> None:
    assert totp.accepted_step(SECRET, typed, NOW, last_step=0) is None


def test_spaces_as_the_app_shows_them_are_fine() -> None:
    code = code_at(0)
    assert totp.accepted_step(SECRET, f" {code[:3]} {code[3:]} ", NOW, last_step=0) == STEP


def test_the_apps_address_names_product_and_person() -> None:
    uri = totp.provisioning_uri(totp.new_secret(), "王小明", "Little Gold Card")
    assert uri.startswith("otpauth://totp/Little%20Gold%20Card:")
    assert "issuer=Little%20Gold%20Card" in uri
    assert len(totp.new_secret()) == 32
