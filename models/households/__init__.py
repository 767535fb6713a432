"""Households (户): the tables; questions stand in `queries`."""

from models.households.tables import KINDS, Assignment, Household, Member, Nickname

__all__ = ["KINDS", "Assignment", "Household", "Member", "Nickname"]
