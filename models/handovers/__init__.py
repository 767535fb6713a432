"""Hand-over (移交): households change their helper in one step with a reason; recall, second helpers, leaving."""

from models.handovers.plans import ACTS, Plan

__all__ = ["ACTS", "Plan"]
