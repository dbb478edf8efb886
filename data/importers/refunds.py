"""Which refund row belongs to which purchase of the same file.

By ids first: the order id's prefix before `_` or `*` (Alipay), the order id itself (JD), the merchant's order id,
an order id that continues the original's (WeChat). Masked ids are shared by strangers, so an id proves a link only
when it leaves one purchase, after the payee has been asked. What an original says about its own refund (`已退款
(￥2.00)`) is the second proof, where ids say nothing: refund rows of the same payee that make up that figure.
"""

from __future__ import annotations

import dataclasses
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from data.importers.rows import Raw
from data.importers.verdicts import Booked

_SUFFIXED = re.compile(r"([^_*]{8,})[_*].+")
_MERCHANT_SUFFIX = re.compile(r"(.{6,})_\d{1,3}")
_SHORTEST_PREFIX = 12  # an order id shorter than this is masked or made up: it continues too many others


@dataclasses.dataclass(frozen=True, slots=True)
class Purchase:
    """A row that a refund may belong to, how it is booked, and what it says was refunded of it (0: it says nothing)."""

    row: Raw
    booked: Booked
    stated: int = 0


def refund_keys(row: Raw) -> tuple[str, ...]:
    """Ids under which the original of a refund may be known, best first."""
    suffixed = _SUFFIXED.fullmatch(row.order_id)
    merchant = _MERCHANT_SUFFIX.fullmatch(row.merchant_order_id)
    keys = (
        suffixed[1] if suffixed else "",
        row.merchant_order_id,
        merchant[1] if merchant else "",
        row.order_id if not suffixed else "",
    )
    return tuple(dict.fromkeys(key for key in keys if key))


def wanted_ids(refunds: Iterable[Raw]) -> frozenset[str]:
    """Every id by which one of `refunds` may name its purchase: only rows that have one need to be looked at."""
    return frozenset(key for row in refunds for key in (*refund_keys(row), *_continued(row)))


def _continued(row: Raw) -> Iterable[str]:
    """The order ids that this one may continue without a separator, longest first."""
    whole = "" if _SUFFIXED.fullmatch(row.order_id) else row.order_id
    return (whole[:length] for length in range(len(whole) - 1, _SHORTEST_PREFIX - 1, -1))


def link(refunds: Sequence[Raw], purchases: Sequence[Purchase], *, ids_tell: bool) -> dict[int, Purchase]:
    """Refund line → its purchase, for every refund whose purchase this file proves.

    ids_tell: in this format a refund's order id always names its purchase's, so two different ones are two orders,
        whatever the amounts; in WeChat's they often have nothing in common.
    """
    links = _by_ids(refunds, purchases)
    linked = {purchase.row.line for purchase in links.values()}
    open_refunds = [row for row in refunds if row.line not in links]
    for purchase in purchases:
        if purchase.stated and purchase.row.line not in linked and open_refunds:
            silent = not ids_tell or not purchase.row.order_id
            rows = _making_up(purchase, [row for row in open_refunds if silent or not row.order_id])
            links.update((row.line, purchase) for row in rows)
            taken = {row.line for row in rows}
            open_refunds = [row for row in open_refunds if row.line not in taken]
    return links


def _by_ids(refunds: Sequence[Raw], purchases: Sequence[Purchase]) -> dict[int, Purchase]:
    index: defaultdict[str, list[Purchase]] = defaultdict(list)
    for purchase in purchases:
        for key in {purchase.row.order_id, purchase.row.merchant_order_id} - {""}:
            index[key].append(purchase)
    left = {purchase.row.line: purchase.row.minor for purchase in purchases}
    links: dict[int, Purchase] = {}
    # Oldest first, so that several partial refunds use up one purchase in their order.
    for row in sorted(refunds, key=lambda refund: (refund.when, refund.line)):
        keys = (key for key in (*refund_keys(row), *_continued(row)) if key in index)
        proven = next(filter(None, (_proven(row, index[key], left) for key in keys)), None)
        if proven:
            links[row.line] = proven
            left[proven.row.line] -= row.minor
    return links


def _proven(row: Raw, sharing: Sequence[Purchase], left: Mapping[int, int]) -> Purchase | None:
    open_ones = [p for p in sharing if row.minor <= left[p.row.line]]
    # JD dates a changed original after its refund: then the original's own word must say that money came back.
    fitting = [p for p in open_ones if p.row.when <= row.when] or [p for p in open_ones if p.stated]
    for narrower in (
        fitting,
        [p for p in fitting if p.row.payee == row.payee],
        [p for p in fitting if p.row.payee == row.payee and p.row.minor == row.minor],
    ):
        if len(narrower) == 1:
            return narrower[0]
    return None


def _making_up(purchase: Purchase, refunds: Sequence[Raw]) -> list[Raw]:
    same = [r for r in refunds if r.payee == purchase.row.payee and r.minor <= purchase.stated]
    exact = [row for row in same if row.minor == purchase.stated]
    if exact:
        # The nearest after the purchase; JD books a refund row before the changed original, so others count too.
        return [min(exact, key=lambda row: (row.when < purchase.row.when, abs(row.when - purchase.row.when)))]
    later = [row for row in same if row.when >= purchase.row.when]
    return later if sum(row.minor for row in later) == purchase.stated else []
