"""The rules of the file: how often, by when, who is reminded, who is told (product.md section 5).

These are plain values with bounds; what they mean in time is the business of `schedules`.
"""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Discriminator, Field, StringConstraints, Tag, model_validator

from bot.config.dates import DATES, DateRule
from bot.config.ladders import Level, within
from bot.config.values import Section, Whole
from models import rules as models
from models.errors import Refused
from models.rules import bounds
from models.rules.bounds import Kind, Profile, Weekday

SENTENCES = {
    "rule.period": f"must be {', '.join(bounds.PERIODS[:6])}, months:N with N 2, 3, 4 or 6, or cron: and five fields",
    "rule.cron": "cron: and five fields that begin a period every {low} to {high} days",
    "rule.ladder_twice": "the ladder names the same level and the same people twice",
    "rule.ladder_order": "level {level} (after {after}) comes before level {lower} (after {lower_after}); "
    "a higher level must not be told earlier",
    "rule.ladder_side": "after must be below 0 for level -1 (before the due day) and above 0 for the others",
    "rule.lead_too_long": "reminders.within_days must be at most {days}, or they would begin before the period does",
    "rule.early_too_long": "a step before the due day may be at most {days} working days before it, "
    "or it would come before the period does",
}
"""What models/rules refuses, in the words of this file's readers."""


def _period(value: Any) -> Any:
    try:
        bounds.check_period(str(value))
    except Refused as refused:
        raise ValueError(SENTENCES[refused.code].format(**refused.values)) from None
    return value


Period = Annotated[str, BeforeValidator(_period)]
Needed = Annotated[Whole, within("needed")]


class Quota(Section):
    """How many visits in which period."""

    needed: Needed
    period: Period = "month"


class Reason(Section):
    """One answer to 没去成, in both languages."""

    code: Annotated[str, Field(pattern=r"^[a-z][a-z_]{1,23}$")]
    zh: Annotated[str, Field(min_length=1, max_length=20)]
    en: Annotated[str, Field(min_length=1, max_length=40)]


class Reminders(Section):
    """When a helper hears what is still short, always in the digest and only about what is short."""

    weekday: Weekday | Literal["never"] = "thursday"
    within_days: Annotated[Whole, within("within_days")] = 14
    before_due: bool = True
    after_due: bool = True
    last_workday: bool = True
    last_grace_day: bool = True


LADDER = tuple(Level(**asdict(step)) for step in models.LADDER)


class Visiting(Section):
    """What may be said of visits, for the whole township or one village."""

    locked: bool = False
    needed: Needed | None = None
    period: Period | None = None
    kinds: dict[Kind, Quota] | None = None
    due_day: Annotated[Whole, within("due_day")] = 25
    due_weekday: Weekday = "friday"
    due_before_end: Annotated[Whole, within("due_before_end")] = 5
    grace_workdays: Annotated[Whole, within("grace_workdays")] = 3
    phone_counts: bool = False
    repeat_workdays: Annotated[Whole, within("repeat_workdays")] = 3
    repeat_times: Annotated[Whole, within("repeat_times")] = 4
    answer_workdays: Annotated[Whole, within("answer_workdays")] = 3
    new_assignment_days: Annotated[Whole, within("new_assignment_days")] = 14
    unconfirmed_workdays: Annotated[Whole, within("unconfirmed_workdays")] = 3
    postpone_days: Annotated[Whole, within("postpone_days")] = 7
    postpone_times: Annotated[Whole, within("postpone_times")] = 2
    late_limit: Annotated[Whole, within("late_limit")] = 3
    reminders: Reminders = Reminders()
    ladder: tuple[Level, ...] = LADDER


class Rule(Visiting):
    """One rule as the file states it. What is left out comes from the profile, see `Rules.seeds`."""

    code: Literal["R1"]
    on: bool = True

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if problem := _misfit(models.RuleParameters.from_dict(self.model_dump(exclude_none=True))):
            raise ValueError(problem)
        return self


class Village(Visiting):
    """A village that differs from R1. What is left out is as R1's entry has it."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


def _misfit(parameters: models.RuleParameters) -> str | None:
    """What does not fit together, in words; None where all does."""
    try:
        bounds.check_visits(parameters)
    except Refused as refused:
        return SENTENCES[refused.code].format(**refused.values)
    return None


def _tag(value: Any) -> str:
    """Which kind of rule an entry is, by its code."""
    code = value.get("code") if isinstance(value, dict) else getattr(value, "code", None)
    return VISITS if not isinstance(code, str) or code == "R1" else DATES


VISITS = "[visits]"
AnyRule = Annotated[Annotated[Rule, Tag(VISITS)] | Annotated[DateRule, Tag(DATES)], Discriminator(_tag)]


class Unseen(Section):
    """久未见: when a household nobody met is told to officer and deputy every week, and to the leader too."""

    on: bool = True
    locked: bool = False
    times: Annotated[Whole, within("times")] = 2
    least_days: Annotated[Whole, within("least_days")] = 60
    leader_days: Annotated[Whole, within("leader_days")] = 30


@dataclass(frozen=True)
class VillageSeed:
    """A village's own R1 as it enters the database."""

    name: str
    locked: bool
    parameters: models.RuleParameters


@dataclass(frozen=True)
class Seed:
    """One rule as it enters the database: profile and file together."""

    code: str
    on: bool
    locked: bool
    parameters: models.Parameters


REASONS = (
    Reason(code="away", zh="全家外出", en="The whole family is away"),
    Reason(code="no_contact", zh="联系不上", en="Could not be reached"),
    Reason(code="hospital", zh="住院或走亲", en="In hospital or with relatives"),
    Reason(code="duty_elsewhere", zh="被抽调或出差", en="Sent elsewhere for work"),
    Reason(code="ill", zh="本人生病", en="I was ill"),
    Reason(code="road", zh="路断或天气", en="Road cut or weather"),
    Reason(code="other", zh="其他(写一句)", en="Something else (one sentence)"),
)


class Rules(Section):
    """[rules]: the profile, the rules that differ from it, the reasons offered for 没去成."""

    profile: Profile = "攻坚期"
    rule: tuple[AnyRule, ...] = (Rule(code="R1"),)
    villages: tuple[Village, ...] = ()
    reason: tuple[Reason, ...] = REASONS
    unseen: Unseen = Unseen()

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        codes: dict[str, list[str]] = {
            "rule": [rule.code for rule in self.rule],
            "reason": [reason.code for reason in self.reason],
            "villages": [village.name for village in self.villages],
        }
        for what, given in codes.items():
            twice = sorted(code for code, count in Counter(given).items() if count > 1)
            if twice:
                raise ValueError(f"{what} {', '.join(twice)} is given twice")
        if not self.reason:
            raise ValueError("at least one reason is needed, or 没去成 could not be answered")
        for seed in self.village_seeds():
            if problem := _misfit(seed.parameters):
                raise ValueError(f"villages {seed.name}: {problem}")
        return self

    def seeds(self) -> tuple[Seed, ...]:
        """Every rule of the file, what it leaves out filled in by the profile."""
        return tuple(Seed(rule.code, rule.on, rule.locked, self._parameters(rule)) for rule in self.rule)

    def village_seeds(self) -> tuple[VillageSeed, ...]:
        """Every village of the file with all that holds there: its own keys, the rest as R1's entry has it."""
        of_all = next((rule for rule in self.rule if isinstance(rule, Rule)), Rule(code="R1"))
        whole = self._parameters(of_all).to_dict()
        found = []
        for village in self.villages:
            given = village.model_dump(exclude_unset=True, exclude={"name", "locked"})
            if "reminders" in given:
                given["reminders"] = {**whole["reminders"], **given["reminders"]}
            parameters = models.RuleParameters.from_dict({**whole, **_for_all_kinds(given)})
            found.append(VillageSeed(village.name, village.locked, parameters))
        return tuple(found)

    def _parameters(self, rule: Rule | DateRule) -> models.Parameters:
        if isinstance(rule, DateRule):
            return rule.parameters()
        profile = models.PROFILES[self.profile].to_dict()
        given = rule.model_dump(exclude_none=True)
        return models.RuleParameters.from_dict({**profile, **_for_all_kinds(given)})


def _for_all_kinds(given: dict[str, Any]) -> dict[str, Any]:
    """Whoever says how often households are visited does not mean it for some of them only."""
    return {"kinds": {}, **given} if "needed" in given or "period" in given else given
