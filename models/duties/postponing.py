"""外出务工 or 联系不上: the due day and the ladder move by some calendar days, the period's end never (engine.md 3).

How often is counted anew from the visits, like everything else about a duty: an undo, a withdrawal or a correction
takes the postponement back exactly. Decided here: each day on which nobody was there counts once, whoever went; a
visit typed after the 补录期 postpones nothing any more; 没去成 is offered from the same day as without it.
"""

from datetime import timedelta

from models.duties.tables import Duty
from models.periods import Period
from models.rules import Parameters


def later_by(duty: Duty, parameters: Parameters) -> timedelta:
    """By how much the due day has moved, and the ladder with it."""
    return timedelta(days=parameters.postpone_days * duty.postponed)


def postpone(duty: Duty, missed: int, parameters: Parameters) -> bool:
    """Moves the due day for so many days on which nobody was there; whether that changed anything.

    A duty opened again has five working days and no more.
    """
    times = min(missed, parameters.postpone_times) if duty.cycle == 1 else 0
    if times == duty.postponed:
        return False
    due_on = duty.due_on - later_by(duty, parameters)
    duty.postponed = times
    duty.due_on = due_on + later_by(duty, parameters)
    return True


def planned_period(duty: Duty, parameters: Parameters) -> Period:
    """The duty's period with the day on which it was due before it moved."""
    due_on = duty.due_on - later_by(duty, parameters)
    return Period(duty.period, duty.starts_on, due_on, duty.ends_on, duty.grace_ends_on)
