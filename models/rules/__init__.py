"""Rules: who owes what, how often, by when. Every change is a new immutable version."""

from models.rules.parameters import (
    HELPER_LOAD_RULE,
    LADDER,
    MONTHS,
    PROFILES,
    VISIT_RULE,
    WEEKDAYS,
    HelperLoad,
    LadderStep,
    Quota,
    Reminders,
    RuleParameters,
)

# isort: split
from models.rules.actions import seed_rule
from models.rules.queries import find_parameters, helper_load, list_rules_for
from models.rules.tables import Rule

__all__ = [
    "HELPER_LOAD_RULE",
    "LADDER",
    "MONTHS",
    "PROFILES",
    "VISIT_RULE",
    "WEEKDAYS",
    "HelperLoad",
    "LadderStep",
    "Quota",
    "Reminders",
    "Rule",
    "RuleParameters",
    "find_parameters",
    "helper_load",
    "list_rules_for",
    "seed_rule",
]
