"""Rules: who owes what, how often, by when. Every change is a new immutable version."""

from models.rules.parameters import (
    HELPER_LOAD_RULE,
    LADDER,
    MONTHS,
    PROFILES,
    UNSEEN_RULE,
    VISIT_RULE,
    WEEKDAYS,
    HelperLoad,
    LadderStep,
    Quota,
    Reminders,
    RuleParameters,
    Unseen,
)

# isort: split
from models.rules.actions import seed_rule
from models.rules.holding import parameters_of
from models.rules.queries import Parameters, get_parameters, helper_load, list_rules_for, read_parameters
from models.rules.tables import Rule

__all__ = [
    "HELPER_LOAD_RULE",
    "LADDER",
    "MONTHS",
    "PROFILES",
    "UNSEEN_RULE",
    "VISIT_RULE",
    "WEEKDAYS",
    "HelperLoad",
    "LadderStep",
    "Parameters",
    "Quota",
    "Reminders",
    "Rule",
    "RuleParameters",
    "Unseen",
    "get_parameters",
    "helper_load",
    "list_rules_for",
    "parameters_of",
    "read_parameters",
    "seed_rule",
]
