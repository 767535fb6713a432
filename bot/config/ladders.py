"""One step of a ladder as the file states it, the same for every kind of rule."""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from bot.config.values import Section, Whole
from models.rules import bounds
from models.rules.bounds import Again, Form, Role


def within(name: str) -> Any:
    """The bounds of a number, as the chat has them."""
    low, high = bounds.BOUNDS[name]
    return Field(ge=low, le=high)


class Level(Section):
    """One step of a ladder.

    `after` is in working days: above 0 after the last day of the 补录期, below 0 before the due day.
    """

    level: Annotated[Whole, within("level")]
    who: Role
    after: Annotated[Whole, within("after")]
    after_alone: Annotated[Whole, within("after_alone")] | None = None
    form: Form = "digest"
    again: Again = "never"
    after_in_row: Annotated[Whole, within("after_in_row")] | None = None

    @model_validator(mode="after")
    def _on_its_side(self) -> Self:
        if self.level == 0 or self.after == 0:
            raise ValueError("level and after must not be 0")
        if (self.level < 0) != (self.after < 0):
            raise ValueError("after must be below 0 for level -1 (before the due day) and above 0 for the others")
        return self
