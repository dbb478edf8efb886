"""Wallets, merchants, cards, limits, freezing: who may pay and be paid, with what, and how much."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import timedelta
from typing import Final

from data.ledger.accounts import EXPENSE_KEY
from data.ledger.changes import TextTooLong
from data.ledger.wallet import limits, paying, rows
from data.ledger.wallet.books import POINTS_BOOK, POINTS_KEY, WALLET, Books, Card, Member
from data.ledger.wallet.commands import (
    BindCard,
    CardKind,
    ChangeMerchant,
    Freeze,
    MakeDefaultCard,
    OpenMember,
    OpenMerchant,
    OpenWallet,
    SetLimits,
    UnbindCard,
    Unfreeze,
)
from data.ledger.wallet.deed import Deed, Stamp
from data.ledger.wallet.refusals import (
    AmountInvalid,
    CardAlreadyBound,
    CardExpiredNow,
    CardUnknown,
    CategoryNotOffered,
    MccInvalid,
    MerchantExists,
    MerchantNameMissing,
)
from data.money import MAX_MINOR, POINTS, CurrencyUnknown, exponent

NAME_LENGTH: Final = 60
TEXT_LENGTH: Final = 200
_MCC_DIGITS: Final = 4
_TEXTS: Final = ("city", "address", "contact")
_CHANGEABLE: Final = ("name", "mcc", "category", *_TEXTS)
# What turns the reading direction (Unicode TR9) or the line, or is no character at all: with it a shop can look like
# another one. Joiners stay: emoji and several scripts are written with them.
_MISLEADING: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]+")
_UNSEEN: Final = frozenset("ZC")  # the general categories of blanks and of what is not drawn


def open_member(books: Books, command: OpenMember, stamp: Stamp) -> Deed:
    """A person with a wallet, admitted now if they were not here; a wallet there already stays as it is.

    Raises:
        CurrencyUnknown.
    """
    check_currency(command.currency)
    deed, owner = Deed(), str(command.owner)
    member = books.members.get(owner)
    if member is None:
        member = Member(owner, name=command.name)
        named = (owner, command.name, command.name_key, command.locked)
        deed.add(
            rows.UserRow(*named, operator=False, created_at=stamp.recorded_at, totp_sealed=None, totp_last_step=None)
        )
    return _opened(books, deed, member, command.currency, stamp)


def open_wallet(books: Books, command: OpenWallet, stamp: Stamp) -> Deed:
    """A wallet in one more currency; one there already stays as it is.

    Raises:
        MemberUnknown, CurrencyUnknown.
    """
    check_currency(command.currency)
    return _opened(books, Deed(), books.member(command.owner), command.currency, stamp)


def _opened(books: Books, deed: Deed, member: Member, currency: str, stamp: Stamp) -> Deed:
    for key in (WALLET + currency, POINTS_KEY, POINTS_BOOK, EXPENSE_KEY):
        deed.account(member, key, stamp)
    deed.receipt = {
        "member": member.owner,
        "currency": currency,
        "balance_minor": books.balance(member, WALLET + currency),
    }
    return deed


def check_currency(currency: str) -> None:
    """Refuse what is no money.

    Raises:
        CurrencyUnknown: no ISO 4217 code, or points.
    """
    exponent(currency)
    if currency == POINTS:
        raise CurrencyUnknown(currency)


def open_merchant(books: Books, command: OpenMerchant, stamp: Stamp) -> Deed:
    """A merchant with books of its own.

    Raises:
        MerchantExists, MerchantNameMissing, TextTooLong, MccInvalid, CategoryNotOffered, CurrencyUnknown.
    """
    if command.code and command.code in books.merchant_codes:
        raise MerchantExists(command.code)
    check_currency(command.currency)
    check_merchant(command.name, command.mcc, command.category, command.city, command.address, command.contact)
    deed = Deed()
    row = rows.MerchantRow(
        str(command.owner),
        str(command.proprietor) if command.proprietor else None,
        command.code,
        readable(command.name),
        command.mcc,
        command.category,
        readable(command.city),
        readable(command.address),
        readable(command.contact),
        command.currency,
        stamp.seq(),
        stamp.recorded_at,
    )
    deed.add(row)
    deed.receipt = {"merchant": row.owner, "code": row.code, "name": row.name, "currency": row.currency}
    return deed


def readable(text: str) -> str:
    """A text of a merchant's as it is kept: in one line that is read as it stands."""
    return " ".join(_MISLEADING.sub(" ", text).split())


def check_merchant(name: str, mcc: str, category: str, *texts: str) -> None:
    """Refuse what a merchant cannot be.

    Raises:
        MerchantNameMissing, TextTooLong, MccInvalid (ISO 18245: four digits), CategoryNotOffered.
    """
    if all(unicodedata.category(one)[0] in _UNSEEN for one in readable(name)):
        raise MerchantNameMissing
    for text, most in [(name, NAME_LENGTH), *((text, TEXT_LENGTH) for text in texts)]:
        if len(text) > most:
            raise TextTooLong("merchant", most, len(text))
    if not (len(mcc) == _MCC_DIGITS and mcc.isascii() and mcc.isdigit()):
        raise MccInvalid(mcc[:TEXT_LENGTH])
    if not paying.is_spending_category(category):
        raise CategoryNotOffered(category[:TEXT_LENGTH])


def change_merchant(books: Books, command: ChangeMerchant, stamp: Stamp) -> Deed:
    """What a merchant says about itself from now on.

    Raises:
        MerchantUnknown, and as `check_merchant`.
    """
    merchant, deed = paying.mine(books, command.owner, stamp), Deed()
    told = {field: readable(text) for field in _CHANGEABLE if (text := getattr(command, field)) is not None}
    if told:
        # All of it, so that the latest event alone says how the merchant stands.
        stands = {field: getattr(merchant, field) for field in _CHANGEABLE} | told
        check_merchant(stands["name"], stands["mcc"], stands["category"], *(stands[field] for field in _TEXTS))
        _merchant_event(deed, command, "changed", json.dumps(stands, ensure_ascii=False), stamp)
    if command.closed is not None and command.closed is not merchant.closed:
        _merchant_event(deed, command, "closed" if command.closed else "reopened", "", stamp)
    deed.receipt = {"merchant": merchant.owner, **told}
    return deed


def _merchant_event(deed: Deed, command: ChangeMerchant, event: str, value: str, stamp: Stamp) -> None:
    deed.add(rows.MerchantEventRow(str(command.owner), stamp.seq(), event, value, stamp.recorded_at, stamp.actor))


def bind_card(books: Books, command: BindCard, stamp: Stamp) -> Deed:
    """Keep a card; the first one becomes the one that is offered first.

    The card's money account is the one that statements of this card are booked to, where its bank is known.

    Raises:
        MemberUnknown, CardExpiredNow, CardAlreadyBound.
    """
    member, deed = books.member(command.owner), Deed()
    if command.expires_on < member.day(stamp.now):
        raise CardExpiredNow(command.last4, command.expires_on.isoformat())
    bound = [card for card in member.cards.values() if not card.unbound]
    if any(card.row.fingerprint == command.fingerprint for card in bound):
        raise CardAlreadyBound(command.last4)
    row = rows.CardRow(
        member.owner,
        str(command.card),
        command.code,
        command.kind.value,
        command.brand,
        command.bank,
        command.last4,
        command.expires_on,
        command.token,
        command.fingerprint,
        _card_account(deed, member, command, stamp),
        stamp.seq(),
        stamp.recorded_at,
    )
    deed.add(row)
    if not bound:
        deed.add(rows.CardEventRow(member.owner, row.id, stamp.seq(), "made_default", stamp.recorded_at, stamp.actor))
    deed.receipt = {"card": row.id, "brand": row.brand, "bank": row.bank, "last4": row.last4, "kind": row.kind}
    return deed


def _card_account(deed: Deed, member: Member, command: BindCard, stamp: Stamp) -> str:
    same = next((c.row for c in member.cards.values() if c.row.fingerprint == command.fingerprint), None)
    if same is not None:
        return same.account
    issuer = command.bank or command.brand
    key = f"card:{issuer}:{command.last4}"
    known = member.accounts.get(key)
    if known is not None and not any(card.row.account == known for card in member.cards.values()):
        return known  # a statement of this card came first
    if known is not None:
        key = f"{key}:{command.card}"  # another card of this bank with the same last digits
    kind = "liability" if command.kind is CardKind.CREDIT else "asset"
    label = f"{issuer} {command.last4}"
    return deed.account(member, key, stamp, kind=kind, label=label, institution=command.bank, last4=command.last4)


def _bound(member: Member, card: object) -> Card:
    found = member.cards.get(str(card))
    if found is None or found.unbound:
        raise CardUnknown(str(card))
    return found


def unbind_card(books: Books, command: UnbindCard, stamp: Stamp) -> Deed:
    """Forget a card; refunds of what was paid with it still go there.

    Raises:
        MemberUnknown, CardUnknown.
    """
    return _card_happened(books, command, "unbound", stamp)


def make_default(books: Books, command: MakeDefaultCard, stamp: Stamp) -> Deed:
    """The card that is offered first.

    Raises:
        MemberUnknown, CardUnknown.
    """
    return _card_happened(books, command, "made_default", stamp)


def _card_happened(books: Books, command: UnbindCard | MakeDefaultCard, event: str, stamp: Stamp) -> Deed:
    member, deed = books.member(command.owner), Deed()
    card = _bound(member, command.card)
    deed.add(rows.CardEventRow(member.owner, card.row.id, stamp.seq(), event, stamp.recorded_at, stamp.actor))
    deed.receipt = {"card": card.row.id, "last4": card.row.last4}
    return deed


def set_limits(books: Books, command: SetLimits, stamp: Stamp) -> Deed:
    """Lower limits hold at once, higher ones from the next day (LEDGER §7).

    Raises:
        MemberUnknown, AmountInvalid.
    """
    member, deed = books.member(command.owner), Deed()
    asked = (command.per_payment, command.per_day, command.per_month)
    for amount in asked:
        if amount is not None and not -1 <= amount <= MAX_MINOR:
            raise AmountInvalid(amount)
    day = member.day(stamp.now)
    now, later = limits.in_force(member, command.currency, day), limits.promised(member, command.currency)
    at_once, wanted = limits.changed(now, later, asked)
    if (at_once, wanted) != (now, later):
        deed.add(_limit(member, command, at_once, 0, stamp))
        if wanted != at_once:
            deed.add(_limit(member, command, wanted, 1, stamp))
    deed.receipt = {"currency": command.currency, "now": list(at_once), "from_tomorrow": list(wanted)}
    return deed


def _limit(member: Member, command: SetLimits, held: limits.Limits, days: int, stamp: Stamp) -> rows.LimitRow:
    from_on = member.day(stamp.now) + timedelta(days=days)
    return rows.LimitRow(member.owner, stamp.seq(), command.currency, *held, from_on, stamp.recorded_at, stamp.actor)


def freeze(books: Books, command: Freeze, stamp: Stamp) -> Deed:
    """Nothing leaves the wallet; frozen already: nothing new.

    Raises:
        MemberUnknown.
    """
    member, deed = books.member(command.owner), Deed()
    if member.frozen is None:
        _status(deed, member, "frozen", command.reason, stamp)
    deed.receipt = {"member": member.owner, "frozen": True}
    return deed


def unfreeze(books: Books, command: Unfreeze, stamp: Stamp) -> Deed:
    """The wallet works again.

    Raises:
        MemberUnknown.
    """
    member, deed = books.member(command.owner), Deed()
    if member.frozen is not None:
        _status(deed, member, "unfrozen", command.reason, stamp)
    deed.receipt = {"member": member.owner, "frozen": False}
    return deed


def _status(deed: Deed, member: Member, event: str, reason: str, stamp: Stamp) -> None:
    deed.add(rows.StatusRow(member.owner, stamp.seq(), event, reason, stamp.recorded_at, stamp.actor))
