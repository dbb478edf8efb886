from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import statements
from data.bookkeeping import Annotate, Split, annotate, reclassify, split
from data.categories.rules import Action, Operator, Rule, TextCondition, TextField
from data.database import open_database
from data.errors import NotFound, RequestIdReused
from data.ids import EntryId, OwnerId, new_request_id
from data.importers.mapping import Mapping, Role
from data.importers.recognise import recognise
from data.importers.statement import Direction, Kind, Problem, Skipped, Statement, Total, Totals
from data.ledger.changes import CategoryDoesNotFit, DirectionDoesNotFit, Reclassify
from data.ledger.entry import EntryKind
from data.matching.choices import Choices, Edit
from data.matching.preview import IMPORTED, IN_DROP, NEW, STATED
from data.sorting import SaveRule, save_rule
from data.statements import AlreadyUndone, ImportStatements, NothingNew, UndoImport
from tests.bookkeeping import BALANCE, Bookkeeping, Written, bill, charged, earned, hint, moved, refunded, spent
from tests.patience import at_most
from tests.samples import sample

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC).replace(tzinfo=None)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Bookkeeping]:
    db = open_database(tmp_path / "wallet.duckdb", lambda: NOW)
    yield Bookkeeping(db)
    db.close()


def everything(book: Bookkeeping) -> tuple[int, ...]:
    tables = ("entry", "posting", "statement_line", "import_batch", "fact")
    return tuple(book.asks("SELECT count(*) FROM " + table + " WHERE owner = $owner")[0][0] for table in tables)


def links(book: Bookkeeping) -> list[tuple[int, bool]]:
    return book.asks(
        """SELECT -spending, refund_of IS NOT NULL FROM fact WHERE owner = $owner AND kind = 'refund'
        ORDER BY booked_on, seq"""
    )


# -- importing twice, twins, one bill in two forms


def test_importing_a_bill_twice_adds_nothing(book: Bookkeeping) -> None:
    lines = [spent("2026-03-01", "35.00", order="A1"), earned("2026-03-02", "99.00"), refunded("2026-03-03", "5.00")]
    book.imports(*lines)
    before = everything(book)
    with pytest.raises(NothingNew) as refused:
        book.imports(*lines)
    assert refused.value.duplicates == 3
    assert everything(book) == before


def test_two_true_twins_in_one_file_are_both_kept_and_both_known_again(book: Bookkeeping) -> None:
    twin = spent("2026-03-01", "2.00", "地铁", order="**", category="public_transit")
    assert book.imports(twin, twin).booked == 2
    assert book.spending() == {"public_transit": 400}
    again = statements.prepare(book.db, book.owner, [bill(twin, twin, twin)])
    assert again.duplicate == [IMPORTED, IMPORTED, NEW]


def test_one_bill_as_csv_and_as_a_sheet_is_counted_once(book: Bookkeeping) -> None:
    lines = [
        spent("2026-03-01", "35.00", order="A1"),
        spent("2026-03-01", "35.00", order="A1"),
        earned("2026-03-02", "9"),
    ]
    csv, sheet = bill(*lines, file="bill.csv"), bill(*lines, file="bill.xlsx", first_row=18)
    preview = statements.prepare(book.db, book.owner, [csv, sheet])
    assert preview.duplicate == [NEW, NEW, NEW, IN_DROP, IN_DROP, IN_DROP]
    receipt = book.takes([csv, sheet])
    assert [one.booked for one in receipt.files] == [3, 0]
    assert receipt.files[1].batch is None
    assert len(statements.batches(book.db, book.owner)) == 1


def test_overlapping_downloads_add_only_what_is_new(book: Bookkeeping) -> None:
    days = [spent(f"2026-03-{day:02d}", "1.00", order=f"A{day}") for day in range(1, 11)]
    book.imports(*days[:6])
    receipt = book.imports(*days[4:])
    assert (receipt.booked, receipt.files[0].duplicates) == (4, 2)
    assert book.total() == 1000


@settings(max_examples=10, deadline=None)
@given(
    st.lists(
        st.builds(
            Written,
            kind=st.sampled_from([Kind.EXPENSE, Kind.INCOME, Kind.TRANSFER, Kind.REFUND, Kind.FEE, Kind.ADJUSTMENT]),
            direction=st.sampled_from(Direction),
            day=st.dates(date(2024, 1, 1), date(2026, 12, 31)).map(str),
            amount=st.integers(1, 10**7).map(lambda minor: f"{minor / 100:.2f}"),
            payee=st.sampled_from(["瑞幸", "滴滴", ""]),
            order=st.sampled_from(["", "A1", "A2", "A3"]),
            of=st.sampled_from(["", "A1", "A2"]),
            counter=st.sampled_from([None, "wechat:balance"]),
            currency=st.sampled_from(["CNY", "USD"]),
        ),
        min_size=1,
        max_size=12,
    ),
    st.integers(0, 12),
)
def test_import_is_idempotent_balanced_and_whole_whatever_the_bill(
    tmp_path_factory: pytest.TempPathFactory, written: list[Written], cut: int
) -> None:
    db = open_database(tmp_path_factory.mktemp("any") / "wallet.duckdb", lambda: NOW)
    book = Bookkeeping(db)
    first = book.imports(*written[: cut or 1])
    rest = 0
    try:
        rest = book.imports(*written).booked
    except NothingNew:
        assert cut == 0 or cut >= len(written) or rest == 0
    with pytest.raises(NothingNew):
        book.imports(*written)
    assert first.booked + rest == len(written)
    assert book.unbalanced() == []
    assert not book.drift()
    overdrawn = book.asks(
        """SELECT r.refund_of FROM fact r JOIN fact p ON p.owner = r.owner AND p.entry = r.refund_of
        WHERE r.owner = $owner AND p.owner = $owner AND r.kind = 'refund' GROUP BY r.refund_of, p.spending
        HAVING sum(-r.spending) > greatest(p.spending, 0)"""
    )
    assert overdrawn == []
    db.close()


# -- idempotency of the request


def test_the_same_request_gives_the_first_receipt_and_another_content_is_refused(book: Bookkeeping) -> None:
    preview = statements.prepare(book.db, book.owner, [bill(spent("2026-03-01", "35.00"), earned("2026-03-02", "1"))])
    command = ImportStatements(book.owner, "r1", book.owner, preview.token)
    first = statements.commit(book.db, command, preview)
    assert statements.commit(book.db, command, preview) == first
    other = dataclasses.replace(command, choices=Choices({0: Edit(leave_out=True)}))
    with pytest.raises(RequestIdReused):
        statements.commit(book.db, other, preview)
    assert everything(book)[0] == 2


def test_what_was_imported_after_the_preview_is_not_booked_again(book: Bookkeeping) -> None:
    parsed = [bill(spent("2026-03-01", "35.00", order="A1"), spent("2026-03-02", "1.00", order="A2"))]
    stale = statements.prepare(book.db, book.owner, parsed)
    book.imports(spent("2026-03-01", "35.00", order="A1"))
    command = ImportStatements(book.owner, "r1", book.owner, stale.token)
    receipt = statements.commit(book.db, command, stale)
    assert (receipt.booked, receipt.files[0].duplicates) == (1, 1)
    assert book.total() == 3600


# -- undo


def test_an_undone_import_leaves_no_figure_and_may_come_again(book: Bookkeeping) -> None:
    lines = [
        spent("2026-03-01", "35.00", order="A1", category="coffee"),
        moved("2026-03-02", "10.00", to="wechat:balance"),
    ]
    receipt = book.imports(*lines)
    book.undoes(receipt)
    assert (book.total(), book.balance(BALANCE), book.balance("wechat:balance")) == (0, 0, 0)
    assert everything(book)[0] == 4, "two entries and their reversals: nothing is deleted"
    assert (book.unbalanced(), bool(book.drift())) == ([], False)
    assert statements.batches(book.db, book.owner)[0].undone_at == NOW
    book.imports(*lines)
    assert book.spending() == {"coffee": 3500}
    assert book.balance(BALANCE) == -4500


def test_a_second_undo_and_an_unknown_batch_are_refused(book: Bookkeeping) -> None:
    batch = book.imports(spent("2026-03-01", "35.00")).files[0].batch
    assert batch
    statements.undo(book.db, UndoImport(book.owner, "u1", batch, book.owner))
    with pytest.raises(AlreadyUndone):
        statements.undo(book.db, UndoImport(book.owner, "u2", batch, book.owner))
    for owner, unknown in ((book.owner, uuid4()), (OwnerId(uuid4()), batch)):
        with pytest.raises(NotFound):
            statements.undo(book.db, UndoImport(owner, "u3", unknown, owner))


def test_a_refund_of_an_undone_purchase_stands_alone_until_the_purchase_comes_again(book: Bookkeeping) -> None:
    bought = spent("2026-03-01", "35.00", order="A1", category="coffee")
    first = book.imports(bought)
    book.imports(refunded("2026-04-02", "5.00", keys=("A1",)), file="april.csv")
    annotate(book.db, Annotate(book.owner, "a", book.owner, (EntryId(book.entry("A1")),), excluded=True))
    assert book.spending() == {}
    book.undoes(first)
    assert book.spending() == {"coffee": -500}, "what was said about a purchase that is gone says nothing any more"
    assert links(book) == [(500, False)]
    assert book.asks("SELECT DISTINCT purchase_on FROM fact WHERE owner = $owner") == [(date(2026, 4, 2),)]
    assert book.imports(bought).linked == 1
    assert (book.spending(), links(book), bool(book.drift())) == ({"coffee": 3000}, [(500, True)], False)


def test_a_refund_does_not_find_a_purchase_that_the_person_calls_a_transfer(book: Bookkeeping) -> None:
    book.imports(refunded("2026-04-02", "5.00", keys=("A1",)), file="april.csv")
    parsed = [bill(spent("2026-03-01", "35.00", order="A1"))]
    assert book.takes(parsed, Choices({0: Edit(kind=Kind.TRANSFER)})).linked == 0
    assert links(book) == [(500, False)]


# -- refunds across files


def test_a_refund_finds_its_purchase_in_an_earlier_import(book: Bookkeeping) -> None:
    book.imports(spent("2026-03-01", "35.00", order="A1", category="coffee"))
    book.imports(refunded("2026-04-02", "5.00", keys=("A1",)), file="april.csv")
    assert links(book) == [(500, True)]
    assert book.spending() == {"coffee": 3000}


def test_a_refund_that_came_first_is_linked_when_its_purchase_arrives(book: Bookkeeping) -> None:
    book.imports(refunded("2026-04-02", "5.00", "瑞幸", keys=("A1",)), file="april.csv")
    assert links(book) == [(500, False)]
    receipt = book.imports(spent("2026-03-01", "35.00", "瑞幸", order="A1", category="bakery"))
    assert receipt.linked == 1
    assert links(book) == [(500, True)]
    assert book.spending() == {"bakery": 3000}
    assert not book.drift()


def test_a_refund_that_was_split_finds_its_purchase_too(book: Bookkeeping) -> None:
    book.imports(refunded("2026-04-02", "5.00", order="R1", keys=("A1",)), file="april.csv")
    parts = (("coffee", 200), ("snacks", 300))
    split(book.db, Split(book.owner, "s", book.owner, EntryId(book.entry("R1")), parts))
    assert book.imports(spent("2026-03-01", "35.00", order="A1", category="bakery")).linked == 1
    assert links(book) == [(200, True), (300, True)]
    assert book.spending() == {"bakery": 3500, "coffee": -200, "snacks": -300}


def test_files_of_one_drop_link_whatever_their_order(book: Bookkeeping) -> None:
    april = bill(refunded("2026-04-02", "5.00", keys=("A1",)), file="april.csv")
    march = bill(spent("2026-03-01", "35.00", order="A1"), file="march.csv")
    book.takes([april, march])
    assert links(book) == [(500, True)]


def test_refunds_never_exceed_what_was_paid(book: Bookkeeping) -> None:
    book.imports(spent("2026-03-01", "10.00", order="A1"), refunded("2026-03-02", "8.00", of="A1"))
    parsed = [bill(refunded("2026-03-03", "2.01", keys=("A1",)), refunded("2026-03-04", "2.00", keys=("A1",)))]
    preview = statements.prepare(book.db, book.owner, parsed)
    assert preview.refund_note == ["exceeds_paid", "linked"]
    book.takes(parsed)
    assert links(book) == [(800, True), (201, False), (200, True)]


def test_a_shared_masked_id_proves_nothing_unless_the_payee_decides(book: Bookkeeping) -> None:
    book.imports(
        spent("2026-03-01", "10.00", "甲店", order="2026***"),
        spent("2026-03-01", "20.00", "乙店", order="2026***"),
        spent("2026-03-01", "20.00", "丙店", order="2027***"),
        spent("2026-03-02", "20.00", "丙店", order="2027***"),
    )
    back = [
        refunded("2026-03-05", "5.00", "乙店", keys=("2026***",)),
        refunded("2026-03-05", "5.00", "丙店", keys=("2027***",)),
    ]
    preview = statements.prepare(book.db, book.owner, [bill(*back)])
    assert preview.refund_note == ["linked", "ambiguous"]


def test_same_payee_and_enough_left_is_a_suggestion_that_the_person_may_accept(book: Bookkeeping) -> None:
    book.imports(spent("2026-03-01", "35.00", "瑞幸咖啡(万达店)", order="A1", category="bakery"))
    parsed = [bill(refunded("2026-03-05", "35.00", "瑞幸咖啡"), refunded("2026-12-05", "1.00", "瑞幸咖啡"))]
    preview = statements.prepare(book.db, book.owner, parsed)
    assert preview.refund_note == ["suggested", ""], "after more than 180 days nothing is suggested"
    assert preview.target == [None, None]
    book.takes(parsed, Choices({0: Edit(link=True)}))
    assert links(book) == [(3500, True), (100, False)]
    assert book.spending("2026-03-01") == {}


def test_what_a_purchase_states_about_its_refund_and_the_refunds_row_are_the_same_money(book: Bookkeeping) -> None:
    bought = spent("2026-03-31", "10.00", "京东", order="A1", row=30)
    stated = refunded("2026-03-31", "4.00", "京东", of="A1", inline=True, row=30, part=1)
    row = refunded("2026-04-02", "4.00", "京东", keys=("A1",))
    book.imports(bought, stated)
    preview = statements.prepare(book.db, book.owner, [bill(row)])
    assert preview.duplicate == [STATED]
    other = Bookkeeping(book.db)
    other.imports(row, file="april.csv")
    other.imports(bought, stated, file="march.csv")
    third = Bookkeeping(book.db)
    third.takes([bill(bought, stated, file="march.csv"), bill(row, file="april.csv")])
    for one in (book, other, third):
        assert links(one) == [(400, True)]
        assert one.total() == 600


def test_a_stated_refund_that_has_grown_adds_only_the_difference(book: Bookkeeping) -> None:
    bought = spent("2026-03-31", "10.00", order="A1", row=30)
    later = [
        refunded("2026-03-31", amount, of="A1", inline=True, row=30, part=1) for amount in ("4.00", "6.50", "6.50")
    ]
    totals = []
    for stated in later:
        try:
            book.imports(bought, stated)
        except NothingNew:
            totals.append(-1)
        totals.append(book.total())
    assert totals == [600, 350, -1, 350]


@pytest.mark.parametrize(("again", "total"), [("4.00", 600), ("6.50", 350), ("7.00", 300)])
def test_what_was_stated_bit_by_bit_is_found_again_after_an_undo(book: Bookkeeping, again: str, total: int) -> None:
    """The first import is undone; the refund that the second one added belongs to the purchase when it comes again."""

    def download(amount: str) -> Statement:
        stated = refunded("2026-03-31", amount, of="A1", inline=True, row=30, part=1)
        parsed = bill(spent("2026-03-31", "10.00", order="A1", row=30), stated)
        lines = (parsed.lines[0], parsed.lines[1]._replace(refund_keys=()))  # importers give it none
        return dataclasses.replace(parsed, lines=lines)

    first = book.takes([download("4.00")])
    book.takes([download("6.50")])
    book.undoes(first)
    assert links(book) == [(250, False)]
    book.takes([download(again)])
    assert (book.total(), {linked for _, linked in links(book)}, bool(book.drift())) == (total, {True}, False)


def test_a_refund_larger_than_what_was_stated_is_another_one(book: Bookkeeping) -> None:
    book.imports(
        spent("2026-03-31", "10.00", order="A1", row=30),
        refunded("2026-03-31", "4.00", of="A1", inline=True, row=30, part=1),
    )
    book.imports(refunded("2026-04-02", "6.00", keys=("A1",)), file="april.csv")
    assert links(book) == [(400, True), (600, True)]
    assert book.total() == 0


def test_a_refund_finds_the_purchase_that_was_booked_anew(book: Bookkeeping) -> None:
    book.imports(moved("2026-03-01", "10.00", to=None, order="A1"))
    reclassify(
        book.db, Reclassify(book.owner, new_request_id(), book.owner, EntryId(book.entry("A1")), EntryKind.EXPENSE)
    )
    assert book.total() == 1000
    book.imports(refunded("2026-03-05", "4.00", keys=("A1",)), file="april.csv")
    assert links(book) == [(400, True)]
    assert book.total() == 600


# -- kinds, categories, accounts, choices


def test_the_person_may_change_kind_category_and_account_and_leave_rows_out(book: Bookkeeping) -> None:
    parsed = [bill(*(spent(f"2026-03-0{day}", "10.00", order=f"A{day}") for day in range(1, 6)))]
    edits = {
        0: Edit(category="bakery"),
        1: Edit(kind=Kind.TRANSFER, counter="card:招商银行:9"),
        2: Edit(leave_out=True),
        3: Edit(account="cash:wallet"),
    }
    book.takes(parsed, Choices(edits, opened=(hint("card:招商银行:9"), hint("cash:wallet"))))
    assert book.spending() == {"bakery": 1000, "uncategorised": 2000}
    assert (book.balance(BALANCE), book.balance("card:招商银行:9"), book.balance("cash:wallet")) == (-3000, 1000, -1000)
    assert [line["outcome"] for line in lines_of(book)] == ["booked", "booked", "left_out", "booked", "booked"]
    again = statements.prepare(book.db, book.owner, parsed)
    assert again.duplicate == [IMPORTED, IMPORTED, NEW, IMPORTED, IMPORTED], "what was left out is offered again"


def lines_of(book: Bookkeeping) -> list[dict[str, object]]:
    (batch,) = statements.batches(book.db, book.owner)
    found: list[dict[str, object]] = statements.batch_lines(book.db, book.owner, batch.id).to_pylist()
    return found


def test_choices_that_cannot_stand_are_refused_and_nothing_is_written(book: Bookkeeping) -> None:
    parsed = [bill(spent("2026-03-01", "10.00"))]
    for edit, refusal in (
        (Edit(category="no_such"), NotFound),
        (Edit(category="salary"), CategoryDoesNotFit),
        (Edit(account="no:such"), NotFound),
        (Edit(kind=Kind.INCOME), DirectionDoesNotFit),
    ):
        with pytest.raises(refusal):
            book.takes(parsed, Choices({0: edit}))
    with pytest.raises(NotFound):
        book.takes(parsed, Choices({7: Edit(leave_out=True)}))
    assert everything(book) == (0, 0, 0, 0, 0)


def test_rules_speak_when_a_bill_is_previewed_and_booked(book: Bookkeeping) -> None:
    action = Action(category="fruit", payee="楼下水果店", tags=("fresh", "market"), note="weekly")
    condition = TextCondition(TextField.PAYEE, Operator.CONTAINS, "水果")
    save_rule(book.db, SaveRule(book.owner, "s1", book.owner, Rule(str(uuid4()), "fruit", (condition,), action)))
    parsed = [bill(spent("2026-03-01", "10.00", "阿姨水果"), spent("2026-03-02", "5.00", "别处"))]
    preview = statements.prepare(book.db, book.owner, parsed)
    assert (preview.category[0], preview.reason[0]) == ("fruit", "rule")
    book.takes(parsed)
    facts = book.asks("SELECT payee, tags, note, category FROM fact WHERE owner = $owner ORDER BY booked_on")
    assert facts[0] == ("楼下水果店", "fresh\nmarket", "weekly", "fruit")
    assert facts[1][:3] == ("别处", "", "")
    authors = book.asks("SELECT count(*) FROM annotation WHERE owner = $owner AND field = 'by'")
    assert authors == [(1,)], "the rule said it, not the person"
    assert not book.drift()


def test_an_account_that_files_name_may_stand_for_one_that_is_there(book: Bookkeeping) -> None:
    book.imports(spent("2026-03-01", "10.00", account="card:工商银行:1234"))
    parsed = [bill(spent("2026-03-02", "5.00", account="ofx:0099"))]
    receipt = book.takes(parsed, Choices(accounts={"ofx:0099": "card:工商银行:1234"}))
    assert receipt.opened == ()
    assert book.balance("card:工商银行:1234") == -1500


def test_accounts_arise_from_the_statement_with_their_kind(book: Bookkeeping) -> None:
    receipt = book.imports(spent("2026-03-01", "10.00", account="alipay:huabei"), earned("2026-03-02", "1.00"))
    assert set(receipt.opened) == {"alipay:huabei", BALANCE}
    kinds = book.asks(
        "SELECT hint_key, kind FROM account WHERE owner = $owner AND kind <> 'expense' AND kind <> 'income'"
    )
    assert dict(kinds) == {"alipay:huabei": "liability", BALANCE: "asset"}


def test_a_repayment_and_a_top_up_are_no_spending(book: Bookkeeping) -> None:
    book.imports(moved("2026-03-01", "500.00", to="alipay:huabei"), moved("2026-03-02", "20.00", to=None))
    assert (book.total(), book.balance(BALANCE), book.balance("book:clearing")) == (0, -52000, 2000)


def test_a_fee_of_a_purchase_row_is_an_entry_of_its_own(book: Bookkeeping) -> None:
    book.imports(earned("2026-03-01", "100.00", row=30), charged("2026-03-01", "0.60", row=30, part=1))
    assert book.asks("SELECT kind FROM entry WHERE owner = $owner ORDER BY seq") == [("income",), ("fee",)]
    assert book.spending() == {"bank_fees": 60}


@pytest.mark.parametrize(
    ("direction", "account", "transfer"),
    [(Direction.OUT, "card:x", -10000), (Direction.IN, BALANCE, -10000), (Direction.OUT, BALANCE, -10000)],
)
def test_a_fee_is_paid_by_its_own_account_and_never_part_of_what_was_moved(
    book: Bookkeeping, direction: Direction, account: str, transfer: int
) -> None:
    move = Written(Kind.TRANSFER, direction, "2026-03-01", "100.00", counter="card:y", row=30)
    edits = {0: Edit(account=account)}
    book.takes([bill(move, charged("2026-03-01", "1.00", row=30, part=1))], Choices(edits, opened=(hint("card:x"),)))
    assert book.asks(
        """SELECT f.kind, f.amount, f.spending FROM fact f WHERE f.owner = $owner ORDER BY f.amount"""
    ) == [("transfer", transfer, 0), ("fee", -100, 100)]
    assert book.asks(
        """SELECT a.hint_key FROM fact f JOIN account a ON a.owner = f.owner AND a.id = f.account
        WHERE f.owner = $owner AND f.kind = 'fee'"""
    ) == [(BALANCE,)]


def test_currencies_of_one_file_are_kept_apart(book: Bookkeeping) -> None:
    book.imports(
        spent("2026-03-01", "10.00"),
        spent("2026-03-01", "7.50", currency="USD"),
        spent("2026-03-01", "900", currency="JPY"),
    )
    assert [book.balance(BALANCE, currency) for currency in ("CNY", "USD", "JPY")] == [-1000, -750, -900]
    assert book.unbalanced() == []


# -- what the preview tells, what the store keeps


def test_every_physical_row_is_kept_with_its_fate_and_its_cells(book: Bookkeeping) -> None:
    parsed = dataclasses.replace(
        bill(spent("2026-03-01", "10.00", order="A1")),
        skipped=(Skipped(40, "never_paid", cells={"金额": "3.00"}),),
        problems=(Problem(41, "金额", "amount_unreadable", "abc", cells={"金额": "abc"}),),
    )
    book.takes([parsed])
    kept = [
        (line["line"], line["outcome"], line["reason"], line["status"], json.loads(str(line["cells"])))
        for line in lines_of(book)
    ]
    assert kept == [
        (25, "booked", "", "", {"金额": "10.00", "交易对方": "某商户"}),
        (40, "skipped", "never_paid", "", {"金额": "3.00"}),
        (41, "problem", "amount_unreadable", "金额", {"金额": "abc"}),
    ]


def test_the_self_check_names_each_figure_and_how_far_it_is_off(book: Bookkeeping) -> None:
    stated = Totals("CNY", 2, Total(2, 1200), Total(0, 0))
    computed = Totals("CNY", 2, Total(2, 1150), Total(0, 0))
    parsed = dataclasses.replace(bill(spent("2026-03-01", "1.00")), stated=stated, computed=computed)
    (report,) = statements.prepare(book.db, book.owner, [parsed]).reports()
    assert report.agrees is False
    assert [(c.direction, c.agrees, c.difference) for c in report.checks] == [
        ("count", True, 0),
        ("spent", False, -50),
        ("received", True, 0),
    ]


def test_the_preview_as_a_frame_has_a_row_a_line(book: Bookkeeping) -> None:
    book.imports(spent("2026-03-01", "10.00", order="A1"))
    parsed = [bill(spent("2026-03-01", "10.00", order="A1"), earned("2026-03-02", "3.00", account="wechat:balance"))]
    frame = statements.prepare(book.db, book.owner, parsed).frame()
    assert frame[["line", "kind", "amount", "duplicate", "account_new"]].to_numpy().tolist() == [
        [25, "expense", -1000, IMPORTED, False],
        [26, "income", 300, NEW, True],
    ]


def test_progress_rises_to_one_and_is_told_in_the_callers_thread(book: Bookkeeping) -> None:
    told: list[float] = []
    preview = statements.prepare(book.db, book.owner, [bill(spent("2026-03-01", "1.00"))])
    command = ImportStatements(book.owner, new_request_id(), book.owner, preview.token)
    statements.commit(book.db, command, preview, told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_a_mapping_is_kept_by_the_header_it_reads_and_replaced_by_a_newer_one(book: Bookkeeping) -> None:
    for at in (2, 3):
        mapping = Mapping(columns=((Role.AMOUNT, 1), (Role.DATE, 0), (Role.PAYEE, at)))
        statements.save_mapping(book.db, book.owner, "sig", mapping, "cash", new_request_id())
    assert statements.mappings(book.db, book.owner) == {"sig": mapping}
    assert statements.mappings(book.db, OwnerId(uuid4())) == {}


def test_owners_do_not_see_each_others_imports(book: Bookkeeping) -> None:
    receipt = book.imports(spent("2026-03-01", "35.00", order="A1"))
    other = Bookkeeping(book.db)
    assert other.imports(spent("2026-03-01", "35.00", order="A1")).booked == 1
    batch = receipt.files[0].batch
    assert isinstance(batch, UUID)
    assert statements.batch_lines(book.db, other.owner, batch).num_rows == 0


# -- size and violence


def many(count: int) -> Statement:
    return bill(
        *(
            spent(f"2026-{at % 12 + 1:02d}-{at % 28 + 1:02d}", f"{at % 900 + 1}.00", f"商户{at % 700}", order=f"A{at}")
            for at in range(count)
        )
    )


def test_twenty_thousand_lines_are_previewed_and_booked_in_few_seconds_of_work(book: Bookkeeping) -> None:
    parsed = [many(20_000)]
    with at_most(60):
        assert book.takes(parsed).booked == 20_000
    assert everything(book) == (20_000, 40_000, 20_000, 1, 20_000)
    assert (book.unbalanced(), bool(book.drift())) == ([], False)


_KILLED = """
import os, sys, threading, time
from pathlib import Path
from data.categories.rules import Action, Operator, Rule, TextCondition, TextField
from data.database import open_database
from data.ids import OwnerId
from tests.bookkeeping import Bookkeeping
from tests.data.test_statements import many
from uuid import UUID
db = open_database(Path(sys.argv[1]))
book = Bookkeeping(db, OwnerId(UUID(int=5)))
parsed = [many(30_000)]
from data import statements
from data.bookkeeping import Annotate, Split, annotate, reclassify, split
from data.statements import ImportStatements
preview = statements.prepare(db, book.owner, parsed)
def told(share):
    if share >= float(sys.argv[2]):
        print("dying", flush=True)
        os.kill(os.getpid(), 9)
statements.commit(db, ImportStatements(book.owner, "r1", book.owner, preview.token), preview, told)
"""


@pytest.mark.parametrize("share", ["0.5", "0.6", "0.8"])
def test_a_commit_killed_in_the_middle_leaves_nothing_half(tmp_path: Path, share: str) -> None:
    path = tmp_path / "wallet.duckdb"
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(  # noqa: S603 - our own interpreter and text
        [sys.executable, "-c", _KILLED, str(path), share], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == -9, done.stderr
    db = open_database(path)
    book = Bookkeeping(db, OwnerId(UUID(int=5)))
    assert everything(book) in {(0, 0, 0, 0, 0), (30_000, 60_000, 30_000, 1, 30_000)}
    assert not book.drift()
    db.close()


# -- the figures of real bills


@pytest.mark.parametrize(
    ("path", "net"),
    [
        ("double-entry-generator/mt/example-mt-records.csv", 96595),
        ("preciouss/jd_sample.csv", 22768),
    ],
)
def test_real_bills_come_to_their_known_spending(book: Bookkeeping, path: str, net: int) -> None:
    file = sample(path)
    parsed = [one.statement for one in recognise(file.read_bytes(), file.name) if one.statement]
    book.takes(parsed)
    assert book.total() == net
    assert not book.drift()
