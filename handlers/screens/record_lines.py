"""Lines about records: what was changed, what was sent back, what somebody else wrote down."""

from datetime import date
from typing import Any

from handlers.locales import Words
from handlers.reply import Choice
from handlers.screens import Values
from handlers.screens.duty_lines import place
from handlers.screens.numbered import Numbered

SHOWN = 200


def part_words(what: str, value: Any, t: Words) -> str:
    """One side of a change: `11月9日`, `不在家`, 无."""
    if isinstance(value, date):
        return t.day(value)
    if not value:
        return t("visit.part.nothing")
    if what in ("outcome", "kind"):
        return t(f"visit.{what}.{value}")
    return str(value)[:SHOWN]


def change_lines(values: Values, t: Words) -> list[str]:
    """`改过1次` and what, for the record's card."""
    if not values["changes"]:
        return []
    lines = [t("visit.changed_times", n=len(values["changes"]))]
    for version in values["changes"][-3:]:
        for change in version["differences"]:
            before, after = (part_words(change["what"], change[side], t)[:60] for side in ("before", "after"))
            what = t(f"visit.part.{change['what']}")
            lines.append(t("visit.changed_line", day=t.day(version["on"]), what=what, before=before, after=after))
    return lines


def returned_line(item: Values, t: Words) -> str:
    return t(
        "visit.return_line", place=place(item["place"], t), day=t.day(item["visited_on"]), by=item["by"],
        remark=item["remark"],
    )  # fmt: skip


def returned_lines(values: Values, t: Words, numbered: Numbered) -> list[str]:
    """What was sent back to the reader, in 待办 and in the digest, each with its button."""
    items = values.get("returned") or []
    lines = [
        numbered.line(returned_line(item, t), Choice(t("visit.reply_button", name=item["place"]["name"]), f"visit:reply:{item['return_id']}"))
        for item in items
    ]  # fmt: skip
    return [t("visit.returned_title", n=len(items)), *lines] if items else []


def remark_lines(items: list[Values], t: Words) -> list[str]:
    """The remarks and answers on a record's card."""
    lines = []
    for item in items:
        lines.append(t("visit.remark", day=t.day(item["on"]), by=item["by"], remark=item["remark"]))
        if item["answer"]:
            lines.append(t("visit.remark_answer", answer=item["answer"]))
    return lines


def claim_lines(values: Values, t: Words, numbered: Numbered) -> list[str]:
    """代录 that wait for the reader's 属实, in 待办 and in the digest."""
    items = values.get("claims") or []
    lines = []
    for item in items:
        line = t(
            "visit.claim_line", by=item["by"], place=place(item["place"], t), day=t.day(item["visited_on"]),
            outcome=t(f"visit.outcome.{item['outcome']}"),
        )  # fmt: skip
        name = item["place"]["name"] if len(items) > 1 else ""
        row, visit = numbered.row(), item["visit_id"]
        yes = Choice(f"{t('visit.true')} {name}".strip(), f"visit:attest:{visit}", t.several("visit.true_words"), row)
        no = Choice(f"{t('visit.untrue')} {name}".strip(), f"visit:deny:{visit}", t.several("visit.untrue_words"), row)
        lines.append(numbered.line(line, yes))
        numbered.choices.append(no)
    return [t("visit.claims"), *lines] if items else []
