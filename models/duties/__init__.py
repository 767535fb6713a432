"""Duties: one thing one person owes for one subject by one day, from the plan to the case and its end."""

from models.duties.owners import after_assignment, explain, get_duty, take_back_explanation
from models.duties.pausing import end_household, resume_household
from models.duties.settling import Change
from models.duties.tables import STATES, Duty, DutyEvent
from models.duties.visits import Formerly, after_visit, come_back

__all__ = [
    "STATES",
    "Change",
    "Duty",
    "DutyEvent",
    "Formerly",
    "after_assignment",
    "after_visit",
    "come_back",
    "end_household",
    "explain",
    "get_duty",
    "resume_household",
    "take_back_explanation",
]
