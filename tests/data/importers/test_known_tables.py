"""Well-known tables: a bank's codes, a broker's cash, lists of purchases, and the mappings that are shipped."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from data.importers.generic import signature
from data.importers.mapping import Role
from data.importers.peers import swedbank
from data.importers.peers.mappings import SHIPPED
from data.importers.reading import csv_table
from data.importers.recognise import recognise
from data.importers.statement import Direction, Kind
from data.money import Money
from tests.data.importers.peer_files import file, moves, parsed, reached, read, rows_kept, sums
from tests.patience import at_most
from tests.samples import FOLDER, expected, require_samples, sample

# Banks and lists ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "mended"),
    [
        ('UAB Foo" x"', 'UAB "Foo" x'),
        ('Foo" x y"', '"Foo" x y'),
        ('x "a"', 'x "a"'),
        ('"a"', '"a"'),
        ("plain", "plain"),
    ],
)
def test_a_quotation_mark_that_swedbank_lost_is_put_back_and_no_other(cell: str, mended: str) -> None:
    assert swedbank._mended(cell) == mended


def test_a_cell_of_any_length_is_looked_at_once() -> None:
    with at_most(5):
        assert swedbank._mended("a" * 500_000 + ' "') == "a" * 500_000 + ' "'
        swedbank._mended("a" * 500_000 + ' x"y"')


def test_swedbanks_codes_tell_transactions_from_balances() -> None:
    path = "ofxstatement-lithuanian/swedbank.csv"
    found, figures = file(path), expected()[path]

    assert sums(found, Direction.IN) == (figures["inflow_n"], Decimal(figures["inflow"]))
    assert sums(found, Direction.OUT) == (figures["outflow_n"], Decimal(figures["outflow"]))
    assert {(line.booked_on.isoformat(), line.amount.currency) for line in found.lines} >= {
        (figures["first"], "LTL"),
        (figures["last"], "LTL"),
    }
    # What the peer's own test states: the account with its currency, the closing balance, the payee's awkward quotes.
    assert {line.account.label for line in found.lines} == {"LT797300010XXXXXXXXX-LTL"}
    assert [(one.on, one.balance) for one in found.closings] == [
        (date(2012, 1, 31), Money(391730, "LTL")),
        (date(2012, 1, 31), Money(12000, "EUR")),
    ]
    assert (found.lines[2].payee, found.lines[2].order_id) == ('UAB "Naktida"', "2012012600096815")
    assert 'UAB "Naktida"  ' in found.lines[2].description
    assert rows_kept(found) == set(range(2, 13))


def test_chases_rows_and_balance_are_those_of_the_peers_journal() -> None:
    # The peer asserts the balance on the morning of the next day; we at the end of the last one.
    found = file("beangulp/csvbank/statement.csv")

    assert [(line.booked_on.isoformat(), line.amount.plain(), line.direction.value) for line in found.lines[::-1]] == [
        ("2016-03-04", "1300.00", "out"),
        ("2016-03-05", "110.00", "in"),
        ("2016-03-06", "60.00", "out"),
        ("2016-03-14", "150.00", "out"),
        ("2016-03-15", "2590.73", "in"),
        ("2016-03-18", "2680.89", "out"),
    ]
    assert len(found.lines) == expected()["beangulp/csvbank/statement.csv"]["peer_transactions"]
    assert {line.amount.currency for line in found.lines} == {"USD"}
    assert [(one.on, one.balance) for one in found.closings] == [(date(2016, 3, 18), Money(340986, "USD"))]
    # A payment of the person's own card and cash from a machine are no spending.
    assert [line.kind for line in found.lines if line.amount.minor in {6000, 268089}] == [Kind.TRANSFER, Kind.TRANSFER]


UTRADE = sorted((FOLDER / "beangulp" / "more").glob("*.csv")) if FOLDER.is_dir() else []


@pytest.mark.parametrize("path", [f"beangulp/more/{one.name}" for one in UTRADE] or [""])
def test_a_brokers_cash_is_explained_by_its_rows_with_fees_apart(path: str) -> None:
    require_samples()
    found = file(path)

    assert (found.format, found.problems) == ("utrade", ())
    assert len({line.line for line in found.lines}) == expected()[path]["csv_lines"] - 1
    assert {line.kind for line in found.lines} <= {Kind.INCOME, Kind.TRANSFER, Kind.FEE}
    assert [one.balance.plain() for one in found.closings] == [found.lines[-1].cells["BALANCE"]]


def test_a_year_of_mint_is_in_dollars_with_accounts_of_its_own() -> None:
    path = "kaggle-personal-transactions/personal_transactions.csv"
    found, figures = file(path), expected()[path]

    assert sums(found, Direction.OUT) == (figures["debit_n"], Decimal(str(figures["debit"])))
    assert sums(found, Direction.IN) == (figures["credit_n"], Decimal(str(figures["credit"])))
    assert Counter(line.account.key for line in found.lines) == {
        f"mint:{name}": count for name, count in figures["accounts"].items()
    }
    assert {line.amount.currency for line in found.lines} == {"USD"}
    spent = sum(line.amount.minor for line in found.lines if line.kind is Kind.EXPENSE)
    assert Decimal(spent).scaleb(-2) == Decimal(str(figures["spend_excl_card_payment"]))


def test_monefys_days_come_first_and_its_transfers_are_told_once() -> None:
    path = "hledger/csv/apps/monefy.csv"
    found, figures = file(path), expected()[path]

    # The figures count rows: a transfer is one in each account, which is one line here.
    assert (found.format, found.problems, [row.reason for row in found.skipped]) == ("monefy", (), ["other_side"])
    assert len(found.lines) + 1 == figures["rows"]
    assert reached(found)["Cash", "USD"] == -55_00 - 25_00 + 1280_80 - 200_00
    assert reached(found)["Payment card", "USD"] == -180_00 + 4884_00 - 12_00 + 200_00
    assert sum(reached(found).values()) == int((Decimal(figures["inflow"]) - Decimal(figures["outflow"])) * 100)
    assert {line.booked_on for line in found.lines} == {date(2021, 12, 6)}
    assert moves(found)[-1] == ("transfer", "out", "200.00 USD", "Cash", "Payment card")


def test_monefys_decimal_commas_and_opening_balances() -> None:
    found = read(
        "date;account;category;amount;currency;converted amount;currency;description\n"
        "01/02/2024;Cash;Initial balance 'Cash';1.000,50;EUR;1.000,50;EUR;\n"
        "02/02/2024;Cash;Food;-12,30;EUR;-12,30;EUR;bread\n"
    )

    assert moves(found) == [
        ("adjustment", "in", "1000.50 EUR", "Cash", None),
        ("expense", "out", "12.30 EUR", "Cash", None),
    ]
    assert [line.booked_on.month for line in found.lines] == [2, 2]


YNAB = "Account,Flag,Date,Payee,Category Group/Category,Category Group,Category,Memo,Outflow,Inflow,Cleared\n"


def test_ynabs_register_has_both_rows_of_transfers_and_two_columns_of_amounts() -> None:
    found = read(
        YNAB
        + "Bank,,12/31/2023,Starting Balance,Inflow: Ready to Assign,Inflow,Ready to Assign,,$0.00,$500.00,Cleared\n"
        "Bank,,01/05/2024,Grocer,Food: Groceries,Food,Groceries,weekly,$45.00,$0.00,Cleared\n"
        "Bank,,01/06/2024,Grocer,Food: Groceries,Food,Groceries,bottles,$0.00,$2.50,Cleared\n"
        "Savings,,01/07/2024,Transfer : Bank,,,,,$0.00,$100.00,Cleared\n"
        "Bank,,01/07/2024,Transfer : Savings,,,,,$100.00,$0.00,Cleared\n"
        'Bank,,01/08/2024,Employer,Inflow: Ready to Assign,Inflow,Ready to Assign,,$0.00,"$2,000.00",Uncleared\n'
        "Bank,,01/09/2024,Transfer : Visa,,,,,$30.00,$0.00,Uncleared\n"
    )

    assert found.format == "ynab"
    assert moves(found) == [
        ("adjustment", "in", "500.00 USD", "Bank", None),
        ("expense", "out", "45.00 USD", "Bank", None),
        ("refund", "in", "2.50 USD", "Bank", None),
        ("transfer", "out", "100.00 USD", "Bank", "Savings"),
        ("income", "in", "2000.00 USD", "Bank", None),
        # The card's own row is not in the file: when it comes, it must not count on top.
        ("transfer", "out", "30.00 USD", "Bank", None),
    ]
    assert (found.lines[1].source_category, found.lines[1].note) == ("Groceries", "weekly")


@pytest.mark.parametrize("name", ["balance.csv", "debit_credit.csv"])
def test_a_table_whose_balance_is_explained_states_a_closing(name: str) -> None:
    found = file(f"oca-bank-statement-import/{name}")

    assert [(one.on, one.balance.plain()) for one in found.closings] == [(date(2018, 12, 15), "1510.00")]


@pytest.mark.parametrize(
    "rows",
    [
        "2025-01-01,A,-5.00,95.00\n",  # one row proves nothing
        "2025-01-01,A,-5.00,95.00\n2025-01-02,B,-7.00,80.00\n",  # a gap
        "2025-01-01,A,-5.00,95.00\n2025-01-02,B,-7.00,x\n2025-01-03,C,-1.00,87.50\n",
    ],
)
def test_balances_that_the_rows_do_not_explain_state_no_closing(rows: str) -> None:
    assert read(f"Date,Payee,Amount,Balance\n{rows}").closings == ()


def test_a_cards_balance_is_what_is_owed() -> None:
    found = read("Credit card 1234\nDate,Payee,Amount,Balance\n2025-01-01,A,5.00,105.00\n2025-01-02,B,7.00,112.00\n")

    assert [one.balance.plain() for one in found.closings] == ["-112.00"]


def test_hledgers_made_up_date_order_is_left_to_the_person() -> None:
    # Day, year, month: no bank writes so, and a guess that accepts it would accept many a wrong date.
    found = parsed(sample("hledger/csv/sample.csv").read_bytes())

    assert found.refusal is not None
    assert found.needs is not None


# Firefly's presets say what the columns of a file mean, by position: our shipped mappings must agree ------------------

HEADERS = {
    "de/n26": "Date,Payee,Account number,Transaction type,Payment reference,Category,Amount (EUR),"
    "Amount (Foreign Currency),Type Foreign Currency,Exchange Rate",
    "de/dkb/csv-giro": "Buchungsdatum;Wertstellung;Status;Zahlungspflichtige*r;Zahlungsempfänger*in;Verwendungszweck;"
    "Umsatztyp;IBAN;Betrag (€);Gläubiger-ID;Mandatsreferenz;Kundenreferenz",
    "de/ing": "Buchung;Wertstellungsdatum;Auftraggeber/Empfänger;Buchungstext;Verwendungszweck;Saldo;Währung;Betrag;"
    "Währung",
    "de/sparkasse/neubrandenburg-demmin/csv-camt": "Auftragskonto;Buchungstag;Valutadatum;Buchungstext;"
    "Verwendungszweck;Glaeubiger ID;Mandatsreferenz;Kundenreferenz (End-to-End);Sammlerreferenz;Lastschrift "
    "Ursprungsbetrag;Auslagenersatz Ruecklastschrift;Beguenstigter/Zahlungspflichtiger;Kontonummer/IBAN;BIC "
    "(SWIFT-Code);Betrag;Waehrung;Info",
    "de/commerzbank/csv-giro": "Buchungstag;Wertstellung;Umsatzart;Buchungstext;Betrag;Währung;Auftraggeberkonto;"
    "Bankleitzahl Auftraggeberkonto;IBAN Auftraggeberkonto;Kategorie",
    "fr/boursorama": "dateOp;dateVal;label;category;categoryParent;supplierFound;amount;accountNum;accountLabel;"
    "accountBalance",
    "ca/tangerine": "Date,Transaction,Name,Memo,Amount",
    "gb/barclays": "Number,Date,Account,Amount,Subcategory,Memo",
    "gb/lloyds": "Transaction Date,Transaction Type,Sort Code,Account Number,Transaction Description,Debit Amount,"
    "Credit Amount,Balance,",
    "gb/monzo": "Transaction ID,Date,Time,Type,Name,Emoji,Category,Amount,Currency,Local amount,Local currency,"
    "Notes and #tags,Address,Receipt,Description,Category split,Money Out,Money In",
    "gb/starling": "Date,Counter Party,Reference,Type,Amount (GBP),Balance (GBP),Spending Category",
    "us/chase": "Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #,",
    "nl/bunq": "Date,Amount,Account,Counterparty,Name,Description",
    "nl/ing/default": "Datum;Naam / Omschrijving;Rekening;Tegenrekening;Code;Af Bij;Bedrag (EUR);MutatieSoort;"
    "Mededelingen;Saldo na mutatie;Tag",
    "nl/rabobank": "IBAN/BBAN,Munt,BIC,Volgnr,Datum,Rentedatum,Bedrag,Saldo na trn,Tegenrekening IBAN/BBAN,"
    "Naam tegenpartij,Naam uiteindelijke partij,Naam initiërende partij,BIC tegenpartij,Code,Batch ID,"
    "Transactiereferentie,Machtigingskenmerk,Incassant ID,Betalingskenmerk,Omschrijving-1,Omschrijving-2,"
    "Omschrijving-3,Reden retour,Oorspr bedrag,Oorspr munt,Koers",
    "other-software/mint": "Date,Description,Original Description,Amount,Transaction Type,Category,Account Name,Labels,"
    "Notes",
}
MEANT = {
    "date_transaction": Role.DATE,
    "amount": Role.AMOUNT,
    "category-name": Role.CATEGORY,
    "account-name": Role.ACCOUNT,
    "account-iban": Role.ACCOUNT,
    "account-number": Role.ACCOUNT,
    "amount_debit": Role.DEBIT,
    "amount_credit": Role.CREDIT,
    "opposing-name": Role.PAYEE,
    "ing-debit-credit": Role.DIRECTION,
    "generic-debit-credit": Role.DIRECTION,
    "currency-code": Role.CURRENCY,
}
# (file, role) → why our column is another one than that project's
OURS = {
    ("de/dkb/csv-giro", Role.DATE): "the day of booking, which the bank's balance follows, before the value date",
    ("de/dkb/csv-giro", Role.ACCOUNT): "Zahlungspflichtige*r is who paid: in a credit that is somebody else",
    ("de/sparkasse/neubrandenburg-demmin/csv-camt", Role.DATE): "the day of booking before the value date",
}


def _roles(path: str) -> tuple[dict[Role, set[int]], str]:
    folder = FOLDER / "firefly-presets"
    files = sorted([*folder.glob(f"{path}.json"), *folder.glob(f"{path}/*.json")])
    preset = json.loads(files[0].read_text(encoding="utf-8"))
    meant: dict[Role, set[int]] = {}
    for at, role in enumerate(preset["roles"]):
        if role in MEANT:
            meant.setdefault(MEANT[role], set()).add(at)
    return meant, preset["date"]


@pytest.mark.parametrize("path", HEADERS)
def test_shipped_mappings_mean_what_fireflys_presets_mean(path: str) -> None:
    require_samples()
    meant, written = _roles(path)
    delimiter = ";" if ";" in HEADERS[path] else ","
    table = csv_table((HEADERS[path] + "\n").encode(), "x.csv", delimiter=delimiter)
    found = next(mapping for one in SHIPPED if (mapping := one.mapping(table, "CNY", delimiter)))

    ours = dict(found.columns)
    assert {role for role in meant if role in ours and ours[role] not in meant[role]} == {
        role for file, role in OURS if file == path and role in ours
    }
    assert Role.DATE in ours
    assert Role.AMOUNT in ours or {Role.DEBIT, Role.CREDIT} <= ours.keys()
    letters = [letter for letter in written.casefold() if letter in "ymd"]
    assert "".join(letters) == found.date_order.value


def test_a_dutch_banks_words_say_the_direction() -> None:
    found = read(
        '"Datum";"Naam / Omschrijving";"Rekening";"Tegenrekening";"Code";"Af Bij";"Bedrag (EUR)";"MutatieSoort";'
        '"Mededelingen"\n'
        '"20240105";"Winkel";"NL01INGB0000000001";"";"BA";"Af";"1.012,50";"Betaalautomaat";"Pas 1"\n'
        '"20240106";"Werkgever";"NL01INGB0000000001";"";"OV";"Bij";"2.000,00";"Overschrijving";""\n'
    )

    assert [(line.kind, line.direction, line.amount) for line in found.lines] == [
        (Kind.EXPENSE, Direction.OUT, Money(101250, "EUR")),
        (Kind.INCOME, Direction.IN, Money(200000, "EUR")),
    ]
    assert {line.account.key for line in found.lines} == {"ing_nl:NL01INGB0000000001"}


def test_what_a_person_saved_counts_before_what_we_ship() -> None:
    data = b"Date,Counter Party,Reference,Type,Amount (GBP),Balance (GBP)\n02/04/2026,Cafe,X,CARD,-6.00,94.00\n"
    (found,) = recognise(data, "a.csv")
    assert found.mapping is not None
    assert found.needs is not None
    own = dataclasses.replace(found.mapping, currency="EUR")
    (again,) = recognise(data, "b.csv", mappings={signature(found.needs.table): own})

    assert (found.saved, again.saved) == (False, True)
    assert again.statement is not None
    assert again.statement.lines[0].amount == Money(600, "EUR")
