"""What time the simulator believes it is."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, aware, in UTC."""


class WallClock:
    """The machine's own time; tests and the demo put in a clock they can move."""

    def now(self) -> datetime:
        return datetime.now(UTC)
