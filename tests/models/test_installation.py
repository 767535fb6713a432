"""Facts are read once in a transaction: what is kept of them is never other than what the rows say."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from models.installation import Fact, drop_facts, find_fact, set_fact


def test_what_a_savepoint_took_back_is_not_known_any_more(session: Session) -> None:
    set_fact(session, "seen", day="11-02")
    savepoint = session.begin_nested()
    set_fact(session, "seen", day="11-03")
    assert find_fact(session, "seen") == {"day": "11-03"}
    assert find_fact(session, "other") is None
    set_fact(session, "other", day="11-03")
    savepoint.rollback()
    assert find_fact(session, "seen") == {"day": "11-02"}
    assert find_fact(session, "other") is None


def test_what_is_dropped_is_not_known_any_more(session: Session) -> None:
    set_fact(session, "seen:1", n=1)
    drop_facts(session, Fact.name.startswith("seen:"))
    assert find_fact(session, "seen:1") is None


def test_who_waited_for_a_lock_sees_what_its_holder_did(session: Session) -> None:
    set_fact(session, "mark", n=1)
    set_fact(session, "years", n=1)
    session.execute(update(Fact).values(value={"n": 2}).execution_options(synchronize_session=False))
    assert find_fact(session, "mark", lock=True) == {"n": 2}
    assert find_fact(session, "years") == {"n": 2}
