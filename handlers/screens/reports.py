"""A report before 确认: the card, the one question that is open, and why a message brought nothing."""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.reply import Choice, Reply
from handlers.reports import options_of
from handlers.screens import Values, back, screen
from handlers.screens.duties import reader
from handlers.screens.duty_lines import explain_button, own_line, place
from handlers.screens.logged import has_voice, logged, logged_facts, outcome_words, photo_words
from handlers.screens.numbered import Numbered
from handlers.screens.standing_lines import due_line
from handlers.screens.twins import twin_facts, with_twin
from handlers.screens.visits import DAYS_BACK, day_words
from models.cases.queries import list_owed
from models.households.standing import list_most_due
from models.times import local_day
from models.visits import queries
from models.visits.reports import Query

NOTE_SHOWN = 60
DATE_REASONS = ("future", "old", "impossible", "lunar", "calendar", "midnight", "several")


def report_facts(
    session: Session, recipient_id: int | None, *, now: datetime, draft_id: int, stale: bool = False
) -> Values | None:
    """A report as it is at this moment: open with a question or a card, or logged, or set aside."""
    card = queries.find_card(session, draft_id)
    if card is None:
        return None
    if card.state == "done":
        return {"logged": logged_facts(session, recipient_id, now=now, draft_id=draft_id, again=True)}
    return {
        **asdict(card), "today": local_day(now), "stale": stale, "query": card.question, "logged": None,
        "twin": twin_facts(session, recipient_id, draft_id, now=now) if card.photos else None,
    }  # fmt: skip


@screen("visit.report", facts=report_facts)
def report(values: Values, t: Words) -> Reply:
    if values["logged"]:
        return logged(values["logged"], t)
    if values["state"] == "cancelled":
        return Reply(t("visit.cancelled"), (Choice(t("visit.again"), "visit:start"), back(t)))
    return with_twin(question(values, t) if values["query"] else card(values, t), values["twin"], t)


def card(values: Values, t: Words) -> Reply:
    """请核对: one line a household, each removable, one 确认."""
    draft, version = values["draft_id"], values["version"]
    lines = [t("visit.stale")] if values["stale"] else []
    lines += [t("visit.check"), *(card_line(line, values["today"], t) for line in values["lines"])]
    if photos := photo_words(values["photos"], t):
        lines.append(photos)
    if has_voice(values["photos"]):
        lines.append(t("voice.write"))
    lines.append(t("visit.check_hint"))
    choices = [Choice(t("button.confirm"), f"visit:confirm:{draft}:{version}", t.several("button.confirm_words"))]
    if len(values["lines"]) > 1:
        choices += [
            Choice(t("visit.drop", name=line["place"]["name"]), f"visit:drop:{draft}:{version}:{line['place']['household_id']}", (), 1 + n // 2)
            for n, line in enumerate(values["lines"])
        ]  # fmt: skip
    choices.append(
        Choice(t("visit.change_day"), f"visit:dates:{draft}:{version}", t.several("visit.change_day_words"), 90)
    )
    choices.append(Choice(t("visit.set_aside"), f"visit:cancel:{draft}", t.several("visit.set_aside_words"), 90))
    return Reply("\n".join(lines), tuple(choices))


def card_line(line: Values, today: date, t: Words) -> str:
    said = t(
        "visit.card_line",
        place=place(line["place"], t),
        day=day_words(line["visited_on"], today, t),
        outcome=outcome_words(line, t),
    )
    if line["note"]:
        note = line["note"]
        said += "\n— " + (note if len(note) <= NOTE_SHOWN else note[:NOTE_SHOWN] + "…")
    if line["twice"]:
        said += "\n— " + t("visit.twice")
    return said


def undated_line(line: Values, t: Words) -> str:
    """A line while its day is being asked: no day that the sender did not say."""
    return t("visit.card_line_undated", place=place(line["place"], t), outcome=outcome_words(line, t))


def question(values: Values, t: Words) -> Reply:
    """One question at a time, with what is already understood above it."""
    query: Query = values["query"]
    draft, version, today = values["draft_id"], values["version"], values["today"]
    numbered = Numbered()
    known = [
        undated_line(line, t) if query.code == "date" else card_line(line, today, t)
        for line in values["lines"]
        if line["place"]["household_id"] not in query.household_ids
    ]
    lines = [t("visit.stale")] if values["stale"] else []
    lines += [t("visit.understood"), *known] if known else []
    lines.append(question_words(query, values, t))
    for index, option in enumerate(options_of(query, today)):
        words = option_words(query, option, values, t)
        tap = Choice(words[0], f"visit:answer:{draft}:{version}:{index}", words[1:])
        lines.append(numbered.line(words[-1] if query.code in NAMED else words[0], tap))
    aside = Choice(t("visit.set_aside"), f"visit:cancel:{draft}", t.several("visit.set_aside_words"))
    return Reply("\n".join(lines), (*numbered.choices, aside))


NAMED = ("household", "unknown", "which", "whose", "about")
"""Questions whose answers are households: the button has the name, the line also the place."""


def question_words(query: Query, values: Values, t: Words) -> str:
    name = ""
    if query.household_ids:
        name = values["places"][query.household_ids[0]]["name"]
    code = query.code
    if code == "date":
        # A lunar day that has not come yet has no day to offer.
        named = query.reason in DATE_REASONS and (query.reason != "lunar" or bool(query.days))
        code = f"date_{query.reason}" if named else "date"
    if (code, query.reason) == ("also", "who"):
        code = "also_who"
    day = t.day(date.fromisoformat(query.days[0])) if query.days else ""
    return t(f"visit.ask.{code}", word=query.word, name=name, day=day)


def option_words(query: Query, option: Any, values: Values, t: Words) -> tuple[str, ...]:
    """The button's label first, then the words that answer it too."""
    if query.code in ("also", "done", "death", "gift"):
        return (t(f"visit.answer.{query.code}.{option}"), *t.several(f"visit.answer.{query.code}.{option}_words"))
    if query.code in ("outcome", "how"):
        return (t(f"visit.outcome.{option}"),)
    if query.code == "date":
        day = date.fromisoformat(option)
        return (day_words(day, values["today"], t), t.day(day))
    if isinstance(option, list) and len(option) > 1:
        return (t("visit.all_of_them"), *t.several("visit.all_words"), t("visit.all_of_them"))
    household = option[0] if isinstance(option, list) else option
    if not household:
        none = t("visit.none_of_them" if query.code == "household" else "visit.leave_out")
        return (none, *t.several("visit.none_words"), none)
    at = values["places"][household]
    return (at["name"], place(at, t))


def dates_facts(
    session: Session, recipient_id: int | None, *, now: datetime, draft_id: int, today: str
) -> Values | None:
    found = queries.find_card(session, draft_id)
    return (
        None if found is None else {"draft_id": draft_id, "version": found.version, "today": date.fromisoformat(today)}
    )


@screen("visit.dates", facts=dates_facts)
def dates(values: Values, t: Words) -> Reply:
    """换日期: for all lines of the card."""
    today = values["today"]
    tail = f"{values['draft_id']}:{values['version']}"
    choices = [
        Choice(day_words(day, today, t), f"visit:date:{tail}:{day.toordinal()}", (t.day(day),), n // 2)
        for n, day in enumerate(today - timedelta(days=n) for n in range(DAYS_BACK))
    ]
    return Reply(t("visit.which_day"), (*choices, back(t, f"visit:show:{values['draft_id']}")))


def aside_facts(
    session: Session, recipient_id: int | None, *, now: datetime, why: str, draft_id: int | None = None
) -> Values:
    person, today = reader(session, recipient_id, now), local_day(now)
    values = {"why": why, "draft_id": draft_id}
    if why == "missed":
        owed = list_owed(session, person.id, today).items
        return {**values, "items": [asdict(view) for view in owed if view.can_explain]}
    return {**values, "items": [asdict(each) for each in list_most_due(session, person, today).items[:5]]}


@screen("visit.aside", facts=aside_facts)
def aside(values: Values, t: Words) -> Reply:
    """A plan, somebody else's visit, words that name no household of mine: said plainly, with the likely next step."""
    numbered, why = Numbered(), values["why"]
    said = "missed_early" if why == "missed" and not values["items"] else why
    lines = [t(f"visit.aside.{said}")]
    if why == "missed":
        lines += [numbered.line(own_line(item, t), explain_button(item, t)) for item in values["items"]]
        numbered.side_by_side(0)
    elif why != "plan":
        for item in values["items"]:
            tap = Choice(item["place"]["name"], f"visit:household:{item['place']['household_id']}")
            lines.append(numbered.line(due_line(item, t), tap))
        numbered.side_by_side(0, 3)
    if values["draft_id"]:
        numbered.choices.append(Choice(t("visit.to_card"), f"visit:show:{values['draft_id']}"))
    if why == "missed":
        numbered.choices.append(Choice(t("keyboard.todo"), "duty:todo"))
    return Reply("\n".join(lines), (*numbered.choices, back(t)))
