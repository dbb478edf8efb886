"""The same wallet from three sides: what the model has, what the writer holds in memory, what the ledger's rows say."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from typing import Any, Final

from data import wallet
from data.ledger.wallet.books import Books
from tests.simulation.wallet_model import Model
from tests.simulation.wallet_stage import KEEPERS, NO_LIMIT, PEOPLE, Stage

Picture = dict[str, Any]
_STUCK: Final = {"failed": "stuck", "manual": "stuck"}
_FREE: Final = {"claimed": "free", "released": "free", "returned": "free"}
_SUMS: Final = """
SELECT a.owner, a.hint_key, l.expires_on, cast(sum(p.amount) AS bigint) FROM posting p
JOIN account a ON a.owner = p.owner AND a.id = p.account LEFT JOIN points_lot l ON l.owner = p.owner AND l.id = p.lot
WHERE a.hint_key IN ('wallet:CNY', 'held:CNY', 'points')
GROUP BY a.owner, a.hint_key, p.lot, l.expires_on, l.seq ORDER BY l.seq"""
_RESTS: Final = """
SELECT p.request_id, p.state_now, p.gross - coalesce(r.asked, 0) FROM published_payment p LEFT JOIN (
    SELECT owner, payment, cast(sum(amount) AS bigint) AS asked FROM published_refund
    WHERE state NOT IN ('rejected', 'cancelled') GROUP BY owner, payment
) r ON r.owner = p.owner AND r.payment = p.id"""
_REFUNDS: Final = "SELECT request_id, state FROM published_refund"
_CLAIMS: Final = """
SELECT c.owner, o.code, c.state FROM published_claim c JOIN coupon o ON o.id = c.coupon"""
_CHARGES: Final = "SELECT id, request_id FROM published_charge WHERE state IN ('approved', 'declined')"


def of_model(model: Model) -> Picture:
    """Everything the two others can be asked for."""
    moves, open_ = model.moves, [one for one in model.moves.values() if one.state == "open"]
    return {
        "wallets": {one: model.wallet[one] for one in (*PEOPLE, *KEEPERS)},
        "held": {who: sum(one.cash for one in open_ if one.who == who == one.giver) for who in PEOPLE},
        "points": {who: model.spendable(who) for who in PEOPLE},
        "debts": {who: model.debt[who] for who in PEOPLE},
        "counted": {who: tuple(model.counted(who)) for who in PEOPLE},
        "limits": {who: tuple(limits_told(model.in_force(who))) for who in PEOPLE},
        "frozen": {who for who in PEOPLE if model.said[who].frozen},
        "lots": {who: _living(model.points[who], model.today) for who in PEOPLE},
        "claims": {who: sorted((c.offer.coupon, c.state) for c in model.claims if c.who == who) for who in PEOPLE},
        "refunds": {key: _state(r) for key, r in model.refunds.items()},
        "payments": {key: (_STATES[p.state], model.rest(p)) for key, p in moves.items() if p.what == "pay"},
        "bank": {key: minor for key, move in moves.items() if (minor := _at_bank(model, move))},
    }


def limits_told(limits: list[int]) -> list[int | None]:
    """As the wallet tells them."""
    return [None if one == NO_LIMIT else one for one in limits]


def _living(lots: Counter[tuple[date, int]], today: date) -> list[tuple[date, int]]:
    """Those that are not over, the first made first."""
    made = sorted(lots, key=lambda lot: lot[1])
    return [(day, lots[day, number]) for day, number in made if day >= today and lots[day, number]]


def _state(refund: Any) -> str:
    stuck = refund.state == "confirmed" and refund.told and not refund.sent
    return "stuck" if stuck else "processing" if refund.state == "confirmed" else str(refund.state)


def _at_bank(model: Model, move: Any) -> int:
    """What a card gave for a move, less what it took back; a bank that never said anything did nothing."""
    if move.state != "done" or not move.card or "silent" in move.card:
        return 0
    back = sum(r.share[0] for r in model.refunds.values() if r.p is move and r.sent)
    return -move.cash if move.to == "bank" else int(move.cash - back)


_STATES: Final = {"open": "processing", "done": "captured", "declined": "declined"}


def in_memory(stage: Stage) -> Picture:
    """What the doors tell and the rules decide on."""
    standing = {who: wallet.standing(stage.database, stage.people[who])[0] for who in PEOPLE}
    return {
        "wallets": {who: one.available for who, one in standing.items()}
        | stage.database.ask(lambda b, _: _shops(stage, b)),
        "held": {who: one.held for who, one in standing.items()},
        "points": {who: one.points for who, one in standing.items()},
        "debts": {who: one.debt for who, one in standing.items()},
        "counted": {who: (one.spent_today, one.spent_this_month) for who, one in standing.items()},
        "limits": {who: one.limits for who, one in standing.items()},
        "frozen": {who for who, one in standing.items() if one.frozen is not None},
        "lots": stage.database.ask(lambda books, _: _lots(stage, books)),
    }


def _shops(stage: Stage, books: Books) -> dict[str, int]:
    return {one: books.balance(books.merchant(stage.shops[one].id), "wallet:CNY") for one in KEEPERS}


def _lots(stage: Stage, books: Books) -> dict[str, list[tuple[date, int]]]:
    members = {who: books.member(stage.people[who]) for who in PEOPLE}
    ordered = {who: sorted(one.lots.values(), key=lambda lot: lot.seq) for who, one in members.items()}
    return {
        who: [(lot.expires_on or date.max, lot.remaining) for lot in lots if lot.remaining and lot.alive(stage.today)]
        for who, lots in ordered.items()
    }


def in_ledger(stage: Stage) -> Picture:
    """What the rows of the store and of the bank's book add up to."""
    names = {owner: who for who, owner in stage.people.items()} | {shop.id: one for one, shop in stage.shops.items()}
    sums, lots = defaultdict[tuple[str, str], int](int), {who: list[tuple[date, int]]() for who in PEOPLE}
    for owner, key, until, minor in stage.database.read(_SUMS):
        name = names.get(owner, "")
        sums[name, f"{key} {'lot' if until else ''}".strip()] += minor
        if until and minor and until >= stage.today:
            lots[name].append((until, minor))
    claims = {who: list[tuple[str, str]]() for who in PEOPLE}
    for owner, code, state in stage.database.read(_CLAIMS):
        claims[names[owner]].append((code, _FREE.get(state, state)))
    charges, moved = dict(stage.database.read(_CHARGES)), Counter[str]()
    for line in stage.bank.book():
        moved[charges.get(line.about or line.id, "open")] += line.moved_minor
    return {
        "wallets": {one: sums[one, "wallet:CNY"] for one in (*PEOPLE, *KEEPERS)},
        "held": {who: sums[who, "held:CNY"] for who in PEOPLE},
        "debts": {who: -sums[who, "points"] for who in PEOPLE},
        "lots": lots,
        "claims": {who: sorted(one) for who, one in claims.items()},
        "refunds": {key: _STUCK.get(state, state) for key, state in stage.database.read(_REFUNDS)},
        "payments": {key: (state, rest) for key, state, rest in stage.database.read(_RESTS)},
        "bank": {key: minor for key, minor in moved.items() if minor and key != "open"},
    }


def difference(expected: Picture, found: Picture) -> dict[str, tuple[Any, Any]]:
    """Where a side disagrees with the model: what should be, what is. Only what both speak about."""
    return {key: (expected[key], found[key]) for key in found if key in expected and expected[key] != found[key]}
