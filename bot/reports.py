"""What a command tells the person who typed it: sentences, and the same facts for programs (`--json`)."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Report:
    """`lines` for people, `facts` for programs, `ok` for the exit code."""

    lines: tuple[str, ...]
    facts: dict[str, Any] = field(default_factory=dict)
    ok: bool = True


class CommandError(Exception):
    """A command cannot do what was asked; the message is a whole sentence for the operator."""


def show(report: Report, as_json: bool) -> None:
    """Prints a report on standard output, as sentences or as one JSON object with `ok` in it."""
    if as_json:
        print(json.dumps({"ok": report.ok, **report.facts}, ensure_ascii=False, indent=2, default=str))
    else:
        print("\n".join(report.lines))


def complain(problems: Sequence[str], as_json: bool) -> None:
    """Says on standard error why nothing was done; with `as_json` on standard output, as an object."""
    if as_json:
        print(json.dumps({"ok": False, "problems": list(problems)}, ensure_ascii=False, indent=2))
    else:
        for problem in problems:
            print(problem, file=sys.stderr)


class Progress:
    """One line that counts up on a terminal, silent elsewhere."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._shown = sys.stderr.isatty()

    def __call__(self, done: int, total: int) -> None:
        if self._shown:
            end = "\n" if done >= total else ""
            print(f"\r{self._what}: {done} of {total}", end=end, file=sys.stderr, flush=True)
