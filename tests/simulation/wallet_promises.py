"""What a wallet promises whatever happened in it: invariants of LEDGER.md §8 by number, each sought in the rows alone.

A query finds the rows that break its promise, so nothing found is right. What people hold is compared with the model
elsewhere; what is here holds without any model.
"""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from data import upkeep, wallet
from data.home import BANK_NAME
from data.ledger.refund_states import RefundState, overdue
from data.store import conservation
from tests.simulation.wallet_stage import NUMBERS, PEOPLE, Stage

# The State Council's notices for the time in which histories play: days off in the week, and worked weekends.
OFF: Final = """23-09-29 23-10-02 23-10-03 23-10-04 23-10-05 23-10-06 24-01-01 24-02-12 24-02-13 24-02-14 24-02-15
24-02-16 24-04-04 24-04-05 24-05-01 24-05-02 24-05-03 24-06-10 24-09-16 24-09-17 24-10-01 24-10-02 24-10-03 24-10-04
24-10-07"""
WORKED: Final = "23-10-07 23-10-08 24-02-04 24-02-18 24-04-07 24-04-28 24-05-11 24-09-14 24-09-29 24-10-12"

# 1, 2, 6, 10, 14: also among the promises of `data.store.conservation` and `data.store.checking`, which are asked too.
_QUERIES: Final[Mapping[str, str]] = {
    "2 all postings of a currency sum to zero": """
SELECT currency FROM posting GROUP BY currency HAVING sum(amount) <> 0""",
    "3 no wallet, held money or lot was below zero at any moment": """
SELECT key, total FROM (
    SELECT coalesce(cast(p.lot AS varchar), cast(p.account AS varchar)) AS key,
        sum(p.amount) OVER (PARTITION BY p.owner, p.account, p.lot ORDER BY e.seq) AS total
    FROM posting p JOIN entry e ON e.owner = p.owner AND e.id = p.entry
    JOIN account a ON a.owner = p.owner AND a.id = p.account
    WHERE a.hint_key LIKE 'wallet:%' OR a.hint_key LIKE 'held:%' OR p.lot IS NOT NULL) s WHERE total < 0""",
    "6 a request made one thing": """
SELECT owner, request_id FROM (
    SELECT owner, request_id FROM payment UNION ALL SELECT owner, request_id FROM refund
    UNION ALL SELECT owner, request_id FROM money_transfer
    UNION ALL SELECT owner, request_id FROM charge WHERE purpose <> 'pay') r
GROUP BY owner, request_id HAVING count(*) > 1""",
    "10 no part of a payment comes back twice": """
SELECT r.payment FROM published_refund r JOIN payment p ON p.owner = r.owner AND p.id = r.payment
GROUP BY r.payment, p.cash, p.points, p.coupon
HAVING sum(r.cash_due) > p.cash OR sum(r.points_due) > p.points OR sum(r.cash) > p.cash OR sum(r.points) > p.points""",
    "11 a refund is credited as it was confirmed": """
SELECT id FROM published_refund
WHERE state = 'credited' AND (cash, points, coupon) <> (cash_due, points_due, coupon_due)""",
    "13 no point was spent out of a lot that was over": """
SELECT p.lot FROM posting p JOIN entry e ON e.owner = p.owner AND e.id = p.entry
JOIN points_lot l ON l.owner = p.owner AND l.id = p.lot
WHERE p.amount < 0 AND e.booked_on > l.expires_on AND p.category IS DISTINCT FROM 'expired'""",
    "13 points are what came in less what went out": """
SELECT u.owner FROM app_user u
LEFT JOIN (SELECT p.owner, sum(p.amount) AS points, sum(CASE WHEN category = 'expired' THEN p.amount ELSE 0 END) AS gone
    FROM posting p JOIN account a ON a.owner = p.owner AND a.id = p.account WHERE a.hint_key = 'points'
    GROUP BY p.owner) b ON b.owner = u.owner
LEFT JOIN (SELECT owner, sum(CASE WHEN state_now = 'captured' THEN earned ELSE 0 END)
        - sum(CASE WHEN state_now <> 'declined' THEN points ELSE 0 END) AS points
    FROM published_payment GROUP BY owner) p ON p.owner = u.owner
LEFT JOIN (SELECT owner, sum(points - clawed) AS points FROM published_refund GROUP BY owner) r ON r.owner = u.owner
WHERE coalesce(b.points, 0) <> coalesce(p.points, 0) + coalesce(r.points, 0) + coalesce(b.gone, 0)""",
    "14 no coupon is taken more often than there are": """
SELECT o.code FROM coupon o JOIN coupon_claim c ON c.coupon = o.id
GROUP BY o.code, o.body HAVING count(*) > cast(json_extract_string(o.body, '$.stock') AS integer)
UNION ALL
SELECT o.code FROM coupon o JOIN coupon_claim c ON c.coupon = o.id
GROUP BY o.code, o.body, c.owner HAVING count(*) > cast(json_extract_string(o.body, '$.per_member') AS integer)""",
    "14 coupons take off no more than the gross": """
SELECT id FROM payment WHERE coupon > gross OR coupon_merchant > coupon""",
    "14 a coupon counts in one standing payment": """
SELECT claim FROM (SELECT owner, claim, event, lag(event) OVER (PARTITION BY owner, claim ORDER BY seq) AS before
    FROM coupon_event) e
WHERE (event = 'reserved' AND before NOT IN ('released', 'returned'))
    OR (event = 'used' AND before NOT IN ('reserved', 'released', 'returned'))
    OR (event = 'released' AND before IS DISTINCT FROM 'reserved')
    OR (event IN ('returned', 'lost') AND before IS DISTINCT FROM 'used')""",
    "14 no coupon is taken when it is over": """
SELECT c.id FROM coupon o JOIN coupon_claim c ON c.coupon = o.id
WHERE c.recorded_at >= cast(json_extract_string(o.body, '$.valid_to') AS timestamp)""",
    "16 nothing leaves a frozen wallet": """
SELECT d.seq FROM (
    SELECT owner, seq FROM payment UNION ALL SELECT owner, seq FROM money_transfer UNION ALL
    SELECT owner, seq FROM charge) d
JOIN (SELECT owner, event, seq AS since, lead(seq) OVER (PARTITION BY owner ORDER BY seq) AS until
    FROM wallet_status) s ON s.owner = d.owner AND s.event = 'frozen'
WHERE d.seq > s.since AND (s.until IS NULL OR d.seq < s.until)""",
    # What the model leaves to the doors: nothing got past them.
    "nobody pays their own shop or gives to themselves": """
SELECT p.id FROM payment p JOIN merchant m ON m.owner = p.merchant WHERE m.proprietor = p.owner
UNION ALL SELECT id FROM money_transfer WHERE owner = recipient""",
    "a shop pays out to who runs it": """
SELECT t.id FROM money_transfer t JOIN merchant m ON m.owner = t.owner
WHERE m.proprietor IS DISTINCT FROM t.recipient""",
    "a code is paid at its shop, for its amount, in its time": """
SELECT p.id FROM payment p LEFT JOIN pay_code c ON c.id = p.pay_code AND c.owner = p.merchant
    AND c.amount = p.gross AND c.expires_at > p.occurred_at
WHERE p.pay_code IS NOT NULL AND c.id IS NULL""",
    "no card is asked for anything after it was unbound": """
SELECT c.id FROM charge c JOIN card_event e ON e.owner = c.owner AND e.card = c.card
WHERE e.event = 'unbound' AND c.seq > e.seq""",
    "a card is bound once at a time": """
SELECT c.id FROM card c JOIN card d ON d.owner = c.owner AND d.fingerprint = c.fingerprint AND d.seq > c.seq
LEFT JOIN card_event e ON e.owner = c.owner AND e.card = c.id AND e.event = 'unbound'
WHERE e.seq IS NULL OR e.seq > d.seq""",
    "nothing is asked back after a year": """
SELECT r.id FROM refund r JOIN payment p ON p.owner = r.owner AND p.id = r.payment
WHERE r.occurred_at > p.occurred_at + INTERVAL 365 DAY""",
}


def broken(stage: Stage) -> list[str]:
    """Every promise that the wallet breaks, in words."""
    read = stage.database.read
    found = [promise for promise, sql in _QUERIES.items() if read(sql)]
    found += [promise for promise, count in conservation.offenders(read).items() if count]
    found += [f"{one.promise}: {one.offenders}" for one in upkeep.verify(stage.database) if not one.kept]
    found += [f"4 memory: {wrong}" for wrong in stage.database.memory_drift()]
    return [*found, *_paths(stage), *_dates(stage), *_counters(stage), *card_numbers(stage)]


_EVENTS: Final = """
SELECT cast(r.id AS varchar), e.state FROM refund r LEFT JOIN refund_event e ON e.owner = r.owner AND e.refund = r.id
ORDER BY r.seq, e.seq"""
_STEPS: Final[Mapping[str, set[str]]] = {  # LEDGER §4
    "requested": {"confirmed", "rejected", "cancelled"},
    "confirmed": {"processing", "credited"},
    "processing": {"credited", "failed", "manual"},
    "failed": {"processing", "manual"},
    "manual": {"processing"},
}


def _paths(stage: Stage) -> Iterator[str]:
    at: defaultdict[str, str] = defaultdict(lambda: "requested")
    for refund, state in stage.database.read(_EVENTS):
        if state is not None:
            if state not in _STEPS.get(at[refund], set()):
                yield f"11 a refund went from {at[refund]} to {state}"
            at[refund] = state


_DUE: Final = """
SELECT r.confirmed_at, r.due_on, r.state, c.kind FROM published_refund r
JOIN payment p ON p.owner = r.owner AND p.id = r.payment LEFT JOIN card c ON c.owner = p.owner AND c.id = p.card
WHERE r.confirmed_at IS NOT NULL"""
_DAYS: Final = {None: 0, "debit": 3, "credit": 7}


def _dates(stage: Stage) -> Iterator[str]:
    today = (stage.now + timedelta(hours=8)).date()
    for confirmed_at, due_on, state, kind in stage.database.read(_DUE):
        confirmed_on = (confirmed_at + timedelta(hours=8)).date()
        between = [confirmed_on + timedelta(days=n + 1) for n in range((due_on - confirmed_on).days)]
        if sum(map(is_workday, between)) != _DAYS[kind] or (kind and not is_workday(due_on)):
            yield f"12 confirmed on {confirmed_on}, due on {due_on} for {kind}"
        if overdue(RefundState(state), due_on, today) != (today > due_on and state != "credited"):
            yield f"12 overdue is not what it should be: {state}, due on {due_on}, today {today}"


def is_workday(day: date) -> bool:
    """Whether banks work, by the State Council's notices for 2023 and 2024."""
    return f"{day:%y-%m-%d}" in WORKED or (day.isoweekday() <= 5 and f"{day:%y-%m-%d}" not in OFF)


_COUNTED: Final = """
SELECT booked_on, cast(sum(minor) AS bigint) FROM (
    SELECT booked_on, cash AS minor FROM published_payment WHERE owner = $owner AND state_now <> 'declined'
    UNION ALL SELECT booked_on, amount FROM money_transfer WHERE owner = $owner) c GROUP BY booked_on"""


def _counters(stage: Stage) -> Iterator[str]:
    for who in PEOPLE:
        one = wallet.standing(stage.database, stage.people[who])[0]
        by_day = dict(stage.database.read(_COUNTED, {"owner": stage.people[who]}))
        month = sum(
            minor for day, minor in by_day.items() if (day.year, day.month) == (one.today.year, one.today.month)
        )
        if (one.spent_today, one.spent_this_month) != (by_day.get(one.today, 0), month):
            yield f"15 the counters of {who} are not what was paid and given"


_COLUMNS: Final = """
SELECT table_name, column_name FROM information_schema.columns
WHERE table_schema = 'main' AND data_type = 'VARCHAR' AND table_name NOT LIKE 'published_%'"""
_LONE_DIGITS: Final = re.compile(r"(?<![0-9A-Za-z])[0-9]{13,19}(?![0-9A-Za-z])")


def card_numbers(stage: Stage) -> Iterator[str]:
    """18: where something stands that could be a card's number, in the store's text columns and in the bank's book."""
    for table, column in stage.database.read(_COLUMNS):
        for (text,) in stage.database.read(f'SELECT DISTINCT "{column}" FROM "{table}"'):  # names of the store's own
            if text and any(map(_luhn, _LONE_DIGITS.findall(text))):
                yield f"18 a card number in {table}.{column}"
    bank = sqlite3.connect(f"file:{stage.folder / BANK_NAME}?mode=ro", uri=True)
    texts = (str(cell) for line in bank.iterdump() for cell in line.split("'"))
    if any(any(map(_luhn, _LONE_DIGITS.findall(text))) for text in texts):
        yield "18 a card number in the bank's book"
    bank.close()
    for file in stage.folder.iterdir():
        if file.is_file() and any(number.encode() in file.read_bytes() for number in NUMBERS.values()):
            yield f"18 a card number in {file.name}"


def _luhn(digits: str) -> bool:
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0
