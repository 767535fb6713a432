"""A change as it is being put together: what was answered so far, in a draft of the person's own."""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import drafts
from models.access import PersonView
from models.drafts import Draft
from models.errors import Refused
from models.rules.actions import confirm_profile
from models.rules.changing import Wish, begin, begin_removal, check_right
from models.rules.dialogue import answer
from models.rules.families import complete, family_of
from models.rules.holding import REMOVED
from models.rules.parameters import PROFILES, VISIT_RULE

DRAFT = "rule"
Figures = dict[str, Any]
"""A forecast as a draft keeps it."""


def open_wish(session: Session, me: PersonView, wish: Wish, *, now: datetime, **more: Any) -> Draft:
    """A wish as the person's active draft, with nothing asked yet; `more` are facts besides."""
    facts = {**asdict(wish), "parameters": dict(wish.parameters), "asked": "", **more}
    return drafts.open_draft(session, me.id, DRAFT, now=now, facts=facts)


def begin_draft(
    session: Session,
    me: PersonView,
    code: str,
    act: str,
    area_id: int | None = None,
    asked: str = "",
    *,
    now: datetime,
) -> tuple[int, str]:
    """A draft of the rule as it is to be, and what is asked first; `switch` turns it off or on, `remove` gives a
    village's own up. Raises as `begin` and `begin_removal`."""
    check_right(session, me, area_id)
    wish = begin_removal(session, code, area_id or 0) if act == "remove" else begin(session, code, area_id)
    if act == "switch":
        wish = replace(wish, state="off" if wish.state == "on" else "on")
    return open_wish(session, me, wish, now=now, asked=asked).id, asked


def begin_profile(session: Session, me: PersonView, name: str, *, now: datetime) -> int:
    """How often, as the profile has it; everything else stays as it is here."""
    check_right(session, me)
    confirm_profile(session, person_id=me.id, now=now)
    wish, profile = begin(session, VISIT_RULE), complete(VISIT_RULE, PROFILES[name].to_dict())
    often = {part: profile[part] for part in ("needed", "period", "kinds")}
    return open_wish(session, me, replace(wish, parameters={**wish.parameters, **often}), now=now).id


def own_draft(session: Session, me: PersonView, draft_id: int) -> Draft:
    """The person's own draft of a change. Raises Refused("draft.gone")."""
    return drafts.get_own(session, me.id, draft_id, DRAFT)


def ask(session: Session, me: PersonView, draft_id: int, asked: str, *, now: datetime) -> int:
    """Notes the path of the thing that is asked about now, none: empty. Raises Refused("draft.gone")."""
    return drafts.revise(session, own_draft(session, me, draft_id), now=now, asked=asked)


def ask_nth(session: Session, me: PersonView, draft_id: int, place: int, *, now: datetime) -> tuple[int, str]:
    """The same by the thing's place among the rule's, from 0; the draft and the path. Raises Refused("button.broken")."""
    draft = own_draft(session, me, draft_id)
    things = family_of(draft.facts["code"]).things
    if place >= len(things):
        raise Refused("button.broken")
    return drafts.revise(session, draft, now=now, asked=things[place].path), things[place].path


def set_range(session: Session, me: PersonView, draft_id: int, area_id: int | None, *, now: datetime) -> int:
    """The same change, of what holds there. Raises as `begin`."""
    check_right(session, me, area_id)
    draft = own_draft(session, me, draft_id)
    former = begin(session, draft.facts["code"], wish_of(draft.facts).area_id)
    wish = begin(session, former.code, area_id)
    changed = {name: value for name, value in draft.facts["parameters"].items() if former.parameters.get(name) != value}
    facts = {**asdict(wish), "parameters": {**wish.parameters, **changed}}
    return drafts.revise(session, draft, now=now, asked="", **facts)


def set_answer(session: Session, me: PersonView, draft_id: int, value: str, *, now: datetime) -> tuple[int, str]:
    """Keeps an answer. Raises as models.rules.dialogue.answer."""
    draft = own_draft(session, me, draft_id)
    asked = draft.facts.get("asked", "")
    if not asked:
        raise Refused("rule.stale")
    parameters, following = answer(draft.facts["code"], draft.facts["parameters"], asked, value)
    # A village that was to be given up, but for one thing, keeps a rule of its own.
    state = "on" if draft.facts["state"] == REMOVED else draft.facts["state"]
    return drafts.revise(session, draft, now=now, parameters=parameters, state=state, asked=following), following


def wish_of(facts: dict[str, Any]) -> Wish:
    """What a draft asks for."""
    return Wish(
        facts["code"], facts["base_id"], facts["parameters"], facts["state"], facts["at_once"], facts["undo_of"],
        facts.get("area_id"),
    )  # fmt: skip


def keep_preview(
    session: Session, me: PersonView, draft_id: int, at_once: bool, figures: Figures, *, now: datetime
) -> int:
    """Notes what was shown, so that this and nothing else is made of the draft."""
    draft = own_draft(session, me, draft_id)
    return drafts.revise(session, draft, now=now, at_once=at_once, preview=figures)


def keep_undo(session: Session, me: PersonView, wish: Wish, figures: Figures, *, now: datetime) -> int:
    """A draft of taking a version back, with what was shown of that."""
    return open_wish(session, me, wish, now=now, preview=figures).id


def close(session: Session, me: PersonView, draft_id: int, state: str, *, now: datetime) -> None:
    """Ends or puts aside: `state` is cancelled or parked."""
    drafts.close(session, own_draft(session, me, draft_id), state, now=now)
