"""Townships side by side, each its own life; a difference names its seed and the first day that is not as foretold."""

import argparse
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from models.secrets import Keyring, use_keyring
from tests.benchmarks.figures import record
from tests.proof.months.foretelling import Model
from tests.proof.months.hearing import Line
from tests.proof.months.lives import Act, Life, draw
from tests.proof.months.playing import Played, Town
from tests.proof.workers import Fault, SideBySide

FIRST = date(2024, 1, 1)
"""The official plan is known for two years from then on, Spring Festivals with their shifted days among them."""
A_TOWNSHIP = 100
"""Households played by one process: so many that a day's own cost matters little, so few that 200 keep two busy."""
SHOWN = 20
MINUTES = 10.0


@dataclass(frozen=True)
class Verdict:
    """`differences` are sentences, the earliest day first."""

    seed: int
    played: Played
    differences: list[str]


def prove(options: argparse.Namespace) -> bool:
    """Whether everybody was told on the day and of the household that the model says, and of nothing else."""
    began = time.monotonic()
    sizes = _sizes(options.households)
    jobs = [(size, options.months, options.seed + number) for number, size in enumerate(sizes)]
    verdicts: list[Verdict] = []
    played = 0
    for (size, _, seed), end in SideBySide(_job, iter(jobs), options.workers):
        verdict = Verdict(seed, Played(), [end.text]) if isinstance(end, Fault) else end
        verdicts.append(verdict)
        played += size
        print(f"seed {seed}: {verdict.played.messages} messages, {len(verdict.differences)} differ", flush=True)
        for line in verdict.differences[:SHOWN]:
            print(f"  {line}", flush=True)
    return _record(options, played, verdicts, (time.monotonic() - began) / 60)


def _sizes(households: int) -> list[int]:
    whole, rest = divmod(households, A_TOWNSHIP)
    return [A_TOWNSHIP] * whole + ([rest] if rest else [])


def _job(job: tuple[int, int, int]) -> Verdict:
    households, months, seed = job
    with tempfile.TemporaryDirectory() as folder:
        return compare(draw(households, months, seed, FIRST), Path(folder))


def compare(life: Life, folder: Path) -> Verdict:
    """Plays a life and asks the model what it should have been."""
    use_keyring(Keyring({"k1": b"0" * 32}, current="k1"))
    model = Model(life)
    foretold = model.foretell()
    played = Town(life, folder / "township.db").play()
    found = _compare_lines(foretold, played.lines) + _compare_refused(model.refused, played.refused)
    if played.doubled or played.at_night:
        found.append(f"{played.doubled} second messages of a day, {played.at_night} in quiet hours")
    return Verdict(life.seed, replace(played, lines=Counter()), found)


def _compare_lines(foretold: Counter[Line], said: Counter[Line]) -> list[str]:
    found = [(line, "was not said") for line in (foretold - said).elements()]
    found += [(line, "was said") for line in (said - foretold).elements()]
    return [f"{line[0]}: {line[2]} about household {line[3]}, {line[4]}, to {line[1]} {what}" for line, what in sorted(found)]


def _compare_refused(foretold: list[Act], refused: list[Act]) -> list[str]:
    found = [(act, "was allowed") for act in foretold if act not in refused]
    found += [(act, "was refused") for act in refused if act not in foretold]
    return [f"{act} {what}" for act, what in sorted(found, key=lambda each: (each[0].day, each[0].minute))]


def _record(options: argparse.Namespace, played: int, verdicts: list[Verdict], minutes: float) -> bool:
    command = f"python -m tests.proof months --households {options.households} --months {options.months} --seed {options.seed}"
    messages = sum(each.played.messages for each in verdicts)
    lines = sum(each.played.told for each in verdicts)
    differ = sum(len(each.differences) for each in verdicts)
    figures = (
        ("months: households", played, f"over {options.months} months", "2,000 over 24", played >= 2_000),
        ("months: messages compared with the model", messages, f"messages, {lines} lines", "all", messages > 0),
        ("months: lines that differ from the model, refusals too", differ, "", "0", differ == 0),
        ("months: took", minutes, "min", f"≤ {MINUTES:.0f}", minutes <= MINUTES),
    )
    for name, value, unit, goal, ok in figures:
        record(name, value, unit, goal, ok, command, file="proof.json")
    return differ == 0
