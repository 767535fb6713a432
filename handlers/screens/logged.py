"""What was logged, undone or said 属实 to: households with their outcomes, photos and what counts."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.reply import Choice, Reply
from handlers.screens import Values, back, screen
from handlers.screens.away_lines import unasked, until_question
from handlers.screens.duty_lines import place
from handlers.screens.nicknames import called_facts, called_lines
from handlers.screens.standing_lines import counted, still_open
from handlers.screens.twins import twin_facts, with_twin
from handlers.screens.visits import day_words
from models.cases.queries import list_owed
from models.drafts import Draft
from models.households.standing import list_standing, owes
from models.times import local_day
from models.visits import queries

NAMED = 5
"""Households an undo names; the others are counted."""


def logged_facts(
    session: Session,
    recipient_id: int | None,
    *,
    now: datetime,
    draft_id: int,
    again: bool = False,
    asks: bool = True,
    **more: Any,
) -> Values | None:
    """A report after 确认: its records, what each counted for now, and what is still open.

    `asks`: whether it may ask until when a family is away.
    """
    draft = session.get(Draft, draft_id)
    card = queries.find_card(session, draft_id)
    if draft is None or card is None or recipient_id is None:
        return None
    today = local_day(now)
    standing = {
        day: {each.place.household_id: asdict(each) for each in list_standing(session, ids, today, day, card.places)}
        for day, ids in _by_day(card.lines).items()
    }
    settled = queries.list_settled_by(session, [line.visit_id for line in card.lines])
    lines = [
        {
            **asdict(line),
            "standing": standing[line.visited_on][line.place.household_id],
            "settled": settled[line.visit_id],
        }
        for line in card.lines
    ]
    return {
        "draft_id": draft_id,
        "again": again,
        "today": today,
        "lines": lines,
        "photos": card.photos,
        "owed": _owed(session, recipient_id, today),
        "undo": card.may_undo(now),
        "asks": asks,
        "twin": twin_facts(session, recipient_id, draft_id, now=now) if card.photos else None,
        "nicknames": called_facts(session, draft),
    }


def _by_day(lines: Iterable[queries.CardLine]) -> dict[date, list[int]]:
    """The households of each day's lines, each once."""
    found: dict[date, list[int]] = {}
    for line in lines:
        ids = found.setdefault(line.visited_on, [])
        if line.place.household_id not in ids:
            ids.append(line.place.household_id)
    return found


def _owed(session: Session, person_id: int, today: date) -> Values | None:
    """What is still open of one's own; None for who owes no visits (team heads, leaders)."""
    page = list_owed(session, person_id, today)
    if not page.items and not owes(session, person_id):
        return None
    owed = [view for view in page.items if not view.paused]
    # Households, not duties: one may be short in two periods.
    twice = len(page.items) - len({view.household_id for view in owed})
    paused = len({view.household_id for view in page.items} - {view.household_id for view in owed})
    return {"total": page.total - twice, "items": [asdict(view) for view in owed], "paused": paused}


@screen("visit.logged", facts=logged_facts)
def logged(values: Values, t: Words) -> Reply:
    """记好了: a line each with what it counted for, the photos, what is still open, 撤销."""
    kept = [line for line in values["lines"] if line["state"] == "confirmed"]
    waiting = [line for line in values["lines"] if line["state"] == "unconfirmed"]
    if not kept and not waiting:
        return undone(values, t)
    parts = [t("visit.known") if values["again"] else t("visit.logged")] if kept else []
    parts += [logged_line(line, values["today"], t) for line in kept]
    parts += [held_line(line, t) for line in waiting]
    if photos := photo_words(values["photos"], t):
        parts.append(photos)
    if values["owed"]:
        parts.append(still_open(values["owed"], t))
    said, asked = called_lines(values["nicknames"], values["draft_id"], t)
    if values["asks"] and (away := unasked(kept)):
        question, options = until_question(away, values["today"], t)
        said, asked = [*said, question], [*options, *asked]
    # Not first: a 1 sent twice over a weak line would take back what the first one confirmed.
    choices = [Choice(t("visit.next"), "visit:start")]
    if values["undo"]:
        choices.append(Choice(t("visit.undo"), f"visit:undo:{values['draft_id']}", t.several("visit.undo_words")))
    return with_twin(Reply("\n".join([*parts, *said]), (*choices, *asked, back(t))), values["twin"], t)


def held_line(line: Values, t: Words) -> str:
    """A visit that waits for the officer's consent."""
    return t("visit.held", place=place(line["place"], t), day=t.day(line["visited_on"]))


def logged_line(line: Values, today: date, t: Words) -> str:
    """`✓ 李宁(青山村4组) 今天 见到:11月第2次,够了`."""
    said = outcome_words(line, t)
    return t(
        "visit.logged_line", place=place(line["place"], t), day=day_words(line["visited_on"], today, t), outcome=said,
        counted=counted_words(line, t),
    )  # fmt: skip


def counted_words(line: Values, t: Words) -> str:
    """What a record counted for, or why it does not."""
    if line["outcome"] == "deceased":
        return t("visit.paused")
    if not line["counts"]:
        if line["outcome"] != "met":
            reason = "visit.not_met"
        elif line["kind"] in ("courtesy", "phone"):
            reason = f"visit.not_counted.{line['kind']}"
        else:
            reason = "visit.not_counted.other" if line["capacity"] == "other" else "visit.not_counted.area"
        said = t(reason)
    else:
        said = counted(line["standing"], line["visited_on"], t)
        if line["twice"]:
            said += t("visit.once")
    return said + "".join(t("visit.settled", period=t.month(date.fromisoformat(day))) for day in line["settled"])


def outcome_words(line: Values, t: Words) -> str:
    said = t(f"visit.outcome.{line['outcome']}")
    if line.get("away_until"):
        said = t("visit.away_until", outcome=said, day=t.day(line["away_until"]))
    return said if line["kind"] == "routine" else t("visit.of_kind", outcome=said, kind=t(f"visit.kind.{line['kind']}"))


def photo_words(photos: dict[str, int], t: Words) -> str:
    """`照片3张,已存`: said only of those whose bytes are on disk."""
    parts = []
    if photos.get("stored"):
        parts.append(t("photo.stored", n=photos["stored"]))
    if photos.get("waiting"):
        parts.append(t("photo.waiting", n=photos["waiting"]))
    if photos.get("voice_stored"):
        parts.append(t("voice.stored", n=photos["voice_stored"]))
    if photos.get("voice_waiting"):
        parts.append(t("voice.waiting", n=photos["voice_waiting"]))
    return t("photo.and").join(parts)


def has_voice(photos: dict[str, int]) -> bool:
    """Whether there is something to be heard: the bot cannot, so a line of text is asked for."""
    return bool(photos.get("voice_stored") or photos.get("voice_waiting"))


def undone_facts(session: Session, recipient_id: int | None, *, now: datetime, draft_id: int) -> Values | None:
    """What was taken back, by name: after a while nobody knows which report 撤销 meant."""
    card = queries.find_card(session, draft_id)
    return None if card is None else {"lines": [asdict(line) for line in card.lines], "today": local_day(now)}


@screen("visit.undone", facts=undone_facts)
def undone(values: Values, t: Words) -> Reply:
    gone = [line for line in values["lines"] if line["state"] == "withdrawn"]
    said = [place(line["place"], t) + " " + day_words(line["visited_on"], values["today"], t) for line in gone[:NAMED]]
    more = t("visit.undone_more", n=len(gone) - NAMED) if len(gone) > NAMED else ""
    text = t("visit.undone", names=t.join(said) + more)
    return Reply(text, (Choice(t("visit.again"), "visit:start"), back(t)))


@screen("visit.cancelled")
def cancelled(values: Values, t: Words) -> Reply:
    return Reply(t("visit.cancelled"), (Choice(t("visit.again"), "visit:start"), back(t)))


def confirmed_facts(
    session: Session, recipient_id: int | None, *, now: datetime, draft_ids: list[int], waiting: int
) -> Values:
    found = [logged_facts(session, recipient_id, now=now, draft_id=each) for each in draft_ids]
    return {"reports": [each for each in found if each], "waiting": waiting}


@screen("visit.confirmed_all", facts=confirmed_facts)
def confirmed_all(values: Values, t: Words) -> Reply:
    """全部确认: every record with what it counted for; what still needs an answer stays in 待办."""
    parts = [t("visit.logged")] if values["reports"] else [t("visit.nothing_confirmed")]
    for report in values["reports"]:
        parts += [logged_line(line, report["today"], t) for line in report["lines"] if line["state"] == "confirmed"]
        parts += [held_line(line, t) for line in report["lines"] if line["state"] == "unconfirmed"]
    if values["waiting"]:
        parts.append(t("visit.still_asked", n=values["waiting"]))
    called = next((each for each in values["reports"] if any(one["answer"] == "ask" for one in each["nicknames"])), None)
    said, asked = called_lines(called["nicknames"], called["draft_id"], t) if called else ([], [])
    return Reply("\n".join([*parts[:25], *said]), (Choice(t("keyboard.todo"), "duty:todo"), *asked, back(t)))
