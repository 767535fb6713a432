"""The auditor: looks for work that is stuck, heals it, and alarms when two heals did not help (engine.md 7).

One look is one bounded piece of work, every 20 s: what has an index is looked up, what has none is walked a stretch at
a time. What is stuck is noted first, healed at once by functions that may be called twice, looked at again 20 s later.
Only a look that finds nothing writes the moment that the outside heartbeat lives from.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.orm import Session

from models import findings
from models.findings import Finding
from models.installation import find_fact, set_fact
from schedules.auditor import duties, messages, people
from schedules.auditor.shapes import MOST, PATIENCE, Check, Look, Stuck

log = structlog.get_logger()
EVERY = 20.0
HEALS = 2
"""So often healing is tried before somebody is told."""
HEAL_AGAIN_AFTER = timedelta(minutes=10)
GAP = timedelta(seconds=45)
"""A longer time without a look: the machine stood still or its clock was moved. What is late then is late for that, and
is looked at from the next look on."""
NAME = "audit"
FAILED = "check.failed"


def find_unaccounted(session: Session, look: Look) -> list[Stuck]:
    return [*messages.find_unaccounted(session, look), *duties.find_strange(session, look)][:MOST]


CHECKS: tuple[Check, ...] = (
    *duties.CHECKS,
    *people.CHECKS,
    *messages.CHECKS,
    Check("ledger.sum", find_unaccounted, messages.wait_again),
)


def audit_some(session: Session, *, now: datetime) -> bool:
    """One look, if the last one is long enough ago; True when something was healed."""
    state = _begin(session, now)
    if state is None:
        return False
    patient = now - datetime.fromisoformat(state["since"]) >= PATIENCE
    audit = _Audit(session, Look(now, patient, dict(state.get("walks", {}))))
    for check in CHECKS:
        audit.look_at(check)
    findings.tell(session, audit.alarmed, now=now)
    clean = {"clean_at": now.isoformat()} if patient and audit.clean else {}
    set_fact(session, NAME, **{**state, "walks": audit.look.walks, **clean})
    return audit.healed


def _begin(session: Session, now: datetime) -> dict[str, Any] | None:
    """What the last look left, with the moment of this one; None: too early, or the first after a gap, which only
    begins to count. One node at a time gets through."""
    state = find_fact(session, NAME, lock=True) or {}
    before = state.get("at")
    passed = now - datetime.fromisoformat(before) if before else GAP * 2
    if timedelta(0) <= passed < timedelta(seconds=EVERY):
        return None
    if not timedelta(0) <= passed <= GAP:
        set_fact(session, NAME, **{**state, "at": now.isoformat(), "since": now.isoformat()})
        return None
    return {**state, "at": now.isoformat()}


class _Audit:
    """One look with what it did: whether it healed anything, what raised the alarm, whether nothing was stuck."""

    def __init__(self, session: Session, look: Look) -> None:
        self._session = session
        self.look = look
        self._open: dict[str, dict[str, Finding]] = defaultdict(dict)
        for row in findings.list_open(session):
            self._open[row.kind][row.subject] = row
        self.healed = False
        self.clean = True
        self.alarmed: list[Finding] = []

    def look_at(self, check: Check) -> None:
        """What is no longer stuck has ended, what is stuck is healed, or told where that did not help."""
        known = self._open[check.kind]
        try:
            with self._session.begin_nested():
                stuck = self._find(check, known)
        except Exception as error:
            # One broken question must not keep the others from being asked.
            self._failed(check, error)
            return
        gone = [row for subject, row in known.items() if subject not in stuck]
        gone += [row for row in (self._open[FAILED].get(f"check:{check.kind}"),) if row is not None]
        findings.end(self._session, [row.id for row in gone], now=self.look.now)
        for each in stuck.values():
            self._act(check, each, known.get(each.subject))

    def _find(self, check: Check, known: dict[str, Finding]) -> dict[str, Stuck]:
        """Of what was known what is still stuck, and as much more as there is room for."""
        found: dict[str, Stuck] = {}
        if known:
            again = Look(self.look.now, True, dict(self.look.walks), tuple(known))
            found = {each.subject: each for each in check.find(self._session, again) if each.subject in known}
        for each in check.find(self._session, self.look):
            if len(found) < MOST:
                found.setdefault(each.subject, each)
        return found

    def _act(self, check: Check, stuck: Stuck, row: Finding | None) -> None:
        now, is_new = self.look.now, row is None
        row = row or findings.add(self._session, check.kind, stuck.subject, stuck.facts, now=now)
        row.last_seen_at, row.facts = now, stuck.facts
        self.clean = False
        if (row.heals >= HEALS) if check.heal is not None else not is_new:
            self._alarm(row)
        if check.heal is not None and (row.heals < HEALS or _long_ago(row, now)):
            self._heal(check, row, stuck)

    def _heal(self, check: Check, row: Finding, stuck: Stuck) -> None:
        """Tries to heal, in a savepoint: what goes wrong is noted and changes nothing."""
        assert check.heal is not None
        row.heals, row.healed_at = row.heals + 1, self.look.now
        self._session.flush()
        try:
            with self._session.begin_nested():
                row.cause = check.heal(self._session, stuck, self.look.now)
        except Exception as error:
            row.cause = type(error).__name__
        else:
            self.healed = True
            if row.cause is not None:
                self._alarm(row)
        log.warning("healing", kind=row.kind, subject=row.subject, heals=row.heals, cause=row.cause)

    def _alarm(self, row: Finding) -> None:
        if row.state == "alarmed":
            return
        row.state, row.alarmed_at = "alarmed", self.look.now
        self.alarmed.append(row)
        log.error("stuck", kind=row.kind, subject=row.subject, heals=row.heals, cause=row.cause)

    def _failed(self, check: Check, error: Exception) -> None:
        self.clean = False
        subject = f"check:{check.kind}"
        row = self._open[FAILED].get(subject) or findings.add(self._session, FAILED, subject, {}, now=self.look.now)
        row.last_seen_at, row.cause = self.look.now, type(error).__name__
        self._alarm(row)


def _long_ago(row: Finding, now: datetime) -> bool:
    """After the alarm healing is tried now and then: what stood in its way may be gone."""
    return row.healed_at is None or abs(now - row.healed_at) >= HEAL_AGAIN_AFTER
