"""Families of rules: what the versions of a code say, what of it may be changed in chat, and what it may be.

List, card, versions, on and off work for any code in FAMILIES; a new kind of rule is one more entry.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from models.errors import Refused
from models.rules import bounds
from models.rules.dates import DATE_RULES, DateParameters, check_date, is_date_rule
from models.rules.parameters import (
    HELPER_LOAD_RULE,
    UNSEEN_RULE,
    VISIT_RULE,
    WEEKDAYS,
    HelperLoad,
    RuleParameters,
    Unseen,
)


@dataclass(frozen=True)
class Thing:
    """One thing that may be changed. `path`: where it stands in the parameters, `reminders.weekday` one deeper.

    `ask`: number (its bounds are those of the path's last part), yes_no, one_of (one of `choices`), or the name of a
    question of its own (quota, due, kinds, reminders, ladder). `choices`: what is offered as buttons.
    """

    path: str
    ask: str
    choices: tuple[Any, ...] = ()

    @property
    def name(self) -> str:
        return self.path.rpartition(".")[2]


@dataclass(frozen=True)
class Family:
    """`read` makes an object of plain parameters, `check` raises Refused for what they may not be; `default` is what
    holds where there is no version. `plans`: it makes duties for households, `dated`: on fixed dates.
    `default_state`: what it is where there is no version."""

    read: Callable[[Mapping[str, Any]], Any]
    check: Callable[[Any], None]
    default: Mapping[str, Any]
    things: tuple[Thing, ...]
    plans: bool = False
    dated: bool = False
    default_state: str = "on"

    @property
    def owed(self) -> bool:
        """Whether it makes duties, which follow it when it changes."""
        return self.plans or self.dated


FEW = (1, 2, 3, 4, 5, 0)
"""Offered in this order, so that a typed number is the value itself and the button's place."""
VISIT_THINGS = (
    Thing("quota", "quota"),
    Thing("kinds", "kinds"),
    Thing("due_day", "due", (15, 20, 25, 28)),
    Thing("grace_workdays", "number", FEW),
    Thing("reminders", "reminders"),
    Thing("ladder", "ladder"),
    Thing("late_limit", "number", FEW),
    Thing("phone_counts", "yes_no"),
    Thing("repeat_workdays", "number", FEW[:-1]),
    Thing("repeat_times", "number", FEW),
    Thing("answer_workdays", "number", FEW[:-1]),
    Thing("reminders.weekday", "one_of", (*WEEKDAYS[:5], bounds.NEVER)),
    Thing("reminders.within_days", "number", (7, 10, 14)),
    Thing("reminders.before_due", "yes_no"),
    Thing("reminders.after_due", "yes_no"),
    Thing("reminders.last_workday", "yes_no"),
    Thing("reminders.last_grace_day", "yes_no"),
)

DATE_THINGS = (
    Thing("days", "days"),
    Thing("leads", "leads"),
    Thing("evidence", "one_of", ("none", "note", "file", "note_and_file")),
    Thing("ladder", "ladder"),
    *(Thing(name, "number", FEW) for name in ("grace_workdays", "late_limit")),
    *(Thing(name, "number", FEW[:-1]) for name in ("repeat_workdays", "answer_workdays")),
    Thing("repeat_times", "number", FEW),
)


def date_family(default: DateParameters) -> Family:
    """A fixed date: off until somebody switches it on."""
    said = default.to_dict()
    return Family(DateParameters.from_dict, check_date, said, DATE_THINGS, dated=True, default_state="off")


FAMILIES: Mapping[str, Family] = {
    VISIT_RULE: Family(
        RuleParameters.from_dict, bounds.check_visits, RuleParameters().to_dict(), VISIT_THINGS, plans=True
    ),
    HELPER_LOAD_RULE: Family(
        HelperLoad.from_dict,
        lambda load: bounds.check_load(load.least, load.most),
        HelperLoad().to_dict(),
        (Thing("least", "number", (1, 2, 0)), Thing("most", "number", tuple(range(1, 11)))),
    ),
    UNSEEN_RULE: Family(
        Unseen.from_dict,
        bounds.check_unseen,
        Unseen().to_dict(),
        (
            Thing("times", "number", (1, 2, 3, 4)),
            Thing("least_days", "number", (30, 60, 90)),
            Thing("leader_days", "number", (14, 30, 60)),
        ),
    ),
    **{code: date_family(default) for code, default in DATE_RULES.items()},
}


def family_of(code: str) -> Family:
    """Raises Refused("rule.unknown") for a code without a family."""
    family = FAMILIES.get(code)
    if family is None and is_date_rule(code):
        return date_family(DateParameters(code, code, ("1-1",)))
    if family is None:
        raise Refused("rule.unknown")
    return family


def read(code: str, values: Mapping[str, Any]) -> Any:
    """The parameters of a code as an object; what is missing has its default."""
    return family_of(code).read(values)


def complete(code: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The same as plain values with nothing missing, as two versions are compared."""
    said = read(code, values)
    whole: dict[str, Any] = bounds.plain(said.to_dict())
    return whole


def get_value(values: Mapping[str, Any], path: str) -> Any:
    """What stands at `reminders.weekday`."""
    for part in path.split("."):
        values = values[part]
    return values


def with_value(values: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The parameters with one value replaced."""
    first, _, rest = path.partition(".")
    return {**values, first: with_value(values[first], rest, value) if rest else value}


PARTS = {"needed": "quota", "period": "quota", "due_weekday": "due_day"}
"""What is asked for together with something else."""


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The paths at which two complete parameters differ; a quota is one thing, so are kinds and ladder."""
    found = []
    for name in {**before, **after}:
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if name == "reminders" and isinstance(old, Mapping) and isinstance(new, Mapping):
            found += [f"{name}.{part}" for part in {**old, **new} if old.get(part) != new.get(part)]
        else:
            found.append(PARTS.get(name, name))
    if _weekly(before) != _weekly(after):
        found.append("due_day")
    return list(dict.fromkeys(found))


def _weekly(values: Mapping[str, Any]) -> bool:
    """Whether something is due on a weekday."""
    return "week" in (values.get("period"), *(own["period"] for own in (values.get("kinds") or {}).values()))
