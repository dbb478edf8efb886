"""Which rule decides which command of the wallet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from data.ledger.changes import TextTooLong
from data.ledger.wallet import commands as asked
from data.ledger.wallet import freezing, funding, giving, managing, monitor, offering, paying, paying_out, refunding
from data.ledger.wallet.books import Books
from data.ledger.wallet.deed import Deed, Stamp

TEXT_LENGTH: Final = 500  # of a note or a reason
Rule = Callable[[Books, Any, Stamp], Deed]
RULES: Final[Mapping[type[asked.MoneyCommand], Rule]] = {
    asked.OpenMember: managing.open_member,
    asked.OpenWallet: managing.open_wallet,
    asked.OpenMerchant: managing.open_merchant,
    asked.ChangeMerchant: managing.change_merchant,
    asked.BindCard: managing.bind_card,
    asked.UnbindCard: managing.unbind_card,
    asked.MakeDefaultCard: managing.make_default,
    asked.SetLimits: managing.set_limits,
    asked.Freeze: managing.freeze,
    asked.Unfreeze: managing.unfreeze,
    asked.Pay: paying.pay,
    asked.TopUp: funding.top_up,
    asked.DeskTopUp: funding.desk_top_up,
    asked.Withdraw: funding.withdraw,
    asked.AnswerCharge: funding.answer,
    asked.Transfer: giving.transfer,
    asked.PayOut: paying_out.pay_out,
    asked.RequestRefund: refunding.request,
    asked.CancelRefund: refunding.cancel,
    asked.ConfirmRefund: refunding.confirm,
    asked.RejectRefund: refunding.reject,
    asked.CreditRefund: refunding.credit,
    asked.RetryRefund: refunding.retry,
    asked.FailRefund: refunding.fail,
    asked.AnswerAlert: monitor.answer,
    asked.ReportDebit: monitor.report,
    asked.SetSensitivity: monitor.set_sensitivity,
    asked.SetEarnRule: offering.set_earn_rule,
    asked.PublishCoupon: offering.publish,
    asked.EndCoupon: offering.end,
    asked.ClaimCoupon: offering.claim,
    asked.MakePayCode: offering.make_pay_code,
    asked.ExpirePoints: offering.expire_points,
    asked.Settled: offering.settled,
}


def decide(books: Books, command: asked.MoneyCommand, stamp: Stamp) -> Deed:
    """What the command comes to.

    Raises:
        Rejection: its rule's refusal; nothing is to be written but the answer.
    """
    for field in ("note", "reason"):
        text = getattr(command, field, "")
        if len(text) > TEXT_LENGTH:
            raise TextTooLong(field, TEXT_LENGTH, len(text))
    freezing.check(books, command, stamp)
    deed = RULES[type(command)](books, command, stamp)
    if isinstance(command, asked.MonitoredCommand) and command.presence is not None:
        return monitor.judged(books, command, command.presence, deed, stamp)
    return deed
