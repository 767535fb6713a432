"""Logs carry ids and kinds; whatever else slips in is left out."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from bot.logs import redact, set_up_logs
from models.errors import Refused

TOKEN = "123456789:AAGx-0123456789_abcdefghijklmnopq"


class Lines:
    def __init__(self) -> None:
        self.stream = io.StringIO()

    def all(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]

    def last(self) -> dict[str, Any]:
        return self.all()[-1]


@pytest.fixture
def lines() -> Iterator[Lines]:
    root = logging.getLogger()
    before = root.handlers, root.level
    lines = Lines()
    set_up_logs("info", "json", lines.stream)
    yield lines
    root.handlers, root.level = before
    structlog.reset_defaults()


def test_a_line_has_its_event_its_ids_and_a_utc_time(lines: Lines) -> None:
    structlog.get_logger().info("message sent", outbox=12, kind="digest")
    line = lines.last()
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "message sent", "outbox": 12, "kind": "digest", "level": "info"}


def test_personal_keys_are_dropped_also_inside_others(lines: Lines) -> None:
    structlog.get_logger().info("x", text="hello", name="Li", inner={"phone": "1", "id": 3}, row=[{"url": "u"}])
    line = lines.last()
    assert line["inner"] == {"id": 3}
    assert line["row"] == [{}]
    assert "text" not in line
    assert "name" not in line


def test_a_chinese_value_is_left_out_whole(lines: Lines) -> None:
    structlog.get_logger().info("x", what="张三家")
    assert lines.last()["what"] == "[left out]"


@pytest.mark.parametrize(
    ("words", "clean"),
    [
        (
            f"POST https://api.telegram.org/bot{TOKEN}/sendMessage",
            "POST https://api.telegram.org/bot[token]/sendMessage",
        ),
        (f"token is {TOKEN}.", "token is [token]."),
        ("/bot1:demo/getMe", "/bot[token]/getMe"),
        ("socks5://me:word@10.0.0.1:1080", "socks5://[login]@10.0.0.1:1080"),
        ("call 13812345678 now", "call [number] now"),
        ("id 11010119900307123X", "id [number]"),
        ("at 2026-11-22T10:00:00 row 12345", "at 2026-11-22T10:00:00 row 12345"),
    ],
)
def test_tokens_logins_and_long_numbers_are_cut_out(words: str, clean: str) -> None:
    assert redact(words) == clean


def test_what_libraries_say_about_requests_is_never_written(lines: Lines) -> None:
    for name in ("httpx", "aiohttp.access", "telegram.ext", "apscheduler.scheduler"):
        logging.getLogger(name).info("GET /bot%s/getUpdates", TOKEN)
    assert lines.all() == []
    logging.getLogger("telegram.ext").warning("failed at https://h/bot%s/getMe", TOKEN)
    assert lines.last()["event"] == "failed at https://h/bot[token]/getMe"


def test_an_error_shows_its_kind_and_place_but_not_its_words(lines: Lines) -> None:
    try:
        raise ValueError("张三 13812345678 said something")
    except ValueError:
        structlog.get_logger().exception("update failed", inbox=3)
    line = lines.last()
    assert line["error"] == "ValueError"
    assert line["at"][0].endswith("test_an_error_shows_its_kind_and_place_but_not_its_words")
    assert "13812345678" not in json.dumps(line)
    assert "said" not in json.dumps(line)


def test_a_refusal_shows_its_code(lines: Lines) -> None:
    try:
        raise Refused("visit.too_old", name="张三")
    except Refused:
        structlog.get_logger().warning("refused", exc_info=True)
    assert lines.last()["because"] == "visit.too_old"


def test_a_database_that_cannot_be_opened_says_why_without_the_values(lines: Lines) -> None:
    try:
        with create_engine("sqlite://").connect() as connection:
            connection.execute(text("select * from nowhere where name = :name"), {"name": "Li Si"})
    except OperationalError:
        structlog.get_logger().error("tick failed", exc_info=True)
    assert lines.last()["because"] == "no such table: nowhere"
    assert "Li Si" not in lines.stream.getvalue()


def test_lines_for_people_carry_no_colours_into_files() -> None:
    root = logging.getLogger()
    before = root.handlers, root.level
    stream = io.StringIO()
    try:
        set_up_logs("info", "console", stream)
        structlog.get_logger().info("message sent", outbox=12)
    finally:
        root.handlers, root.level = before
        structlog.reset_defaults()
    assert "message sent" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()
