"""The door to who may sign up: the operator's choice, and invitations, each good for one person.

An invitation is a secret that the operator hands over (as a link); kept is its hash. It is used up in the commit that
admits the person, so two who hold the same one cannot both come in.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from data.database import Database
from data.errors import NotFound
from data.ids import new_id, new_request_id
from data.security import tokens
from data.sign_in import Visit
from data.store import joining, users
from data.store.command import Plan, Reader, Write
from data.store.joining import InvitationNeeded, InvitationOver, Mode, SignUpClosed

__all__ = ["InvitationNeeded", "InvitationOver", "Mode", "SignUpClosed"]

LIFE: Final = timedelta(days=7)
NOTE_LENGTH: Final = 80
_CHOOSE: Final = "INSERT INTO sign_up_choice VALUES ($owner, $seq, $mode, $now)"
_INVITE: Final = """
INSERT INTO invitation VALUES ($owner, $id, $token_hash, $note, $now, $expires_at, NULL, NULL, NULL)"""
_REVOKE: Final = """
UPDATE invitation SET revoked_at = $now WHERE owner = $owner AND id = $id AND used_at IS NULL AND revoked_at IS NULL"""
_STANDING: Final = """
SELECT 1 FROM invitation
WHERE owner = $owner AND id = $id AND used_at IS NULL AND revoked_at IS NULL AND expires_at > $now"""
_LISTED: Final = """
SELECT i.id, i.note, i.made_at, i.expires_at, i.used_at, u.name, i.revoked_at
FROM invitation i LEFT JOIN app_user u ON u.owner = i.used_by
WHERE i.owner = $owner ORDER BY i.made_at DESC, i.id DESC LIMIT 50"""


@dataclasses.dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation as the operator sees it; its secret was shown once."""

    id: UUID
    note: str
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None
    used_by: str | None
    revoked_at: datetime | None

    def open_at(self, now: datetime) -> bool:
        """Whether somebody can still sign up with it."""
        return self.used_at is None and self.revoked_at is None and now < self.expires_at


@dataclasses.dataclass(frozen=True, slots=True)
class ChooseSignUp:
    """Say who may sign up from now on."""

    owner: UUID
    request_id: str
    mode: Mode
    visit: Visit


@dataclasses.dataclass(frozen=True, slots=True)
class Invite:
    """Make an invitation."""

    owner: UUID
    request_id: str
    token_hash: str
    note: str
    visit: Visit


@dataclasses.dataclass(frozen=True, slots=True)
class Revoke:
    """Take an invitation back."""

    owner: UUID
    request_id: str
    invitation: UUID
    visit: Visit


def mode(database: Database) -> Mode:
    """Who may sign up."""
    return joining.mode(database.read)


def choose(database: Database, actor: UUID, wanted: Mode, visit: Visit) -> None:
    """Say who may sign up.

    Raises:
        OperatorOnly.
    """
    database.submit(ChooseSignUp(actor, new_request_id(), wanted, visit), _decide_mode)


def invite(database: Database, actor: UUID, note: str, visit: Visit) -> str:
    """The secret of a new invitation, shown this once. `note` says whom it is meant for.

    Raises:
        OperatorOnly.
    """
    token = tokens.new_token(actor)
    command = Invite(actor, new_request_id(), tokens.token_hash(token), note.strip()[:NOTE_LENGTH], visit)
    database.submit(command, _decide_invite)
    return token


def revoke(database: Database, actor: UUID, invitation: UUID, visit: Visit) -> None:
    """Take back an invitation that nobody has used.

    Raises:
        OperatorOnly. NotFound: it is another's, was used, has expired or was taken back already.
    """
    database.submit(Revoke(actor, new_request_id(), invitation, visit), _decide_revoke)


def invitations(database: Database, actor: UUID) -> list[Invitation]:
    """The operator's last 50 invitations, latest first; of anybody else there are none."""
    return [Invitation(*row) for row in database.read(_LISTED, {"owner": actor})]


def is_open(database: Database, token: str) -> bool:
    """Whether somebody can sign up with this invitation now."""
    inviter = tokens.owner_in(token)
    if inviter is None:
        return False
    return joining.open_invitation(database.read, inviter, tokens.token_hash(token), database.clock()) is not None


def _decide_mode(reader: Reader, command: ChooseSignUp, now: datetime) -> Plan:
    users.require_operator(reader.all, command.owner)
    row = {"owner": command.owner, "seq": reader.next_seq(), "mode": command.mode, "now": now}
    noted = users.event(reader, "sign_up_chosen", command.owner, command.visit, now, mode=command.mode)
    return Plan({}, [Write(_CHOOSE, row), noted], touches=frozenset({command.owner}))


def _decide_invite(reader: Reader, command: Invite, now: datetime) -> Plan:
    users.require_operator(reader.all, command.owner)
    row = {
        "owner": command.owner,
        "id": new_id(),
        "token_hash": command.token_hash,
        "note": command.note,
        "now": now,
        "expires_at": now + LIFE,
    }
    noted = users.event(reader, "invited", command.owner, command.visit, now)
    return Plan({}, [Write(_INVITE, row), noted], touches=frozenset({command.owner}))


def _decide_revoke(reader: Reader, command: Revoke, now: datetime) -> Plan:
    users.require_operator(reader.all, command.owner)
    at = {"owner": command.owner, "id": command.invitation, "now": now}
    if reader.one(_STANDING, at) is None:
        raise NotFound("invitation", str(command.invitation))
    noted = users.event(reader, "invitation_revoked", command.owner, command.visit, now)
    return Plan({}, [Write(_REVOKE, at), noted], touches=frozenset({command.owner}))
