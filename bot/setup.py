"""What an installation needs before it runs: times, keys, its township and rules."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.config import Config
from bot.db import make_engine
from models.areas import UNNAMED_TOWNSHIP, ensure_area, ensure_township, find_township
from models.calendar.actions import take_file
from models.calendar.queries import use_file_days
from models.errors import Refused
from models.handovers.approval import use_approval
from models.installation import Fact, check_key, find_fact, set_fact
from models.naming import ensure_mark
from models.reasons import Reason, use_reasons
from models.rules import UNSEEN_RULE, Unseen, seed_rule
from models.rules.actions import release_areas
from models.secrets import Keyring, read_keyring, use_keyring, write_new_keyring
from models.times import Hours, local_day, use_times
from models.words import use_words
from schedules.calendar import Calendar


def set_up_times(config: Config) -> None:
    """The installation's zone, hours, working days, reasons for 没去成 and own words, from its settings."""
    times = config.time
    hours = Hours(
        ZoneInfo(times.zone),
        times.quiet_from,
        times.quiet_until,
        _minute(getattr(times, times.helpers)),
        _minute(getattr(times, times.others)),
        digest_per_day=config.messages.digest_per_day,
        urgent_per_day=config.messages.urgent_per_day,
    )
    use_times(Calendar(config.calendar.days()), hours)
    use_file_days(config.calendar.entries())
    use_reasons(tuple(Reason(reason.code, reason.zh, reason.en) for reason in config.rules.reason))
    use_words(config.words)
    use_approval(config.assignments.approval)


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def open_keyring(config: Config) -> Keyring:
    """The keys of this installation; the first start makes them, but never where rows were written with others.

    Raises Refused("key.lost") when the database is there and its key is not.
    """
    if config.key_file.exists():
        keys = read_keyring(config.key_file)
    elif _has_rows(make_engine(config.database_url)):
        raise Refused("key.lost", path=str(config.key_file))
    else:
        keys = write_new_keyring(config.key_file)
    use_keyring(keys)
    return keys


def _has_rows(engine: Engine) -> bool:
    try:
        with engine.connect() as connection:
            if not engine.dialect.has_table(connection, Fact.__tablename__):
                return False
            return connection.scalar(select(Fact.name).where(Fact.name == "key_check")) is not None
    finally:
        engine.dispose()


def _seed_villages(session: Session, config: Config, *, now: datetime) -> None:
    """The villages that the file names, with their own visit rule; one that it names no more goes by the township's."""
    township, seeded, today = find_township(session), list[int](), local_day(now)
    for seed in config.rules.village_seeds():
        area_id = ensure_area(session, township, "village", seed.name)
        seed_rule(session, seed.parameters, locked=seed.locked, area_id=area_id, now=now, today=today)
        seeded.append(area_id)
    release_areas(session, seeded, now=now, today=today)


def set_up_database(session: Session, config: Config, keys: Keyring, *, now: datetime) -> None:
    """Checks the key, makes township and rules as the settings say, notes the day of going live. Repeatable."""
    check_key(session, keys)
    ensure_township(session, config.township.county or "本县", config.township.name or UNNAMED_TOWNSHIP)
    ensure_mark(session)
    today = local_day(now)
    if find_fact(session, "live_since") is None:
        set_fact(session, "live_since", day=today.isoformat())
    for seed in config.rules.seeds():
        seed_rule(session, seed.parameters, code=seed.code, on=seed.on, locked=seed.locked, now=now, today=today)
    _seed_villages(session, config, now=now)
    said = config.rules.unseen
    unseen = Unseen(said.times, said.least_days, said.leader_days)
    seed_rule(session, unseen, code=UNSEEN_RULE, on=said.on, locked=said.locked, now=now, today=today)
    take_file(session, now=now)
