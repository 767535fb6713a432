"""What a new helper is told of the families: when each was last met, what is still short."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.duties import Duty
from models.households import Household

SHOWN = 5


@dataclass(frozen=True)
class Family:
    """`short` visits are still asked in the period that begins on `starts_on`; 0: none."""

    name: str
    met_on: date | None
    short: int
    starts_on: date | None


def list_families(session: Session, household_ids: Collection[int], person_id: int) -> list[Family]:
    """Five of the families somebody has now, those with most to do first."""
    rows = session.execute(
        select(Household.id, Household.head_name, Household.last_met_on).where(Household.id.in_(household_ids))
    ).all()
    duties = session.scalars(
        select(Duty)
        .where(Duty.household_id.in_(household_ids), Duty.person_id == person_id, Duty.state == "open")
        .order_by(Duty.starts_on.desc())
    )
    owed = {duty.household_id: duty for duty in duties if duty.done < duty.needed}
    found = [
        Family(
            row.head_name, row.last_met_on,
            owed[row.id].needed - owed[row.id].done if row.id in owed else 0,
            owed[row.id].starts_on if row.id in owed else None,
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda family: -family.short)[:SHOWN]
