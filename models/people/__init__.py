"""People, their grants (product.md 3b) and invitations."""

from models.people.grants import current_grants
from models.people.tables import ROLES, Grant, Invitation, Person

__all__ = ["ROLES", "Grant", "Invitation", "Person", "current_grants"]
