"""The command line `zoufang`: one table of commands, each a function of (config, options) in a module of its own.

Exit codes: 0 done, 1 not done or something is wrong, 2 the command or the configuration cannot be used.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bot.config import Config, ConfigError, load_config
from bot.logs import set_up_logs
from bot.reports import CommandError, Report, complain, show
from models.errors import Refused

DEFAULT_FILE = Path("config.toml")


@dataclass(frozen=True)
class Command:
    """One word after `zoufang`. `function` is "module:name", loaded only when it is asked for."""

    name: str
    function: str
    help: str
    examples: tuple[str, ...]
    arguments: Callable[[argparse.ArgumentParser], None] = lambda parser: None
    reports: bool = True


def _import_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help="households or people: .xlsx, .xls or .csv")
    parser.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
    parser.add_argument("--undo", type=int, metavar="ID", help="take back the import of this number")
    parser.add_argument(
        "--rest", action="store_true", help="with --undo: leave the rows that were used since, take back the others"
    )


def _check_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--offline", action="store_true", help="do not ask Telegram whether the token holds")


def _backup_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE.tar", help="the archive to write")
    parser.add_argument("--force", action="store_true", help="replace FILE.tar if it exists")


def _restore_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE.tar", help="an archive made by zoufang backup")
    parser.add_argument(
        "--force", action="store_true",
        help="put aside the files that are there (renamed, never deleted), drop the tables of PostgreSQL, and restore",
    )


def _demo_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--empty", action="store_true", help="start without households, with nobody but the officers")
    parser.add_argument("--port", type=int, help="where the page is served (web.port of the settings)")


COMMANDS = (
    Command(
        "run",
        "bot.app:run",
        "run the bot until it is stopped",
        ("zoufang run", "zoufang --config /etc/zoufang.toml run"),
        reports=False,
    ),
    Command(
        "demo",
        "bot.demo:demo",
        "try everything on this machine: sample township, three phones in the browser, no token needed",
        ("zoufang demo", "zoufang demo --empty"),
        _demo_arguments,
        reports=False,
    ),
    Command(
        "import",
        "bot.importing:import_file",
        "bring in households or people from a spreadsheet; the bot may be running",
        ("zoufang import roster.xlsx --dry-run", "zoufang import roster.xlsx --json", "zoufang import --undo 12"),
        _import_arguments,
    ),
    Command(
        "check",
        "bot.checks:check",
        "say whether everything is ready: settings, key, database, photos, disk, Telegram",
        ("zoufang check", "zoufang check --offline --json"),
        _check_arguments,
    ),
    Command(
        "migrate",
        "bot.checks:migrate",
        "bring the database to this version's schema (run does so by itself)",
        ("zoufang migrate",),
    ),
    Command(
        "backup",
        "bot.backups:backup",
        "write database, key and photos into one archive; the bot may be running",
        ("zoufang backup /media/usb/zoufang-monday.tar",),
        _backup_arguments,
    ),
    Command(
        "restore",
        "bot.backups:restore",
        "bring back an archive into an empty place; the bot must be stopped",
        ("zoufang restore /media/usb/zoufang-monday.tar",),
        _restore_arguments,
    ),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and gives the exit code."""
    options = _parser().parse_args(arguments)
    os.umask(0o077)  # whatever is written holds people's data: for this user only
    command: Command = options.command
    as_json = getattr(options, "json", False)
    try:
        config = load_config(_file(options.config))
        set_up_logs(config.logging.level, config.logging.format)
        report = _function(command)(config, options)
    except ConfigError as error:
        complain(error.problems, as_json)
        return 2
    except CommandError as error:
        complain([str(error)], as_json)
        return 1
    except Refused as error:
        complain([_words(error)], as_json)
        return 1
    except KeyboardInterrupt:
        return 130
    if report is None:
        return 0
    show(report, as_json)
    return 0 if report.ok else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="zoufang",
        description="走访: a chat bot that coordinates household visits.",
        epilog=_examples([example for command in COMMANDS for example in command.examples[:1]]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"zoufang {_version()}")
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="the settings (config.toml here, else the defaults)"
    )
    words = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        inner = words.add_parser(
            command.name,
            help=command.help,
            description=command.help[0].upper() + command.help[1:] + ".",
            epilog=_examples(command.examples),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        # Also after the command, where people type it; there it must not reset what stood before.
        inner.add_argument("--config", type=Path, metavar="FILE", default=argparse.SUPPRESS, help="the settings")
        if command.reports:
            inner.add_argument("--json", action="store_true", help="report as JSON, for programs")
        command.arguments(inner)
        inner.set_defaults(command=command)
    return parser


def _version() -> str:
    try:
        return version("zoufang")
    except PackageNotFoundError:
        return "(run from its folder, not installed)"


def _examples(lines: Sequence[str]) -> str:
    return "\n".join(("examples:", *(f"  {line}" for line in lines)))


def _file(given: Path | None) -> Path | None:
    if given is None and DEFAULT_FILE.exists():
        return DEFAULT_FILE
    return given


def _function(command: Command) -> Callable[[Config, argparse.Namespace], Report | None]:
    module, name = command.function.split(":")
    found: Callable[[Config, argparse.Namespace], Report | None] = getattr(importlib.import_module(module), name)
    return found


def _words(error: Refused) -> str:
    from handlers.locales import words  # Babel is loaded only where somebody is refused

    return words("en")(f"refused.{error.code}", **error.values)


if __name__ == "__main__":
    sys.exit(main())
