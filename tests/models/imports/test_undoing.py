"""Taking an import back: changed rows as they were, new ones ended, nothing that was logged on top is lost."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.areas import Area
from models.duties import Duty
from models.errors import Refused
from models.households import Assignment, Household
from models.households.changes import Plan, carry_out
from models.imports import Import, ImportRow, actions
from models.imports.queries import Preview, preview
from models.imports.undoing import begin_undo, undo_batch, view_undo
from models.outbox import Message
from models.people import Grant, Person
from models.requests import Request
from models.visits import Visit
from schedules.imports import apply_some, undo_some
from tests.models.imports.families import FAMILY, PING, QIANG, WANGS, people_of, person, plan, register, rules_begin
from tests.models.imports.sheets import (
    LI,
    NOW,
    WANG,
    bring_in,
    counts,
    get,
    helper_of,
    officer,
    people_sheet,
    sheet,
    stage,
)
from tests.models.imports.sheets import write as write_all

LATER = NOW + timedelta(hours=3)
NEW_HELPER = {"帮扶责任人": "吴云", "责任人电话": "19900000101"}


def undo(session: Session, seen: Preview, *, rest: bool = False, limit: int = 100, now: Any = LATER) -> Preview:
    begin_undo(session, None, seen.id, seen.version, rest=rest, now=now)
    while undo_batch(session, seen.id, now=now, limit=limit):
        pass
    return preview(session, seen.id)


def snapshot(session: Session) -> list[Any]:
    """Everything the sheets could have changed, as far as it still holds."""
    session.flush()
    homes = select(
        Household.number, Household.head_name, Household.head_id_hash, Household.kind, Household.people_count,
        Household.phone, Household.village_id, Household.area_id, Household.merged_into, Household.last_met_on,
    ).where(Household.status != "ended")  # fmt: skip
    links = (
        select(Household.number, Person.name, Assignment.position, Assignment.starts_on)
        .join(Household, Household.id == Assignment.household_id)
        .join(Person, Person.id == Assignment.person_id)
        .where(Assignment.ends_on.is_(None))
    )
    duties = select(
        Household.number, Duty.state, Duty.person_id, Duty.needed, Duty.village_id, Duty.next_action_at
    ).join(Household, Household.id == Duty.household_id)
    people = select(Person.name, Person.unit).where(Person.ended_on.is_(None))
    grants = select(Grant.person_id, Grant.role, Grant.area_id).where(Grant.ends_on.is_(None))
    return [sorted(map(repr, session.execute(query))) for query in (homes, links, duties, people, grants)]


def test_changed_rows_are_as_they_were_and_new_ones_end(session: Session, township_id: int) -> None:
    bring_in(session, township_id, sheet([LI]))
    before = snapshot(session)
    changed = LI | {"组": "5组", "家庭人口": 5, "户主电话": "19800000009", "户类型": "监测户", "帮扶单位": "县医院"}
    seen = bring_in(session, township_id, sheet([changed, WANG]))
    assert snapshot(session) != before
    after = undo(session, seen)
    assert (after.state, after.undone, after.kept, after.applied) == ("undone", 2, 0, 0)
    assert snapshot(session) == before
    found = session.get_one(Import, seen.id)
    assert (found.undone_at, found.undone_by) == (LATER, None)
    ended = session.scalars(select(Household).where(Household.status == "ended")).one()
    assert (ended.head_name, ended.number, ended.head_id_hash) == ("王平", None, None)


def test_the_corrected_sheet_comes_in_after_the_wrong_one_was_taken_back(session: Session, township_id: int) -> None:
    seen = bring_in(session, township_id, sheet([LI, WANG]))
    undo(session, seen)
    assert session.scalar(select(func.count(Area.id)).where(Area.ended_on.is_not(None))) == 3
    again = stage(session, township_id, sheet([LI, WANG]))
    assert counts(again) == (2, 0, 0, 0, 0)
    assert write_all(session, again).applied == 2
    assert (helper_of(session, "1"), helper_of(session, "2")) == ("吴祥", "吴云")
    assert session.scalar(select(func.count(Area.id)).where(Area.ended_on.is_not(None))) == 0


def test_helpers_and_their_duties_are_given_back(session: Session, township_id: int) -> None:
    rules_begin(session)
    bring_in(session, township_id, sheet([LI, WANG]), now=NOW - timedelta(days=300))
    plan(session)
    before = snapshot(session)
    seen = bring_in(session, township_id, sheet([LI | NEW_HELPER]), now=NOW + timedelta(days=15))
    duty = session.scalars(select(Duty).where(Duty.household_id == get(session, "1").id)).one()
    assert (duty.state, helper_of(session, "1")) == ("waived", "吴云")
    undo(session, seen, now=NOW + timedelta(days=15, hours=1))
    assert helper_of(session, "1") == "吴祥"
    assert (duty.state, duty.needed) == ("open", 2)
    assert snapshot(session)[:2] == before[:2]
    never = session.scalars(select(Assignment).where(Assignment.reason == "undone")).one()
    assert never.starts_on == never.ends_on


@pytest.mark.parametrize("rows", ["split", "merge", "head and move"])
def test_what_happened_to_households_is_taken_back_too(session: Session, township_id: int, rows: str) -> None:
    rules_begin(session)
    bring_in(session, township_id, register(*FAMILY, *WANGS), now=NOW - timedelta(days=300))
    get(session, "2").last_met_on = date(2026, 11, 8)
    plan(session)
    before, homes = snapshot(session), (people_of(session, "1"), people_of(session, "2"))
    sheets = {
        "split": (*FAMILY[:2], person("3", "李强", QIANG), *WANGS),
        "merge": (*FAMILY, person("1", "王平", PING, "叔父")),
        "head and move": (person("1", "李强", QIANG, 村="同心村"), *WANGS),
    }
    seen = bring_in(session, township_id, register(*sheets[rows]))
    assert preview(session, seen.id).kinds
    assert snapshot(session) != before
    undo(session, seen, limit=1)
    assert snapshot(session) == before
    assert (people_of(session, "1"), people_of(session, "2")) == homes


def visit(session: Session, home: Household, township_id: int) -> None:
    helper = session.scalars(select(Assignment.person_id).where(Assignment.household_id == home.id)).first()
    session.add(
        Visit(household_id=home.id, person_id=helper, state="confirmed", visited_on=date(2026, 11, 10), logged_at=LATER)
    )


def request(session: Session, home: Household, township_id: int) -> None:
    asking = officer(session, township_id).id
    session.add(Request(kind="phone", person_id=asking, household_id=home.id, facts={}, created_at=LATER))


def hand_over(session: Session, home: Household, township_id: int) -> None:
    link = session.scalars(select(Assignment).where(Assignment.household_id == home.id)).one()
    link.ends_on, link.reason = date(2026, 11, 10), "handover"


def import_again(session: Session, home: Household, township_id: int) -> None:
    bring_in(session, township_id, sheet([LI | {"家庭人口": 6}]), now=LATER)


def explain(session: Session, home: Household, township_id: int) -> None:
    rules_begin(session)
    plan(session)
    duty = session.scalars(select(Duty).where(Duty.household_id == home.id)).one()
    duty.state, duty.reason, duty.closed_at = "explained", "away", LATER


def say(session: Session, home: Household, township_id: int) -> None:
    carry_out(session, officer(session, township_id), Plan("head", home.id, "李强"), now=LATER)


@pytest.mark.parametrize(
    ("happen", "reason"),
    [
        (visit, "visit"),
        (request, "request"),
        (hand_over, "handover"),
        (import_again, "import"),
        (explain, "explained"),
        (say, "changed"),
    ],
)
def test_a_row_on_which_something_was_logged_stays_and_the_rest_goes(
    session: Session, township_id: int, happen: Callable[[Session, Household, int], None], reason: str
) -> None:
    seen = bring_in(session, township_id, sheet([LI, WANG]))
    happen(session, get(session, "1"), township_id)
    session.flush()
    looked = view_undo(session, None, seen.id, now=LATER)
    name = get(session, "1").head_name
    assert (looked.rows, [(one.row, one.name, one.reason) for one in looked.blocked]) == (1, [(2, name, reason)])
    with pytest.raises(Refused) as refused:
        begin_undo(session, None, seen.id, seen.version, now=LATER)
    assert (refused.value.code, refused.value.values) == ("import.built_on", {"count": 1})
    after = undo(session, seen, rest=True)
    assert (after.undone, after.kept) == (1, 1)
    assert (get(session, "1").status, session.scalar(select(func.count()).where(Household.number == "2"))) == (
        "active",
        0,
    )


def test_a_visit_that_was_taken_back_does_not_hold_a_row(session: Session, township_id: int) -> None:
    seen = bring_in(session, township_id, sheet([LI]))
    visit(session, get(session, "1"), township_id)
    session.flush()
    session.scalars(select(Visit)).one().state = "withdrawn"
    assert view_undo(session, None, seen.id, now=LATER).blocked == ()


def test_where_everything_was_built_on_there_is_nothing_to_take_back(session: Session, township_id: int) -> None:
    seen = bring_in(session, township_id, sheet([LI]))
    visit(session, get(session, "1"), township_id)
    with pytest.raises(Refused, match=r"import\.nothing_to_undo"):
        begin_undo(session, None, seen.id, seen.version, rest=True, now=LATER)


def test_people_and_their_grants_go_but_who_has_joined_stays(session: Session, township_id: int) -> None:
    before = snapshot(session)
    rows = (("甲一", "19700000001", "信息员", "青山村"), ("乙二", "19700000002", "扶贫专干", "示例乡"))
    seen = bring_in(session, township_id, people_sheet(*rows))
    joined = session.scalars(select(Person).where(Person.name == "乙二")).one()
    joined.joined_at, joined.telegram_id = LATER, 5
    session.flush()
    looked = view_undo(session, None, seen.id, now=LATER)
    assert [(one.name, one.reason) for one in looked.blocked] == [("乙二", "joined")]
    undo(session, seen, rest=True)
    now = snapshot(session)
    assert [len(one) for one in now] == [len(one) + more for one, more in zip(before, (0, 0, 0, 1, 1), strict=True)]


def test_a_helper_whom_a_later_import_uses_is_not_ended(session: Session, township_id: int) -> None:
    seen = bring_in(session, township_id, sheet([LI]))
    bring_in(session, township_id, sheet([WANG | {"帮扶责任人": "吴祥", "责任人电话": "19900000105"}]))
    undo(session, seen)
    assert helper_of(session, "2") == "吴祥"
    assert session.scalar(select(Person.ended_on).where(Person.name == "吴祥")) is None


def test_a_stop_in_the_middle_costs_nothing_and_a_tick_goes_on(session: Session, township_id: int) -> None:
    before = snapshot(session)
    me = officer(session, township_id)
    seen = stage(session, township_id, sheet([LI, WANG]), me)
    actions.confirm(session, me, seen.id, seen.version, now=NOW)
    while apply_some(session, now=NOW):
        pass
    seen = preview(session, seen.id)
    begin_undo(session, me, seen.id, seen.version, now=LATER)
    assert undo_batch(session, seen.id, now=LATER, limit=1)
    session.expire_all()
    while undo_some(session, now=LATER):
        pass
    assert preview(session, seen.id).undone == 2
    assert not undo_some(session, now=LATER)
    assert not undo_batch(session, seen.id, now=LATER)
    assert snapshot(session)[:2] == before[:2]
    kinds = session.scalars(select(Message.kind).where(Message.recipient_id == me.id).order_by(Message.id)).all()
    assert kinds == ["import.previewed", "import.done", "import.undone"]
    assert session.get_one(Import, seen.id).undone_by == me.id


def test_only_the_own_finished_import_of_the_last_days_can_be_taken_back(session: Session, township_id: int) -> None:
    me = officer(session, township_id)
    staged = stage(session, township_id, sheet([LI]), me)
    with pytest.raises(Refused, match=r"import\.not_done"):
        view_undo(session, me, staged.id, now=LATER)
    seen = bring_in(session, township_id, sheet([WANG]))
    with pytest.raises(Refused, match=r"import\.unknown"):
        view_undo(session, me, seen.id, now=LATER)
    with pytest.raises(Refused, match=r"import\.not_yours"):
        view_undo(session, replace(me, grants=()), staged.id, now=LATER)
    with pytest.raises(Refused, match=r"import\.stale"):
        begin_undo(session, None, seen.id, seen.version + 1, now=LATER)
    with pytest.raises(Refused, match=r"import\.too_old"):
        view_undo(session, None, seen.id, now=NOW + timedelta(days=31))


def test_what_was_replaced_is_not_kept_in_the_clear(session: Session, township_id: int) -> None:
    bring_in(session, township_id, sheet([LI]))
    bring_in(session, township_id, sheet([LI | {"户主电话": "19800000009", "身份证号": "999409195104204788"}]))
    assert session.scalar(select(func.count(ImportRow.id)).where(ImportRow.before.is_not(None))) == 2
    raw = str(session.connection().exec_driver_sql("SELECT * FROM import_rows").all())
    assert "19800000001" not in raw
    assert LI["身份证号"] not in raw
