"""Working days that differ here: set in the chat or in the file; the years as they were last agreed to."""

from models.calendar.tables import CalendarDay

__all__ = ["CalendarDay"]
