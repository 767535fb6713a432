"""The whole bot against the local Bot API, with a clock that only moves when told."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.stories.township import Town


@pytest.fixture
async def town(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Town]:
    """A running bot and an empty township on Saturday 31 October 2026, 09:00 in Shanghai.

    `@pytest.mark.parametrize("town", ["postgres"], indirect=True)` runs it on PostgreSQL.
    """
    url = ""
    if getattr(request, "param", "sqlite") == "postgres":
        request.getfixturevalue("postgres_server")
        url = request.getfixturevalue("database_url")
    town = Town(tmp_path, datetime(2026, 10, 31, 1, 0, tzinfo=UTC), url)
    await town.open()
    yield town
    await town.close()
