"""Duties: one thing one person owes for one subject by one day, from the plan to the case and its end."""

from models.duties.tables import STATES, Duty, DutyEvent

__all__ = ["STATES", "Duty", "DutyEvent"]
