"""PayPal, Wise and Revolut: states, fees, conversions between own balances, and balances that agree."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from data.money import Money
from tests.data.importers.peer_files import PAYPAL, REVOLUT, REVOLUT_ROWS, WISE, moves, paypal_row, reached, read

# PayPal, Wise, Revolut ------------------------------------------------------------------------------------------------


def test_paypals_fees_refunds_conversions_and_holds() -> None:
    found = read(
        PAYPAL
        + paypal_row("01/05/2024", "Bank Deposit to PP Account", "1,050.00", "1,050.00")
        + paypal_row("01/06/2024", "Express Checkout Payment", "-20.00", "1,030.00", name="Shop", id="T2")
        + paypal_row("01/07/2024", "General Payment", "10.00", "1,039.41", name="Buyer", fee="-0.59")
        + paypal_row("01/08/2024", "General Currency Conversion", "-11.00", "1,028.41", related="T6")
        + paypal_row("01/08/2024", "General Currency Conversion", "10.00", "10.00", related="T6", currency="EUR")
        + paypal_row("01/08/2024", "Express Checkout Payment", "-10.00", "0.00", name="Laden", id="T6", currency="EUR")
        + paypal_row("01/09/2024", "Payment Refund", "5.00", "1,033.41", name="Shop", related="T2")
        + paypal_row("01/10/2024", "Express Checkout Payment", "-7.00", "", name="Shop", status="Pending")
        + paypal_row("01/10/2024", "Express Checkout Payment", "-7.00", "", name="Shop", status="Denied")
        + paypal_row("01/10/2024", "Express Checkout Payment", "-7.00", "", name="Shop", status="Canceled")
        + paypal_row("01/10/2024", "General Authorization", "-7.00", "", impact="Memo")
        + paypal_row("01/10/2024", "Reversal of General Account Hold", "7.00", "", impact="Credit")
        + paypal_row("01/11/2024", "User Initiated Withdrawal", "-1,000.00", "33.41")
    )

    assert moves(found) == [
        ("transfer", "in", "1050.00 USD", "USD", None),
        ("expense", "out", "20.00 USD", "USD", None),
        ("income", "in", "10.00 USD", "USD", None),
        ("fee", "out", "0.59 USD", "USD", None),
        ("transfer", "out", "11.00 USD", "USD", None),
        ("transfer", "in", "10.00 EUR", "EUR", None),
        ("expense", "out", "10.00 EUR", "EUR", None),
        ("refund", "in", "5.00 USD", "USD", None),
        ("transfer", "out", "1000.00 USD", "USD", None),
    ]
    assert [row.reason for row in found.skipped] == ["pending", "failed", "cancelled", "hold", "hold_released"]
    assert found.lines[7].refund_keys == ("T2",)
    assert found.lines[1].booked_on == date(2024, 1, 6)  # an American clock: the month comes first
    assert found.lines[1].occurred_at.utcoffset() == timedelta(hours=-8)
    assert {(one.account.key, one.balance) for one in found.closings} == {
        ("paypal:USD", Money(3341, "USD")),
        ("paypal:EUR", Money(0, "EUR")),
    }
    assert reached(found) == {("USD", "USD"): 3341}


def test_paypal_in_german_with_decimal_commas() -> None:
    found = read(
        '"Datum","Uhrzeit","Zeitzone","Name","Typ","Status","Währung","Brutto","Entgelt","Netto",'
        '"Transaktionscode","Guthaben"\n'
        '"03.04.2024","12:00:00","CEST","Laden","Zahlung","Abgeschlossen","EUR","-1.234,50","0,00","-1.234,50","A","0,00"\n'
        '"05.04.2024","12:00:00","CEST","Käufer","Zahlung","Abgeschlossen","EUR","20,00","-0,85","19,15","B","19,15"\n'
        '"05.04.2024","13:00:00","CEST","Käufer","Zahlung","Ausstehend","EUR","20,00","0,00","20,00","C","19,15"\n'
    )

    assert moves(found) == [
        ("expense", "out", "1234.50 EUR", "EUR", None),
        ("income", "in", "20.00 EUR", "EUR", None),
        ("fee", "out", "0.85 EUR", "EUR", None),
    ]
    assert found.lines[0].booked_on == date(2024, 4, 3)
    assert [row.reason for row in found.skipped] == ["pending"]


def test_paypals_figures_must_agree_and_an_unknown_status_is_shown() -> None:
    found = read(
        PAYPAL
        + paypal_row("13/01/2024", "General Payment", "10.00", "", fee="-0.59", net="10.00", zone="GMT")
        + paypal_row("14/01/2024", "General Payment", "10.00", "", status="Sonstiges", zone="GMT")
    )

    assert [(problem.line, problem.cell, problem.reason) for problem in found.problems] == [
        (2, "Net", "amounts_disagree"),
        (3, "Status", "status_unknown"),
    ]


def test_a_date_that_could_be_two_is_doubted_where_no_clock_tells() -> None:
    found = read(PAYPAL + paypal_row("02/01/2024", "General Payment", "10.00", "", zone="Asia/Somewhere"))

    assert [(problem.cell, problem.reason) for problem in found.problems] == [("Date", "date_order_ambiguous")]


@pytest.mark.parametrize("spelling", ["as it is", "words"])
def test_revoluts_states_fees_and_exchanges(spelling: str) -> None:
    rows = REVOLUT_ROWS if spelling == "as it is" else REVOLUT_ROWS.replace("CARD_PAYMENT", "Card Payment")
    found = read(REVOLUT + rows)

    assert moves(found) == [
        ("income", "in", "200.00 GBP", "GBP", None),
        ("expense", "out", "39.90 GBP", "GBP", None),
        ("transfer", "out", "50.00 GBP", "GBP", None),
        ("fee", "out", "0.50 GBP", "GBP", None),
        ("transfer", "in", "58.00 EUR", "EUR", None),
        ("fee", "out", "7.99 GBP", "GBP", None),
        ("refund", "in", "4.00 GBP", "GBP", None),
        ("transfer", "out", "5.61 GBP", "GBP", None),
        ("expense", "out", "10.00 GBP", "GBP", None),
        ("transfer", "out", "20.00 GBP", "GBP", None),
        ("fee", "out", "1.00 GBP", "GBP", None),
        ("income", "in", "0.10 GBP", "GBP Savings", None),
    ]
    assert [(row.line, row.reason) for row in found.skipped] == [(4, "cancelled"), (5, "pending"), (6, "failed")]
    assert found.lines[1].occurred_at == datetime(2024, 2, 5, 23, 48, 40, tzinfo=UTC)
    assert found.lines[1].booked_on == date(2024, 2, 6)
    assert [(one.account.key, one.balance) for one in found.closings] == [("revolut:GBP", Money(6900, "GBP"))]
    assert reached(found)["GBP", "GBP"] == 6900


def test_revoluts_statement_of_a_firm_has_other_headings() -> None:
    found = read(
        "Date started (UTC),Date completed (UTC),ID,Type,State,Description,Reference,Payer,Orig currency,Orig amount,"
        "Payment currency,Amount,Total amount,Exchange rate,Fee,Fee currency,Balance,Account\n"
        "2024-03-01,2024-03-02,id-1,TRANSFER,COMPLETED,To Landlord,rent,Me,EUR,100.00,EUR,-100.00,-100.20,,0.20,EUR,"
        "9.80,Main\n"
        "2024-03-01,,id-2,CARD_PAYMENT,DECLINED,Shop,,Me,EUR,5.00,EUR,-5.00,-5.00,,0.00,EUR,,Main\n"
    )

    assert moves(found) == [("expense", "out", "100.00 EUR", "EUR", None), ("fee", "out", "0.20 EUR", "EUR", None)]
    assert (found.lines[0].order_id, found.lines[0].note) == ("id-1", "rent")
    assert [row.reason for row in found.skipped] == ["failed"]


def test_a_row_that_was_pending_is_a_new_row_once_it_is_completed() -> None:
    pending = "CARD_PAYMENT,Current,2024-02-07 16:52:50,,Taxi,-2.18,0.00,GBP,{},{}\n"
    settled = pending.replace("50,,", "50,2024-02-08 01:02:03,").format("COMPLETED", "5.00")

    assert read(REVOLUT + pending.format("PENDING", "")).lines == ()
    (line,) = read(REVOLUT + settled).lines
    assert (line.booked_on, line.occurred_at.day) == (date(2024, 2, 8), 7)


def test_wises_statement_has_its_fees_within_the_amount() -> None:
    found = read(
        WISE
        + "BALANCE-4,05-02-2024,-40.00,EUR,Converted 40 EUR to 43 USD,,49.50,EUR,USD,1.08,,,,,,,,,0.20,CONVERSION\n"
        "CARD-2,03-02-2024,-10.50,EUR,Card transaction of 11 USD,,89.50,USD,EUR,0.9,,,,Cafe,1,J,,,0.50,CARD\n"
        "TRANSFER-1,01-02-2024,100.00,EUR,Received money from Employer,pay,100.00,,,,Employer,,,,,,,,0.00,DEPOSIT\n"
    )

    assert moves(found) == [
        ("transfer", "out", "39.80 EUR", "EUR", None),
        ("fee", "out", "0.20 EUR", "EUR", None),
        ("expense", "out", "10.00 EUR", "EUR", None),
        ("fee", "out", "0.50 EUR", "EUR", None),
        ("income", "in", "100.00 EUR", "EUR", None),
    ]
    assert [(one.on, one.balance) for one in found.closings] == [(date(2024, 2, 5), Money(4950, "EUR"))]
    assert (found.lines[2].payee, found.lines[2].booked_on) == ("Cafe", date(2024, 2, 3))


def test_wises_history_moves_between_own_balances_and_counts_only_what_is_completed() -> None:
    found = read(
        'ID,Status,Direction,"Created on","Finished on","Source fee amount","Source fee currency","Target fee amount",'
        '"Target fee currency","Source name","Source amount (after fees)","Source currency","Target name",'
        '"Target amount (after fees)","Target currency","Exchange rate",Reference,Batch,"Created by",Category,Note\n'
        "TRANSFER-1,COMPLETED,OUT,2024-01-10 10:00:00,2024-01-11 10:00:00,0.50,EUR,,,Me,99.50,EUR,Landlord,99.50,EUR,1,"
        "rent,,Me,Housing,\n"
        "BALANCE-1,COMPLETED,NEUTRAL,2024-01-12 10:00:00,2024-01-12 10:00:00,0.40,EUR,,,Me,99.60,EUR,Me,108.00,USD,"
        "1.08,,,Me,,\n"
        "CARD-9,CANCELLED,OUT,2024-01-12 10:00:00,,0,EUR,,,Me,5,EUR,Shop,5,EUR,1,,,Me,,\n"
        "TRANSFER-8,REFUNDED,OUT,2024-01-12 10:00:00,,0,EUR,,,Me,5,EUR,Shop,5,EUR,1,,,Me,,\n"
        "TRANSFER-7,PROCESSING,OUT,2024-01-12 10:00:00,,0,EUR,,,Me,5,EUR,Shop,5,EUR,1,,,Me,,\n"
        "TRANSFER-2,COMPLETED,IN,2024-01-13 10:00:00,2024-01-13 10:00:00,0,EUR,,,Employer,2000,EUR,Me,2000,EUR,1,,,,,\n"
    )

    assert moves(found) == [
        ("expense", "out", "99.50 EUR", "EUR", None),
        ("fee", "out", "0.50 EUR", "EUR", None),
        ("transfer", "out", "99.60 EUR", "EUR", None),
        ("fee", "out", "0.40 EUR", "EUR", None),
        ("transfer", "in", "108.00 USD", "USD", None),
        ("income", "in", "2000.00 EUR", "EUR", None),
    ]
    assert [row.reason for row in found.skipped] == ["cancelled", "cancelled", "pending"]
    assert (found.lines[0].payee, found.lines[0].source_category) == ("Landlord", "Housing")
    assert (found.lines[-1].payee, found.lines[0].booked_on) == ("Employer", date(2024, 1, 11))
