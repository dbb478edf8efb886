"""How a coupon is written into the ledger and read back. Pure."""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime
from uuid import UUID

from data.ledger.coupons import Coupon, CouponKind


def coupon_text(coupon: Coupon) -> str:
    """The coupon as canonical JSON: sorted keys, nothing between; the same coupon is always the same text."""
    body = dataclasses.asdict(coupon)
    body["id"] = str(coupon.id)
    body["merchant"] = str(coupon.merchant) if coupon.merchant else None
    for name in ("valid_from", "valid_to"):
        body[name] = body[name].isoformat() if body[name] else None
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def coupon_from(text: str) -> Coupon:
    """The coupon that `coupon_text` wrote."""
    body = json.loads(text)
    body["id"], body["kind"] = UUID(body["id"]), CouponKind(body["kind"])
    body["merchant"] = UUID(body["merchant"]) if body["merchant"] else None
    for name in ("valid_from", "valid_to"):
        body[name] = datetime.fromisoformat(body[name]) if body[name] else None
    return Coupon(**body)
