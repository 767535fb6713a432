"""The table of ticks: name, how often, what. The beat calls them; each does one bounded piece of work."""

from schedules import (
    absences,
    assignments,
    auditor,
    burden,
    digests,
    imports,
    ladders,
    photos,
    planning,
    pruning,
    quarters,
    reminders,
    unseen,
    visits,
    years,
)
from schedules.ticks import Tick

TICKS: tuple[Tick, ...] = (
    Tick("calendar", 2, years.mind_some),
    Tick("plan", 5, planning.plan_some, planning.next_due_at),
    Tick("absence", 5, absences.run_some, absences.next_run_at),
    Tick("assignments", 30, assignments.check_some),
    Tick("remind", 1, reminders.remind_some, reminders.next_due_at),
    Tick("report", 1, ladders.report_some),
    Tick("burden", 300, burden.count_some),
    Tick("quarter", 60, quarters.raise_some, quarters.next_due_at),
    Tick("unseen", 60, unseen.tell_some, unseen.next_due_at),
    Tick("unconfirmed", 5, visits.mind_unconfirmed),
    Tick("unanswered", 5, visits.mind_unanswered, visits.next_due_at),
    Tick("alert", 1, digests.alert_some),
    Tick("import", 1, imports.apply_some, by_clock=False),
    Tick("undo import", 1, imports.undo_some, by_clock=False),
    Tick("photos", 0.5, photos.settle_some, photos.next_settle_at, by_clock=False),
    Tick("digest", 1, digests.gather_some, digests.next_due_at),
    Tick("prune", pruning.EVERY, pruning.prune_some),
    Tick("audit", auditor.EVERY, auditor.audit_some),
)
"""`next_due_at` of a tick speaks for those that wait for the same rows: all due duties, all waiting notices."""
