"""What a person's words may mean, for a team head over 2,000 households: read anew, and kept from the message before.

python -m tests.benchmarks.bench_naming
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

from sqlalchemy.orm import Session

from bot.db import make_engine
from handlers.naming import Kept, read_scope
from handlers.parsing import words_zh
from models import access
from models.areas import ensure_township
from models.households import Member
from models.migrations import migrate
from models.naming import ensure_mark
from models.secrets import Keyring, use_keyring
from models.times import use_times
from schedules.calendar import Calendar
from tests.benchmarks.figures import record
from tests.stories.township import add_household, add_person

COMMAND = "python -m tests.benchmarks.bench_naming"
NOW, DAY = datetime(2026, 11, 10, 12, 0, tzinfo=UTC), date(2026, 11, 10)


def build(session: Session, households: int) -> int:
    chance = Random(1)
    ensure_township(session, "示例县", "示例乡")
    ensure_mark(session)
    head = add_person(session, "王强", "team_head", "青山村", "19600000001", {}, now=NOW)
    for number in range(households):
        more = {"number": f"522401{number:06d}", "group": f"{number % 9 + 1}组"}
        household = add_household(session, name(chance), "", "", "青山村", more, now=NOW)
        session.add_all(Member(household_id=household, name=name(chance)) for _ in range(3))
    session.commit()
    return head


def name(chance: Random) -> str:
    return chance.choice(words_zh.SURNAMES[:100]) + "".join(chance.choices(words_zh.GIVEN, k=2))


def median_ms(work: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def main(households: int, rounds: int) -> None:
    use_times(Calendar())
    use_keyring(Keyring({"k1": bytes(32)}, current="k1"))
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder)}/bench.db")
        with engine.begin() as connection:
            migrate(connection)
        with Session(engine) as session:
            me = access.view(session, build(session, households), DAY)
            anew = median_ms(lambda: read_scope(session, me, DAY, Kept()), rounds)
            kept = Kept()
            read_scope(session, me, DAY, kept)
            again = median_ms(lambda: read_scope(session, me, DAY, kept), rounds * 20)
        engine.dispose()
    print(f"{households} households: {anew:.1f} ms read anew, {again:.2f} ms kept")
    record("naming: 2,000 households from one message to the next", again, "ms", "<= 1", again <= 1, COMMAND)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    main(options.households, options.rounds)
