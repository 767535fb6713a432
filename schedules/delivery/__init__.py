"""Claims due rows of the outbox and settles what became of them. The sending itself is bot/sender.py."""

from schedules.delivery.claiming import Claim, Delivery, claim_some, next_due_at
from schedules.delivery.settling import Outcome, mark_unreachable, recover, settle

__all__ = ["Claim", "Delivery", "Outcome", "claim_some", "mark_unreachable", "next_due_at", "recover", "settle"]
