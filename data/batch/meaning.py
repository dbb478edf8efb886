"""What a line asks of the wallet: the core's command, its names resolved.

What a name means may change between the first time a line is sent and the next: a card is bound, another gets its name,
a second wallet is opened. The wallet compares content by ids; so a meaning knows every command that the same line may
have been before.
"""

from __future__ import annotations

import dataclasses
import secrets
import uuid
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from itertools import product
from typing import Any, Final
from uuid import UUID

from data import cards
from data.batch import lines
from data.batch.keeping import Keeper
from data.batch.names import Member, Names
from data.batch.offers import coupon_of, rule_of
from data.batch.reading import Asked
from data.ids import OwnerId, new_id
from data.ledger.wallet import commands as core
from data.ledger.wallet import managing
from data.ledger.wallet.commands import ISSUER, MoneyCommand
from data.refunds import REASONS
from data.running import Running
from data.security import passwords
from data.store.users import name_key

_OTHER: Final = "other"


@dataclasses.dataclass(frozen=True, slots=True)
class Meaning:
    """command: what is asked. names: what the line calls the ids in it. others: what the line may have meant before."""

    command: MoneyCommand
    names: Mapping[str, str] = dataclasses.field(default_factory=dict)
    others: Callable[[], Iterator[MoneyCommand]] | None = None


class Meanings:
    """Knows all names there are, and adds those that a batch opens."""

    def __init__(self, running: Running, names: Names, keeper: Keeper) -> None:
        self._running = running
        self._names = names
        self._keeper = keeper
        self._of: Mapping[type[lines.Line], Callable[[Asked, Any], Meaning]] = {
            lines.OpenMember: self._open_member,
            lines.OpenMerchant: self._open_merchant,
            lines.BindCard: self._bind_card,
            lines.TopUp: self._with_card,
            lines.Withdraw: self._with_card,
            lines.Pay: self._pay,
            lines.Transfer: self._transfer,
            lines.PayOut: self._pay_out,
            lines.RequestRefund: self._request_refund,
            lines.ConfirmRefund: self._confirm_refund,
            lines.RejectRefund: self._reject_refund,
            lines.SetLimits: self._set_limits,
            lines.SetEarnRule: self._set_earn_rule,
            lines.PublishCoupon: self._publish_coupon,
            lines.ClaimCoupon: self._claim_coupon,
            lines.Freeze: self._freeze,
            lines.Unfreeze: self._unfreeze,
        }

    def of(self, asked: Asked) -> Meaning:
        """What the line asks for.

        Raises:
            MemberUnknown, MerchantUnknown: a name that nobody has. CardNumberInvalid, CardExpiryInvalid,
            CurrencyUnknown, EarnRuleInvalid, the refusals of `managing.check_merchant`: before a rule could look.
            GatewayUnreachable, RequestIdReused.
        """
        return self._of[type(asked.line)](asked, asked.line)

    @cached_property
    def _locked(self) -> str:
        """A password that nobody knows. Once for all whom a batch opens: a slow hash is slow on purpose."""
        return passwords.hash_password(secrets.token_urlsafe(48))

    def _open_member(self, asked: Asked, line: lines.OpenMember) -> Meaning:
        managing.check_currency(line.currency)
        known = self._names.has_member(line.member)
        owner = self._names.member(line.member).owner if known else OwnerId(new_id())
        self._names.opened_member(line.member, owner, line.currency)
        command = core.OpenMember(
            **_by(asked, owner),
            name=line.member,
            name_key=name_key(line.member),
            currency=line.currency,
            locked="" if known else self._locked,
        )
        return Meaning(command)

    def _open_merchant(self, asked: Asked, line: lines.OpenMerchant) -> Meaning:
        proprietor = self._names.member(line.proprietor).owner if line.proprietor else None
        if self._names.has_merchant(line.merchant):
            owner = self._names.merchant(line.merchant).owner
        else:
            managing.check_currency(line.currency)
            texts = (line.city, line.address, line.contact)
            managing.check_merchant(line.name, line.mcc, line.category, *texts)
            owner = OwnerId(new_id())
            self._names.opened_merchant(line.merchant, owner, line.currency)
        command = core.OpenMerchant(
            **_by(asked, owner),
            proprietor=proprietor,
            code=line.merchant,
            name=line.name,
            mcc=line.mcc,
            category=line.category,
            city=line.city,
            address=line.address,
            contact=line.contact,
            currency=line.currency,
        )
        return Meaning(command)

    def _bind_card(self, asked: Asked, line: lines.BindCard) -> Meaning:
        command = cards.binding(
            self._running,
            self._names.member(line.member).owner,
            asked.request_id,
            number=line.number,
            expiry=line.expiry,
            kind=line.kind,
            code=line.card,
            actor=ISSUER,
            at=asked.at,
        )
        return Meaning(command)

    def _with_card(self, asked: Asked, line: lines.WithCard) -> Meaning:
        member = self._names.member(line.member)
        kind = core.TopUp if isinstance(line, lines.TopUp) else core.Withdraw
        may = _cards(member, line.card)

        def command(card: UUID, currency: str) -> MoneyCommand:
            return kind(**_by(asked, member.owner), card=card, amount=line.amount_minor, currency=currency)

        def others() -> Iterator[MoneyCommand]:
            return (command(card, currency) for card, currency in product(may, _currencies(member, line.currency)))

        first = command(may[0], line.currency or member.currency())
        return Meaning(first, {str(card): line.card for card in may}, others)

    def _pay(self, asked: Asked, line: lines.Pay) -> Meaning:
        member, merchant = self._names.member(line.member), self._names.merchant(line.merchant)
        may = [None] if line.source is None else _cards(member, line.source)

        def command(card: UUID | None) -> MoneyCommand:
            return core.Pay(
                **_by(asked, member.owner),
                merchant=merchant.owner,
                amount=line.amount_minor,
                currency=merchant.currency,
                card=card,
                points=line.points,
                claims=line.coupon,
                note=line.note,
            )

        names = {str(card): line.source for card in may if line.source is not None}
        return Meaning(command(may[0]), names, lambda: map(command, may))

    def _transfer(self, asked: Asked, line: lines.Transfer) -> Meaning:
        member, recipient = self._names.member(line.member), self._names.member(line.to)

        def command(currency: str) -> MoneyCommand:
            return core.Transfer(
                **_by(asked, member.owner),
                recipient=recipient.owner,
                amount=line.amount_minor,
                currency=currency,
                note=line.note,
            )

        names = {str(member.owner): line.member, str(recipient.owner): line.to}
        return Meaning(
            command(line.currency or member.currency()),
            names,
            lambda: map(command, _currencies(member, line.currency)),
        )

    def _pay_out(self, asked: Asked, line: lines.PayOut) -> Meaning:
        merchant = self._names.merchant(line.merchant)
        command = core.PayOut(**_by(asked, merchant.owner), amount=line.amount_minor, currency=merchant.currency)
        return Meaning(command, {str(merchant.owner): line.merchant})

    def _request_refund(self, asked: Asked, line: lines.RequestRefund) -> Meaning:
        # Reasons are keys that the screens have words for; any other is told in its own words.
        known = line.reason in REASONS
        note = line.note if known else "\n".join(filter(None, (line.reason, line.note)))
        command = core.RequestRefund(
            **_by(asked, self._names.member(line.member).owner),
            payment=line.payment,
            amount=line.amount_minor,
            reason=line.reason if known else _OTHER,
            note=note,
        )
        return Meaning(command)

    def _confirm_refund(self, asked: Asked, line: lines.ConfirmRefund) -> Meaning:
        owner = self._names.merchant(line.merchant).owner
        return Meaning(core.ConfirmRefund(**_by(asked, owner), refund=line.refund))

    def _reject_refund(self, asked: Asked, line: lines.RejectRefund) -> Meaning:
        owner = self._names.merchant(line.merchant).owner
        return Meaning(core.RejectRefund(**_by(asked, owner), refund=line.refund, reason=line.reason))

    def _set_limits(self, asked: Asked, line: lines.SetLimits) -> Meaning:
        member = self._names.member(line.member)

        def command(currency: str) -> MoneyCommand:
            return core.SetLimits(
                **_by(asked, member.owner),
                currency=currency,
                per_payment=line.per_payment_minor,
                per_day=line.per_day_minor,
                per_month=line.per_month_minor,
            )

        return Meaning(
            command(line.currency or member.currency()),
            others=lambda: map(command, _currencies(member, line.currency)),
        )

    def _set_earn_rule(self, asked: Asked, line: lines.SetEarnRule) -> Meaning:
        owner = self._publisher(line)
        database = self._running.database

        def mean() -> Any:  # noqa: ANN401 - see `rule_of`
            return rule_of(line, database.ask(lambda books, _now: books.base), asked.request_id)

        rule = self._keeper.rule(asked, mean)
        return Meaning(core.SetEarnRule(**_by(asked, owner), rule=rule, active=line.active))

    def _publish_coupon(self, asked: Asked, line: lines.PublishCoupon) -> Meaning:
        owner = self._publisher(line)
        usual = self._names.merchant(line.merchant).currency if line.merchant else lines.CURRENCY
        coupon = coupon_of(line, owner, line.currency or usual, asked.request_id)
        return Meaning(core.PublishCoupon(**_by(asked, owner), coupon=coupon))

    def _publisher(self, line: lines.Offered) -> OwnerId:
        return self._names.merchant(line.merchant).owner if line.merchant else ISSUER

    def _claim_coupon(self, asked: Asked, line: lines.ClaimCoupon) -> Meaning:
        owner = self._names.member(line.member).owner
        return Meaning(core.ClaimCoupon(**_by(asked, owner), coupon=line.coupon))

    def _freeze(self, asked: Asked, line: lines.Freeze) -> Meaning:
        return Meaning(core.Freeze(**_by(asked, self._names.member(line.member).owner), reason=line.reason))

    def _unfreeze(self, asked: Asked, line: lines.Unfreeze) -> Meaning:
        return Meaning(core.Unfreeze(**_by(asked, self._names.member(line.member).owner), reason=line.reason))


def _by(asked: Asked, owner: OwnerId) -> Any:  # noqa: ANN401 - what every command has
    return {"owner": owner, "request_id": asked.request_id, "actor": ISSUER, "at": asked.at}


def _cards(member: Member, name: str) -> list[UUID]:
    """Which cards the name may mean: the newest that is bound, the others, and, last, one that nobody has.

    The last is what an unknown name is asked for with, so that the rules refuse it in their order.
    """
    known = list(reversed(member.cards.get(name, [])))
    bound = [card for card in known if card not in member.lost]
    return [*bound, *(card for card in known if card in member.lost), uuid.uuid5(member.owner, name)]


def _currencies(member: Member, said: str | None) -> list[str]:
    """Which currencies a line may have meant that names none."""
    return [said] if said is not None else sorted({*member.currencies, lines.CURRENCY})
