"""The words of one duty: a household's line and its button."""

from datetime import date

from handlers.locales import Words
from handlers.reply import Choice
from handlers.screens import Values
from handlers.screens.date_lines import (
    called,
    date_rule_lines,
    done_button,
    is_date,
    not_done_button,
    own_date,
    owner_date,
)
from handlers.screens.numbered import Numbered
from models.duties.telling import CARRIED
from models.reasons import OTHER

QUOTED = 20
"""Characters of a message by which its author knows it again."""


def place(item: Values, t: Words, *, village: bool = True) -> str:
    """`李宁(青山村4组)`; inside one village's list only the group."""
    where = (item["village"] if village else "") + (item.get("group") or "")
    name = called(item, t)
    return t("duty.place", name=name, where=where) if where else name


def quota(item: Values, t: Words) -> str:
    """`每月2次`; a duty opened again after a withdrawal wants one visit."""
    if item.get("cycle", 1) > 1:
        return t("duty.once_more")
    every, _, months = item["every"].partition(":")
    return t(f"duty.every.{every}", n=item["needed"], months=months)


def period(item: Values, t: Words) -> str:
    """`本月`, or `11月` once the period is over."""
    every = item["every"].partition(":")[0]
    starts_on: date = item["starts_on"]
    if starts_on <= item["today"] <= item["ends_on"]:
        return t(f"duty.this.{every}")
    return t("duty.within", period=period_name(item, t))


def period_name(item: Values, t: Words) -> str:
    """The period by its own name, never 本月: `11月`, `2026年4季度`, `11月16日那周`."""
    every, starts_on, ends_on = item["every"].partition(":")[0], item["starts_on"], item["ends_on"]
    return t(
        f"duty.period.{every}", month=t.month(starts_on), last=t.month(ends_on), year=starts_on.year,
        quarter=starts_on.month // 3 + 1, half=t("duty.half.1" if starts_on.month < 7 else "duty.half.2"),
        middle=t("duty.middle.1" if starts_on.day == 1 else "duty.middle.2"), first=t.day(starts_on), end=t.day(ends_on),
    )  # fmt: skip


def count(item: Values, t: Words) -> str:
    """`本月1次`, with what was typed after the 补录期 beside it."""
    if item.get("cycle", 1) > 1:
        return t("duty.not_yet")
    key = "duty.count_late" if item.get("late") else "duty.count"
    return t(key, period=period(item, t), n=item["done"], late=item.get("late", 0))


def short(item: Values, t: Words) -> str:
    """`差1次,25日前`: the next day by which it helps to act; no day once all have passed; `已说明:全家外出`."""
    today, missing = item["today"], item["needed"] - item["done"]
    if missing <= 0:
        return t("duty.enough")
    if item.get("state") == "explained":
        return t("duty.said", reason=reason_words(item, t))
    if today <= item["ends_on"]:
        by = item["due_on"] if today <= item["due_on"] else item["ends_on"]
        return t("duty.short", n=missing, day=near_day(by, today, t))
    if today <= item["grace_ends_on"]:
        return t("duty.short_grace", n=missing, day=near_day(item["grace_ends_on"], today, t))
    return t("duty.short_open", n=missing)


def near_day(day: date, today: date, t: Words) -> str:
    """`25日` in the same month, else `12月3日`."""
    if (day.year, day.month) != (today.year, today.month):
        return t.day(day)
    return t("duty.day_near", day=day.day, full=t.day(day))


def own_line(item: Values, t: Words) -> str:
    """`李宁(青山村4组) 每月2次;本月1次;差1次,25日前`."""
    if is_date(item):
        return own_date(item, t, place(item, t)) + _remark(item, t)
    line = t("duty.line", place=place(item, t), quota=quota(item, t), count=count(item, t), short=short(item, t))
    return line + _remark(item, t)


def owner_line(item: Values, t: Words, *, village: bool = False) -> str:
    """The same for somebody who is told: with the helper's name, and `还没记到` where nothing was logged."""
    if is_date(item):
        return owner_date(item, t, place(item, t)) + _remark(item, t)
    owner = t("duty.owner", name=owner_name(item, t)) if item.get("owner") else t("duty.no_owner")
    done = count(item, t) if item["done"] or item.get("late") else t("duty.unseen", period=period(item, t))
    line = t("duty.told_line", place=place(item, t, village=village), owner=owner, count=done, short=short(item, t))
    return line + _remark(item, t)


def owner_name(item: Values, t: Words) -> str:
    """`张伟`; `张伟(代班)` of somebody who stands in."""
    return t("duty.stand_in", name=item["owner"]) if item.get("stands_in") else str(item["owner"])


def _remark(item: Values, t: Words) -> str:
    """What holds the duty at the moment: a report that waits for 确认, an absence, who has taken it, a pause."""
    remarks = row_words(item, t) + away_words(item, t)
    if item.get("wish_zh"):
        remarks.append(t("duty.wished", reason=wish_words(item, t)))
    if item.get("waiting"):
        remarks.append(t("duty.waiting", n=item["waiting"]))
    if item.get("taken_by"):
        remarks.append(t("duty.taken", name=item["taken_by"], day=t.day(item["taken_until"])))
    elif item.get("paused"):
        until = item.get("paused_until")
        remarks.append(t("duty.paused", day=t.day(until)) if until else t("duty.held"))
    return "".join(t("duty.remark", text=remark) for remark in remarks)


def wish_words(item: Values, t: Words) -> str:
    """The reason that waits for the officer's word."""
    return str(item["wish_zh" if t.locale == "zh_CN" else "wish_en"])


def row_words(item: Values, t: Words) -> list[str]:
    """`连续2个月`: the period before was missed too."""
    if not item.get("in_row"):
        return []
    return [t("duty.in_row.month" if item["every"] == "month" else "duty.in_row.other", n=item["in_row"] + 1)]


def away_words(item: Values, t: Words) -> list[str]:
    """`全家外出到1月31日,每月打一个电话就够`, `联系不上,顺延到12月2日`: in words that blame nobody."""
    if item.get("light"):
        until = item.get("away_until")
        return [t("duty.light_until", day=t.day(until)) if until else t("duty.light")]
    if item.get("postponed") and item.get("state", "open") == "open":
        return [t(f"duty.postponed.{item['postponed']}", day=t.day(item["due_on"]))]
    return []


def own_lines(items: list[Values], t: Words, numbered: Numbered) -> list[str]:
    """A helper's households, each once, with 记走访 beside each number and 没去成 after them, where it is offered already."""
    start = len(numbered.choices)
    lines = [numbered.line(_together(theirs, t), log_button(theirs[0], t)) for theirs in _by_household(items)]
    numbered.side_by_side(start)
    start = len(numbered.choices)
    numbered.choices += [explain_button(item, t) for item in items if item.get("can_explain")]
    numbered.side_by_side(start)
    return lines


def _by_household(items: list[Values]) -> list[list[Values]]:
    """What is owed for one household in several periods stands together: one visit serves them all."""
    found: dict[int, list[Values]] = {}
    for item in items:
        found.setdefault(item["household_id"] or -item["duty_id"], []).append(item)
    return list(found.values())


def _together(items: list[Values], t: Words) -> str:
    line = own_line(items[0], t)
    for item in items[1:]:
        line = t("duty.also", line=line, count=count(item, t), short=short(item, t))
    return line


def log_button(item: Values, t: Words) -> Choice:
    """记走访, or 办好了 of a fixed date."""
    if is_date(item):
        return done_button(item, t)
    return Choice(t("duty.log", name=item["name"]), f"visit:household:{item['household_id']}", (item["name"],))


def explain_button(item: Values, t: Words) -> Choice:
    if is_date(item):
        return not_done_button(item, t)
    over = item["today"] > item["ends_on"]
    name = t("duty.explain_of", name=item["name"], period=period_name(item, t)) if over else item["name"]
    return Choice(t("duty.explain", name=name), f"duty:reasons:{item['duty_id']}")


def unconfirmed_lines(reports: list[Values], t: Words, numbered: Numbered) -> list[str]:
    """Reports that wait for 确认, with one button for all that are listed and one for each that still asks something."""
    lines = [t("duty.unconfirmed", n=len(reports))]
    lines += [
        t("duty.unconfirmed_line", place=place(report, t), day=t.day(report["visited_on"]),
          outcome=t("duty.outcome_asked") if report.get("asks_in") else t(f"duty.outcome.{report['outcome']}"))
        for report in reports
    ]  # fmt: skip
    words = t.several("button.confirm_words")
    button = Choice(t("duty.confirm_all"), f"visit:confirm_all:{max(r['visit_id'] for r in reports)}", words)
    if not all(report.get("asks_in") for report in reports):
        lines.append(numbered.line(t("duty.confirm_all"), button))
    # Reversed: a report of several households goes by the first of them.
    asking = {report["asks_in"]: report for report in reversed(reports) if report.get("asks_in")}
    for draft_id, first in asking.items():
        label = t("duty.answer_first", name=first["name"], day=t.day(first["visited_on"]))
        lines.append(numbered.line(label, Choice(label, f"visit:show:{draft_id}")))
    return lines


def unanswered_lines(values: Values, t: Words, numbered: Numbered) -> list[str]:
    """Messages of which the household is still asked for; each opens its question."""
    reports = values.get("unanswered") or []
    lines = [t("duty.unanswered", n=len(reports))] if reports else []
    for report in reports:
        said = " ".join(report["words"].split())
        said = said if len(said) <= QUOTED else said[:QUOTED] + "…"
        button = Choice(t("duty.answer", words=said), f"visit:show:{report['draft_id']}")
        lines.append(numbered.line(t("duty.unanswered_line", words=said), button))
    return lines


def handed_lines(items: list[Values], t: Words, numbered: Numbered) -> list[str]:
    """Cases somebody took on or was given, each with its card and the day of the answer."""
    start, lines = len(numbered.choices), []
    for item in items:
        line = owner_line({**item, "taken_by": None, "paused": False}, t, village=True)
        if item.get("taken_until"):
            line += t("duty.remark", text=t("duty.answer_by", day=t.day(item["taken_until"])))
        lines.append(numbered.line(line, card_button(item, t)))
    numbered.side_by_side(start)
    return lines


def card_button(item: Values, t: Words) -> Choice:
    name = called(item, t)
    return Choice(t("duty.card", name=name), f"case:card:{item['duty_id']}", (name,))


def todo_button(t: Words) -> Choice:
    return Choice(t("keyboard.todo"), "duty:todo")


def reason_words(item: Values, t: Words) -> str:
    """The reason as its list names it, with the person's own words; for 其他 the words alone."""
    said = item.get("reason_text") or ""
    if item.get("reason") == OTHER:
        return said or t("duty.other_reason")
    named = item.get("reason_zh" if t.locale == "zh_CN" else "reason_en") or ""
    return t("duty.reason_said", reason=named, text=said) if named and said else named or said


def rule_lines(item: Values, t: Words) -> list[str]:
    """Which rule, for which days, what was counted."""
    if is_date(item):
        return date_rule_lines(item, t)
    return [
        t("duty.rule", code=item["rule_code"], quota=quota(item, t)),
        t("duty.days", starts=t.day(item["starts_on"]), ends=t.day(item["ends_on"]), due=t.day(item["due_on"])),
        t("duty.grace", day=t.day(item["grace_ends_on"])),
        t("duty.counted", count=count(item, t), short=short(item, t)),
    ]


def state_lines(item: Values, t: Words) -> list[str]:
    """Where it stands, since when, and what happens next if nobody does anything."""
    if item["state"] != "open":
        how = CARRIED if item.get("reason") == CARRIED else item["state"]
        of = "date.state" if is_date(item) and t.has(f"date.state.{how}") else "case.state"
        closed = t(f"{of}.{how}", day=t.day(item["closed_on"]) if item.get("closed_on") else "")
        return (
            [closed, t("case.reason", reason=reason_words(item, t))]
            if item.get("reason") and how != CARRIED
            else [closed]
        )
    lines = []
    if item["level"] > 0:
        lines.append(t("case.since", day=t.day(item["since"]), level=t(f"case.level.{item['level']}")))
    lines += row_words(item, t)
    if item.get("wish_zh"):
        lines.append(t("duty.wished", reason=wish_words(item, t)))
    if item.get("waiting"):
        lines.append(t("case.waiting", n=item["waiting"]))
    if item.get("taken_by"):
        lines.append(t("case.taken", name=item["taken_by"], day=t.day(item["taken_until"], weekday=True)))
    elif item.get("paused"):
        until = item.get("paused_until")
        key = "case.paused" if until else "case.held"
        reason = item["paused_zh" if t.locale == "zh_CN" else "paused_en"]
        lines.append(t(key, day=t.day(until, weekday=True) if until else "", reason=reason))
    lines += away_words(item, t)
    coming = item.get("next")
    none = "date.next_none" if is_date(item) else "case.next_none"
    lines.append(next_words(coming, t) if coming else t(none))
    return lines


def next_words(coming: Values, t: Words) -> str:
    """`下一步:12月8日 周二报乡镇专干`."""
    return t(f"case.next.{coming['what']}", day=t.day(coming["on"], weekday=True))
