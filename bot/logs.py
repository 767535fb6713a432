"""Structured logs that carry ids and kinds, and never names, texts, phones, tokens or request addresses.

Whoever logs writes `log = structlog.get_logger()` and `log.info("message sent", outbox=12, kind="digest")`. What
slips in all the same is left out here, for our own lines and for those of the libraries below us.
"""

import logging
import re
import sys
import traceback
from collections.abc import Mapping
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor

LEFT_OUT = "[left out]"
PERSONAL = frozenset(
    {
        "text",
        "caption",
        "name",
        "first_name",
        "last_name",
        "full_name",
        "username",
        "head",
        "head_name",
        "phone",
        "contact",
        "address",
        "note",
        "id_number",
        "token",
        "secret",
        "password",
        "key",
        "url",
        "link",
        "payload",
        "body",
        "data",
        "params",
        "headers",
        "query",
        "file_name",
        "filename",
        "reason_text",
    }
)
CHATTY = (
    "httpx",
    "httpcore",
    "aiohttp",
    "aiohttp.access",
    "telegram",
    "apscheduler",
    "sqlalchemy",
    "alembic",
)
OURS = ("/bot/", "/handlers/", "/models/", "/schedules/")

_TOKEN = re.compile(r"\d{3,}:[\w-]{8,}|(?<=/bot)\d+:[\w-]+")
_LONG_NUMBER = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx]|\d{16,19})(?!\d)")
_LOGIN = re.compile(r"//[^/\s@]+@")
_CHINESE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


def set_up_logs(level: str = "info", form: str = "console", stream: TextIO | None = None) -> None:
    """Sends every log line of this process to `stream` (standard error), as lines for people or as JSON."""
    out = stream or sys.stderr
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=out.isatty())
    )
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                name_the_error,
                leave_out_personal,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    # A tick that takes longer than its interval is left to finish; the scheduler would warn of every beat it skips.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def redact(words: str) -> str:
    """The words without tokens, logins, phone and ID numbers; left out whole when they hold Chinese text."""
    if _CHINESE.search(words):
        return LEFT_OUT
    words = _TOKEN.sub("[token]", words)
    words = _LOGIN.sub("//[login]@", words)
    return _LONG_NUMBER.sub("[number]", words)


def leave_out_personal(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Drops keys that are personal by name, and cleans every other value."""
    return {key: _clean(value) for key, value in event.items() if key not in PERSONAL}


def _clean(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(key): _clean(inner) for key, inner in value.items() if str(key) not in PERSONAL}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(inner) for inner in value]
    if isinstance(value, BaseException):
        return type(value).__name__
    return redact(str(value))


def name_the_error(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Replaces an exception by its kind, its harmless words and our own places; messages may quote a person."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info if isinstance(info, BaseException) else info[1] if isinstance(info, tuple) else None
    if error is None:
        return event
    event["error"] = type(error).__name__
    if words := _harmless(error):
        event["because"] = words
    event["at"] = _places(error)
    return event


def _harmless(error: BaseException) -> str:
    """What may be said of an error: causes from the system, the database's connection, and Telegram's answers."""
    module = type(error).__module__
    if module.startswith("models.errors"):
        return str(getattr(error, "code", ""))
    if module.startswith("sqlalchemy") and type(error).__name__ in ("OperationalError", "InterfaceError"):
        return str(getattr(error, "orig", "")).partition("\n")[0]
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return str(error) if module.startswith("telegram") else ""


def _places(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if any(folder in frame.filename for folder in OURS)] or list(frames)
    return [
        f"{'/'.join(frame.filename.replace(chr(92), '/').split('/')[-2:])}:{frame.lineno} {frame.name}"
        for frame in ours[-6:]
    ]
