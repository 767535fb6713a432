"""The digest in words: everything one person needs to know today, in one message."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.reply import Choice, Reply
from handlers.screens import Values, screen
from handlers.screens.date_lines import near_line
from handlers.screens.duties import reader
from handlers.screens.duty_lines import (
    card_button,
    handed_lines,
    log_button,
    near_day,
    next_words,
    own_line,
    own_lines,
    owner_line,
    place,
    todo_button,
    unconfirmed_lines,
)
from handlers.screens.news import death_lines, news_lines, requests_line, unjoined_lines
from handlers.screens.numbered import Numbered
from handlers.screens.record_lines import claim_lines, returned_lines
from handlers.screens.summaries import ended_by_village, outcome_line, summary_lines
from models.cases import digests, queries
from models.cases.summary import Summary
from models.reasons import name_reason
from models.times import local_day
from schedules.digests import digest_key

Section = Callable[[Values, Words, Numbered], list[str]]
LINES = 10
"""Lines of one section; it says how many more there are."""
LONGEST = 3300
"""Characters after which a message says that the rest stands in 待办."""


def digest_facts(
    session: Session, recipient_id: int | None, *, now: datetime, day: str, part: int = 1, waits: int = 0, waits_on: str = ""
) -> Values | None:
    """Everything the digest's notices still have to say; None when all of it has ended meanwhile."""
    person = reader(session, recipient_id, now)
    found = digests.read_digest(
        session, person.id, digest_key(person.id, date.fromisoformat(day), part), local_day(now)
    )
    if found is None:
        return None
    values = asdict(found)
    if found.summary is not None:
        values["summary"] = _summary_values(found.summary, queries.may_at_all(person))
    values["unjoined_households"] = sum(each.n for each in found.unjoined)
    waiting = {"waits": waits, "waits_on": date.fromisoformat(waits_on)} if waits else {}
    return {**values, "day": date.fromisoformat(day), "part": part, **waiting}


def _summary_values(summary: Summary, may: list[str]) -> Values:
    def named(counted: tuple[tuple[str, int], ...]) -> list[Values]:
        reasons = [(name_reason(code), n) for code, n in counted]
        return [{"reason": reason.code, "reason_zh": reason.zh, "reason_en": reason.en, "n": n} for reason, n in reasons]

    return {**asdict(summary), "reasons": named(summary.reasons), "stops": named(summary.stops), "may": may}


@screen("digest.daily", facts=digest_facts)
def daily(values: Values, t: Words) -> Reply:
    """A person's day: own reports and households first, then what others need, then how things ended."""
    head = t("digest.title" if values.get("part", 1) == 1 else "digest.title_more", day=t.day(values["day"]))
    return _message(head, values, t, (*OWN_SECTIONS, summary_lines, _dates_told, _villages, unjoined_lines, _outcomes, _requests, _notices))


@screen("digest.monday", facts=digest_facts)
def monday(values: Values, t: Words) -> Reply:
    """Monday's message of deputies and leaders: six lines, reasons before names, and no name in them to copy."""
    if not values.get("summary"):
        return daily(values, t)
    head = t("digest.monday", area=values["summary"]["area"], day=t.day(values["day"]))
    sections = (summary_lines, ended_by_village, *OWN_SECTIONS, _dates_told, _villages, unjoined_lines, _requests, _notices)
    return _message(head, values, t, sections, gap="\n")


def _message(head: str, values: Values, t: Words, sections: tuple[Section, ...], gap: str = "\n\n") -> Reply:
    """The sections that have something to say, as many as one message holds; the rest is one tap away."""
    numbered = Numbered()
    lists = {name: items for name, items in values.items() if isinstance(items, list | tuple)}
    cut = {name: items if name == "news" else items[:LINES] for name, items in lists.items()}
    counts = {name: len(items) for name, items in lists.items()}
    # A section's function is named after the list it shows.
    over = {f"_{name}": count - LINES for name, count in counts.items() if count > LINES and name != "news"}
    text = head
    for section in sections:
        begun = len(numbered.choices)
        part = section({**values, **cut, "counts": counts}, t, numbered)
        if part and section.__name__ in over:
            part.append(t("digest.more", n=over[section.__name__]))
        if part and len(text) + sum(map(len, part)) > LONGEST:
            del numbered.choices[begun:]
            text += "\n\n" + t("digest.rest")
            break
        text += (gap if text == head else "\n\n") * bool(part) + "\n".join(part)
    if values.get("waits"):
        text += "\n\n" + t("digest.waits", n=values["waits"], day=t.day(values["waits_on"]))
    return Reply(text, tuple(numbered.choices) or (todo_button(t),))


def _unconfirmed(values: Values, t: Words, numbered: Numbered) -> list[str]:
    reports = values.get("unconfirmed")
    return unconfirmed_lines(reports, t, numbered) if reports else []


def _urged(values: Values, t: Words, numbered: Numbered) -> list[str]:
    """催办: who asks, about which household; to be met with help, not blame. The button stands where it is listed below."""
    below = {item["duty_id"] for name in ("short", "repeated", "dates", "reassigned", "second") for item in values.get(name) or []}
    start, lines = len(numbered.choices), []
    for each in values.get("urged") or []:
        item = each["item"]
        text = t("digest.urged", name=each["by"], place=place(item, t) if item["duty_id"] in below else own_line(item, t))
        lines.append(text if item["duty_id"] in below else numbered.line(text, log_button(item, t)))
    numbered.side_by_side(start)
    return lines


def _handed(values: Values, t: Words, numbered: Numbered) -> list[str]:
    items = values.get("handed")
    return [t("digest.handed", n=values["counts"]["handed"]), *handed_lines(items, t, numbered)] if items else []


def _asked(values: Values, t: Words, numbered: Numbered) -> list[str]:
    items = values.get("asked")
    return [t("digest.asked_today", n=values["counts"]["asked"]), *handed_lines(items, t, numbered)] if items else []


def _answered(values: Values, t: Words, numbered: Numbered) -> list[str]:
    """To who gave a case away: what the new owner wrote."""
    answers = values.get("answered") or []
    return [t("digest.answered", name=each["by"], place=place(each["item"], t), text=each["words"]) for each in answers]


def _short(values: Values, t: Words, numbered: Numbered) -> list[str]:
    """The helper's own households that are still short, with what is still open of them from before."""
    items = values.get("short")
    if not items:
        return []
    known = {item["household_id"] for item in items}
    items = [*items, *(item for item in values.get("repeated") or [] if item["household_id"] in known)]
    lines = [t("digest.short"), *own_lines(items, t, numbered)]
    if any(item.get("can_explain") for item in items):
        lines.append(t("digest.explain_hint"))
    return lines


def _dates(values: Values, t: Words, numbered: Numbered) -> list[str]:
    """One's own fixed dates, and once that several lie close together."""
    items = values.get("dates")
    if not items:
        return []
    near = [near_line(values["near"], t)] if values.get("near") else []
    return [t("date.todo"), *own_lines(items, t, numbered), *near]


def _dates_told(values: Values, t: Words, numbered: Numbered) -> list[str]:
    """Others' fixed dates that are over, each with its card."""
    items = values.get("dates_told")
    if not items:
        return []
    start = len(numbered.choices)
    lines = [numbered.line(owner_line(item, t, village=True), card_button(item, t)) for item in items]
    numbered.side_by_side(start)
    return [t("date.told"), *lines]


def _second(values: Values, t: Words, numbered: Numbered) -> list[str]:
    """For the second helper: a line for each household."""
    items = values.get("second")
    if not items:
        return []
    start, lines = len(numbered.choices), []
    for item in items:
        line = t("digest.second_line", line=own_line(item, t), owner=item["owner"] or t("duty.no_owner"))
        lines.append(numbered.line(line, log_button(item, t)))
    numbered.side_by_side(start)
    return [t("digest.second"), *lines]


def _reassigned(values: Values, t: Words, numbered: Numbered) -> list[str]:
    items = values.get("reassigned")
    return [t("digest.reassigned"), *own_lines(items, t, numbered)] if items else []


def _later(values: Values, t: Words, numbered: Numbered) -> list[str]:
    items = values.get("later")
    return [t("digest.later"), *handed_lines(items, t, numbered)] if items else []


def _copied(values: Values, t: Words, numbered: Numbered) -> list[str]:
    """To the helper whose household somebody else looks after now: no reproach, it still can be visited."""
    places: dict[tuple[str, str], list[str]] = {}
    for item in values.get("copied") or []:
        key = "digest.copied" if item.get("taken_by") else "digest.copied_reassigned"
        who = item.get("taken_by") or item.get("owner") or t("case.system")
        places.setdefault((key, who), []).append(place(item, t))
    return [t(key, place=t.join(named), name=who) for (key, who), named in places.items()]


def _repeated(values: Values, t: Words, numbered: Numbered) -> list[str]:
    """Households of one's own that are already known above: said again, without reproach."""
    known = {item["household_id"] for item in values.get("short") or []}
    items = [item for item in values.get("repeated") or [] if item["household_id"] not in known]
    return [t("digest.repeated"), *own_lines(items, t, numbered)] if items else []


def _villages(values: Values, t: Words, numbered: Numbered) -> list[str]:
    """还差的户, one list per village for its team head, one per township for the officer."""
    lines: list[str] = []
    for village in values.get("villages") or []:
        title = "digest.village_ahead" if village["ahead"] else "digest.village_after"
        lines.append(t(title, village=village["name"], n=village["total"]))
        start = len(numbered.choices)
        lines += [numbered.line(owner_line(item, t), _look(item, village, t)) for item in village["items"]]
        numbered.side_by_side(start)
        if village["total"] > len(village["items"]):
            more = t("digest.more", n=village["total"] - len(village["items"]))
            lines.append(numbered.line(more, _village_button(village, t)))
        if village.get("next"):
            lines.append(next_words(village["next"], t))
        elif village["ahead"]:
            lines.append(t("digest.ahead_hint", day=near_day(village["due_on"], values["day"], t)))
    return lines


def _look(item: Values, village: Values, t: Words) -> Choice:
    """Before the due day a household to help with, afterwards a case."""
    if village["ahead"]:
        return Choice(t("duty.card", name=item["name"]), f"household:open:{item['household_id']}", (item["name"],))
    return card_button(item, t)


def _village_button(village: Values, t: Words) -> Choice:
    label = t("digest.counted", what=village["name"], n=village["total"])
    data = f"duty:village:{village['id']}" if village["ahead"] else f"case:open:{village['id']}"
    return Choice(label, data, (village["name"],))


def _outcomes(values: Values, t: Words, numbered: Numbered) -> list[str]:
    """How it ended, for those who were told."""
    outcomes = values.get("outcomes")
    return [t("digest.outcomes"), *(outcome_line(outcome, t) for outcome in outcomes)] if outcomes else []


def _news(values: Values, t: Words, numbered: Numbered) -> list[str]:
    return news_lines(values.get("news") or [], t, numbered)


def _requests(values: Values, t: Words, numbered: Numbered) -> list[str]:
    return requests_line(values.get("requests") or 0, t, numbered)


def _notices(values: Values, t: Words, numbered: Numbered) -> list[str]:
    """系统有5件事要您看, folded into one line."""
    count = values.get("notices") or 0
    if not count:
        return []
    text = t("digest.notices", n=count)
    return [numbered.line(text, Choice(t("digest.notices_button"), "duty:notices"))]


OWN_SECTIONS: tuple[Section, ...] = (
    death_lines, _news, _unconfirmed, claim_lines, returned_lines, _urged, _asked, _handed, _reassigned, _dates, _short, _repeated, _second, _later, _copied, _answered,
)  # fmt: skip
"""What one can act on oneself comes first."""
