"""The most specific area wins: the one query, and the bulk one, against a slow reference."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.orm import Session

from bot.db import make_engine
from models.areas import Area
from models.rules import Rule, RuleParameters
from models.rules.holding import REMOVED, find_version, list_versions_on, villages_under
from models.tables import metadata

TOWNSHIP, VILLAGES = 2, (3, 4)
PATHS = {1: "/1/", 2: "/1/2/", 3: "/1/2/3/", 4: "/1/2/4/"}
FIRST = date(2026, 11, 1)
MADE = st.lists(
    st.tuples(st.sampled_from((None, 2, 3, 4)), st.sampled_from(("on", "off", REMOVED)), st.integers(0, 20)), max_size=8
)


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Session]:
    engine = make_engine(f"sqlite:///{tmp_path}/areas.db")
    metadata.create_all(engine)
    with Session(engine) as session:
        levels = ("county", "township", "village", "village")
        for (number, path), level in zip(PATHS.items(), levels, strict=True):
            session.add(Area(id=number, parent_id=None, level=level, name=str(number), path=path))
        session.commit()
        yield session
    engine.dispose()


def reference(made: list[tuple[int | None, str, int]], village: int, day: int) -> tuple[int | None, int] | None:
    """From the village upward: the last one said that has begun, unless that gave the area back."""
    for area in (village, TOWNSHIP, None):
        said = [(number, state) for number, (of, state, start) in enumerate(made) if of == area and start <= day]
        if said and said[-1][1] != REMOVED:
            return area, said[-1][0]
    return None


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(MADE, st.integers(0, 20))
def test_the_most_specific_area_wins(one: Session, made: list[tuple[int | None, str, int]], day: int) -> None:
    made = [each for each in made if each[0] is not None or each[1] != REMOVED]
    one.execute(delete(Rule))
    for number, (area, state, start) in enumerate(made):
        one.add(
            Rule(
                code="R1", version=number, area_id=area, state=state, source="chat", starts_on=FIRST + timedelta(days=start),
                parameters=RuleParameters().to_dict(), created_at=datetime(2026, 11, 1, tzinfo=UTC),
            )
        )  # fmt: skip
    one.flush()
    on = FIRST + timedelta(days=day)
    bulk = list_versions_on(one, "R1", on)
    own = [rule.area_id for rule in bulk if rule.area_id is not None]
    for village in VILLAGES:
        wanted = reference(made, village, day)
        found = find_version(one, "R1", on, village)
        assert (None if found is None else (found.area_id, found.version)) == wanted
        for rule in bulk:
            inside = villages_under(one, rule.area_id, own)
            covers = inside is None or village in set(one.scalars(inside))
            assert covers == (wanted == (rule.area_id, rule.version))
