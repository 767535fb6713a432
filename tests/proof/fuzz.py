"""Ten thousand updates and more of anything: taps, forged and stale buttons, mutated words, files, mangled updates.

Walks by seed, side by side; the failing deed is printed with its seed, which plays it again.
"""

import argparse
import asyncio
import logging
import multiprocessing
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import structlog

from tests.benchmarks.figures import record
from tests.faults.fuzzing import START, play_fuzz, play_mangled
from tests.stories.township import Town

A_WALK = 1_000
MANGLED = 2_000


def prove(options: argparse.Namespace) -> bool:
    """Whether everything was answered, nothing of the program's insides was shown, nothing was lost."""
    walks = max(1, options.updates // A_WALK)
    with ProcessPoolExecutor(options.workers, multiprocessing.get_context("spawn")) as pool:
        mangled = pool.submit(_mangle, options.seed)
        total, unanswered, spilled, wrong = 0, 0, 0, 0
        seeds = range(options.seed, options.seed + walks)
        for seed, found in zip(seeds, pool.map(_walk, seeds), strict=True):
            total += found[0]
            unanswered, spilled, wrong = unanswered + len(found[1]), spilled + len(found[2]), wrong + len(found[3])
            print(f"seed {seed}: {found[0]} updates", flush=True)
            for line in (*found[1], *found[2], *found[3]):
                print(f"  {line}", flush=True)
        aside, faults = mangled.result()
    print(f"mangled: {aside} of {MANGLED} set aside", *faults, sep="\n  ", flush=True)
    return _record(options, total, unanswered, spilled, wrong, len(faults))


def _quiet() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable()


def _walk(seed: int) -> tuple[int, list[str], list[str], list[str]]:
    _quiet()
    with tempfile.TemporaryDirectory() as folder:
        fuzz, wrong = asyncio.run(play_fuzz(Town(Path(folder), START), seed, A_WALK))
    return fuzz.updates, fuzz.unanswered, fuzz.spilled, wrong


def _mangle(seed: int) -> tuple[int, list[str]]:
    _quiet()
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(play_mangled(Town(Path(folder), START), seed, MANGLED))


def _record(options: argparse.Namespace, total: int, unanswered: int, spilled: int, wrong: int, faults: int) -> bool:
    command = f"python -m tests.proof fuzz --updates {options.updates} --seed {options.seed}"
    figures = (
        ("fuzz: updates sent", total, "updates", "≥ 10,000", total >= 10_000),
        ("fuzz: left without an answer", unanswered, "", "0", unanswered == 0),
        ("fuzz: insides of the program shown", spilled, "", "0", spilled == 0),
        ("fuzz: updates lost, figures that differ", wrong, "", "0", wrong == 0),
        ("fuzz: faults of mangled updates", faults, f"in {MANGLED}", "0", faults == 0),
    )
    for name, value, unit, goal, ok in figures:
        record(name, value, unit, goal, ok, command, file="proof.json")
    return all(ok for *_, ok in figures)
