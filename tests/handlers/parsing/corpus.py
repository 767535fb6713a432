"""Reads `corpus.txt`; what a report says, in the words of that file."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from pypinyin import lazy_pinyin

from handlers.parsing import Candidate, Report, Scope, parse_report

NOW = datetime(2026, 11, 11, 20, 5)  # noqa: DTZ001 (local time of the message; the parser is given no zone)


@dataclass(frozen=True)
class Case:
    number: int
    text: str
    parts: tuple[str, ...]
    now: datetime = NOW
    namesakes: str = ""
    """A name two more households have, ids 6 and 7."""

    @property
    def asks(self) -> bool:
        return any(part.startswith("?") for part in self.parts)


def read_cases(path: Path) -> list[Case]:
    """The phrasings of a file; `@at` and `@with` hold up to the next heading."""
    cases = []
    now, namesakes = NOW, ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("## "):
            now, namesakes = NOW, ""
        elif line.startswith("@at "):
            now = datetime.fromisoformat(line.removeprefix("@at "))
        elif line.startswith("@with "):
            namesakes = line.removeprefix("@with ")
        elif "=>" in line and not line.startswith("# "):
            text, _, said = line.rpartition("=>")
            parts = tuple(part.strip() for part in said.split(";"))
            cases.append(Case(number, text.strip().replace("⏎", "\n"), parts, now, namesakes))
    return cases


CASES = read_cases(Path(__file__).parent / "corpus.txt")


@cache
def five_households(namesakes: str = "") -> Scope:
    """The writer's households, and two more of one name in two villages where that is wanted."""
    sounds = lazy_pinyin(namesakes)
    initials = "".join(sound[0] for sound in sounds)
    doubles = (
        Candidate(6, "999010100061", namesakes, "青山村", "1组", initials, " ".join(sounds), (), (), ("吴祥",)),
        Candidate(7, "999010200072", namesakes, "和平村", "2组", initials, " ".join(sounds), (), (), ("吴祥",)),
    )
    return Scope(FIVE + (doubles if namesakes else ()))


FIVE = (
    Candidate(1, "999010100001", "李宁", "青山村", "4组", "ln", "li ning", ("歪叔",), ("李小军",), ("吴祥",)),
    Candidate(2, "999010100002", "林荣", "青山村", "3组", "lr", "lin rong", (), ("王芳",), ("吴祥", "何乐德")),
    Candidate(3, "999010200017", "向德林", "和平村", "2组", "xdl", "xiang de lin", (), (), ("吴祥",)),
    Candidate(4, "999010200021", "徐清发", "和平村", "5组", "xqf", "xu qing fa", (), (), ("吴祥",)),
    Candidate(5, "999010200044", "李国富", "青山村", "4组", "lgf", "li guo fu", (), (), ("吴祥",)),
)


def read(case: Case) -> Report:
    """The case as its writer sends it: at its hour, among its households."""
    return parse(case.text, five_households(case.namesakes), case.now)


def parse(text: str, scope: Scope, now: datetime = NOW) -> Report:
    return parse_report(text, now, scope, sender="吴祥")


def _day(on: date | None) -> str:
    return on.strftime("%m-%d") if on else "-"


def expected(case: Case) -> set[str]:
    """The parts of a case, lines one household each."""
    parts: set[str] = set()
    for part in case.parts:
        first, *rest = part.split()
        if first[0].isdigit():
            kind = rest[2] if len(rest) > 2 else ""
            parts.update(" ".join(filter(None, (number, *rest[:2], kind))) for number in first.split(","))
        elif first == "?":
            parts.add(" ".join(["?", rest[0], *sorted(rest[1:])]))
        else:
            parts.add(part)
    return parts


def found(report: Report, case: Case) -> set[str]:
    """What the report says, as exact as the case is: kinds and ids only where the case names them."""
    wanted = expected(case)
    if wanted == {"? any"}:
        return wanted if report.questions else {"nothing asked"}
    lines_wanted = any(part[0].isdigit() for part in wanted)
    kinds_said = {part.split()[0] for part in wanted if part[0].isdigit() and len(part.split()) > 3}
    parts: set[str] = set()
    if lines_wanted or not case.asks:
        for line in report.lines:
            kind = line.kind if str(line.household_id) in kinds_said or line.kind != "routine" else ""
            parts.add(
                " ".join(filter(None, (str(line.household_id), line.outcome or "-", _day(line.visited_on), kind)))
            )
    for question in report.questions:
        ids, days = ",".join(map(str, question.household_ids)), ",".join(map(_day, sorted(question.days, reverse=True)))
        full = [question.code, ids, days, question.reason, ",".join(map(_day, sorted(question.days)))]
        match = next(
            (w for w in wanted if w.startswith(f"? {question.code}") and set(w.split()[2:]) <= set(full)), None
        )
        parts.add(match or f"? {question.code} {ids} {days} {question.reason}")
    parts |= {
        f"plan {plan.household_id}" + (f" {_day(plan.on)}" if plan.on else "")
        for plan in report.plans
        if plan.household_id
    }
    parts |= {f"missed {missed.household_id}" for missed in report.missed}
    parts |= {f"others {household}" for household in report.others}
    parts |= {f"until {line.household_id} {_day(line.away_until)}" for line in report.lines if line.away_until}
    parts |= {f"request {change.kind} {change.household_id}" for change in report.requests}
    if report.asks:
        parts.add("asks")
    if report.correction:
        parts.add("correction")
    return parts or {"nothing"}
