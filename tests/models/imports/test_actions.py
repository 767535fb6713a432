"""The steps of an import: a stop at any of them, old buttons, whose import it is."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.errors import Refused
from models.households import Assignment, Household
from models.imports import Import, actions
from models.imports.batches import apply_batch
from models.imports.queries import preview
from models.outbox import Message
from schedules.imports import apply_some
from tests.models.imports.sheets import HEADER, LI, NOW, TODAY, WANG, officer, sheet, stage, write


def test_a_stop_while_staging_or_applying_costs_nothing(session: Session, township_id: int) -> None:
    roster = sheet([LI, WANG, LI | {"户编号": "3", "身份证号": "", "户主姓名": "赵一"}])
    import_id = actions.start(
        session, None, filename="表.xlsx", sha256="0", mapping=roster.mapping, now=NOW, township_id=township_id
    )
    lines = list(roster.lines(TODAY))
    actions.stage(session, import_id, lines[:2], now=NOW)
    actions.stage(session, import_id, lines, now=NOW)
    version = actions.finish_staging(session, import_id, now=NOW)
    assert preview(session, import_id).rows == 3
    actions.confirm(session, None, import_id, version, now=NOW)
    assert apply_batch(session, import_id, now=NOW, limit=2)
    session.expire_all()
    assert apply_some(session, now=NOW)
    while apply_some(session, now=NOW):
        pass
    assert session.scalar(select(func.count(Household.id))) == 3
    assert session.get_one(Import, import_id).state == "done"
    assert not apply_batch(session, import_id, now=NOW)


def test_what_became_known_meanwhile_is_not_written_twice(session: Session, township_id: int) -> None:
    seen = stage(session, township_id, sheet([LI]))
    other = actions.start(
        session, officer(session, township_id), filename="2", sha256="1", mapping=sheet([LI]).mapping, now=NOW
    )
    assert other != seen.id
    actions.stage(session, other, list(sheet([LI]).lines(TODAY)), now=NOW)
    actions.finish_staging(session, other, now=NOW)
    write(session, seen)
    session.get_one(Import, other).state = "applying"
    while apply_batch(session, other, now=NOW):
        pass
    assert session.scalar(select(func.count(Household.id))) == 1
    assert session.scalar(select(func.count(Assignment.id))) == 1


def test_a_newer_import_of_the_same_person_cancels_the_older_preview(session: Session, township_id: int) -> None:
    older = stage(session, township_id, sheet([LI]))
    stage(session, township_id, sheet([WANG]))
    assert session.get_one(Import, older.id).state == "cancelled"
    with pytest.raises(Refused, match=r"import\.over"):
        actions.confirm(session, None, older.id, older.version, now=NOW)


def test_an_old_button_is_not_applied(session: Session, township_id: int) -> None:
    seen = stage(session, township_id, sheet([LI]))
    with pytest.raises(Refused, match=r"import\.stale"):
        actions.confirm(session, None, seen.id, seen.version + 1, now=NOW)
    actions.cancel(session, None, seen.id, seen.version, now=NOW)
    with pytest.raises(Refused, match=r"import\.over"):
        actions.confirm(session, None, seen.id, seen.version, now=NOW)


def test_only_the_author_confirms_and_hears_of_it(session: Session, township_id: int) -> None:
    me = officer(session, township_id)
    seen = stage(session, township_id, sheet([LI]), me)
    stranger = replace(me, id=me.id + 1)
    for foreign in (None, stranger):
        with pytest.raises(Refused, match=r"import\.unknown"):
            actions.confirm(session, foreign, seen.id, seen.version, now=NOW)
    actions.confirm(session, me, seen.id, seen.version, now=NOW)
    while apply_some(session, now=NOW):
        pass
    kinds = session.scalars(select(Message.kind).where(Message.recipient_id == me.id).order_by(Message.id)).all()
    assert kinds == ["import.previewed", "import.done"]


def test_who_may_not_import_is_refused(session: Session, township_id: int) -> None:
    me = officer(session, township_id)
    with pytest.raises(Refused, match=r"import\.not_yours"):
        stage(session, township_id, sheet([LI]), replace(me, grants=()))


def test_a_sheet_without_a_needed_column_is_refused_by_its_name(session: Session, township_id: int) -> None:
    with pytest.raises(Refused) as refused:
        stage(session, township_id, sheet([LI], [name for name in HEADER if name not in ("村", "组")]))
    assert (refused.value.code, refused.value.values) == ("sheet.columns_missing", {"fields": "村"})
