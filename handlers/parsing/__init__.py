"""Words → what was said. Pure functions: no database, no channel, no clock of their own."""

from handlers.parsing.reading import parse_report
from handlers.parsing.reports import REQUESTS, Line, Missed, Plan, Question, Report, RosterChange
from handlers.parsing.scope import Candidate, Scope
from handlers.parsing.sounds import warm_up
from handlers.parsing.words import WORDS, Words

__all__ = [
    "REQUESTS",
    "WORDS",
    "Candidate",
    "Line",
    "Missed",
    "Plan",
    "Question",
    "Report",
    "RosterChange",
    "Scope",
    "Words",
    "parse_report",
    "warm_up",
]
