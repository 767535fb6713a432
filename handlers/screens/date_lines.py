"""The words of one fixed-date duty: its line, its buttons, what was shown as evidence."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.reply import Choice
from handlers.screens import Values
from models.cases.dates import list_close_to, list_next
from models.rules.dates import TEMPLATES, is_date_rule


def is_date(item: Values) -> bool:
    """Whether a duty is one of a fixed date, and not of a household."""
    return bool(item.get("title_zh"))


def called(item: Values, t: Words) -> str:
    """`乡镇自查`, or the head of the household."""
    if is_date(item):
        return str(item["title_zh" if t.locale == "zh_CN" else "title_en"])
    return str(item["name"])


def when(item: Values, t: Words) -> str:
    """`5月15日前办好`, `5月15日的还没记到`, or how it ended."""
    day = t.day(item["due_on"])
    if item.get("state", "open") == "done":
        return t("date.was_done", day=t.day(item["closed_on"]))
    if item["today"] <= item["due_on"]:
        return t("date.by", day=day)
    return t("date.not_yet", day=day)


def own_date(item: Values, t: Words, place: str) -> str:
    return t("date.line", place=place, when=when(item, t))


def owner_date(item: Values, t: Words, place: str) -> str:
    """The same for somebody who is told."""
    owner = t("date.owner", name=item["owner"]) if item.get("owner") else t("date.no_owner")
    return t("date.told_line", place=place, owner=owner, when=when(item, t))


def done_button(item: Values, t: Words) -> Choice:
    name = called(item, t)
    return Choice(t("date.done_button", name=name), f"date:done:{item['duty_id']}", (name,))


def not_done_button(item: Values, t: Words) -> Choice:
    return Choice(t("date.explain_button", name=called(item, t)), f"date:reason:{item['duty_id']}")


def date_rule_lines(item: Values, t: Words) -> list[str]:
    """Which rule, by which day, what is to be shown."""
    lines = [t("date.rule", code=item["rule_code"], every=t(f"date.every.{item['every']}"))]
    lines.append(t("date.days", starts=t.day(item["starts_on"]), due=t.day(item["due_on"], weekday=True)))
    if item["grace_ends_on"] > item["due_on"]:
        lines.append(t("date.grace", day=t.day(item["grace_ends_on"])))
    lines.append(t("date.wants", what=t(f"date.evidence.{item['evidence']}")))
    return lines


def near_line(near: Sequence[tuple[date, int]], t: Words) -> str:
    """`5月15日有2件,5月20日有1件,日子挨得近`, or `5月15日和5月20日各有一件`."""
    if len(near) > 1 and all(n == 1 for _, n in near):
        return t("date.near_each", days=t("date.and").join(t.day(day) for day, _ in near))
    days = t("date.comma").join(t("date.near_day", day=t.day(day), n=n) for day, n in near)
    return t("date.near", days=days)


def coming_facts(session: Session, code: str, today: date) -> Values:
    """For the card of a fixed date: its next three days, and the other dates close to the next one."""
    if not is_date_rule(code):
        return {}
    coming = list_next(session, code, today)
    return {"next": coming, "close": list_close_to(session, code, coming[0], today) if coming else ()}


def coming_lines(values: Values, t: Words) -> list[str]:
    """`接下来:5月15日、…`, and that 复查情况报表 is due on a day close by: legal, but to be known."""
    lines = []
    if values.get("next"):
        lines.append(t("date.next_days", days=t.join([t.full_day(day) for day in values["next"]])))
    return [*lines, *close_line(values.get("close") or (), t)]


def close_line(close: Sequence[tuple[str, str, str, date]], t: Words) -> list[str]:
    """That others are due on days close by; nothing where none is."""
    names = [
        t("date.close_rule", name=zh if t.locale == "zh_CN" else en, day=t.day(day))
        for _, zh, en, day in close
    ]
    return [t("date.close", names=t.join(names))] if names else []


def template_line(t: Words) -> str:
    """Rules that cannot be switched on yet, and why."""
    names = [f"{code} {zh if t.locale == 'zh_CN' else en}" for code, (zh, en) in TEMPLATES.items()]
    return t("date.templates", names=t.join(names))


def evidence_lines(evidence: Values | None, t: Words) -> list[str]:
    """Who said it is done, when, with what."""
    if not evidence:
        return []
    lines = [t("date.checked", name=evidence["by"], day=t.day(evidence["on"]))]
    if evidence.get("words"):
        lines.append(t("date.note", text=evidence["words"]))
    if files := file_words(evidence["files"], t):
        lines.append(t("date.files", files=t.join(files)))
    return lines


def file_words(files: dict[str, int], t: Words) -> list[str]:
    """`照片2张`, `文件1份(还在存)`, and what could not be kept."""
    found = []
    for medium in ("photo", "file"):
        for state in ("stored", "waiting", "refused"):
            if n := files.get(f"{medium}_{state}", 0):
                found.append(t(f"date.{medium}_{state}", n=n))
    return found
