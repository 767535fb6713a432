"""What a version of a rule says: plain data, kept as JSON in the rules table (product.md section 5)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any


@dataclass(frozen=True)
class Quota:
    """So many visits every `period`: week, half_month, month, quarter, half_year, year, `months:N`, or `cron:…`."""

    needed: int = 2
    period: str = "month"


MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Reminders:
    """When the helper hears what is still short; product.md section 5 says which day each line is."""

    weekday: str = "thursday"
    within_days: int = 14
    before_due: bool = True
    after_due: bool = True
    last_workday: bool = True
    last_grace_day: bool = True


@dataclass(frozen=True)
class LadderStep:
    """`after`: working days after the 补录期, or before the due day when negative; `after_alone` the same where the
    household has no second helper. `form`: digest, monday (the first week's opening on or after that day), alert.
    `again`: monday, or never. `after_in_row`: the day in the second period in a row, whatever the form; None: as usual.
    """

    level: int
    who: str
    after: int
    after_alone: int | None = None
    form: str = "digest"
    again: str = "never"
    after_in_row: int | None = None


LADDER = (
    LadderStep(-1, "team_head", -5),
    LadderStep(1, "second_helper", 1, after_in_row=1),
    LadderStep(1, "team_head", 2, after_alone=1, after_in_row=1),
    LadderStep(2, "officer", 3, after_in_row=1),
    LadderStep(3, "deputy", 5, form="monday", after_in_row=5),
    LadderStep(4, "leader", 10, again="monday", after_in_row=5),
)
"""In a row the deputy hears it with the leader: nobody is told before who is in charge under him."""


@dataclass(frozen=True)
class RuleParameters:
    """Everything one version of a visit rule says. Days are local days, `_workdays` are working days."""

    needed: int = 2
    period: str = "month"
    kinds: Mapping[str, Quota] = field(default_factory=dict)
    """Quotas of single household kinds; all others have `needed` and `period`."""
    due_day: int = 25
    """Of the period's last month."""
    due_weekday: str = "friday"
    """Of a period that is a week."""
    due_before_end: int = 5
    """So many days before the end of a period by a cron expression."""
    grace_workdays: int = 3
    phone_counts: bool = False
    repeat_workdays: int = 3
    repeat_times: int = 4
    answer_workdays: int = 3
    """How long 交办 and 我来处理 stop the ladder."""
    new_assignment_days: int = 14
    """An assignment younger than this pauses the ladder."""
    unconfirmed_workdays: int = 3
    """How long a report waiting for 确认 holds its household's ladder."""
    postpone_days: int = 7
    """By how many calendar days 外出务工 or 联系不上 moves the due day and the ladder."""
    postpone_times: int = 2
    """How often in one period at most."""
    late_limit: int = 3
    """A reminder missed by more working days than this is skipped, with an event."""
    reminders: Reminders = field(default_factory=Reminders)
    ladder: tuple[LadderStep, ...] = LADDER

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "RuleParameters":
        """Reads what `to_dict` wrote, or one rule of the configuration file; what is missing keeps its default."""
        known = {each.name for each in fields(cls)}
        given = {name: value for name, value in values.items() if name in known and value is not None}
        if "kinds" in given:
            given["kinds"] = {kind: Quota(**quota) for kind, quota in given["kinds"].items()}
        if "reminders" in given:
            given["reminders"] = Reminders(**given["reminders"])
        if "ladder" in given:
            given["ladder"] = tuple(LadderStep(**step) for step in given["ladder"])
        return cls(**given)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON: what the rules table keeps."""
        return {**asdict(self), "ladder": [asdict(step) for step in self.ladder]}

    def quota_for(self, kind: str) -> Quota:
        """How often a household of this kind is to be visited."""
        return self.kinds.get(kind) or Quota(self.needed, self.period)

    def periods(self) -> tuple[str, ...]:
        """The lengths of period that this rule plans, each once."""
        return tuple(dict.fromkeys([self.period, *(quota.period for quota in self.kinds.values())]))


PROFILES: dict[str, RuleParameters] = {
    "攻坚期": RuleParameters(),
    "常态化": RuleParameters(
        needed=1,
        period="half_year",
        kinds={
            "monitored": Quota(1, "month"),
            "low_income": Quota(1, "quarter"),
            "destitute": Quota(1, "quarter"),
        },
    ),
}
VISIT_RULE = "R1"
HELPER_LOAD_RULE = "R12"


@dataclass(frozen=True)
class HelperLoad:
    """How many households one helper should have (R12): a warning, never a bar."""

    least: int = 1
    most: int = 5

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "HelperLoad":
        return cls(**{each.name: values[each.name] for each in fields(cls) if values.get(each.name) is not None})

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


UNSEEN_RULE = "UNSEEN"


@dataclass(frozen=True)
class Unseen:
    """久未见: a household nobody met for `times` its interval, `least_days` days at least, is told to officer and deputy
    every week, after `leader_days` more days to the leader too (product.md section 5)."""

    times: int = 2
    least_days: int = 60
    leader_days: int = 30

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Unseen":
        return cls(**{each.name: values[each.name] for each in fields(cls) if values.get(each.name) is not None})

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)
