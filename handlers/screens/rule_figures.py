"""The figures of a rule's preview in words: whom, how many messages when, the next dates, what is different."""

from datetime import date

from handlers.locales import Words
from handlers.screens import Values
from models.rules import HELPER_LOAD_RULE, UNSEEN_RULE
from models.rules.dates import is_date_rule


def figure_lines(figures: Values, values: Values, t: Words) -> list[str]:
    """All figures that make sense for a rule."""
    code = values["code"]
    told = [_whom(code, figures, values, t)]
    if code == HELPER_LOAD_RULE:
        return [*told, t("rules.no_messages")]
    days = [(date.fromisoformat(on), count, busiest) for on, count, busiest in figures["days"]]
    if values["at_once"] and code != UNSEEN_RULE:
        told.append(t("rules.open_now", n=figures["duties"], done=figures["done"], void=figures["void"]))
        told.append(_first(days, values["today"], t))
    before = sum(count for _, count, _ in figures["before"])
    total, busiest = sum(count for _, count, _ in days), max((most for _, _, most in days), default=0)
    told.append(t("rules.thirty", n=total, before=before, busiest=busiest))
    if days:
        peak = max(days, key=lambda each: each[1])
        told.append(t("rules.peak", day=t.day(peak[0]), n=peak[1]))
        ahead = [t("rules.day", day=t.day(on, weekday=True), n=count) for on, count, _ in days[:3]]
        told.append(t("rules.dates", days=t.join(ahead)))
    told += _coming(figures, t)
    told.append(
        t("rules.difference", moved=figures["moved"], cancelled=figures["cancelled"], added=figures["added"],
          again=figures["repeated"])
    )  # fmt: skip
    return told


def _whom(code: str, figures: Values, values: Values, t: Words) -> str:
    if code == HELPER_LOAD_RULE:
        return t("rules.outside", n=figures["subjects"], before=figures["subjects_before"])
    if code == UNSEEN_RULE:
        return t("rules.now_unseen", n=figures["subjects"], before=figures["subjects_before"], people=figures["owners"])
    if is_date_rule(code):
        return t(f"rules.owing_{values['after']['per']}", n=figures["subjects"], people=figures["owners"])
    return t("rules.reach", n=figures["subjects"], helpers=figures["owners"])


def _first(days: list[tuple[date, int, int]], today: date, t: Words) -> str:
    """What goes out today still, or that nothing does."""
    if days and days[0][0] == today:
        return t("rules.today", n=days[0][1], busiest=days[0][2])
    return t("rules.not_today")


def _coming(figures: Values, t: Words) -> list[str]:
    """The next days of a rule that has days of its own, and the reminders before the first."""
    if not figures["coming"]:
        return []
    coming = [t.full_day(date.fromisoformat(each)) for each in figures["coming"]]
    told = [t("date.next_days", days=t.join(coming))]
    if figures["reminders"]:
        days = [t.day(date.fromisoformat(each)) for each in figures["reminders"]]
        told.append(t("rules.its_reminders", day=coming[0], days=t.join(days)))
    return told
