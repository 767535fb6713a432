"""/healthz, /readyz, /metrics as a monitor asks for them, in polling mode and with a webhook."""

import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import text

from bot.app import App
from bot.config import build_config
from tests.stories.township import Town


async def listening(town: Town, **more: dict[str, object]) -> str:
    """The bot started anew with its web server on; the server's address."""
    await town.stop_bot()
    values = {**town.values(), "web": {"listen": True, "port": 0}, **more}
    town.app = App(build_config(values, home=town.folder), clock=town.clock, pacing=town.pacing())
    await town.app.open(background=False)
    assert town.app._web is not None
    host, port = town.app._web.addresses[0][:2]
    return f"http://{host}:{port}"


async def ask(url: str) -> tuple[int, Any]:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        body = await answer.text()
        return answer.status, json.loads(body) if "json" in answer.content_type else body


def reason(body: dict[str, Any], what: str) -> dict[str, Any]:
    (found,) = [each for each in body["reasons"] if each["what"] == what]
    return found


async def test_by_default_a_polling_bot_listens_to_nobody(town: Town) -> None:
    assert town.app._web is None


@pytest.mark.parametrize("town", ["sqlite", "postgres"], indirect=True)
async def test_a_bot_that_is_well_is_alive_and_ready(town: Town) -> None:
    url = await listening(town)
    assert url.startswith("http://127.0.0.1:")
    status, body = await ask(f"{url}/healthz")
    assert (status, body["ok"]) == (200, True)
    await town.wait(seconds=20)
    status, body = await ask(f"{url}/readyz")
    assert (status, body["ready"]) == (200, True)
    assert {each["what"] for each in body["reasons"]} == {
        "database", "key", "beat", "inbox", "sender", "clock", "calendar", "auditor", "findings",
    }  # fmt: skip
    assert [each for each in body["reasons"] if not each["ok"]] == []
    status, body = await ask(f"{url}/metrics")
    assert status == 200
    assert "zoufang_beat_age_seconds" in body


async def test_a_paused_sender_and_a_doubtful_clock_are_named(town: Town) -> None:
    url = await listening(town)
    town.app.sender.pacing.pause(300)
    town.clock.jump(3600)
    status, body = await ask(f"{url}/readyz")
    assert (status, body["ready"]) == (200, True)
    assert not reason(body, "sender")["ok"]
    assert not reason(body, "clock")["ok"]
    assert "zoufang_clock_held 1.0" in (await ask(f"{url}/metrics"))[1]


async def test_what_could_not_be_healed_is_counted(town: Town) -> None:
    url = await listening(town)
    await town.app.database.run(
        lambda session: session.execute(
            text(
                "INSERT INTO findings (kind, subject, state, heals, facts, first_seen_at, last_seen_at) VALUES"
                " ('ledger.sum', 'outbox:1', 'alarmed', 2, '{}', '2026-11-01', '2026-11-01')"
            )
        )
    )
    status, body = await ask(f"{url}/readyz")
    assert status == 200
    assert reason(body, "findings") == {
        "what": "findings", "ok": False, "words": "1 that could not be healed", "blocks": False,
    }  # fmt: skip


async def test_without_its_database_the_bot_lives_and_is_not_ready(town: Town) -> None:
    url = await listening(town)
    await town.app.database.run(lambda session: session.execute(text("ALTER TABLE installation RENAME TO gone")))
    status, body = await ask(f"{url}/readyz")
    assert (status, body["ready"]) == (503, False)
    assert "OperationalError" in reason(body, "database")["words"]
    assert (await ask(f"{url}/healthz"))[0] == 200
    assert (await ask(f"{url}/metrics"))[0] == 200
    await town.app.database.run(lambda session: session.execute(text("ALTER TABLE gone RENAME TO installation")))


async def test_a_poller_that_hears_nothing_is_not_ready(town: Town) -> None:
    url = await listening(town)
    town.app.inbox.polled_at -= 121
    status, body = await ask(f"{url}/readyz")
    assert (status, reason(body, "inbox")["ok"]) == (503, False)


async def test_a_beat_that_is_too_old_is_neither_alive_nor_ready(town: Town) -> None:
    url = await listening(town)
    town.app.ticking.running = True
    town.app.ticking._moved_at -= 31
    assert (await ask(f"{url}/healthz"))[0] == 503
    status, body = await ask(f"{url}/readyz")
    assert (status, reason(body, "beat")["ok"]) == (503, False)
    town.app.ticking.running = False


async def test_next_years_calendar_is_a_warning_from_november_on(town: Town) -> None:
    url = await listening(town)
    status, body = await ask(f"{url}/readyz")
    assert reason(body, "calendar")["ok"]
    await town.wait(days=2)
    status, body = await ask(f"{url}/readyz")
    assert (status, reason(body, "calendar")["ok"]) == (200, False)
    assert reason(body, "calendar")["words"] == "2027 is provisional"


async def test_with_a_webhook_the_same_addresses_answer(town: Town, tmp_path: Path) -> None:
    telegram = {**town.values()["telegram"], "mode": "webhook", "webhook_secret": "s", "webhook_url": "http://127.0.0.1:1"}  # type: ignore[dict-item]
    url = await listening(town, telegram=telegram, web={"port": 0})
    status, body = await ask(f"{url}/readyz")
    assert (status, reason(body, "inbox")["words"]) == (200, "webhook")
    async with aiohttp.ClientSession() as session, session.post(f"{url}/telegram", data="{}") as answer:
        assert answer.status == 403
