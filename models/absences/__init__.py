"""Absences (暂不在): only stop reminders; never a leave form, never shown to the unit."""

from models.absences.tables import COVER_STATES, Absence

__all__ = ["COVER_STATES", "Absence"]
