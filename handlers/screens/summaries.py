"""The page for who decides, in words: figures and reasons before names, no name in it to copy."""

from collections import Counter

from handlers.locales import Words
from handlers.reply import Choice
from handlers.screens import Values
from handlers.screens.cases import village_buttons
from handlers.screens.date_lines import is_date
from handlers.screens.duty_lines import next_words, place, reason_words
from handlers.screens.numbered import Numbered

AT_ONCE = 5
"""Villages whose 交办 stands in the Monday message itself; the others are one tap away."""


def summary_lines(values: Values, t: Words, numbered: Numbered) -> list[str]:
    """The page for who decides: figures, reasons, villages, what is under way, what is asked."""
    page = values.get("summary")
    if not page:
        return []
    villages = page["villages"]
    for village in villages[:AT_ONCE]:
        numbered.choices += _village_row(village, page, t, numbered)
    if len(villages) != 1:
        numbered.choices.append(Choice(t("digest.all_villages"), "case:list"))
    return [_figures(page, t), *_reasons(page, t), _places(page, t), _progress(page, t), _to_decide(page, t)]


def _figures(values: Values, t: Words) -> str:
    text = t(
        "digest.figures", period=t.month(values["starts_on"]), n=values["owed"], done=values["done"],
        explained=values["explained"], settled=values["settled"], short=values["short"],
    )  # fmt: skip
    for which in ("in_row", "unjoined", "held"):
        if values[which]:
            text = t(f"digest.figures_{which}", figures=text, n=values[which])
    return text


def _reasons(values: Values, t: Words) -> list[str]:
    """Reasons before names: how many households for each."""
    lines = []
    for which in ("reasons", "stops"):
        counted = [t("digest.counted", what=reason_words(reason, t), n=reason["n"]) for reason in values[which]]
        lines += [t(f"digest.{which}", list=t.join(counted))] if counted else []
    return lines


def _places(values: Values, t: Words) -> str:
    counted = [t("digest.counted", what=village["name"], n=village["total"]) for village in values["villages"]]
    if not counted:
        return t("digest.no_places")
    return t("digest.places", list=t.join(counted))


def _progress(values: Values, t: Words) -> str:
    key = "digest.progress" if values["waiting"] else "digest.taken"
    return t(key, taken=values["taken"], waiting=values["waiting"])


def _to_decide(values: Values, t: Words) -> str:
    if not values["villages"]:
        return t("digest.asked_nothing")
    asked = t("digest.asked", n=values["asked"])
    return t("digest.asked_next", asked=asked, next=next_words(values["next"], t)) if values.get("next") else asked


def _village_row(village: Values, values: Values, t: Words, numbered: Numbered) -> list[Choice]:
    """One village: 交办 for all of it and 看户; with a single village also 我来处理, 催办, 延期."""
    look = Choice(t("digest.look", village=village["name"]), f"case:open:{village['id']}", (), numbered.row())
    verbs = values["may"] if len(values["villages"]) == 1 else [v for v in values["may"] if v == "hand"]
    if not village["stamp"] or not verbs:
        return [look]
    if len(values["villages"]) == 1:
        about = {"may": verbs, "village_id": village["id"], "stamp": village["stamp"]}
        return [*village_buttons(about, t, numbered), look]
    label = t("digest.hand", village=village["name"])
    return [Choice(label, f"case:hand_all:{village['id']}:{village['stamp']}", (), look.row), look]


def ended_by_village(values: Values, t: Words, numbered: Numbered) -> list[str]:
    """How cases ended: households counted by village, fixed dates one by one."""
    outcomes = values.get("outcomes") or []
    counted = Counter((outcome["village"], outcome["what"]) for outcome in outcomes if not is_date(outcome))
    dated = [outcome_line(outcome, t) for outcome in outcomes if is_date(outcome)]
    return dated + [t("digest.ended", village=village, n=n, what=t(f"ended.{what}")) for (village, what), n in counted.items()]


def outcome_line(outcome: Values, t: Words) -> str:
    """`李宁(青山村4组):12月10日见到了(张伟)`."""
    day = t.day(outcome["day"]) if outcome.get("day") else ""
    text = t(
        f"outcome.{outcome['what']}", day=day, by=outcome.get("by") or "", reason=reason_words(outcome, t),
        n=outcome.get("n") or 0,
    )  # fmt: skip
    return t("digest.outcome_line", place=place(outcome, t), text=text)
