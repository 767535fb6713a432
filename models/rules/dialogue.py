"""The guided change of a rule: each answer to one question makes other parameters, or the next question. Pure.

A question is named by what it is about: `due_day`, `quota`, `kinds`, `kinds.low_income`, `reminders`, `ladder`,
`ladder.2` (its third step), `ladder.2.after`, `ladder.add`, `ladder.new.officer`.
"""

import re
from collections.abc import Mapping
from typing import Any

from models.errors import Refused
from models.rules import bounds, lengths
from models.rules.bounds import check_number
from models.rules.dates import with_days, with_leads
from models.rules.families import Thing, family_of, with_value
from models.rules.parameters import WEEKDAYS, LadderStep, RuleParameters

LEVELS = {"second_helper": 1, "team_head": 1, "officer": 2, "deputy": 3, "leader": 4}
"""On which level somebody stands who is added to a ladder."""
EARLY = "early"
"""The team head before the due day: to help."""
ADDABLE = (EARLY, *LEVELS)
YES_NO = {"yes": True, "no": False}
ASKED_NEXT = {"repeat_workdays": "repeat_times"}
"""What is asked right after, and not offered by itself: a list has ten items."""
SAME = "same"
NO_LEADS = "none"
QUOTAS = (
    (1, "month"), (2, "month"), (3, "month"), (1, "half_month"), (1, "week"), (1, "quarter"), (1, "half_year"), (1, "year"),
)  # fmt: skip
"""What is offered; anything within bounds may be typed."""


def thing_of(code: str, asked: str) -> Thing:
    """The thing a question is about. Raises Refused("button.broken")."""
    things = family_of(code).things
    found = [thing for thing in things if thing.path == asked]
    found += [thing for thing in things if asked.partition(".")[0] == thing.path]
    if not found:
        raise Refused("button.broken")
    return found[0]


def answer(code: str, parameters: Mapping[str, Any], asked: str, value: str) -> tuple[dict[str, Any], str]:
    """The parameters after an answer, and the question that follows from it; none: empty.

    Raises Refused("button.broken") for what was never offered, ("rule.bounds"), ("rule.period"), and what the checks of
    the ladder and of fixed dates refuse.
    """
    kind = thing_of(code, asked).ask
    if kind == "ladder":
        return _ladder(parameters, asked, value)
    if kind == "kinds":
        return _kinds(parameters, asked, value)
    if kind == "reminders":
        return dict(parameters), thing_of(code, f"reminders.{value}").path
    if kind == "days":
        return with_days(parameters, value.split(",")), ""
    if kind == "leads":
        return with_leads(parameters, [] if value == NO_LEADS else [_plain(each) for each in value.split(",")]), ""
    if kind == "quota":
        needed, period = read_quota(value)
        return _fitted({**parameters, "needed": needed, "period": period}), ""
    if kind == "due" and value in WEEKDAYS:
        return _fitted({**parameters, "due_weekday": value}), ""
    return with_value(parameters, asked, _single(thing_of(code, asked), value)), ASKED_NEXT.get(asked, "")


def _single(thing: Thing, value: str) -> Any:
    if thing.ask == "yes_no":
        if value not in YES_NO:
            raise Refused("button.broken")
        return YES_NO[value]
    if thing.ask == "one_of":
        if value not in thing.choices:
            raise Refused("button.broken")
        return value
    return _number(thing.name, value)


PLAIN = re.compile(r"-?[0-9]{1,3}")
"""A typed -5 is a number too: it is refused as one, and not taken for 5."""


def _plain(value: str) -> int:
    if not PLAIN.fullmatch(value):
        raise Refused("button.broken")
    return int(value)


def _number(name: str, value: str, sign: int = 1) -> int:
    number = sign * _plain(value)
    if sign < 0:
        low = -bounds.BOUNDS[name][0]
        if not 1 <= -number <= low:
            raise Refused("rule.bounds", low=1, high=low)
        return number
    check_number(name, number)
    return number


def read_quota(value: str) -> tuple[int, str]:
    """`2-month` as needed and period; a cron expression is for the configuration file only."""
    needed, _, period = value.partition("-")
    if period not in bounds.PERIODS:
        raise Refused("rule.period")
    return _number("needed", needed), period


def _kinds(parameters: Mapping[str, Any], asked: str, value: str) -> tuple[dict[str, Any], str]:
    _, _, kind = asked.partition(".")
    if not kind:
        if value not in bounds.KINDS:
            raise Refused("button.broken")
        return dict(parameters), f"kinds.{value}"
    others = {name: quota for name, quota in parameters["kinds"].items() if name != kind}
    if value != SAME:
        needed, period = read_quota(value)
        others[kind] = {"needed": needed, "period": period}
    return _fitted({**parameters, "kinds": others}), ""


def _fitted(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What does not fit into shorter periods any more is shortened, so that one answer is enough for weekly visits: the
    time of reminders, and steps before the due day, which fall away where there is no working day for them."""
    said = RuleParameters.from_dict(parameters)
    within = min(said.reminders.within_days, *(lengths.days_of(period) for period in said.periods()))
    most = lengths.workdays_to_due(said)
    ladder = [{**step, "after": max(step["after"], -most)} for step in parameters["ladder"]]
    return {
        **parameters,
        "reminders": {**parameters["reminders"], "within_days": within},
        "ladder": [step for step in ladder if step["after"]],
    }


def _ladder(parameters: Mapping[str, Any], asked: str, value: str) -> tuple[dict[str, Any], str]:
    ladder = [dict(step) for step in parameters["ladder"]]
    _, *place = asked.split(".")
    if not place:
        if value == "add":
            return dict(parameters), "ladder.add"
        _step(ladder, value)
        return dict(parameters), f"ladder.{int(value)}"
    if place[0] == "add":
        if value not in ADDABLE:
            raise Refused("button.broken")
        return dict(parameters), f"ladder.new.{value}"
    if place[0] == "new":
        return _with_ladder(parameters, [*ladder, _new(place[1], value)])
    step = _step(ladder, place[0])
    if place[1:] == ["after"]:
        step["after"] = _number("after", value, -1 if step["level"] < 0 else 1)
        for sooner in ("after_alone", "after_in_row"):
            if (step.get(sooner) or 0) >= step["after"]:
                step[sooner] = None
        return _with_ladder(parameters, ladder)
    if value == "days":
        return dict(parameters), f"{asked}.after"
    if value == "remove":
        ladder.remove(step)
    elif value in bounds.FORMS:
        step["form"] = value
    else:
        raise Refused("button.broken")
    return _with_ladder(parameters, ladder)


def _step(ladder: list[dict[str, Any]], place: str) -> dict[str, Any]:
    if not (place.isascii() and place.isdecimal() and int(place) < len(ladder)):
        raise Refused("button.broken")
    return ladder[int(place)]


def _new(who: str, value: str) -> dict[str, Any]:
    after = _number("after", value, -1 if who == EARLY else 1)
    step = {"after_alone": None, "form": "digest", "again": "never", "after_in_row": None}
    if who == EARLY:
        return {"level": -1, "who": "team_head", "after": after, **step}
    return {"level": LEVELS[who], "who": who, "after": after, **step}


def _with_ladder(parameters: Mapping[str, Any], ladder: list[dict[str, Any]]) -> tuple[dict[str, Any], str]:
    """The steps in the order of their days; a changed ladder is shown again."""
    ladder.sort(key=lambda step: (step["after"], step["level"]))
    whole = {**parameters, "ladder": ladder}
    bounds.check_ladder(LadderStep(**step) for step in ladder)
    return whole, "ladder"
