"""[calendar]: days that differ here from the official calendar."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from bot.config.values import Section
from models.calendar.actions import LONGEST, NAME_AT_MOST, check_name
from models.calendar.queries import FileDays, each_day
from models.errors import Refused


class LocalDay(Section):
    """[[calendar.day]]: a market day, a snow day; worked on or not, with its name."""

    on: date
    until: date | None = None
    name: Annotated[str, Field(min_length=1)]
    worked: bool = False

    @property
    def last_on(self) -> date:
        return self.until or self.on

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if not 0 <= (self.last_on - self.on).days < LONGEST:
            raise ValueError(f"until must be on or after on, {LONGEST} days at most")
        try:
            check_name(self.name)
        except Refused:
            raise ValueError(f"name must have letters, {NAME_AT_MOST} characters at most") from None
        return self


class Calendar(Section):
    """[calendar]: single days in two lists, days with a name in [[calendar.day]]."""

    holidays: tuple[date, ...] = ()
    workdays: tuple[date, ...] = ()
    day: tuple[LocalDay, ...] = ()

    @model_validator(mode="after")
    def _each_day_once(self) -> Self:
        both = sorted(set(self.holidays) & set(self.workdays))
        if both:
            raise ValueError(f"{both[0]} stands in holidays and in workdays")
        seen: set[date] = set()
        for entry in self.entries():
            for day in each_day(entry.first_on, entry.last_on):
                if day in seen:
                    raise ValueError(f"{day} stands there twice")
                seen.add(day)
        return self

    def entries(self) -> Iterator[FileDays]:
        """Everything the file says, the lists' days one by one and without a name."""
        yield from (FileDays(day, day, False, "") for day in self.holidays)
        yield from (FileDays(day, day, True, "") for day in self.workdays)
        yield from (FileDays(each.on, each.last_on, each.worked, each.name) for each in self.day)

    def days(self) -> dict[date, bool]:
        """Every day with whether it is worked on."""
        return {day: each.worked for each in self.entries() for day in each_day(each.first_on, each.last_on)}
