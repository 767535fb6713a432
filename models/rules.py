"""Rules: who owes what, how often, by when. Every change is a new immutable version.

`RuleParameters` is what a version says: plain data, kept as JSON in the rules table (product.md section 5).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, Facts, Id, ref
from models.installation import live_since

ROLES_ON_LADDER = ("second", "team_head", "officer", "deputy", "leader")
FORMS = ("digest", "monday", "urgent")


class Rule(Base):
    __tablename__ = "rules"
    id: Mapped[Id]
    code: Mapped[str]
    """R1 … R21 of domain.md 1.J, or a local code."""
    version: Mapped[int]
    area_id: Mapped[int | None] = ref("areas")
    """Where it holds; the most specific area wins. None: the whole installation."""
    state: Mapped[str]
    """on, off, template."""
    source: Mapped[str]
    """toml or chat; locked rules are changed in TOML only."""
    locked: Mapped[bool] = mapped_column(default=False)
    parameters: Mapped[Facts]
    author_id: Mapped[int | None] = ref("people", index=False)
    starts_on: Mapped[date]
    created_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("code", "area_id", "version"),)


@dataclass(frozen=True)
class Quota:
    """So many visits every period for these household kinds; no kinds: all that no other quota names.

    `every`: half-month, month, quarter, half-year, year, or `months:N`.
    """

    needed: int = 2
    every: str = "month"
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reminders:
    """Each such weekday (0 = Monday) in the days before the due day; the other four days follow from the period."""

    weekday: int = 3
    within_days: int = 14


@dataclass(frozen=True)
class LadderStep:
    """`after`: working days after the 补录期, or before the due day when negative. `monday`: the first week's
    opening on or after that day. `without_second`: the day where a household has no second helper."""

    level: int
    who: str
    after: int
    monday: bool = False
    form: str = "digest"
    without_second: int | None = None


LADDER = (
    LadderStep(-1, "team_head", -5),
    LadderStep(1, "second", 1),
    LadderStep(1, "team_head", 2, without_second=1),
    LadderStep(2, "officer", 3),
    LadderStep(3, "deputy", 5, monday=True, form="monday"),
    LadderStep(4, "leader", 10),
)


@dataclass(frozen=True)
class RuleParameters:
    """Everything one version of a visit rule says. Days are local days, `_workdays` are working days."""

    quotas: tuple[Quota, ...] = (Quota(),)
    due_day: int = 25
    grace_workdays: int = 3
    reminders: Reminders = field(default_factory=Reminders)
    ladder: tuple[LadderStep, ...] = LADDER
    repeat_every: int = 3
    repeat_times: int = 4
    answer_workdays: int = 3
    """How long 交办 and 我来处理 stop the ladder."""
    unconfirmed_workdays: int = 3
    """How long a report waiting for 确认 holds its household's ladder."""
    late_limit: int = 3
    """A reminder missed by more working days than this is skipped, with an event."""
    counting_kinds: tuple[str, ...] = ("routine", "verification", "survey")
    counting_capacities: tuple[str, ...] = ("helper", "second", "cover")
    explain_reasons: tuple[str, ...] = ("away", "ill", "road", "disaster", "duty", "other")

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "RuleParameters":
        """Reads what `to_dict` wrote, or any part of it; what is missing keeps its default."""
        given = {name: _tuples(value) for name, value in values.items()}
        if "quotas" in values:
            given["quotas"] = tuple(Quota(**_plain(quota)) for quota in values["quotas"])
        if "reminders" in values:
            given["reminders"] = Reminders(**values["reminders"])
        if "ladder" in values:
            given["ladder"] = tuple(LadderStep(**step) for step in values["ladder"])
        return cls(**given)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def quota_for(self, kind: str) -> Quota | None:
        """The quota that names this household kind, else the one for all others."""
        named = (quota for quota in self.quotas if kind in quota.kinds)
        return next(named, None) or next((quota for quota in self.quotas if not quota.kinds), None)


def _tuples(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _tuples(value) for name, value in values.items()}


PROFILES: dict[str, RuleParameters] = {
    "攻坚期": RuleParameters(),
    "常态化": RuleParameters(
        quotas=(
            Quota(1, "month", ("monitored",)),
            Quota(1, "quarter", ("low_income", "destitute")),
            Quota(1, "half-year"),
        )
    ),
}
VISIT_RULE = "R1"
HELPER_LOAD_RULE = "R12"
HELPER_LOAD = {"least": 1, "most": 5}


def seed_rule(session: Session, parameters: RuleParameters, *, locked: bool = False, now: datetime, today: date) -> int:
    """Makes the configuration file's visit rule the current one; the same parameters again change nothing.

    Returns the rule's id. A changed rule takes effect with the next period (engine.md 2).
    """
    newest = _newest(session, VISIT_RULE)
    wanted = parameters.to_dict()
    if newest is not None and RuleParameters.from_dict(newest.parameters) == parameters:
        return newest.id
    rule = Rule(
        code=VISIT_RULE,
        version=1 if newest is None else newest.version + 1,
        state="on",
        source="toml",
        locked=locked,
        parameters=_json(wanted),
        starts_on=today,
        created_at=now,
    )
    session.add(rule)
    session.flush()
    return rule.id


def _newest(session: Session, code: str) -> Rule | None:
    return session.scalar(
        select(Rule).where(Rule.code == code, Rule.area_id.is_(None)).order_by(Rule.version.desc()).limit(1)
    )


def _json(value: Any) -> Any:
    """Tuples as lists, so that what is stored equals what is read back."""
    if isinstance(value, Mapping):
        return {name: _json(item) for name, item in value.items()}
    if isinstance(value, tuple | list):
        return [_json(item) for item in value]
    return value


def list_rules_for(session: Session, code: str, starts_on: date) -> list[Rule]:
    """The versions that govern a period beginning on `starts_on`: the newest one of each area that began by then.

    A rule's first version governs no period that began before the installation went live.
    """
    live = live_since(session)
    if live is None or live > starts_on:
        return []
    newest = select(func.max(Rule.version)).where(Rule.code == code, Rule.starts_on <= starts_on).group_by(Rule.area_id)
    rules = session.scalars(
        select(Rule).where(Rule.code == code, Rule.version.in_(newest), Rule.starts_on <= starts_on)
    )
    latest: dict[int | None, Rule] = {}
    for rule in sorted(rules, key=lambda rule: rule.version):
        latest[rule.area_id] = rule
    return [rule for rule in latest.values() if rule.state == "on"]


def find_parameters(session: Session, rule_id: int) -> RuleParameters:
    return RuleParameters.from_dict(session.get_one(Rule, rule_id).parameters)
