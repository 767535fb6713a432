"""Failures planned by a test: the next so many calls of a method go wrong in a chosen way."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.simulator.arguments import Arguments
from bot.simulator.errors import ApiError, moved, too_many_requests

KINDS = ("429", "400", "401", "403", "5xx", "slow", "cut_before", "cut_after", "moved")
_TEXTS = {
    "400": "Bad Request: message is too strange",
    "401": "Unauthorized",
    "403": "Forbidden: bot was blocked by the user",
    "5xx": "Bad Gateway",
}


class CutConnection(Exception):
    """The connection ends here without an answer."""


@dataclass
class Failure:
    """One plan. `times` counts down; `used` says how often it struck."""

    method: str
    kind: str
    times: int | None
    when: Callable[[Arguments], bool] | None
    text: str
    code: int
    retry_after: int
    new_chat_id: int
    seconds: float
    release: asyncio.Event | None
    used: int = 0

    def strikes(self, method: str, arguments: Arguments) -> bool:
        if self.times == 0 or self.method not in {"*", method}:
            return False
        if self.when is not None and not self.when(arguments):
            return False
        self.times = None if self.times is None else self.times - 1
        self.used += 1
        return True

    async def before(self) -> None:
        """What happens instead of the work, or before it."""
        match self.kind:
            case "429":
                raise too_many_requests(self.retry_after)
            case "moved":
                raise moved(self.new_chat_id)
            case "cut_before":
                raise CutConnection
            case "slow":
                await self._dawdle()
            case "400" | "401" | "403" | "5xx":
                raise ApiError(self.code, self.text)

    def after(self) -> None:
        """What happens when the work is done but not yet answered."""
        if self.kind == "cut_after":
            raise CutConnection

    async def _dawdle(self) -> None:
        if self.release is not None:
            await self.release.wait()
        else:
            await asyncio.sleep(self.seconds)


@dataclass
class Failures:
    """All plans of a test, in the order they were made."""

    plans: list[Failure] = field(default_factory=list)

    def plan(self, method: str, kind: str, *, times: int | None = 1, **details: Any) -> Failure:
        """See `Simulator.fail`."""
        if kind not in KINDS and not (kind.isdigit() and kind.startswith("5")):
            raise ValueError(f"no such failure: {kind}; there are {', '.join(KINDS)}")
        family = "5xx" if kind.startswith("5") else kind
        code = details.get("code") or (int(kind) if kind.isdigit() else 502)
        failure = Failure(
            method=method.lower(),
            kind=family,
            times=times,
            when=details.get("when"),
            text=details.get("text") or _TEXTS.get(family, ""),
            code=code,
            retry_after=details.get("retry_after", 3),
            new_chat_id=details.get("new_chat_id", -1_001_234_567_890),
            seconds=details.get("seconds", 1.0),
            release=details.get("release"),
        )
        self.plans.append(failure)
        return failure

    def find(self, method: str, arguments: Arguments) -> Failure | None:
        for failure in self.plans:
            if failure.strikes(method, arguments):
                return failure
        return None

    def clear(self) -> None:
        self.plans.clear()
