"""A report as its messages say it: every message read with the answers given so far, joined household by household. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from handlers.locales import LOCALES, words
from handlers.parsing import WORDS, Candidate, Report, RosterChange, Scope, Words, parse_report
from handlers.parsing import Line as SaidLine
from handlers.parsing.choices import plain
from handlers.parsing.dates import find_days
from handlers.parsing.text import even, lower
from models.households.queries import Loggable
from models.visits.reports import Base, Line, Part, Query, ReportView
from models.visits.tables import OUTCOMES

MOST_CHOICES = 8
MOST_TOGETHER = 20
"""都去了 is offered for so many at most: a card with more would not be read."""
YES_NO = ("yes", "no")
FIXED: dict[str, tuple[str, ...]] = {
    "also": YES_NO,
    "done": YES_NO,
    "death": ("visited", "deceased", "member", "left"),
    "gift": ("routine", "courtesy"),
}
NOBODY = 0
CARD_STEPS = ("card", "asking")


class Known(Scope):
    """The households a sender's words may mean, and the words that people of this township use."""

    def __init__(self, candidates: Iterable[Candidate], words: Words = WORDS) -> None:
        super().__init__(candidates)
        self.words = words


def scope_of(households: Iterable[Loggable], words: Words = WORDS) -> Known:
    """The households of a sender as the parser looks them up."""
    found = (
        Candidate(
            h.household_id, h.number, h.head_name, h.village, h.group, h.initials, h.pinyin,
            h.nicknames, h.members, h.helpers, own=h.own,
        )
        for h in households
    )  # fmt: skip
    return Known(found, words)


@dataclass(frozen=True)
class Understood:
    """A report with its lines; `name_only`: nothing but one household's name was said.

    `correction`: the last message corrects what was said before (更正:…). `requests`: changes of the roster that the
    messages tell of (户主换了, 新号码), with or without a visit.
    """

    report: ReportView
    lines: tuple[Line, ...]
    name_only: bool = False
    correction: bool = False
    requests: tuple[RosterChange, ...] = ()


def understand(view: ReportView, scope: Known, zone: ZoneInfo, sender: str) -> Understood:
    """Reads all messages of a report anew. Days not said are the day the message was sent."""
    joined: dict[tuple[int, date | None], Line] = {}
    questions: list[Query] = []
    if view.base is not None:
        joined[view.base.household_id, None] = Line(view.base.household_id, view.base.visited_on, view.base.outcome)
    undecided: set[int] = set()
    named: dict[int, tuple[int, ...]] = {}
    aside, correction = "", False
    requests: list[RosterChange] = []
    for index, part in enumerate(view.parts):
        report, about = _read(part, view, scope, zone, sender)
        correction = report.correction
        requests += report.requests
        sent_on = part.sent_at.astimezone(zone).date()
        several = _on_several_days(report)
        named[part.message_id] = tuple({said.household_id: None for said in report.lines})
        for said in report.lines:
            key = (said.household_id, said.visited_on if several else None)
            if said.outcome is None and key not in joined:
                undecided.add(said.household_id)
            joined[key] = _join(joined.get(key), said, report, sent_on)
        taken_back = _take_back(joined, report)
        asked = [_query(question, index, scope) for question in report.questions]
        if about is None and not report.lines and not asked and joined and _adds_words(report):
            asked = _about(joined, part, index)
        questions += asked
        aside = "" if report.lines or asked or taken_back else _aside(report)
    lines = [_as_buttons_said(line, view) for line in joined.values() if line.household_id not in view.dropped]
    # How it was is asked last: the answers to the other questions may have said it by then.
    how = [] if questions else [_how(line) for line in lines if line.household_id in undecided - set(view.outcomes)]
    name_only = len(view.parts) == 1 and len(lines) == 1 == len(how) and view.base is None
    questions += how
    return Understood(
        replace(view, questions=tuple(questions), aside=aside, said=named),
        tuple(lines),
        name_only,
        correction,
        tuple(dict.fromkeys(requests)),
    )


def _read(part: Part, view: ReportView, scope: Known, zone: ZoneInfo, sender: str) -> tuple[Report, int | None]:
    """One message; words that name nobody are about the household that the report is about, where that is one."""
    local = part.sent_at.astimezone(zone)
    answers = {key: value for key, value in part.answers.items() if key != "about:"}
    about = part.answers.get("about:")
    if about is not None:
        named = scope.by_id.get(int(about))
        text = f"{named.head_name},{part.text}" if named else part.text
        return parse_report(text, local, scope, scope.words, answers=answers, sender=sender), int(about)
    return parse_report(part.text, local, scope, scope.words, answers=answers, sender=sender), None


def names_nobody(text: str, scope: Known, view: ReportView, part: Part, zone: ZoneInfo, sender: str) -> bool:
    """Whether a message names no household of the sender's at all, so that it goes on with what came before."""
    report = parse_report(text, part.sent_at.astimezone(zone), scope, scope.words, sender=sender)
    named = any(
        question.code not in ("which", "date", "gift", "death", "outcome", "done") for question in report.questions
    )
    return not report.lines and not named and not report.others


def names_another(view: ReportView, part: Part, scope: Known, zone: ZoneInfo, sender: str) -> bool:
    """Whether a message is about other households than the one that was only opened by a tap."""
    if view.base is None or names_nobody(part.text, scope, view, part, zone, sender):
        return False
    report = parse_report(part.text, part.sent_at.astimezone(zone), scope, scope.words, sender=sender)
    return view.base.household_id not in {line.household_id for line in report.lines}


def is_about_a_card(text: str, step: str) -> bool:
    """好, 确认, 不用记 and nothing else, in either language; while a card is open also signs without a word."""
    said = plain(text)
    if step in CARD_STEPS and not any(char.isalnum() for char in said):
        return True
    keys = ["button.confirm", "button.confirm_words", "visit.set_aside", "visit.set_aside_words"]
    if step in CARD_STEPS:
        keys.append("visit.undo_words")  # 不对 below a card is no note of the visit
    return any(said == plain(word) for each in LOCALES for key in keys for word in words(each).several(key))


def says_it_anew(part: Part, view: ReportView, scope: Known, zone: ZoneInfo, sender: str) -> bool:
    """Whether a message says completely what an earlier one left open: it takes that one's place."""
    asked = view.parts[view.questions[0].part]
    new = parse_report(part.text, part.sent_at.astimezone(zone), scope, scope.words, sender=sender)
    old = parse_report(
        asked.text, asked.sent_at.astimezone(zone), scope, scope.words, answers=asked.answers, sender=sender
    )  # fmt: skip
    named = {line.household_id for line in new.lines}
    if view.questions[0].code == "household" and not named.intersection(view.questions[0].household_ids):
        return False  # Which 老李 it was is still to be said: this one is about somebody else.
    return new.is_complete and {line.household_id for line in old.lines} <= named


def only_a_day(text: str, today: date) -> date | None:
    """The day, where a message says a day and hardly anything else (是前天, 改成11月9号)."""
    plain = lower(even(text))
    marks = [mark for mark in find_days(plain, today, WORDS) if mark.days]
    if len(marks) != 1 or len(marks[0].days) != 1:
        return None
    rest = plain[: marks[0].start] + plain[marks[0].end :]
    left = [char for char in rest if char not in " ,.。!:;更正改成为是的去了到在应该日期不对错"]
    return marks[0].days[0] if len(left) <= 2 else None


def _on_several_days(report: Report) -> bool:
    """Whether one household is named for more than one day."""
    ids = [line.household_id for line in report.lines]
    return len(ids) != len(set(ids))


def _take_back(joined: dict[tuple[int, date | None], Line], report: Report) -> bool:
    """李宁没去, 除了李宁家都去了, after a line for 李宁: the line goes, as long as another one stays."""
    said = {line.household_id for line in report.lines}
    unsaid = ({missed.household_id for missed in report.missed} | set(report.excepted)) - said
    gone = [key for key in joined if key[0] in unsaid]
    if not gone or len(gone) == len(joined):
        return False
    for key in gone:
        del joined[key]
    return True


def _join(before: Line | None, said: SaidLine, report: Report, sent_on: date) -> Line:
    """What is said later adds to what was said before, or corrects it."""
    day = said.visited_on or sent_on
    if before is None:
        return Line(said.household_id, day, said.outcome or "met", said.kind, said.note, said.away_until)
    note = ";".join(part for part in (before.note, said.note) if part)
    return Line(
        said.household_id,
        day if report.day_said and said.visited_on else before.visited_on,
        said.outcome if said.outcome and said.said else before.outcome,
        said.kind if said.kind != "routine" else before.kind,
        note,
        said.away_until or before.away_until,
    )


def _as_buttons_said(line: Line, view: ReportView) -> Line:
    return replace(
        line,
        outcome=view.outcomes.get(line.household_id, line.outcome),
        visited_on=view.day or line.visited_on,
    )


def _how(line: Line) -> Query:
    return Query("how", f"how:{line.household_id}", -1, "", (line.household_id,))


def _adds_words(report: Report) -> bool:
    return bool(report.not_understood) and not (report.asks or report.plans or report.missed or report.others)


def _about(joined: dict[tuple[int, date | None], Line], part: Part, index: int) -> list[Query]:
    ids = tuple(dict.fromkeys(household for household, _ in joined))
    return [Query("about", "about:", index, part.text[:40], ids[:MOST_CHOICES])]


def _aside(report: Report) -> str:
    if report.plans:
        return "plan"
    if report.missed:
        return "missed"
    if report.others:
        return "other"
    return "asks" if report.asks else "unknown"


def _query(question: Any, index: int, scope: Known) -> Query:
    ids = question.household_ids
    if not ids and question.code in ("household", "unknown", "which"):
        ids = scope.own_ids or tuple(scope.by_id)
    return Query(
        question.code, question.key, index, question.word, tuple(ids[: _most(question.code)]),
        tuple(day.isoformat() for day in question.days), tuple(question.outcomes), question.reason,
    )  # fmt: skip


def _most(code: str) -> int:
    """How many households a question keeps: one more than can be meant together tells that there are more."""
    return MOST_TOGETHER + 1 if code in ("which", "whose") else MOST_CHOICES


def options_of(query: Query, today: date) -> list[Any]:
    """The answers a question offers, in the order shown; a button carries its place in this list."""
    if query.code in FIXED:
        return list(FIXED[query.code])
    if query.code in ("household", "unknown"):
        return [*query.household_ids, NOBODY]
    if query.code in ("which", "whose"):
        ids = query.household_ids
        # All of them, or not offered: never the first few in the place of all.
        whole = [list(ids)] if 1 < len(ids) <= MOST_TOGETHER else []
        return [[each] for each in ids[:MOST_CHOICES]] + whole
    if query.code == "date":
        return list(query.days) or [date.fromordinal(today.toordinal() - n).isoformat() for n in range(3)]
    if query.code == "about":
        return list(query.household_ids)
    return list(query.outcomes or OUTCOMES)


def answer(view: ReportView, query: Query, given: Any) -> ReportView:
    """The report with one answer more; reading it again makes the lines."""
    if query.code == "how":
        return replace(view, outcomes={**view.outcomes, query.household_ids[0]: given})
    part = view.parts[query.part]
    changed = replace(part, answers={**part.answers, query.key: given})
    parts = tuple(changed if index == query.part else each for index, each in enumerate(view.parts))
    return replace(view, parts=parts)


def answer_in_words(view: ReportView, query: Query, part: Part, scope: Known, zone: ZoneInfo, sender: str) -> Any:
    """What a typed sentence answers to a question: households it names, a day it says; None: it is no answer."""
    local = part.sent_at.astimezone(zone)
    if query.code == "date":
        day = only_a_day(part.text, local.date())
        return day.isoformat() if day else None
    if query.code not in ("household", "unknown", "which", "whose", "about") or len(part.text) > 20:
        return None
    report = parse_report(part.text, local, scope, scope.words, sender=sender)
    if report.questions or any(line.outcome or line.note for line in report.lines):
        return None
    ids = [line.household_id for line in report.lines]
    if query.code in ("which", "whose"):
        return ids or None
    return ids[0] if len(ids) == 1 else None


def with_base(view: ReportView, household_id: int, day: date, outcome: str = "met") -> ReportView:
    return replace(view, base=Base(household_id, day, outcome))
