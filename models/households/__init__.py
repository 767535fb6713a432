"""Households (户): the tables; questions stand in `queries`."""

from models.households.assignments import current_assignments
from models.households.tables import KINDS, Assignment, Household, Member, Nickname

__all__ = ["KINDS", "Assignment", "Household", "Member", "Nickname", "current_assignments"]
