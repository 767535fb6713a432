"""Joining: invitation links, the own phone number, changing the account, leaving it.

A link's token is made from its row and the installation's key, so the row can be shown again while no table and no
outbox row holds the token; only its keyed hash is kept to find it by.
"""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import phonenumbers
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import audit, outbox
from models.access import PersonView
from models.errors import Refused
from models.outbox import Message
from models.people import Invitation, Person
from models.people.queries import access_person, binding_version, find_open_invitation, list_people
from models.secrets import keyed_hash

VALID_FOR = timedelta(days=7)
ID_BYTES, PROOF_BYTES = 6, 15
"""21 bytes are 28 characters of A-Za-z0-9_-, without padding; a start parameter may have 64."""


@dataclass(frozen=True)
class Invited:
    invitation_id: int


@dataclass(frozen=True)
class Joined:
    """`again`: the account had joined as this person before, nothing changed."""

    person_id: int
    again: bool = False


def token_of(invitation: Invitation) -> str:
    """The word in the link of an invitation; always the same for the same row under the same key."""
    made = f"invitation {invitation.id} {invitation.person_id} {invitation.created_at.isoformat()}"
    proof = bytes.fromhex(keyed_hash(made).partition(":")[2])[:PROOF_BYTES]
    return base64.urlsafe_b64encode(invitation.id.to_bytes(ID_BYTES) + proof).decode()


def make_invitation(
    session: Session,
    person_id: int,
    *,
    now: datetime,
    valid_for: timedelta = VALID_FOR,
    created_by: int | None = None,
) -> Invitation:
    """A new single-use link of a person; the open ones before it are revoked. No right is checked here."""
    _revoke_open(session, person_id, now)
    invitation = Invitation(
        person_id=person_id,
        token_hash=secrets.token_hex(),
        created_by=created_by,
        created_at=now,
        expires_at=now + valid_for,
    )
    session.add(invitation)
    session.flush()
    invitation.token_hash = keyed_hash(token_of(invitation))
    audit.record(
        session, "person.invite", now=now, person_id=created_by, subject=f"person:{person_id}",
        invitation=invitation.id,
    )  # fmt: skip
    return invitation


def _revoke_open(session: Session, person_id: int, now: datetime) -> None:
    session.execute(
        update(Invitation)
        .where(Invitation.person_id == person_id, Invitation.used_at.is_(None), Invitation.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def invite(
    session: Session,
    me: PersonView,
    person_id: int,
    *,
    now: datetime,
    valid_for: timedelta = VALID_FOR,
    anew: bool = False,
) -> Invited:
    """The person's open link, or a new one; `anew` always makes a new one and revokes the old.

    For somebody who joined already it is the link to change the account: opened, the old account is let go.
    Raises Refused("person.not_yours").
    """
    access_person(session, me, person_id, "person.invite")
    invitation = None if anew else find_open_invitation(session, person_id, now)
    if invitation is None:
        invitation = make_invitation(session, person_id, now=now, valid_for=valid_for, created_by=me.id)
    return Invited(invitation.id)


def invite_page(
    session: Session,
    me: PersonView,
    village_id: int | None,
    page: int,
    *,
    now: datetime,
    valid_for: timedelta = VALID_FOR,
) -> int:
    """Sees to it that everybody on one page of the unjoined (of a village, or of all) has an open link; the page."""
    found = list_people(session, me, day=now.date(), page=page, state="unjoined", village_id=village_id)
    for line in found.lines:
        if find_open_invitation(session, line.id, now) is None:
            make_invitation(session, line.id, now=now, valid_for=valid_for, created_by=me.id)
    return found.page


def join_by_link(session: Session, sender: int, token: str, *, now: datetime) -> Joined:
    """Joins the account to the link's person.

    Raises Refused: invitation.wrong, invitation.revoked, invitation.used, invitation.expired, and
    invitation.foreign where the account has joined as somebody else.
    """
    invitation = session.scalar(select(Invitation).where(Invitation.token_hash == keyed_hash(token)).with_for_update())
    if invitation is None:
        raise Refused("invitation.wrong")
    holder = _holder(session, sender)
    if holder is not None:
        if holder.id != invitation.person_id:
            raise Refused("invitation.foreign", name=holder.name)
        _mark_reachable(holder)
        return Joined(holder.id, again=True)
    person = session.get_one(Person, invitation.person_id)
    if invitation.used_at is not None:
        raise Refused("invitation.used")
    if invitation.revoked_at is not None or person.ended_on is not None:
        raise Refused("invitation.revoked")
    if invitation.expires_at <= now:
        raise Refused("invitation.expired")
    invitation.used_at, invitation.used_by = now, sender
    _bind(session, person, sender, "link", now)
    return Joined(person.id)


def join_by_phone(session: Session, sender: int, owner: int | None, phone: str, *, now: datetime) -> Joined:
    """Joins by the account's own contact card; `owner` is the channel's number of the card's owner.

    Raises Refused: contact.foreign (somebody else's card), contact.unknown, contact.several, contact.taken.
    """
    if owner != sender:
        raise Refused("contact.foreign")
    holder = _holder(session, sender)
    if holder is not None:
        _mark_reachable(holder)
        return Joined(holder.id, again=True)
    number = normal_phone(phone)
    people = list(
        session.scalars(
            select(Person)
            .where(Person.phone_hash == keyed_hash(number), Person.ended_on.is_(None))
            .limit(2)
            .with_for_update()
        )
        if number
        else ()
    )
    if not people:
        raise Refused("contact.unknown")
    if len(people) > 1:
        raise Refused("contact.several")
    if people[0].telegram_id is not None:
        raise Refused("contact.taken")
    _bind(session, people[0], sender, "phone", now)
    return Joined(people[0].id)


def normal_phone(phone: str) -> str:
    """A channel's phone number in international form, `+8619800000001`; empty where it is none.

    Channels give the number with its country code, with or without a plus; without one it is Chinese only where
    it would be no number elsewhere.
    """
    digits = "".join(character for character in phone if character.isdecimal())
    if len(digits) == 13 and digits.startswith("861"):
        return f"+{digits}"
    for text, region in ((f"+{digits}", None), (digits, "CN")):
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return ""


def _holder(session: Session, sender: int) -> Person | None:
    """Who has joined with this account; somebody who left the roster lets go of it."""
    holder = session.scalar(select(Person).where(Person.telegram_id == sender))
    if holder is not None and holder.ended_on is not None:
        holder.telegram_id = None
        session.flush()
        return None
    return holder


def _bind(session: Session, person: Person, sender: int, how: str, now: datetime) -> None:
    before = person.telegram_id
    person.telegram_id, person.joined_at = sender, now
    _mark_reachable(person)
    _revoke_open(session, person.id, now)
    audit.record(
        session, "person.join" if before is None else "person.rebind", now=now, person_id=person.id, sender=sender,
        subject=f"person:{person.id}", how=how,
    )  # fmt: skip
    if before is not None:
        _take_along(session, person, before, sender)
        _tell_old_account(session, person, before, now)
    session.flush()


def _take_along(session: Session, person: Person, before: int, sender: int) -> None:
    """What was to be sent to the old account goes to the new one."""
    session.execute(
        update(Message)
        .where(Message.recipient_id == person.id, Message.chat == before, Message.state.in_(("pending", "retry")))
        .values(chat=sender)
    )


def _tell_old_account(session: Session, person: Person, before: int, now: datetime) -> None:
    """Whoever holds the old account learns of it at once: it may not have been the person's own doing."""
    session.add(
        Message(
            chat=before, lane="answers", rank=outbox.LANES.index("answers"), kind="joining.moved", ids={},
            key=f"moved:{person.id}:{now.isoformat()}", locale=person.locale, made_at=now, due_at=now,
        )
    )  # fmt: skip


def unbind(session: Session, me: PersonView, person_id: int, version: int, *, now: datetime) -> int:
    """Takes the account from a person (whose id comes back): nothing more is sent to it, it can do nothing more.

    `version` is that of the card the officer saw. Raises Refused("person.not_yours", "person.not_joined",
    "person.changed").
    """
    access_person(session, me, person_id, "person.invite")
    person = session.get_one(Person, person_id, with_for_update=True)
    if person.telegram_id is None:
        raise Refused("person.not_joined", name=person.name)
    if binding_version(person) != version:
        raise Refused("person.changed", name=person.name)
    session.execute(
        update(Message)
        .where(Message.recipient_id == person.id, Message.state.in_(("pending", "retry")))
        .values(state="cancelled", reason="unbound")
    )
    person.telegram_id, person.joined_at = None, None
    _mark_reachable(person)
    _revoke_open(session, person.id, now)
    audit.record(session, "person.unbind", now=now, person_id=me.id, subject=f"person:{person_id}")
    return person_id


def _mark_reachable(person: Person) -> None:
    person.unreachable_at, person.unreachable_reason = None, None


def note_blocked(session: Session, sender: int, *, now: datetime) -> None:
    """The person has blocked the bot: unreachable until it is unblocked or until they write."""
    person = session.scalar(select(Person).where(Person.telegram_id == sender))
    if person is not None and person.unreachable_at is None:
        person.unreachable_at, person.unreachable_reason = now, "blocked"
        audit.record(session, "person.blocked", now=now, person_id=person.id, sender=sender)


def note_reachable(session: Session, sender: int, *, now: datetime) -> None:
    """The person can be written to again."""
    person = session.scalar(select(Person).where(Person.telegram_id == sender))
    if person is not None and person.unreachable_at is not None:
        _mark_reachable(person)
        audit.record(session, "person.reachable", now=now, person_id=person.id, sender=sender)


def leave_group(session: Session, channel: str, chat: int, sender: int, inbox_id: int, *, now: datetime) -> None:
    """Somebody added the bot to a group: noted, and the bot goes again without a word."""
    audit.record(session, "group.leave", now=now, sender=sender, inbox=inbox_id)
    session.add(
        Message(
            channel=channel, chat=chat, lane="answers", rank=outbox.LANES.index("answers"), kind="group.leave", ids={},
            key=f"a:{inbox_id}:0", inbox_id=inbox_id, made_at=now, due_at=now,
        )
    )  # fmt: skip
