"""Lines that are commands, lines that are none, and that nothing else ever comes out of a line."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.batch import lines
from data.batch.lines import COMMANDS
from data.batch.reading import Asked, Invalid, read
from data.ledger.coupons import CouponKind
from data.ledger.wallet.commands import CardKind

WHOLE: dict[str, dict[str, Any]] = {
    "open_member": {"member": "ann", "currency": "CNY"},
    "open_merchant": {"merchant": "cafe", "name": "拾光咖啡", "mcc": "5814", "category": "coffee"},
    "bind_card": {"member": "ann", "card": "c", "number": "6200000000000047", "expiry": "12/49", "kind": "debit"},
    "top_up": {"member": "ann", "card": "c", "amount_minor": 100},
    "pay": {"member": "ann", "merchant": "cafe", "amount_minor": 100, "source": "wallet", "points": 0, "coupon": None},
    "transfer": {"member": "ann", "to": "bob", "amount_minor": 100},
    "withdraw": {"member": "ann", "card": "c", "amount_minor": 100},
    "pay_out": {"merchant": "cafe", "amount_minor": 100},
    "request_refund": {"member": "ann", "payment": "p1", "amount_minor": 100, "reason": "damaged"},
    "confirm_refund": {"merchant": "cafe", "refund": "r1"},
    "reject_refund": {"merchant": "cafe", "refund": "r1", "reason": "worn"},
    "settle": {},
    "set_limits": {"member": "ann", "per_payment_minor": 100, "per_day_minor": None},
    "set_earn_rule": {"points_per_unit": 2},
    "publish_coupon": {"coupon": "TEN", "merchant": "cafe", "kind": "percent", "percent": 10, "min_spend_minor": 0},
    "claim_coupon": {"member": "ann", "coupon": "TEN"},
    "freeze": {"member": "ann"},
    "unfreeze": {"member": "ann"},
}
OPTIONAL = {"currency", "source", "points", "coupon", "merchant", "percent", "min_spend_minor", "per_payment_minor"}
REQUIRED = [
    (command, field)
    for command, said in WHOLE.items()
    for field in said
    if field not in OPTIONAL | {"per_day_minor", "points_per_unit"}
]


def raw(command: str = "pay", /, **said: Any) -> bytes:
    whole = {"command": command, "request_id": "r1", **WHOLE[command]} | said
    return json.dumps(whole, ensure_ascii=False).encode()


def asked(command: str = "pay", /, **said: Any) -> Any:
    found = read(7, raw(command, **said))
    assert isinstance(found, Asked), found
    return found.line


def fault(content: bytes, number: int = 7) -> tuple[str | None, str | None, str]:
    found = read(number, content)
    assert isinstance(found, Invalid), found
    assert found.number == number
    return found.request_id, found.field, found.reason


def test_every_command_is_known_by_an_example() -> None:
    assert set(WHOLE) == set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_whole_line_is_a_command(command: str) -> None:
    assert isinstance(asked(command), COMMANDS[command])


@pytest.mark.parametrize(("command", "field"), REQUIRED)
def test_a_field_that_there_must_be_is_missed_by_its_name(command: str, field: str) -> None:
    whole = json.loads(raw(command))
    del whole[field]
    assert fault(json.dumps(whole).encode()) == ("r1", field, "missing")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_field_that_the_command_has_not_is_no_command(command: str) -> None:
    assert fault(raw(command, colour="red")) == ("r1", "colour", "unknown_field")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not_json"),
        (b"pay ann", "not_json"),
        (b'{"request_id": "r1", "command": "settle"', "not_json"),
        (b'{"points": NaN}', "not_json"),
        (b'{"points": 1e99999999999999999999}', "not_json"),
        (b'{"points": ' + b"9" * 5_000 + b"}", "not_json"),
        (b"[" * 20_000, "not_json"),
        (b'{"request_id": "\xff"}', "not_utf8"),
        (b" " * 70_000, "too_long"),
        (b"[]", "not_an_object"),
        (b'"settle"', "not_an_object"),
        (b"null", "not_an_object"),
    ],
)
def test_what_is_no_object_has_no_request_id_and_no_field(content: bytes, reason: str) -> None:
    assert fault(content) == (None, None, reason)


def test_an_object_that_says_a_field_twice_says_nothing() -> None:
    assert fault(b'{"request_id": "r1", "command": "settle", "command": "settle"}') == (None, "command", "twice")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({}, "missing"),
        ({"request_id": 7}, "wrong_type"),
        ({"request_id": ""}, "empty"),
        ({"request_id": None}, "wrong_type"),
        ({"request_id": "r" * 256}, "too_long"),
        ({"request_id": "a\nb"}, "not_text"),
        ({"request_id": "\ud800"}, "not_text"),
    ],
)
def test_a_line_without_a_usable_request_id_is_answered_without_one(said: dict[str, Any], reason: str) -> None:
    assert fault(json.dumps({"command": "settle", **said}).encode()) == (None, "request_id", reason)


@pytest.mark.parametrize(("said", "reason"), [({}, "missing"), ({"command": "steal"}, "unknown_command")])
def test_a_line_without_a_known_command_is_none(said: dict[str, Any], reason: str) -> None:
    assert fault(json.dumps({"request_id": "r1", **said}).encode()) == ("r1", "command", reason)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (1.0, "wrong_type"),
        (1e2, "wrong_type"),
        ("100", "wrong_type"),
        (True, "wrong_type"),
        (None, "wrong_type"),
        ([100], "wrong_type"),
        (-1, "negative"),
        (2**63, "too_large"),
    ],
)
@pytest.mark.parametrize(
    ("command", "field"),
    [("pay", "amount_minor"), ("pay", "points"), ("top_up", "amount_minor"), ("publish_coupon", "off_minor")],
)
def test_an_amount_is_a_whole_number_and_nothing_else(command: str, field: str, value: object, reason: str) -> None:
    assert fault(raw(command, **{field: value})) == ("r1", field, reason)


@pytest.mark.parametrize(
    ("command", "field", "value", "reason"),
    [
        ("pay", "member", 7, "wrong_type"),
        ("pay", "member", " ", "empty"),
        ("pay", "member", "a" * 65, "too_long"),
        ("pay", "member", "a\u200bb", "not_text"),
        ("pay", "source", "purse", "not_offered"),
        ("pay", "source", "card:", "empty"),
        ("pay", "source", None, "wrong_type"),
        ("pay", "coupon", 5, "wrong_type"),
        ("pay", "coupon", ["A", 5], "wrong_type"),
        ("pay", "coupon", ["A", "A"], "twice"),
        ("pay", "coupon", {"A": 1}, "wrong_type"),
        ("pay", "note", "\0", "not_text"),
        ("pay", "note", "n" * 501, "too_long"),
        ("bind_card", "kind", "prepaid", "not_offered"),
        ("bind_card", "number", 6200000000000047, "wrong_type"),
        ("request_refund", "reason", "", "empty"),
        ("reject_refund", "reason", " ", "empty"),
        ("set_limits", "per_day_minor", -1, "negative"),
        ("set_limits", "per_day_minor", "none", "wrong_type"),
        ("publish_coupon", "kind", "bogof", "not_offered"),
        ("publish_coupon", "percent", 12.345, "not_exact"),
        ("publish_coupon", "percent", -5, "negative"),
        ("publish_coupon", "percent", "ten", "wrong_type"),
        ("publish_coupon", "percent", "Infinity", "wrong_type"),
        ("publish_coupon", "percent", "1e500", "too_large"),
        ("publish_coupon", "percent", True, "wrong_type"),
        ("publish_coupon", "stackable", 1, "wrong_type"),
        ("publish_coupon", "valid_to", "soon", "not_an_instant"),
        ("publish_coupon", "priority", 1.5, "wrong_type"),
        ("set_earn_rule", "points_per_unit", 0.00001, "not_exact"),
        ("set_earn_rule", "points_per_unit", "2", "wrong_type"),
        ("set_earn_rule", "multiplier", 1.00001, "not_exact"),
        ("set_earn_rule", "redeem_minor_per_point", None, "wrong_type"),
        ("set_earn_rule", "active", "yes", "wrong_type"),
    ],
)
def test_a_value_that_cannot_stand_there_is_told_with_its_field(
    command: str, field: str, value: object, reason: str
) -> None:
    assert fault(raw(command, **{field: value})) == ("r1", field, reason)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"multiplier": 2}, {"multiplier_bp": 20_000}),
        ({"code": "double"}, {"rule": "double"}),
        ({"redeem_cap_bp": 5_000}, {"redeem_cap_percent": 50}),
    ],
)
def test_an_earn_rule_says_a_thing_in_one_way(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert fault(raw("set_earn_rule", **one, **other))[2] == "twice"


@pytest.mark.parametrize(
    ("said", "instant"),
    [
        ("2026-03-02T12:00:00+08:00", datetime(2026, 3, 2, 4, 0)),  # noqa: DTZ001 - as the store keeps it
        ("2026-03-02T04:00:00Z", datetime(2026, 3, 2, 4, 0)),  # noqa: DTZ001
        ("2026-03-02T04:00:00", datetime(2026, 3, 2, 4, 0)),  # noqa: DTZ001
        ("2026-03-02", datetime(2026, 3, 2)),  # noqa: DTZ001
        (None, None),
    ],
)
def test_a_clock_is_an_instant_in_any_zone(said: str | None, instant: datetime | None) -> None:
    found = read(1, raw(at=said))
    assert isinstance(found, Asked)
    assert found.at == instant


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("noon", "not_an_instant"),
        ("2026-02-30T00:00:00Z", "not_an_instant"),
        ("", "not_an_instant"),
        (1772424000, "wrong_type"),
        ("0001-01-01T00:00:00+14:00", "out_of_range"),
        ("9999-12-31T23:59:59-12:00", "out_of_range"),
    ],
)
def test_a_clock_that_is_no_instant_is_told(said: object, reason: str) -> None:
    assert fault(raw(at=said)) == ("r1", "at", reason)


def test_sources_and_coupons_are_read_as_what_they_mean() -> None:
    assert asked(source="wallet", coupon=None).source is None
    assert asked(source="card:gold").source == "gold"
    assert asked(coupon="A").coupon == ("A",)
    assert asked(coupon=["A", "B"]).coupon == ("A", "B")
    assert asked("bind_card", kind="credit").kind is CardKind.CREDIT


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (("off_over", "满减", "full_reduction", "threshold"), CouponKind.OFF_OVER),
        (("instant", "立减", "instant_off", "fixed"), CouponKind.INSTANT),
        (("percent", "折扣", "percent_off", "discount"), CouponKind.PERCENT),
    ],
)
def test_a_reduction_has_several_names(names: tuple[str, ...], kind: CouponKind) -> None:
    assert {asked("publish_coupon", kind=name).kind for name in names} == {kind}


@pytest.mark.parametrize(
    ("said", "basis_points"), [(20, 2_000), (12.5, 1_250), ("12.5", 1_250), ("0.01", 1), (100, 10_000)]
)
def test_a_percentage_is_read_by_its_digits(said: object, basis_points: int) -> None:
    assert asked("publish_coupon", percent=said).percent == basis_points


def test_a_limit_is_kept_changed_or_taken_away() -> None:
    said = asked("set_limits", per_payment_minor=0)
    assert (said.per_payment_minor, said.per_day_minor, said.per_month_minor) == (0, -1, None)


def test_a_code_written_as_a_number_gets_its_zeros_back() -> None:
    assert asked("open_merchant", mcc=742).mcc == "0742"


def test_names_are_kept_as_a_sign_up_would_keep_them() -> None:
    assert asked(member=" Ａnn ").member == "Ann"


def test_the_mark_at_the_beginning_of_a_file_is_no_text() -> None:
    assert isinstance(read(1, b"\xef\xbb\xbf" + raw()), Asked)
    assert fault(b"\xef\xbb\xbf" + raw(), 2) == (None, None, "not_json")


def test_a_card_number_is_not_printed() -> None:
    found = read(1, raw("bind_card"))
    assert "6200000000000047" not in repr(found)


@given(st.binary(max_size=200))
def test_any_bytes_are_answered(content: bytes) -> None:
    assert isinstance(read(1, content), Asked | Invalid)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = sorted({name for kind in COMMANDS.values() for name in kind.__dataclass_fields__} | {"at", "request_id"})


@given(st.sampled_from(sorted(COMMANDS)), st.dictionaries(st.sampled_from(FIELDS), JSON, min_size=1, max_size=3))
def test_any_values_are_a_command_or_told_by_their_field(command: str, said: dict[str, Any]) -> None:
    found = read(1, json.dumps({"command": command, "request_id": "r1", **WHOLE[command]} | said).encode())
    if isinstance(found, Asked):
        assert isinstance(found.line, lines.Line)
    else:
        assert found.field in {*said, "request_id", "at"}
