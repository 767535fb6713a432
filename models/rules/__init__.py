"""Rules: who owes what, how often, by when. Every change is a new immutable version."""

from models.rules.actions import seed_rule
from models.rules.parameters import (
    HELPER_LOAD,
    HELPER_LOAD_RULE,
    LADDER,
    PROFILES,
    VISIT_RULE,
    WEEKDAYS,
    LadderStep,
    Quota,
    Reminders,
    RuleParameters,
)
from models.rules.queries import find_parameters, list_rules_for
from models.rules.tables import Rule

__all__ = [
    "HELPER_LOAD",
    "HELPER_LOAD_RULE",
    "LADDER",
    "PROFILES",
    "VISIT_RULE",
    "WEEKDAYS",
    "LadderStep",
    "Quota",
    "Reminders",
    "Rule",
    "RuleParameters",
    "find_parameters",
    "list_rules_for",
    "seed_rule",
]
