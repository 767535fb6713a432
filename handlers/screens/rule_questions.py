"""The questions of a rule's guided change, and its preview in figures."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from handlers.locales import Words
from handlers.reply import Choice, Reply
from handlers.screens import Values, back, screen
from handlers.screens import rule_lines as lines
from handlers.screens.date_questions import ask_days, ask_leads, known_lines
from handlers.screens.numbered import Numbered
from handlers.screens.rule_figures import figure_lines
from handlers.screens.rules import LIST, draft_facts
from models.rules import WEEKDAYS
from models.rules.bounds import BOUNDS, FORMS, KINDS
from models.rules.dates import is_date_rule
from models.rules.dialogue import ADDABLE, EARLY, QUOTAS, SAME, YES_NO, thing_of

DAYS_OFFERED = range(1, 11)
WIDE = 5


@screen("rules.ask", facts=draft_facts)
def ask(values: Values, t: Words) -> Reply:
    """One question, with what holds and what may be answered."""
    asked, thing = values["asked"], thing_of(values["code"], values["asked"])
    builders = {
        "ladder": _ladder, "kinds": _kinds, "reminders": _reminders, "quota": _quota, "due": _due, "days": ask_days,
        "leads": ask_leads,
    }  # fmt: skip
    told, choices = builders[thing.ask](values, t) if thing.ask in builders else _single(values, t)
    again = Choice(t("rules.other"), f"rule:things:{values['draft_id']}", t.several("rules.more_words"))
    if asked == "ladder":
        changed = values["changes"]
        see = Choice(t("rules.see"), f"rule:when:{values['draft_id']}", t.several("rules.see_words"))
        choices = [*choices, see] if changed else choices
    return Reply("\n".join(told), (*choices, again, back(t, LIST)))


def _choice(values: Values, label: str, value: str, row: int | None = None) -> Choice:
    return Choice(label, f"rule:set:{values['draft_id']}:{value}", (), row)


def _single(values: Values, t: Words) -> tuple[list[str], list[Choice]]:
    thing = thing_of(values["code"], values["asked"])
    now = lines.value_of(thing.path, values["after"], t)
    told = [t("rules.ask", thing=lines.thing(thing.path, t), value=now)]
    if thing.ask == "yes_no":
        return told, [_choice(values, lines.yes_no(thing.path, value, t), each, 0) for each, value in YES_NO.items()]
    if thing.ask in ("number", "due"):
        low, high = BOUNDS[thing.name]
        told.append(t("rules.or_write", low=low, high=high, example=lines.single(thing.path, high, t)))
    return told, [
        _choice(values, lines.single(thing.path, each, t), str(each), n // 3) for n, each in enumerate(thing.choices)
    ]


def _due(values: Values, t: Words) -> tuple[list[str], list[Choice]]:
    """Of months the day, of weeks the weekday."""
    lengths = lines.lengths(values["after"])
    told, choices = _single(values, t) if lengths - {"week"} else ([], [])
    if "week" in lengths:
        now = lines.value_of("due_day", values["after"], t)
        told = [*(told or [t("rules.ask", thing=lines.thing("due_day", t), value=now)]), t("rules.or_weekday")]
        choices += [_choice(values, t(f"rules.weekday.{day}"), day, 8 + n // 4) for n, day in enumerate(WEEKDAYS)]
    return told, choices


def _quota(values: Values, t: Words) -> tuple[list[str], list[Choice]]:
    now = lines.value_of("quota", values["after"], t)
    told = [t("rules.ask", thing=lines.thing("quota", t), value=now), t("rules.or_quota")]
    return told, _quotas(values, t)


def _quotas(values: Values, t: Words) -> list[Choice]:
    return [
        _choice(values, lines.quota(needed, period, t), f"{needed}-{period}", n // 2)
        for n, (needed, period) in enumerate(QUOTAS)
    ]


def _kinds(values: Values, t: Words) -> tuple[list[str], list[Choice]]:
    _, _, kind = values["asked"].partition(".")
    now = lines.value_of("kinds", values["after"], t)
    if not kind:
        told = [t("rules.ask", thing=lines.thing("kinds", t), value=now)]
        return told, [_choice(values, t(f"household.kind.{each}"), each, n // 2) for n, each in enumerate(KINDS)]
    told = [t("rules.ask_kind", kind=t(f"household.kind.{kind}")), t("rules.or_quota")]
    none = _choice(values, t("rules.no_visit"), f"0-{values['after']['period']}", 9)
    return told, [*_quotas(values, t), none, _choice(values, t("rules.as_others"), SAME, 9)]


def _reminders(values: Values, t: Words) -> tuple[list[str], list[Choice]]:
    numbered, told = Numbered(), [t("rules.ask_reminders")]
    for part in values["after"]["reminders"]:
        path = f"reminders.{part}"
        line = t("rules.value", thing=lines.thing(path, t), value=lines.value_of(path, values["after"], t))
        told.append(numbered.line(line, _choice(values, lines.thing(path, t), part)))
    numbered.side_by_side(0)
    return told, numbered.choices


def _ladder(values: Values, t: Words) -> tuple[list[str], list[Choice]]:
    _, *place = values["asked"].split(".")
    steps = values["after"]["ladder"]
    if not place:
        numbered, told = Numbered(), [t("rules.ask_ladder")]
        for n, step in enumerate(steps):
            told.append(numbered.line(lines.step_words(step, t), _choice(values, _step_label(step, t), str(n))))
        numbered.side_by_side(0)
        return told, [*numbered.choices, _choice(values, t("rules.add"), "add")]
    if place[0] == "add":
        choices = [_choice(values, lines.who(each, t), each, n // 2) for n, each in enumerate(ADDABLE)]
        return [t("rules.ask_add")], choices
    if place[0] == "new":
        return _days(values, place[1] == EARLY, lines.who(place[1], t), t)
    step = steps[int(place[0])]
    if place[1:]:
        return _days(values, step["level"] < 0, lines.who(step["who"], t), t)
    choices = [_choice(values, t("rules.step_days"), "days", 0), _choice(values, t("rules.step_remove"), "remove", 0)]
    choices += [_choice(values, t(f"rules.form.{form}"), form, 1) for form in FORMS if form != step["form"]]
    return [t("rules.ask_step", step=lines.step_words(step, t))], choices


def _step_label(step: Mapping[str, Any], t: Words) -> str:
    key = "rules.label_before" if step["after"] < 0 else "rules.label_after"
    return t(key, n=abs(step["after"]), who=lines.who(step["who"], t))


def _days(values: Values, early: bool, who: str, t: Words) -> tuple[list[str], list[Choice]]:
    key = "rules.ask_before" if early else "rules.ask_after"
    choices = [_choice(values, t("rules.unit.workdays", n=n), str(n), (n - 1) // WIDE) for n in DAYS_OFFERED]
    return [t(key, who=who), t("rules.or_days")], choices


@screen("rules.preview", facts=draft_facts)
def preview(values: Values, t: Words) -> Reply:
    """Whom it reaches, what comes when, what is different: read before anything is done."""
    figures, draft = values["preview"], values["draft_id"]
    if not figures:
        return Reply(t("refused.rule.stale"), (back(t, lines.card_of(values)),))
    told = [
        t(
            "rules.preview_undo" if values["undo"] else "rules.preview",
            name=lines.named(values, t, values["after"]),
        )
    ]
    told += lines.change_lines(values, t)
    day = date.fromisoformat(figures["starts_on"])
    told += known_lines(values["known"], t)
    if values["at_once"]:
        told.append(t("rules.starts_now"))
    else:
        told.append(t("rules.starts_dates") if is_date_rule(values["code"]) else t("rules.starts", day=t.day(day)))
    if figures.get("unaffected"):
        told.append(t("rules.unaffected", villages=lines.some(figures["unaffected"], t)))
    told += figure_lines(figures, values, t)
    told.append(t("rules.undo_within"))
    do = Choice(t("rules.do"), f"rule:do:{draft}:{values['version']}", t.several("rules.do_words"))
    hold = Choice(t("rules.hold"), f"rule:hold:{draft}", t.several("rules.hold_words"))
    drop = Choice(t("rules.drop"), f"rule:drop:{draft}", t.several("rules.drop_words"))
    more = Choice(t("rules.more"), f"rule:things:{draft}", t.several("rules.more_words"))
    return Reply("\n".join(told), (do, hold, more, drop, back(t, LIST)))
