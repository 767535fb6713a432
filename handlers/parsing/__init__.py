"""Words → what was said. Pure functions: no database, no channel, no clock of their own."""

from handlers.parsing.answers import COMMANDS, Command, Reason, parse_choice, parse_command, parse_confirm, parse_reason
from handlers.parsing.reading import parse_report
from handlers.parsing.reports import REQUESTS, Line, Missed, Plan, Question, Report, RosterChange
from handlers.parsing.scope import Candidate, Scope
from handlers.parsing.sounds import initials_of, warm_up
from handlers.parsing.words import WORDS, Words

__all__ = [
    "COMMANDS",
    "REQUESTS",
    "WORDS",
    "Candidate",
    "Command",
    "Line",
    "Missed",
    "Plan",
    "Question",
    "Reason",
    "Report",
    "RosterChange",
    "Scope",
    "Words",
    "initials_of",
    "parse_choice",
    "parse_command",
    "parse_confirm",
    "parse_reason",
    "parse_report",
    "warm_up",
]
