"""Kinds of value that several sections share, each with its own clear refusal."""

import re
from datetime import time
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class Section(BaseModel):
    """A table of the file: unknown keys are refused, values never change after start."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _whole(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("must be a whole number, not true or false")
    return value


def _moment_of_day(value: Any) -> Any:
    if isinstance(value, time):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise ValueError('must be a time of day in quotes, such as "19:20"')
    return time(int(value[:2]), int(value[3:]))


def _digest_hour(value: Any) -> Any:
    found = _moment_of_day(value)
    if found.minute in (0, 30):
        raise ValueError(
            "must not be a full or half hour, because every other program sends then; take for example "
            f'"{found:%H}:{found.minute + 10:02d}"'
        )
    return found


def _zone(value: Any) -> Any:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError, TypeError, AttributeError):
        raise ValueError('must be a time zone such as "Asia/Shanghai"') from None
    return value


def _kept_path(value: Any) -> Any:
    if value is not None and (not isinstance(value, str) or "\0" in value):
        raise ValueError("must be a path in quotes")
    return value


Whole = Annotated[int, BeforeValidator(_whole)]
TimeOfDay = Annotated[time, BeforeValidator(_moment_of_day)]
DigestHour = Annotated[time, BeforeValidator(_digest_hour)]
Zone = Annotated[str, BeforeValidator(_zone)]
FilePath = Annotated[str, BeforeValidator(_kept_path)]
Share = Annotated[float, Field(ge=0.5, le=1.0)]
