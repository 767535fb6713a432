"""What the auditor costs: `python -m tests.benchmarks.bench_auditor [10000 100000 …]`.

One look with nothing stuck, in a month in which every second household was met, and one with fifty duties that lost
their next moment, among more and more households: it costs what is stuck and a bounded stretch of the walks, not what
exists. How long a walk takes to have seen every household is told too.
"""

import math
import sys
import tempfile
import time
from datetime import datetime, timedelta
from statistics import median

import structlog
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

import models.tables  # noqa: F401
from models.secrets import Keyring, use_keyring
from models.times import use_times
from schedules.auditor import EVERY, audit_some
from schedules.auditor.duties import HOUSEHOLDS
from schedules.calendar import Calendar
from tests.benchmarks.bench_planning import FIRST, open_township, plan
from tests.benchmarks.figures import record

COMMAND = "python -m tests.benchmarks.bench_auditor"
ROUNDS = 25
STUCK = 50
VISITS = (
    "INSERT INTO visits (household_id, person_id, line, state, kind, outcome, visited_on, logged_at, confirmed_at,"
    " capacity, counts, version) SELECT id, 1, 1, 'confirmed', 'routine', 'met', '2026-11-01',"
    " '2026-11-01 03:00:00.000000', '2026-11-01 03:00:00.000000', 'helper', 1, 1 FROM households WHERE id % 2 = 0"
)
COUNTED = "UPDATE duties SET done = 1 WHERE household_id % 2 = 0"
LOST = "UPDATE duties SET next_action_at = NULL WHERE id BETWEEN :first AND :last"


def prepare(engine: Engine) -> None:
    with Session(engine) as session:
        plan(session)
        session.execute(text(VISITS))
        session.execute(text(COUNTED))
        session.commit()
        session.execute(text("ANALYZE"))
        session.commit()


def look(session: Session, now: datetime) -> float:
    """Seconds of the processor: a look must be cheap, whatever else the machine does meanwhile."""
    began = time.process_time()
    audit_some(session, now=now)
    session.commit()
    return time.process_time() - began


def measure(folder: str, households: int) -> tuple[float, float]:
    """Median seconds of a look with nothing stuck, and of one that finds and heals fifty."""
    engine = open_township(folder, f"audit{households}", households)
    prepare(engine)
    clean, busy = [], []
    now = FIRST
    with Session(engine) as session:
        for turn in range(ROUNDS):
            now += timedelta(seconds=EVERY)
            clean.append(look(session, now))
            if turn % 5 == 4:
                session.execute(text(LOST), {"first": turn * STUCK + 1, "last": (turn + 1) * STUCK})
                session.commit()
                now += timedelta(seconds=EVERY)
                busy.append(look(session, now))
        wrong = session.scalar(text("SELECT count(*) FROM findings WHERE kind NOT IN ('duty.overdue', 'level.nobody')"))
        healed = session.scalar(text("SELECT count(*) FROM findings WHERE kind = 'duty.overdue'"))
        assert (wrong, healed) == (0, STUCK * len(busy))
    engine.dispose()
    return median(clean[2:]), median(busy)


def main(sizes: list[int]) -> None:
    use_keyring(Keyring({"k1": b"0" * 32}, current="k1"))
    use_times(Calendar())
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with tempfile.TemporaryDirectory() as folder:
        figures = {size: measure(folder, size) for size in sizes}
    for size, (clean, busy) in figures.items():
        record(f"look of the auditor, nothing stuck of {size:,}", clean * 1000, "ms", "≤ 100", clean <= 0.1, COMMAND)
        record(f"look of the auditor, {STUCK} stuck of {size:,}", busy * 1000, "ms", "≤ 500", busy <= 0.5, COMMAND)
        walk = math.ceil(size / HOUSEHOLDS) * EVERY
        record(f"until every household of {size:,} was looked at", walk, "s", "≤ 60 for a township", True, COMMAND)
    least, most = min(sizes), max(sizes)
    if least < most:
        growth = math.log(figures[most][0] / figures[least][0]) / math.log(most / least)
        record(f"growth of a look from {least:,} to {most:,}", growth, "exponent", "≤ 0.1", growth <= 0.1, COMMAND)


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [10_000, 100_000])
