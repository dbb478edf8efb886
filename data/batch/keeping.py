"""What a batch has to remember that the wallet's rules never see.

A line that is refused for a name nobody has, or for a card number that is none, reaches no rule. It is kept here, so
that the same line is refused in the same way for ever, also when the name is known by then (LEDGER §2). So is what an
earn rule's line came to: what it leaves out is taken from the rule of that moment, and a repeated line means the same.

Kept of a line is a keyed hash of its content: a line may hold a card number, and few enough of them to try them all.
"""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Final
from uuid import UUID

from data.batch.lines import MEMBER, Party
from data.batch.outcomes import Said
from data.batch.reading import Asked
from data.database import Database
from data.errors import Rejection, RequestIdReused
from data.ids import OwnerId
from data.ledger.wallet.commands import ISSUER
from data.ledger.wallet.earning import EarnRule, rule_from, rule_text
from data.security.sealing import SealingKey
from data.store.command import Plan, Reader, Receipt, content_hash
from data.store.users import name_key

_KEPT: Final = "SELECT request_id, content_hash, receipt FROM request WHERE owner = $issuer AND scope = $scope"
_TAKEN: Final = "SELECT 1 FROM request WHERE owner = $owner AND scope = 'money' AND request_id = $request_id"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RefusedLine:
    """A line that was refused before it reached a rule.

    line: the keyed hash of what it says, all that counts as content. whose: in whose books it would have been, None
    when nobody has the name; asked: its own request id there. rejection, facts: how it was refused.
    """

    not_content: ClassVar[frozenset[str]] = frozenset({"request_id", "whose", "asked", "rejection", "facts"})

    owner: UUID = ISSUER
    request_id: str
    line: str
    whose: OwnerId | None = None
    asked: str = ""
    rejection: str | None = None
    facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class EarnRuleLine:
    """What an earn rule's line came to. line: the keyed hash of what it says; rule: the whole rule, as it is stored."""

    not_content: ClassVar[frozenset[str]] = frozenset({"request_id", "rule"})

    owner: UUID = ISSUER
    request_id: str
    line: str
    rule: str = ""


_Known = dict[str, tuple[str, Receipt]]  # by request: the content's hash, what is kept


class Keeper:
    """What earlier lines came to, at hand; the store's writer keeps more of it."""

    def __init__(self, database: Database, key: SealingKey) -> None:
        self._database = database
        self._key = key
        self._refused, self._meant = self._kept(RefusedLine), self._kept(EarnRuleLine)

    def _kept(self, kind: type[RefusedLine | EarnRuleLine]) -> _Known:
        rows = self._database.read(_KEPT, {"issuer": ISSUER, "scope": kind.__name__})
        return {request: (digest, json.loads(receipt)) for request, digest, receipt in rows}

    def before(self, asked: Asked) -> Said | None:
        """What a line of this party and request id was refused with before; None: it was not."""
        known = self._refused.get(_request(asked)) if self._refused else None
        if known is None:
            return None
        digest, receipt = known
        if digest != content_hash(RefusedLine(request_id=_request(asked), line=self._line(asked))):
            return Said.no(RequestIdReused(asked.request_id))
        return Said(receipt["rejection"], receipt["facts"], {}, replayed=True)

    def refuse(self, asked: Asked, whose: OwnerId | None, no: Rejection) -> Said:
        """Refuse a line, now and for ever; unless its request id was used for something that a rule decided."""
        said = Said.no(no)
        command = RefusedLine(
            request_id=_request(asked),
            line=self._line(asked),
            whose=whose,
            asked=asked.request_id,
            rejection=said.rejection,
            facts=said.facts,
        )
        try:
            receipt = self._database.submit(command, _decide_refused)
        except RequestIdReused:
            return Said.no(RequestIdReused(asked.request_id))
        self._refused[command.request_id] = (content_hash(command), receipt)
        return said

    def rule(self, asked: Asked, mean: Callable[[], EarnRule]) -> EarnRule:
        """The earn rule that a line meant when it came first. mean: what it means now.

        Raises:
            RequestIdReused: another line came with this request id before. Rejection: as `mean`.
        """
        empty = EarnRuleLine(request_id=_request(asked), line=self._line(asked))
        known = self._meant.get(empty.request_id)
        if known is None:
            command = dataclasses.replace(empty, rule=rule_text(mean()))
            known = (content_hash(command), self._database.submit(command, _decide_rule))
            self._meant[command.request_id] = known
        digest, receipt = known
        if digest != content_hash(empty):
            raise RequestIdReused(asked.request_id)
        return rule_from(receipt["rule"])

    def _line(self, asked: Asked) -> str:
        content = json.dumps(asked.said, sort_keys=True, ensure_ascii=False, default=str).encode()
        return hmac.new(self._key.for_fingerprints, content, hashlib.sha256).hexdigest()


def _request(asked: Asked) -> str:
    """One request of one party: its name takes the place of the owner that there may not be."""
    return json.dumps([*_folded(asked.line.party), asked.request_id], ensure_ascii=False)


def _folded(party: Party) -> Party:
    kind, name = party
    return (kind, name_key(name)) if kind == MEMBER else party


def _decide_refused(reader: Reader, command: RefusedLine, _now: datetime) -> Plan:
    if command.whose and reader.all(_TAKEN, {"owner": command.whose, "request_id": command.asked}):
        raise RequestIdReused(command.asked)
    return Plan({"rejection": command.rejection, "facts": dict(command.facts)})


def _decide_rule(_reader: Reader, command: EarnRuleLine, _now: datetime) -> Plan:
    return Plan({"rule": command.rule})
