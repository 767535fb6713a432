"""News in a digest: one line each, with the buttons it brings."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from handlers.locales import Words
from handlers.reply import Choice
from handlers.screens import Values
from handlers.screens.duty_lines import place
from handlers.screens.numbered import Numbered
from models.cases.notices import POST_AWAY

NAMES = 10


def news_lines(items: list[Values], t: Words, numbered: Numbered) -> list[str]:
    """Answers to requests, absences, hand-overs: what happened, and what one can do about it."""
    lines = []
    for item in items:
        shown = {name: _shown(name, value, t) for name, value in item["values"].items()}
        line = t(f"news.{item['what']}", **shown)
        choices = [Choice(t(label), data, t.several(words) if words else ()) for label, data, words in item["choices"]]
        if len(choices) == 1:
            lines.append(numbered.line(line, choices[0]))
            continue
        row = numbered.row()
        for choice in choices:
            numbered.choices.append(Choice(choice.label, choice.data, choice.words, row))
        lines.append(t("news.line", text=line))
    return lines


def _shown(name: str, value: Any, t: Words) -> Any:
    """A value as people read it: a day, a household with its place, names, what a request was about."""
    if name == "about":
        what = t(f"request.kind.{value['kind']}")
        return t("news.about", place=place(value["place"], t), what=what) if value["place"] else what
    if name == "open":
        return t("news.stop", list=t.join([family(each, t) for each in value])) if value else ""
    if name == "days":
        return span(value, t)
    if isinstance(value, date):
        return t.day(value)
    if isinstance(value, dict):
        return place(value, t)
    if isinstance(value, list | tuple):
        names = t.join([str(each) for each in value[:NAMES]])
        key = "news.more_people" if name == "people" else "news.and_more"
        return t(key, names=names, n=len(value)) if len(value) > NAMES else names
    return "" if value is None else value


def family(each: Values, t: Words) -> str:
    """`李宁上次见到11月10日,11月还差1次`."""
    day = t.day(each["met_on"]) if each["met_on"] else ""
    seen = t("news.seen" if day else "news.seen_never", name=each["name"], day=day)
    if not each["short"]:
        return seen
    return t("news.seen_short", seen=seen, period=t.month(each["starts_on"]), n=each["short"])


def span(days: Sequence[date], t: Words) -> str:
    """`11月12日至14日`, or the one day."""
    first, last = days
    if first == last:
        return t.day(first)
    until = t("duty.day_near", day=last.day, full=t.day(last)) if first.month == last.month else t.day(last)
    return t("news.span", first=t.day(first), last=until)


def unjoined_lines(values: Values, t: Words, numbered: Numbered) -> list[str]:
    """Helpers who cannot be reminded because they never joined, with the way to ask them in."""
    helpers = values.get("unjoined") or []
    if not helpers:
        return []
    named = [t("digest.counted", what=each["name"] or t("duty.no_owner"), n=each["n"]) for each in helpers]
    more = "…" if values["counts"]["unjoined"] > len(helpers) else ""
    text = t("digest.unjoined", n=values["unjoined_households"], list=t.join(named) + more)
    return [numbered.line(text, Choice(t("digest.ask_in"), "person:page:unjoined:-:0:0"))]


def requests_line(count: int, t: Words, numbered: Numbered) -> list[str]:
    """有5件事等您决定, folded into one line."""
    if not count:
        return []
    button = Choice(t("news.requests_button"), "request:open", t.several("word.request"))
    return [numbered.line(t("news.requests", n=count), button)]


def death_lines(values: Values, t: Words, numbered: Numbered) -> list[str]:
    """Reported deaths that the officer has not decided about yet, with the two ways to decide."""
    deaths = values.get("deaths") or []
    numbered.choices += death_buttons(deaths, t)
    return [notice_line(notice, t) for notice in deaths]


def death_buttons(notices: list[Values], t: Words) -> list[Choice]:
    choices = []
    for row, notice in enumerate({notice["household_id"]: notice for notice in notices}.values(), 200):
        for verb in ("resume", "end"):
            label = t(f"notice.{verb}", name=notice["name"])
            choices.append(Choice(label, f"household:{verb}:{notice['household_id']}", (), row))
    return choices


def notice_line(notice: Values, t: Words) -> str:
    """`李宁(青山村4组):分管领导没人可报,已往下走`."""
    role = t(f"case.role.{notice['who']}") if notice["who"] else ""
    if notice["what"] == POST_AWAY:
        return t("digest.notice_person", name=notice["name"], role=role, day=t.day(notice["until"]))
    n = len(notice.get("duties") or ())
    where = place(notice, t) if n < 2 else t("digest.notice_several", village=notice["village"], name=notice["name"], n=n)
    return t("digest.notice_line", place=where, text=t(f"notice.{notice['what']}", role=role))
