"""How well and how fast reports are understood: `python -m tests.benchmarks.bench_parsing`.

The hand-made corpus, and phrases by grammar for a helper's 5 households, a village's 60 and a county's 2,000. Times
are of the processor, the least of three readings, with the dictionary of sounds loaded beforehand.
"""

import gc
import statistics
import subprocess
import sys
import time
from datetime import date

from handlers.parsing import Report, Scope
from handlers.parsing.sounds import sounds_of
from tests.benchmarks.figures import record
from tests.handlers.parsing.corpus import CASES, NOW, Case, expected, found, parse, read
from tests.handlers.parsing.grammar import Grammar, Phrase, make_candidates
from tests.handlers.parsing.held_out import HELD_OUT, ONCE_HELD_OUT

COMMAND = "python -m tests.benchmarks.bench_parsing"
SIZES = (5, 60, 2000)
EACH = 2000
SEED = 101


class Tally:
    """Counts over phrases; `unsure` are messages that name a doubtful household or day."""

    def __init__(self) -> None:
        self.plain = self.right_households = self.right_days = self.asked = 0
        self.unsure = self.silent = self.wrong = self.offered = 0

    def add_plain(self, report: Report, households: set[int], days: set[tuple[int, date | None]]) -> None:
        """An unambiguous message: right households, right days, no question; wrong without asking counts apart."""
        self.plain += 1
        got = {line.household_id for line in report.lines}
        got_days = {(line.household_id, line.visited_on) for line in report.lines}
        self.asked += bool(report.questions)
        self.right_households += got == households
        self.right_days += days <= got_days
        self.wrong += bool(not report.questions and (got - households or got_days - days))

    def add_unsure(self, report: Report, about: frozenset[int]) -> None:
        self.unsure += 1
        self.silent += not report.questions and bool(report.lines)
        offered = {household for question in report.questions for household in question.household_ids}
        self.offered += bool(report.questions) and (not about or bool(offered & about))


def read_phrase(phrase: Phrase, scope: Scope, tally: Tally) -> None:
    report = parse(phrase.text, scope)
    if phrase.asks:
        tally.add_unsure(report, phrase.about)
    else:
        tally.add_plain(report, {line[0] for line in phrase.lines}, {(line[0], line[2]) for line in phrase.lines})


def read_corpus(tally: Tally, cases: list[Case]) -> int:
    """Adds phrasings made by hand; how many of its phrasings are read exactly as written there."""
    exact = 0
    for case in cases:
        report, wanted = read(case), expected(case)
        exact += found(report, case) == wanted
        lines = [part.split() for part in wanted if part[0].isdigit()]
        if case.asks:
            tally.add_unsure(report, frozenset())
        else:
            days = {(int(line[0]), day_of(line[2])) for line in lines}
            tally.add_plain(report, {household for household, _ in days}, days)
    return exact


def day_of(words: str) -> date:
    month, day = words.split("-")
    return date(NOW.year, int(month), int(day))


def slowest(texts: list[str], scope: Scope) -> tuple[float, float]:
    """Milliseconds of the slowest and of the median text."""
    gc.collect()
    times = []
    for text in texts:
        best = min(once(text, scope) for _ in range(3))
        times.append(best * 1000)
    return max(times), statistics.median(times)


def once(text: str, scope: Scope) -> float:
    start = time.process_time()
    parse(text, scope)
    return time.process_time() - start


def loading() -> float:
    """Seconds to load the dictionary of sounds in a process that has not used it."""
    code = "import time; t = time.perf_counter(); import pypinyin; pypinyin.lazy_pinyin('走访'); print(time.perf_counter() - t)"
    return float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)


def percent(part: int, whole: int) -> float:
    return 100 * part / max(whole, 1)


def main() -> None:
    first = loading()
    sounds_of("走访")
    tally = Tally()
    exact = read_corpus(tally, CASES)
    for size in SIZES:
        grammar = Grammar(make_candidates(size, 7), SEED + size)
        for phrase in (*grammar.phrases(EACH), *grammar.doubtful(EACH // 2)):
            read_phrase(phrase, grammar.scope, tally)
    started = time.perf_counter()
    many = Scope(make_candidates(2000, 7))
    parse("向得林家", many)
    prepared = time.perf_counter() - started
    texts = [case.text for case in CASES] + [
        phrase.text for phrase in Grammar(list(many.candidates), SEED).phrases(500)
    ]
    worst, usual = slowest(texts, many)
    pasted = "。".join(case.text for case in CASES)[:4096]
    long_worst, _ = slowest([pasted], many)
    report_accuracy(tally, exact, len(CASES), "parsing")
    sets = (("once held out", ONCE_HELD_OUT), ("held out", HELD_OUT))
    for part, cases in ((f"parsing, {name}", cases) for name, cases in sets):
        unseen = Tally()
        report_accuracy(unseen, read_corpus(unseen, cases), len(cases), part)
    record("parsing: slowest message, 2,000 households", worst, "ms", "≤ 5", worst <= 5, COMMAND)
    record("parsing: median message, 2,000 households", usual, "ms", "≤ 5", usual <= 5, COMMAND)
    record("parsing: a pasted text of 4,096 characters", long_worst, "ms", "≤ 100", long_worst <= 100, COMMAND)
    record("parsing: preparing a scope of 2,000", prepared, "s", "≤ 1", prepared <= 1, COMMAND)
    record("parsing: loading the dictionary of sounds, once", first, "s", "≤ 1", first <= 1, COMMAND)


def report_accuracy(tally: Tally, exact: int, by_hand: int, part: str) -> None:
    households, days = percent(tally.right_households, tally.plain), percent(tally.right_days, tally.plain)
    needless, offered = percent(tally.asked, tally.plain), percent(tally.offered, tally.unsure)
    wrong = tally.wrong + tally.silent
    print(
        f"{part}: {by_hand} phrasings by hand ({exact} exactly as written), {tally.plain} plain and {tally.unsure} doubtful in all"
    )
    record(f"{part}: right household", households, "%", "≥ 98", households >= 98, COMMAND)
    record(f"{part}: right day", days, "%", "≥ 98", days >= 98, COMMAND)
    record(f"{part}: wrong without asking", wrong, "messages", "0", wrong == 0, COMMAND)
    record(f"{part}: asked needlessly", needless, "%", "≤ 5", needless <= 5, COMMAND)
    record(f"{part}: doubtful, the right one offered", offered, "%", "≥ 98", offered >= 98, COMMAND)


if __name__ == "__main__":
    main()
