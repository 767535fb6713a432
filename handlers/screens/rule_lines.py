"""A rule's values in plain words: quotas, days, reminders, the ladder."""

from collections.abc import Mapping, Sequence
from typing import Any

from handlers.locales import Words
from handlers.screens import Values
from models.rules import HELPER_LOAD_RULE, UNSEEN_RULE, VISIT_RULE
from models.rules.bounds import NEVER
from models.rules.dates import DATE_RULES, is_date_rule
from models.rules.dialogue import EARLY
from models.rules.families import get_value
from models.rules.holding import REMOVED

CODES = {VISIT_RULE: "visits", HELPER_LOAD_RULE: "load", UNSEEN_RULE: "unseen"}
NAMED = 5
"""So many villages are named, more are counted."""
REMINDED = ("before_due", "after_due", "last_workday", "last_grace_day")


def name(code: str, t: Words, parameters: Mapping[str, Any] | None = None) -> str:
    """What a rule is called: a fixed date has its own name; a code without a name is called by itself."""
    if code in CODES:
        return t(f"rules.name.{CODES[code]}")
    titles = parameters or (DATE_RULES[code].to_dict() if code in DATE_RULES else {})
    return str(titles.get("title_zh" if t.locale == "zh_CN" else "title_en", code))


def named(values: Values, t: Words, parameters: Mapping[str, Any] | None) -> str:
    """Its name, with the village whose own it is."""
    called = name(values["code"], t, parameters)
    return t("rules.of_village", name=called, village=values["village"]) if values["village"] else called


def of_area(area_id: int | None) -> str:
    """The end of a button about one village."""
    return "" if area_id is None else f":{area_id}"


def card_of(values: Values) -> str:
    """The way back to the card."""
    return f"rule:card:{values['code']}" + of_area(values["area_id"])


def some(names: Sequence[str], t: Words) -> str:
    """The first names, and how many they are where that is more."""
    said = t.join(list(names[:NAMED]))
    return said if len(names) <= NAMED else t("rules.among", names=said, n=len(names))


def quota(needed: int, period: str, t: Words) -> str:
    """`每月2次`."""
    every, _, months = period.partition(":")
    return t(f"duty.every.{every}", n=needed, months=months) if needed else t("rules.no_visit")


def lengths(parameters: Mapping[str, Any]) -> set[str]:
    """The kinds of periods a rule has: week, month, cron …"""
    periods = [parameters["period"], *(own["period"] for own in parameters["kinds"].values())]
    return {period.partition(":")[0] for period in periods}


def _due(parameters: Mapping[str, Any], t: Words, key: str) -> list[str]:
    """When its periods are due: those of months, weeks, and days that a cron expression says."""
    found = lengths(parameters)
    said = [t(f"{key}_month", day=parameters["due_day"])] if found - {"week", "cron"} else []
    if "week" in found:
        said.append(t(f"{key}_week", day=t(f"rules.weekday.{parameters['due_weekday']}")))
    if "cron" in found:
        said.append(t("rules.due_end", n=parameters["due_before_end"]))
    return said


def quota_lines(parameters: Mapping[str, Any], t: Words) -> list[str]:
    """How often; kinds of household with a quota of their own first, then all others."""
    kinds: dict[str, list[str]] = {}
    for kind, own in parameters["kinds"].items():
        kinds.setdefault(quota(own["needed"], own["period"], t), []).append(t(f"household.kind.{kind}"))
    lines = [t("rules.quota_kind", kind=t.join(names), quota=said) for said, names in kinds.items()]
    others = quota(parameters["needed"], parameters["period"], t)
    return [*lines, t("rules.quota_others" if kinds else "rules.quota", quota=others)]


def reminder_words(reminders: Mapping[str, Any], t: Words) -> str:
    """`每周四(到期前14天内)、到期前一个工作日…`, or that nobody is reminded."""
    found = []
    if reminders["weekday"] != NEVER and reminders["within_days"]:
        found.append(t("rules.weekly", day=t(f"rules.weekday.{reminders['weekday']}"), n=reminders["within_days"]))
    found += [t(f"rules.reminded.{part}") for part in REMINDED if reminders[part]]
    return t.join(found) if found else t("rules.not_reminded")


def step_words(step: Mapping[str, Any], t: Words) -> str:
    """`补录期后第3个工作日 扶贫专干(当天日报)`."""
    key = "rules.step_before" if step["after"] < 0 else "rules.step_after"
    form = t(f"rules.form.{step['form']}")
    line = t(key, n=abs(step["after"]), who=who(step["who"], t), form=form)
    if step.get("after_alone") is not None:
        line += t("rules.step_alone", n=step["after_alone"])
    if step.get("after_in_row") not in (None, step["after"]):
        line += t("rules.step_in_row", n=step["after_in_row"])
    return line + (t("rules.step_again") if step.get("again") == "monday" else "")


def who(role: str, t: Words) -> str:
    """A post on the ladder; the team head before the due day is one of its own."""
    if role == EARLY:
        return t("rules.early")
    return t("rules.second_helper") if role == "second_helper" else t(f"role.{role}")


def visit_lines(parameters: Mapping[str, Any], t: Words) -> list[str]:
    """Everything one version of the visit rule says, but for its ladder."""
    lines = [
        *quota_lines(parameters, t),
        t("rules.due", due=t.join(_due(parameters, t, "rules.due")), n=parameters["grace_workdays"]),
        t("rules.reminders", days=reminder_words(parameters["reminders"], t)),
        t("rules.phone_yes" if parameters["phone_counts"] else "rules.phone_no"),
    ]
    return [*lines, t("rules.hour")]


def after_lines(parameters: Mapping[str, Any], t: Words) -> list[str]:
    """What follows after a report upward, and after a stop of the machine."""
    repeated = t("rules.repeats", every=parameters["repeat_workdays"], n=parameters["repeat_times"])
    return [
        repeated if parameters["repeat_times"] else t("rules.repeats_none"),
        t("rules.answer", n=parameters["answer_workdays"]),
        t("rules.late", n=parameters["late_limit"]),
    ]


def ladder_lines(parameters: Mapping[str, Any], t: Words) -> list[str]:
    return [step_words(step, t) for step in parameters["ladder"]] or [t("rules.nobody_told")]


def card_lines(code: str, parameters: Mapping[str, Any], t: Words) -> list[str]:
    """All values of a rule in plain words."""
    if code == VISIT_RULE:
        told = [t("rules.ladder"), *(f"· {line}" for line in ladder_lines(parameters, t))]
        return [*visit_lines(parameters, t), *told, *after_lines(parameters, t), t("rules.waits", **_waits(parameters))]
    if is_date_rule(code):
        return date_lines(parameters, t)
    return [t("rules.value", thing=thing(path, t), value=value_of(path, parameters, t)) for path in parameters]


def _waits(parameters: Mapping[str, Any]) -> dict[str, int]:
    names = ("new_assignment_days", "unconfirmed_workdays", "postpone_days", "postpone_times")
    return {name: parameters[name] for name in names}


def date_lines(parameters: Mapping[str, Any], t: Words) -> list[str]:
    """Everything one version of a fixed-date rule says."""
    role, repeated = who(parameters["role"], t), parameters["repeat_times"]
    lines = [
        t("rules.date_days", every=t(f"date.every.{parameters['every']}"), days=date_days(parameters, t)),
        t(f"rules.date_per.{parameters['per']}", who=role),
        t("date.wants", what=t(f"date.evidence.{parameters['evidence']}")),
        t("rules.value", thing=t("rules.thing.leads"), value=lead_words(parameters["leads"], t)),
    ]
    if parameters["grace_workdays"]:
        lines.append(t("date.grace_days", n=parameters["grace_workdays"]))
    return [
        *lines,
        t("date.ladder"),
        *(f"· {date_step(step, t)}" for step in parameters["ladder"]),
        t("date.repeats", every=parameters["repeat_workdays"], n=repeated) if repeated else t("rules.repeats_none"),
        *after_lines(parameters, t)[1:],
    ]


def lead_words(leads: Sequence[int], t: Words) -> str:
    """`14天、7天、1天`; 0 is the day itself."""
    said = [t("rules.lead", n=lead) if lead else t("rules.lead_same_day") for lead in leads]
    return t.join(said) if said else t("rules.not_reminded")


def date_step(step: Mapping[str, Any], t: Words) -> str:
    """`过了日子第2个工作日 分管副职(当天日报)`."""
    line = t("date.step", n=step["after"], who=who(step["who"], t), form=t(f"rules.form.{step['form']}"))
    return line + (t("rules.step_again") if step.get("again") == "monday" else "")


def date_days(parameters: Mapping[str, Any], t: Words) -> str:
    """`5月15日`; of a month `25日`; of a quarter `第3个月31日`; once with its year."""
    said = []
    for text in parameters["days"]:
        *before, day = (int(part) for part in text.split("-"))
        if len(before) == 2:
            said.append(t("rules.day_once", year=before[0], month=before[1], day=day))
        elif before:
            said.append(
                t("rules.day_year" if parameters["every"] == "year" else "rules.day_within", month=before[0], day=day)
            )
        else:
            said.append(t("rules.unit.due_day", n=day))
    return t.join(said)


def short(code: str, parameters: Mapping[str, Any], t: Words) -> str:
    """One line for the list."""
    if code == VISIT_RULE:
        said = quota(parameters["needed"], parameters["period"], t)
        return t("rules.short_visits", quota=said, due=value_of("due_day", parameters, t))
    if code == HELPER_LOAD_RULE:
        return t("rules.short_load", least=parameters["least"], most=parameters["most"])
    if code == UNSEEN_RULE:
        return t("rules.short_unseen", n=parameters["least_days"])
    if is_date_rule(code):
        return t("rules.short_date", every=t(f"date.every.{parameters['every']}"), days=date_days(parameters, t))
    return t("rules.several")


def thing(path: str, t: Words) -> str:
    """What may be changed, by its name."""
    key = f"rules.thing.{path}"
    return t(key) if t.has(key) else path


def value_of(path: str, parameters: Mapping[str, Any], t: Words) -> str:
    """The value that stands at a path, in words."""
    if path == "quota":
        return quota(parameters["needed"], parameters["period"], t)
    if path == "due_day":
        return t.join(_due(parameters, t, "rules.short_due"))
    if path == "kinds":
        said = [
            t("rules.kind_value", kind=t(f"household.kind.{kind}"), quota=quota(own["needed"], own["period"], t))
            for kind, own in parameters["kinds"].items()
        ]
        return t.join(said) or t("rules.same_for_all")
    if path == "ladder":
        return t.join(ladder_lines(parameters, t))
    if path == "days":
        return date_days(parameters, t)
    if path == "leads":
        return lead_words(parameters["leads"], t)
    if path == "reminders":
        return reminder_words(parameters["reminders"], t)
    return single(path, get_value(parameters, path), t)


def single(path: str, value: Any, t: Words) -> str:
    """One plain value with its unit."""
    if isinstance(value, bool):
        return yes_no(path, value, t)
    if isinstance(value, int):
        key = f"rules.unit.{path.rpartition('.')[2]}"
        return t(key, n=value) if t.has(key) else str(value)
    for key in (f"rules.weekday.{value}", f"date.evidence.{value}"):
        if t.has(key):
            return t(key)
    return t.join([str(each) for each in value]) if isinstance(value, list) else str(value)


def yes_no(path: str, value: bool, t: Words) -> str:
    """要 or 不要 for a reminder, 算 or 不算 for what counts."""
    if path.startswith("reminders."):
        return t("rules.on" if value else "rules.off")
    return t("rules.yes" if value else "rules.no")


def _switched(before: str, after: str) -> str:
    if REMOVED in (before, after):
        return "rules.given_up" if after == REMOVED else "rules.set_apart"
    return "rules.switched_off" if after == "off" else "rules.switched_on"


def change_lines(values: Values, t: Words) -> list[str]:
    """`到期日:25日 → 20日`, each change a line; a long ladder only as it is to be."""
    lines = []
    if values["state"] != values["state_before"]:
        lines.append(t(_switched(values["state_before"], values["state"])))
    for path in values["changes"]:
        after = value_of(path, values["after"], t)
        if path == "ladder":
            lines += [t("rules.ladder"), *(f"· {line}" for line in ladder_lines(values["after"], t))]
        else:
            before = value_of(path, values["before"], t)
            lines.append(t("rules.changed", thing=thing(path, t), before=before, after=after))
    return lines
