"""Loads the generated sample township into an installation, the way an office's files get there."""

from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from bot.db import Database
from bot.importing import import_sheet
from bot.simulator.township import Township
from bot.simulator.township_sheets import write_households, write_messy, write_people
from models.areas import find_township
from models.people import Grant, Person
from models.secrets import keyed_hash
from models.times import local_day


def write_sheets(town: Township, folder: Path) -> list[Path]:
    """The three sheets an office would send: people, households, and the households as offices send them."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / "人员.xlsx", folder / "帮扶台账.xlsx", folder / "乡镇报送表.xlsx"]
    for path, write in zip(paths, (write_people, write_households, write_messy), strict=True):
        write(town, path)
    return paths


async def load_township(database: Database, sheets: list[Path], *, now: datetime) -> None:
    """People first, then households with their helpers."""
    for path in sheets[:2]:
        await import_sheet(database, path, now=now)


def add_officers(session: Session, officers: list[tuple[str, str]], *, now: datetime) -> None:
    """The officers alone: somebody has to be there to import the rest."""
    for name, phone in officers:
        person = Person(name=name, phone=phone, phone_hash=keyed_hash(phone), created_at=now)
        session.add(person)
        session.flush()
        session.add(
            Grant(
                person_id=person.id,
                role="officer",
                post="扶贫专干",
                area_id=find_township(session),
                starts_on=local_day(now),
            )
        )
