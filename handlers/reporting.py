"""A message in one's own words becomes a report; its questions, its card, 确认, 撤销."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.corrections import take_correction
from handlers.incoming import Incoming
from handlers.naming import read_scope
from handlers.parsing import RosterChange
from handlers.reply import Answer
from handlers.reports import (
    CARD_STEPS,
    Known,
    Understood,
    answer,
    answer_in_words,
    is_about_a_card,
    names_another,
    names_nobody,
    only_a_day,
    options_of,
    says_it_anew,
    understand,
)
from handlers.requests import ask_for, made_answers, make_requests, new_changes
from handlers.strays import stray
from handlers.visits import day_of, house_ids, report_answer
from models.access import PersonView
from models.errors import Refused
from models.photos import actions as photos
from models.visits import actions, queries, reports
from models.visits.reports import Part, ReportView

AGREED_ABOUT = ("", "choose", "house", "card", "asking")
"""Steps in which 好, 不用记 or 👍 alone tell nothing about a household."""


def read_reporting(
    session: Session, person: PersonView, today: date, now: datetime, draft_id: int | None = None
) -> tuple[ReportView, Known]:
    """What is open of the person's report (or one named report), and the households words may mean."""
    if draft_id is None:
        view = reports.find_open_report(session, person.id, now=now)
    else:
        view = reports.get_report(session, person.id, draft_id)
    return view or ReportView(), read_scope(session, person, today)


async def take_words(incoming: Incoming, context: Context) -> None:
    """A message in one's own words: a report, an answer to its question, or more words for it."""
    if not context.me.may("visit.log"):
        from handlers.households import search_words

        await search_words(incoming, context)
        return
    if incoming.edited:
        await take_edited(incoming, context)
        return
    view, scope = await context.read(read_reporting, context.me, context.today, context.now)
    if view.step in AGREED_ABOUT and is_about_a_card(incoming.text, view.step):
        await take_word_for_card(context, view)
        return
    if stray(incoming.text) == "number":
        await take_number(context, view)
        return
    if not scope.by_id and view.draft_id is None:
        await context.reply("visit.choose", page=1)  # which says that there are no households
        return
    if view.step == "add":
        view = ReportView()
    part = Part(incoming.text, incoming.sent_at, incoming.message_id)
    await keep_words(context, add_words(view, part, scope, context), scope, view)


def add_words(view: ReportView, part: Part, scope: Known, context: Context) -> ReportView:
    """The report with one message more: an answer, a day, words about its one household, or a part of its own."""
    zone, me = context.zone, context.me.name
    if view.questions:
        given = answer_in_words(view, view.questions[0], part, scope, zone, me)
        if given is not None:
            return answer(view, view.questions[0], given)
        if (asked := view.questions[0].part) >= 0 and says_it_anew(part, view, scope, zone, me):
            return replace(view, parts=(*view.parts[:asked], part, *view.parts[asked + 1 :]))
    if view.step == "house" and names_another(view, part, scope, zone, me):
        view = replace(view, base=None)
    before = understand(view, scope, zone, me)
    households = {line.household_id for line in before.lines}
    if households and names_nobody(part.text, scope, view, part, zone, me):
        day = only_a_day(part.text, part.sent_at.astimezone(zone).date())
        if day is not None:
            return replace(view, day=day)
        if len(households) == 1:
            part = replace(part, answers={"about:": households.pop()})
    return replace(view, parts=(*view.parts, part))


async def take_number(context: Context, view: ReportView) -> None:
    """A number that the last screen does not have: the card that is open, or how numbers are used."""
    if view.step in CARD_STEPS:
        await context.reply("visit.report", draft_id=view.draft_id)
    else:
        await context.reply("visit.aside", why="number")


async def take_word_for_card(context: Context, view: ReportView) -> None:
    """好 or 不用记 that no button of the last screen takes: shows what may be meant; nothing is confirmed unseen."""
    waiting, logged = await context.read(read_agreed, context.me.id, now=context.now)
    if view.step in CARD_STEPS:
        await context.reply("visit.report", draft_id=view.draft_id)
    elif view.step == "house" and view.base is not None:
        await context.reply("visit.house", **house_ids(view.base.household_id, view.base.visited_on))
    elif waiting:
        await context.reply("duty.todo")
    elif logged is not None:
        await context.reply("visit.report", draft_id=logged)
    else:
        await context.refuse("visit.nothing_to_confirm")


def read_agreed(session: Session, person_id: int, *, now: datetime) -> tuple[bool, int | None]:
    """Whether a report waits for 确认, and the newest one logged within a day."""
    return queries.has_unconfirmed(session, person_id), queries.find_undoable(session, person_id, now=now)


async def keep_words(context: Context, said: ReportView, scope: Known, before: ReportView) -> None:
    """Answers what the message said: the card, the next question, or why it brought nothing."""
    understood = understand(said, scope, context.zone, context.me.name)
    if understood.correction and not before.parts:
        await take_correction(context, said.parts[-1], scope)
        return
    newest = said.parts[-1].text if said.parts else ""
    changes = new_changes(understood.requests, newest)
    loose = before.step in ("photos", "whose", "offer")
    if understood.name_only and loose:
        await context.run(
            photos.say_whose, context.me.id, before.draft_id, understood.lines[0].household_id, reply=whose_answer
        )
    elif understood.name_only:
        line = understood.lines[0]
        await context.run(
            reports.choose, context.me.id, line.household_id, "house", visited_on=line.visited_on,
            reply=Answer("visit.house", house_ids(line.household_id, line.visited_on)),
        )  # fmt: skip
    elif changes and not understood.lines and not understood.report.questions:
        await ask_for(context, changes)
    elif understood.report.aside and before.questions and changes:
        # Not about the question, which stays: what it tells of the roster is passed on.
        await ask_for(context, changes)
    elif understood.report.aside and before.questions:
        # No answer to the question, and no report either: the question is shown again.
        await context.reply("visit.report", draft_id=before.draft_id)
    elif understood.report.aside and not loose:
        aside = understood.report.aside
        why = (stray(newest) if aside == "unknown" else "") or aside
        await context.reply("visit.aside", why=why, draft_id=before.draft_id)
    elif not understood.lines and not understood.report.questions:
        await context.run(
            _keep, understood, context.me.id, reply=lambda kept: Answer("photo.whose", {"draft_id": kept.draft_id})
        )
    else:
        check_ahead(understood, context.today)
        await context.run(
            _keep_both, understood, changes, context.me,
            reply=lambda both: [report_answer(both[0]), *made_answers(both[1])],
        )  # fmt: skip


def _keep_both(
    session: Session, understood: Understood, changes: list[RosterChange], me: PersonView, *, now: datetime
) -> tuple[reports.Kept, list[int]]:
    """The report and, besides, what it says of the roster: that goes to the officer at once."""
    return _keep(session, understood, me.id, now=now), make_requests(session, me, changes, now=now)


def whose_answer(said: photos.Added | reports.Kept) -> Answer:
    """Photos that found their household: added to that day's record, or a card to confirm."""
    if isinstance(said, photos.Added):
        return Answer("photo.added", {"draft_id": said.draft_id, "visit_id": said.visit_id})
    return report_answer(said)


def check_ahead(understood: Understood, today: date) -> None:
    """Raises Refused("visit.future", day): nobody has been somewhere tomorrow."""
    ahead = [line.visited_on for line in understood.lines if line.visited_on > today]
    if ahead:
        raise Refused("visit.future", day=ahead[0].isoformat())


def _keep(session: Session, understood: Understood, person_id: int, *, now: datetime) -> reports.Kept:
    return reports.keep_report(session, person_id, understood.report, understood.lines, now=now)


async def take_edited(incoming: Incoming, context: Context) -> None:
    """An edited message changes the report it went into, until that is confirmed."""
    found = await context.read(queries.find_by_message, context.me.id, incoming.message_id, now=context.now)
    if found is None:
        await context.ignore("an edited message that was no report")
    elif found[1] not in ("active", "parked"):
        await context.refuse("visit.edited_late")
    else:
        view, scope = await context.read(read_reporting, context.me, context.today, context.now, found[0])
        parts = tuple(
            replace(part, text=incoming.text, answers={}) if part.message_id == incoming.message_id else part
            for part in view.parts
        )
        await keep_words(context, replace(view, parts=parts), scope, view)


# --- the card ----------------------------------------------------------------------------------------------


async def change_report(context: Context, change: Any) -> None:
    """Changes an open report by a button of its newest card; an older card is explained and shown anew."""
    draft_id, version = context.number(), context.number(1)
    view, scope = await context.read(read_reporting, context.me, context.today, context.now, draft_id)
    if view.version != version:
        await context.reply("visit.report", draft_id=draft_id, stale=True)
        return
    understood = understand(change(view), scope, context.zone, context.me.name)
    check_ahead(understood, context.today)
    await context.run(_keep, understood, context.me.id, reply=report_answer)


async def answer_question(incoming: Incoming, context: Context) -> None:
    """A button under a question: its place among the answers offered."""
    place = context.number(2)

    def with_answer(view: ReportView) -> ReportView:
        query = view.questions[0] if view.questions else None
        options = options_of(query, context.today) if query else []
        if query is None or not 0 <= place < len(options):
            raise Refused("button.broken")
        return answer(view, query, options[place])

    await change_report(context, with_answer)


async def drop_line(incoming: Incoming, context: Context) -> None:
    """去掉: one household out of the report."""
    household_id = context.number(2)
    await change_report(context, lambda view: replace(view, dropped=(*view.dropped, household_id)))


async def show_dates(incoming: Incoming, context: Context) -> None:
    ids = {"draft_id": context.number(), "today": context.today.isoformat()}
    await context.run(_access_report, context.me.id, context.number(), reply=Answer("visit.dates", ids))


async def change_date(incoming: Incoming, context: Context) -> None:
    day = day_of(context, 2)
    await change_report(context, lambda view: replace(view, day=day))


async def confirm(incoming: Incoming, context: Context) -> None:
    await context.run(actions.confirm_report, context.me.id, context.number(), context.number(1), reply=logged_answer)


def logged_answer(logged: actions.Logged) -> Answer:
    if logged.stale:
        return Answer("visit.report", {"draft_id": logged.draft_id, "stale": True})
    return Answer("visit.logged", {"draft_id": logged.draft_id, "again": logged.again})


async def confirm_all(incoming: Incoming, context: Context) -> None:
    await context.run(
        actions.confirm_all, context.me.id, context.number(),
        reply=lambda done: Answer("visit.confirmed_all", {"draft_ids": done.draft_ids, "waiting": done.waiting}, True),
    )  # fmt: skip


async def show_report(incoming: Incoming, context: Context) -> None:
    await context.run(_access_report, context.me.id, context.number(), reply=report_answer)


def _access_report(session: Session, person_id: int, draft_id: int, *, now: datetime) -> reports.Kept:
    view = reports.get_report(session, person_id, draft_id)
    return reports.Kept(draft_id, view.step)


async def cancel(incoming: Incoming, context: Context) -> None:
    await context.run(reports.cancel_report, context.me.id, context.number(), reply=Answer("visit.cancelled"))


async def undo_last(incoming: Incoming, context: Context) -> None:
    """撤销 as a word, whatever screen came since: the newest report of the last day."""
    draft_id = await context.read(queries.find_undoable, context.me.id, now=context.now)
    if draft_id is None:
        await context.refuse("visit.nothing_to_undo")
    else:
        await context.run(actions.undo_report, context.me.id, draft_id, reply="visit.undone")


async def undo(incoming: Incoming, context: Context) -> None:
    await context.run(actions.undo_report, context.me.id, context.number(), reply="visit.undone")
