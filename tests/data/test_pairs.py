from __future__ import annotations

import dataclasses
import itertools
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import bookkeeping, pairs, upkeep
from data.admission import admit
from data.bookkeeping import Annotate, LinkRefund, Reclassify
from data.cli import main
from data.database import Database, open_database
from data.errors import NotFound
from data.home import open_home
from data.ids import EntryId, new_request_id
from data.importers.recognise import recognise
from data.importers.statement import AccountHint, AccountKind, Statement
from data.ledger.entry import EntryKind
from data.pairs import DecidePair, PairNotOpen, PairTaken, Verdict
from data.statements import ImportReceipt
from tests.bookkeeping import BALANCE, Bookkeeping, Written, bill, earned, moved, refunded, spent
from tests.samples import FOLDER, require_samples, sample

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC).replace(tzinfo=None)
CARD = "card:招商银行:1234"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = open_database(tmp_path / "wallet.duckdb", lambda: NOW)
    yield database
    assert [finding for finding in upkeep.verify(database) if not finding.kept] == []
    database.close()


@pytest.fixture
def book(db: Database) -> Bookkeeping:
    return Bookkeeping(db)


def _named(hint: AccountHint) -> AccountHint:
    if not hint.key.startswith("card:"):
        return hint
    _, bank, last4 = hint.key.split(":")
    return AccountHint(hint.key, f"{bank}({last4})", AccountKind.ASSET, bank, last4)


def file_of(source: str, *written: Written) -> Statement:
    made = bill(*written, file=f"{source}.csv", format_=source)
    lines = tuple(
        line._replace(
            identity=(source, *line.identity),
            account=_named(line.account),
            counter=_named(line.counter) if line.counter else None,
        )
        for line in made.lines
    )
    return dataclasses.replace(made, lines=lines)


def wallet(*written: Written, source: str = "alipay_app") -> Statement:
    return file_of(source, *written)


def bank(*written: Written) -> Statement:
    return file_of("generic", *written)


def on_card(one: Written) -> Written:
    return dataclasses.replace(one, account=CARD)


COFFEE = on_card(spent("2026-03-01 08:30", "35.00", "星巴克", order="A1", note="拿铁"))
CHARGE = on_card(spent("2026-03-02", "35.00", "支付宝-星巴克", order="B1"))


def kept(book: Bookkeeping) -> list[tuple[Any, ...]]:
    return book.asks("SELECT state, described, moved, confidence FROM published_pair WHERE owner = $owner ORDER BY seq")


def states(book: Bookkeeping) -> list[str]:
    return [row[0] for row in kept(book)]


def pair_of(book: Bookkeeping, state: str) -> UUID:
    ((found,),) = book.asks("SELECT pair FROM published_pair WHERE owner = $owner AND state = $state", state=state)
    return UUID(str(found))


def says(book: Bookkeeping, verdict: Verdict, pair: UUID) -> None:
    pairs.decide(book.db, DecidePair(book.owner, new_request_id(), book.owner, pair, verdict))


def facts(book: Bookkeeping) -> list[tuple[Any, ...]]:
    return book.asks("SELECT * FROM published_fact WHERE owner = $owner ORDER BY booked_on, seq, part, entry")


def balances(book: Bookkeeping) -> list[tuple[Any, ...]]:
    return book.asks(
        """SELECT a.hint_key, p.currency, cast(sum(p.amount) AS bigint) FROM published_posting p
        JOIN published_account a ON a.owner = p.owner AND a.id = p.account WHERE p.owner = $owner
        GROUP BY a.hint_key, p.currency ORDER BY a.hint_key, p.currency"""
    )


@pytest.mark.parametrize("first", ["wallet", "bank", "together"])
def test_a_purchase_in_two_files_counts_once_and_leaves_the_card_once(book: Bookkeeping, first: str) -> None:
    files = [wallet(COFFEE), bank(CHARGE)]
    for drop in {"wallet": [[files[0]], [files[1]]], "bank": [[files[1]], [files[0]]], "together": [files]}[first]:
        book.takes(drop)
    assert states(book) == ["applied"]
    assert book.total() == 3500
    assert book.balance(CARD) == -3500
    ((entry, payee, note, day),) = book.asks(
        "SELECT entry, payee, note, cast(booked_on AS varchar) FROM fact WHERE owner = $owner"
    )
    assert (entry, payee, note, day) == (book.entry("B1"), "星巴克", "拿铁", "2026-03-02")
    assert not book.drift()


def test_undoing_a_pair_restores_every_fact_and_balance_and_it_stays_undone(book: Bookkeeping) -> None:
    book.takes([wallet(COFFEE)])
    alone = facts(book)
    book.takes([bank(CHARGE)])
    says(book, Verdict.UNDONE, pair_of(book, "applied"))
    assert [fact for fact in facts(book) if fact in alone] == alone
    assert (book.total(), book.balance(CARD)) == (7000, -7000)
    assert pairs.propose(book.db, book.owner, book.owner) == (0, 0)
    assert states(book) == ["undone"]
    says(book, Verdict.ACCEPTED, pair_of(book, "undone"))
    assert (book.total(), book.balance(CARD), states(book)) == (3500, -3500, ["accepted"])
    assert not book.drift()
    says(book, Verdict.UNDONE, pair_of(book, "accepted"))
    assert [fact for fact in facts(book) if fact in alone] == alone


def test_what_a_person_said_of_the_wallets_row_is_told_of_the_bank_row_and_later_words_come_first(
    book: Bookkeeping,
) -> None:
    book.takes([wallet(COFFEE)])
    told = Annotate(
        book.owner, new_request_id(), book.owner, (EntryId(book.entry("A1")),), category="bakery", add_tags=("早",)
    )
    bookkeeping.annotate(book.db, told)
    book.takes([bank(CHARGE)])
    assert book.spending() == {"bakery": 3500}
    assert book.asks("SELECT tags FROM fact WHERE owner = $owner") == [("早",)]
    again = Annotate(
        book.owner, new_request_id(), book.owner, (EntryId(book.entry("B1")),), category="coffee", note="我的"
    )
    bookkeeping.annotate(book.db, again)
    assert book.spending() == {"coffee": 3500}
    says(book, Verdict.UNDONE, pair_of(book, "applied"))
    assert book.spending() == {"bakery": 3500, "coffee": 3500}
    assert not book.drift()


def test_a_likely_pair_waits_and_is_counted_once_when_accepted(book: Bookkeeping) -> None:
    plain = on_card(spent("2026-03-02", "35.00", "支付宝-某某科技", order="B1"))
    coupon = dataclasses.replace(COFFEE, payee="星巴克")
    other = on_card(spent("2026-03-01 09:00", "35.00", "肯德基", order="A2"))
    book.takes([wallet(coupon, other), bank(plain)])
    assert states(book) == ["proposed"]
    assert book.total() == 10500
    says(book, Verdict.ACCEPTED, pair_of(book, "proposed"))
    assert book.total() == 7000


def test_a_rejected_pair_is_not_proposed_again_even_when_the_file_is_read_anew(book: Bookkeeping) -> None:
    book.takes([wallet(COFFEE)])
    receipt = book.takes([bank(CHARGE)])
    says(book, Verdict.REJECTED, pair_of(book, "applied"))
    assert book.total() == 7000
    book.undoes(receipt)
    book.takes([bank(CHARGE)])
    assert states(book) == ["rejected"]
    assert book.total() == 7000


@pytest.mark.parametrize("which", ["wallet", "bank"])
def test_undoing_either_import_takes_the_pair_apart_and_reading_it_again_makes_it_anew(
    book: Bookkeeping, which: str
) -> None:
    receipts: dict[str, ImportReceipt] = {"wallet": book.takes([wallet(COFFEE)]), "bank": book.takes([bank(CHARGE)])}
    book.undoes(receipts[which])
    assert (book.total(), book.balance(CARD), states(book)) == (3500, -3500, ["lapsed"])
    assert not book.drift()
    book.takes([wallet(COFFEE) if which == "wallet" else bank(CHARGE)])
    assert (book.total(), book.balance(CARD), states(book)) == (3500, -3500, ["lapsed", "applied"])


def test_refunds_of_either_row_follow_the_one_that_stands(book: Bookkeeping) -> None:
    back = on_card(refunded("2026-03-05 10:00", "5.00", "星巴克", of="A1", order="RA"))
    credit = on_card(refunded("2026-03-06", "5.00", "支付宝-退款", order="RB"))
    book.takes([wallet(dataclasses.replace(COFFEE, category="coffee"), back)])
    book.takes([bank(CHARGE, credit)])
    assert states(book) == ["applied", "applied"]
    assert (book.total(), book.balance(CARD)) == (3000, -3000)
    assert book.asks("SELECT refund_of FROM fact WHERE owner = $owner AND kind = 'refund'") == [(book.entry("B1"),)]
    assert not book.drift()


def test_a_refund_in_a_later_file_finds_the_purchase_that_gave_way(book: Bookkeeping) -> None:
    book.takes([wallet(COFFEE)])
    book.takes([bank(CHARGE)])
    book.takes([wallet(on_card(refunded("2026-03-20 10:00", "5.00", "星巴克", keys=("A1",), order="RA")))])
    assert book.asks("SELECT refund_of FROM fact WHERE owner = $owner AND kind = 'refund'") == [(book.entry("B1"),)]
    says(book, Verdict.UNDONE, pair_of(book, "applied"))
    assert not book.drift()


def test_a_refund_linked_by_hand_follows_too(book: Bookkeeping) -> None:
    book.takes([wallet(COFFEE)])
    book.takes([bank(on_card(refunded("2026-03-09", "5.00", "退款", order="RB")))])
    link = LinkRefund(book.owner, new_request_id(), book.owner, EntryId(book.entry("RB")), EntryId(book.entry("A1")))
    bookkeeping.link_refund(book.db, link)
    before = facts(book)
    receipt = book.takes([bank(CHARGE)])
    assert book.asks("SELECT refund_of FROM fact WHERE owner = $owner AND kind = 'refund'") == [(book.entry("B1"),)]
    assert not book.drift()
    book.undoes(receipt)
    assert facts(book) == before


def test_what_the_bank_calls_an_income_is_the_wallets_refund(book: Bookkeeping) -> None:
    back = on_card(refunded("2026-03-05 10:00", "5.00", "星巴克", of="A1", order="RA"))
    book.takes([wallet(COFFEE, back), bank(on_card(earned("2026-03-06", "5.00", "支付宝-星巴克", order="RB")))])
    assert states(book) == ["applied"]
    assert (book.total(), book.balance(CARD)) == (3000, -3000)
    assert book.asks("SELECT count(*) FROM fact WHERE owner = $owner AND income > 0") == [(0,)]
    assert not book.drift()


def test_a_top_up_seen_from_both_ends_is_one_transfer(book: Bookkeeping) -> None:
    top_up = dataclasses.replace(
        moved("2026-03-01 10:00", "100.00", to=BALANCE, order="A1"), account=CARD, payee="余额充值"
    )
    book.takes([wallet(top_up), bank(on_card(spent("2026-03-01", "100.00", "支付宝-充值", order="B1")))])
    assert states(book) == ["applied"]
    assert (book.total(), book.balance(CARD), book.balance(BALANCE)) == (0, -10000, 10000)
    before = balances(book)
    says(book, Verdict.UNDONE, pair_of(book, "applied"))
    assert (book.total(), book.balance(CARD)) == (10000, -20000)
    says(book, Verdict.ACCEPTED, pair_of(book, "undone"))
    assert balances(book) == before


def test_ends_that_do_not_name_each_other_become_one_transfer_between_them_and_two_again(book: Bookkeeping) -> None:
    out = dataclasses.replace(
        moved("2026-03-01", "500.00", to=None, order="O1", payee="信用卡还款"), account="card:工商银行:9999"
    )
    into = dataclasses.replace(
        refunded("2026-03-02", "500.00", "还款", order="I1"), account="card:招商银行:credit", kind=out.kind
    )
    book.takes([file_of("icbc", out), file_of("cmb_credit", dataclasses.replace(into, account="credit:招商银行"))])
    assert states(book) == ["applied"]
    row = book.asks("SELECT kind, spending, income, amount, counter IS NOT NULL FROM fact WHERE owner = $owner")
    assert row == [("transfer", 0, 0, -50000, True)]
    assert (book.balance("card:工商银行:9999"), book.balance("credit:招商银行")) == (-50000, 50000)
    assert book.balance("book:clearing") == 0
    says(book, Verdict.UNDONE, pair_of(book, "applied"))
    assert book.asks("SELECT count(*) FROM fact WHERE owner = $owner") == [(2,)]
    assert not book.drift()


def test_a_bank_row_booked_anew_keeps_its_pair(book: Bookkeeping) -> None:
    book.takes([wallet(COFFEE), bank(CHARGE)])
    bookkeeping.reclassify(
        book.db, Reclassify(book.owner, new_request_id(), book.owner, EntryId(book.entry("B1")), EntryKind.FEE)
    )
    assert states(book) == ["applied"]
    assert (book.total(), book.balance(CARD)) == (3500, -3500)
    assert not book.drift()
    pairs.propose(book.db, book.owner, book.owner)
    assert (book.total(), book.balance(CARD)) == (3500, -3500)


def test_a_shops_bill_a_wallet_and_a_bank_are_one_event_in_whatever_order_they_come(db: Database) -> None:
    shop = file_of(
        "meituan",
        dataclasses.replace(spent("2026-03-01 12:00", "45.50", "兰州拉面", order="M1"), account="wechat:balance"),
    )
    through = file_of("wechat", on_card(spent("2026-03-01 12:00", "45.50", "美团", order="W1")))
    held = bank(on_card(spent("2026-03-02", "45.50", "财付通-美团", order="B1")))
    for files in itertools.permutations([shop, through, held]):
        book = Bookkeeping(db)
        for one in files:
            book.takes([one])
        told = book.asks("SELECT payee, cast(sum(spending) AS bigint) FROM fact WHERE owner = $owner GROUP BY payee")
        assert told == [("兰州拉面", 4550)]
        assert book.balance(CARD) == -4550
        assert book.balance("wechat:balance") == 0
        assert not book.drift()


def test_a_pair_is_the_owners_and_open_only_once(book: Bookkeeping) -> None:
    book.takes([wallet(COFFEE), bank(CHARGE)])
    pair = pair_of(book, "applied")
    other = Bookkeeping(book.db)
    with pytest.raises(NotFound):
        says(other, Verdict.UNDONE, pair)
    says(book, Verdict.ACCEPTED, pair)
    with pytest.raises(PairNotOpen):
        says(book, Verdict.ACCEPTED, pair)
    says(book, Verdict.UNDONE, pair)
    with pytest.raises(PairNotOpen):
        says(book, Verdict.UNDONE, pair)


def test_a_row_that_found_another_partner_cannot_be_taken(book: Bookkeeping) -> None:
    later = on_card(spent("2026-03-04", "35.00", "支付宝-星巴克", order="B2"))
    book.takes([wallet(COFFEE), bank(CHARGE, later)])
    first = pair_of(book, "applied")
    says(book, Verdict.REJECTED, first)
    assert states(book) == ["rejected", "applied"]
    with pytest.raises(PairTaken):
        says(book, Verdict.ACCEPTED, first)


def test_the_same_bill_imported_again_is_all_duplicates_also_where_its_rows_gave_way(book: Bookkeeping) -> None:
    book.takes([wallet(COFFEE), bank(CHARGE)])
    more = on_card(spent("2026-03-09 08:30", "4.00", "面包", order="A9"))
    receipt = book.takes([wallet(COFFEE, more)])
    assert [(one.booked, one.duplicates) for one in receipt.files] == [(1, 1)]
    assert book.total() == 3900


def test_the_command_looks_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = open_home(tmp_path)
    owner = admit(database, "ann")
    book = Bookkeeping(database, owner)
    book.takes([wallet(COFFEE), bank(CHARGE)])
    database.close()
    assert main(["pairs", "--user", "ann", "--home", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "0 applied, 0 suggested\n"
    assert main(["pairs", "--user", "bob", "--home", str(tmp_path)]) != 0


days = st.integers(1, 6)
happened = st.lists(
    st.tuples(
        st.sampled_from(["both", "both", "wallet", "bank", "refund"]),
        st.sampled_from([200, 350]),
        days,
        st.integers(0, 2),
    ),
    min_size=1,
    max_size=7,
)


def _files(events: list[tuple[str, int, int, int]]) -> list[Statement]:
    told: list[Written] = []
    held: list[Written] = []
    for at, (what, minor, day, lag) in enumerate(events):
        amount = f"{minor / 100:.2f}"
        make = refunded if what == "refund" else spent
        if what != "bank":
            told.append(on_card(make(f"2026-03-0{day} 10:{at:02d}", amount, "面馆", order=f"A{at}")))
        if what != "wallet":
            held.append(on_card(make(f"2026-03-0{day + lag}", amount, "支付宝-面馆", order=f"B{at}")))
    return [one for one in (wallet(*told) if told else None, bank(*held) if held else None) if one]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = open_database(tmp_path_factory.mktemp("pairs") / "wallet.duckdb", lambda: NOW)
    yield database
    assert [finding for finding in upkeep.verify(database) if not finding.kept] == []
    database.close()


FIGURES = """
SELECT booked_on, kind, account IS NOT NULL, category, payee, amount, spending, income, note FROM published_fact
WHERE owner = $owner ORDER BY ALL"""


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(happened)
def test_the_order_of_files_does_not_matter_and_undoing_all_pairs_restores_all_facts(
    store: Database, events: list[tuple[str, int, int, int]]
) -> None:
    files = _files(events)
    one, other = Bookkeeping(store), Bookkeeping(store)
    for file in files:
        one.takes([file])
    for file in reversed(files):
        other.takes([file])
    assert one.asks(FIGURES) == other.asks(FIGURES)
    assert balances(one) == balances(other)
    assert not one.drift()
    applied = one.asks("SELECT described, moved FROM published_pair WHERE owner = $owner AND state = 'applied'")
    assert len({d for d, _ in applied}) == len({m for _, m in applied}) == len(applied)
    for _ in range(40):
        open_ = one.asks("SELECT pair FROM published_pair WHERE owner = $owner AND state IN ('applied', 'proposed')")
        if not open_:
            break
        says(one, Verdict.REJECTED, UUID(str(open_[0][0])))
    assert not one.drift()
    assert len(facts(one)) == sum(len(file.lines) for file in files)
    entries = {row[0] for row in one.asks("SELECT entry FROM fact WHERE owner = $owner")}
    lines = {row[0] for row in one.asks("SELECT entry FROM statement_line WHERE owner = $owner AND outcome = 'booked'")}
    assert entries == lines


def _cross_cases() -> list[dict[str, Any]]:
    path = FOLDER / "CROSS_CASES.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else [{"id": "absent", "files": []}]


@pytest.mark.parametrize("case", _cross_cases(), ids=lambda case: str(case["id"]))
@pytest.mark.parametrize("backwards", [False, True])
def test_the_linked_samples_of_others_are_counted_once(
    book: Bookkeeping,
    case: dict[str, Any],
    backwards: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    require_samples()
    paths = list(reversed(case["files"])) if backwards else case["files"]
    for path in paths:
        (parsed,) = recognise(sample(path).read_bytes(), path)
        assert parsed.statement, parsed.refusal
        book.takes([parsed.statement])
    once = case["union_net_spend"].split()[0]
    assert book.total() == round(float(once) * 100)
    assert states(book) == ["applied", "applied"]
    assert not book.drift()
