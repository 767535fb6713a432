"""Stormy townships, some side by side, until there were so many steps; every other one on PostgreSQL."""

import argparse
import itertools
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from models.secrets import Keyring, use_keyring
from tests.benchmarks.figures import record
from tests.proof.databases import choose, database
from tests.proof.months.lives import DAY, Act, Life, draw
from tests.proof.months.playing import moment_of
from tests.proof.storms.bot import Bot, Died
from tests.proof.storms.checking import Found, check
from tests.proof.storms.telegram import Telegram
from tests.proof.storms.weather import forecast
from tests.proof.workers import Fault, SideBySide

FIRST = date(2025, 1, 1)
HOUSEHOLDS, MONTHS = 40, 3
KEPT_FOR = timedelta(hours=24)
"""So long Telegram keeps what people sent."""
FINE_DAYS = 9
LONGEST_REST = 1_000
"""Rounds in which the clock may stand still, many a death among them; then something is done over and over."""


@dataclass(frozen=True)
class Storm:
    """`server`: a PostgreSQL's address, or empty for SQLite."""

    seed: int
    server: str

    @property
    def kind(self) -> str:
        return "PostgreSQL" if self.server else "SQLite"


@dataclass
class Verdict:
    steps: int
    deaths: int
    lives: int
    seconds: float
    found: Found


@dataclass
class Total:
    steps: Counter[str] = field(default_factory=Counter)
    seconds: Counter[str] = field(default_factory=Counter)
    """By database, what the townships on it took, each by itself."""
    deaths: int = 0
    townships: int = 0
    found: Found = field(default_factory=Found)

    def add(self, storm: Storm, end: Verdict | Fault) -> None:
        self.townships += 1
        if isinstance(end, Fault):
            self.found.wrong.append(f"seed {storm.seed} on {storm.kind} broke off")
            print(f"seed {storm.seed} on {storm.kind} broke off\n{end.text}", flush=True)
            return
        self.steps[storm.kind] += end.steps
        self.seconds[storm.kind] += end.seconds  # type: ignore[assignment]
        self.deaths += end.deaths
        _add(self.found, end.found)
        print(
            f"seed {storm.seed} on {storm.kind}: {end.steps} steps, {end.deaths} deaths, {end.lives} lives, "
            f"{end.steps / end.seconds:.0f} steps/s, {self.steps.total()} in all", flush=True,
        )  # fmt: skip
        for line in _wrong(end.found):
            print(f"  {line}", flush=True)


def prove(options: argparse.Namespace) -> bool:
    began, total = time.monotonic(), Total()
    with choose(options.database) as servers:
        storms = _storms(options, servers, total)
        for storm, end in SideBySide(_play, storms, options.workers):
            total.add(storm, end)
    print(", ".join(f"{n} {end}" for end, n in total.found.ends.most_common()), flush=True)
    return _record(options, total, time.monotonic() - began)


def _storms(options: argparse.Namespace, servers: list[str], total: Total) -> Iterator[Storm]:
    """One after the other until there were so many steps."""
    for seed, server in zip(itertools.count(options.seed), itertools.cycle(servers), strict=False):
        if total.steps.total() >= options.steps:
            return
        yield Storm(seed, server)


def _play(storm: Storm) -> Verdict:
    use_keyring(Keyring({"k1": b"0" * 32}, current="k1"))
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, database(storm.server, f"storm{storm.seed}") as url:
        bot = play_storm(url or f"sqlite:///{Path(folder) / 'storm.db'}", draw(HOUSEHOLDS, MONTHS, storm.seed, FIRST))
        found = check(bot)
        bot.engine.dispose()
    return Verdict(bot.steps, bot.deaths, bot.lives, time.monotonic() - began, found)


def play_storm(url: str, life: Life) -> Bot:
    """A life in the weather of its seed; then some fine days in which everything comes to rest."""
    chance = random.Random(life.seed)
    random.seed(life.seed)  # the jitter of the program's own retries
    bot = Bot(url, life, Telegram(chance), chance)
    weather = forecast(bot.now, chance)
    episode = next(weather)
    end = moment_of(life.last, 0)
    waiting: list[tuple[int, Act]] = []
    acts = _acts(life)
    coming = next(acts, None)
    rest = 0
    while bot.now < end + DAY * FINE_DAYS:
        fine = bot.now >= end
        moments = [end + DAY * FINE_DAYS if fine else episode.until]
        moments += [moment_of(coming[1].day, coming[1].minute)] if coming else []
        moments += [bot.next_at()] if fine or episode.power else []
        rest = rest + 1 if min(moments) <= bot.now else 0
        assert rest < LONGEST_REST, f"the clock stands still at {bot.now}"
        bot.now = max(bot.now, min(moments))
        while bot.now >= episode.until and bot.now < end:
            episode = next(weather)
        power, bot.telegram.line = (episode.power, episode.line) if bot.now < end else (True, "clear")
        while coming and moment_of(coming[1].day, coming[1].minute) <= bot.now:
            waiting.append(coming)
            coming = next(acts, None)
        if power:
            waiting = _work(bot, waiting)
        else:
            bot.end()
    return bot


def _acts(life: Life) -> Iterator[tuple[int, Act]]:
    """What people do who have a chat; nobody blocks the bot here."""
    said = (act for act in life.acts if act.what not in ("block", "unblock") and life.people[act.who].joined)
    return enumerate(said, start=1)


def _work(bot: Bot, waiting: list[tuple[int, Act]]) -> list[tuple[int, Act]]:
    """Takes what was sent in the last day and does what is due, in as many lives as it needs."""
    while True:
        try:
            while waiting:
                number, act = waiting[0]
                if bot.now - moment_of(act.day, act.minute) <= KEPT_FOR:
                    bot.say(number, act)
                waiting = waiting[1:]
            bot.work()
            return waiting
        except Died:
            bot.end()


def _add(total: Found, found: Found) -> None:
    for name in ("lost", "doubled", "stale", "wrong"):
        getattr(total, name).extend(getattr(found, name))
    total.messages += found.messages
    total.repeated += found.repeated
    total.told_later += found.told_later
    total.ends += found.ends


def _wrong(found: Found) -> list[str]:
    return [f"{name}: {line}" for name in ("lost", "doubled", "stale", "wrong") for line in getattr(found, name)[:10]]


def _record(options: argparse.Namespace, total: Total, seconds: float) -> bool:
    command = f"python -m tests.proof storms --steps {options.steps} --database {options.database} --seed {options.seed}"
    steps, found = total.steps, total.found
    both = ", ".join(f"{number} on {kind}" for kind, number in steps.items())
    rates = ", ".join(f"{number / total.seconds[kind]:.0f} on {kind}" for kind, number in steps.items())
    rate = steps.total() / seconds
    wrong = (len(found.lost), len(found.doubled), len(found.stale), len(found.wrong))
    figures = (
        ("storms: steps", steps.total(), f"commits and calls ({both})", "≥ 1,000,000", steps.total() >= 1_000_000),
        ("storms: deaths between two steps", total.deaths, f"in {total.townships} townships", "some", total.deaths > 0),
        ("storms: lost without a reason", wrong[0], f"of {found.messages} messages", "0", wrong[0] == 0),
        ("storms: doubled unmarked, or more often than once", wrong[1], "", "0", wrong[1] == 0),
        ("storms: unsolicited and older than allowed", wrong[2], "", "0", wrong[2] == 0),
        ("storms: duties and pauses not as they should be", wrong[3], "", "0", wrong[3] == 0),
        ("storms: repeated and marked so", found.repeated, f"of {found.messages} messages", "each once", True),
        ("storms: of unknown result, told again in a later day's digest", found.told_later, "lines", "counted", True),
        ("storms: steps a second", rate, f"/s; one worker: {rates}", "measured", True),
    )
    where = "" if options.database == "both" else f" on {options.database} alone"
    for name, value, unit, goal, ok in figures:
        record(name.replace(":", f"{where}:", 1), value, unit, goal, ok, command, file="proof.json")
    return not any(wrong)
