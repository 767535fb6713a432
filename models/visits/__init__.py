"""Visits (走访): the tables; verbs stand in `reports`, `actions`, questions in `queries`."""

from models.visits.tables import KINDS, OUTCOMES, STATES, Visit, VisitReturn, VisitVersion

__all__ = ["KINDS", "OUTCOMES", "STATES", "Visit", "VisitReturn", "VisitVersion"]
