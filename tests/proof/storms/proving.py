"""Stormy townships one after the other, until there were so many steps; every other one on PostgreSQL."""

import argparse
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from models.secrets import Keyring, use_keyring
from tests.benchmarks.figures import record
from tests.proof.databases import database, postgres
from tests.proof.months.lives import DAY, Act, Life, draw
from tests.proof.months.playing import moment_of
from tests.proof.storms.bot import Bot, Died
from tests.proof.storms.checking import Found, check
from tests.proof.storms.telegram import Telegram
from tests.proof.storms.weather import forecast

FIRST = date(2025, 1, 1)
HOUSEHOLDS, MONTHS = 12, 3
KEPT_FOR = timedelta(hours=24)
"""So long Telegram keeps what people sent."""
FINE_DAYS = 9


def prove(options: argparse.Namespace) -> bool:
    began, seed, steps = time.monotonic(), options.seed, Counter[str]()
    total, deaths = Found(), 0
    with postgres() as server:
        while steps.total() < options.steps:
            kind = "PostgreSQL" if server and (seed - options.seed) % 2 else "SQLite"
            bot, found = _play(seed, server if kind == "PostgreSQL" else "")
            steps[kind] += bot.steps
            deaths += bot.deaths
            _add(total, found)
            print(f"seed {seed} on {kind}: {bot.steps} steps, {bot.deaths} deaths, {bot.lives} lives", flush=True)
            for line in _wrong(found):
                print(f"  {line}", flush=True)
            seed += 1
    seconds = time.monotonic() - began
    print(", ".join(f"{n} {end}" for end, n in total.ends.most_common()), flush=True)
    return _record(options, steps, deaths, total, seconds)


def _play(seed: int, server: str) -> tuple[Bot, Found]:
    use_keyring(Keyring({"k1": b"0" * 32}, current="k1"))
    with tempfile.TemporaryDirectory() as folder, database(server, f"storm{seed}") as url:
        bot = play_storm(url or f"sqlite:///{Path(folder) / 'storm.db'}", draw(HOUSEHOLDS, MONTHS, seed, FIRST))
        found = check(bot)
        bot.engine.dispose()
        return bot, found


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
    while bot.now < end + DAY * FINE_DAYS:
        moments = [episode.until if bot.now < end else end + DAY * FINE_DAYS]
        moments += [moment_of(coming[1].day, coming[1].minute)] if coming else []
        moments += [bot.next_at()] if episode.power else []
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
    return enumerate((act for act in life.acts if act.what not in ("block", "unblock")), start=1)


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
            continue


def _add(total: Found, found: Found) -> None:
    for name in ("lost", "doubled", "stale", "wrong"):
        getattr(total, name).extend(getattr(found, name))
    total.messages += found.messages
    total.repeated += found.repeated
    total.told_later += found.told_later
    total.ends += found.ends


def _wrong(found: Found) -> list[str]:
    return [f"{name}: {line}" for name in ("lost", "doubled", "stale", "wrong") for line in getattr(found, name)[:10]]


def _record(options: argparse.Namespace, steps: Counter[str], deaths: int, total: Found, seconds: float) -> bool:
    command = f"python -m tests.proof storms --steps {options.steps} --seed {options.seed}"
    both = ", ".join(f"{number} on {kind}" for kind, number in steps.items())
    rate = steps.total() / seconds
    wrong = (len(total.lost), len(total.doubled), len(total.stale), len(total.wrong))
    figures = (
        ("storms: steps", steps.total(), f"commits and calls ({both})", "≥ 1,000,000", steps.total() >= 1_000_000),
        ("storms: deaths between two steps", deaths, "deaths", "some", deaths > 0),
        ("storms: lost without a reason", wrong[0], f"of {total.messages} messages", "0", wrong[0] == 0),
        ("storms: doubled unmarked, or more often than once", wrong[1], "", "0", wrong[1] == 0),
        ("storms: unsolicited and older than allowed", wrong[2], "", "0", wrong[2] == 0),
        ("storms: duties and pauses not as they should be", wrong[3], "", "0", wrong[3] == 0),
        ("storms: repeated and marked so", total.repeated, f"of {total.messages} messages", "each once", True),
        ("storms: of unknown result, told again in a later day's digest", total.told_later, "lines", "counted", True),
        ("storms: steps a second", rate, f"/s: 1,000,000 take {1e6 / rate / 3600:.1f} h", "measured", True),
    )
    for name, value, unit, goal, ok in figures:
        record(name, value, unit, goal, ok, command, file="proof.json")
    return not any(wrong)
