"""The house rules, as far as a program can see them."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from pydantic import BaseModel
from sqlalchemy import Engine

from bot.config import Config
from models.tables import metadata

ROOT = Path(__file__).parents[1]
FOLDERS = ("models", "schedules", "handlers", "bot")
TOP = {
    *(*FOLDERS, "tests", "docs", ".ci"),
    *("config.example.toml", "README.md", "CHANGELOG.md", "LICENSE", "Makefile", "pyproject.toml"),
    *("requirements.txt", "requirements-dev.txt", ".gitignore"),
}
BANNED_FOLDERS = {"services", "utils", "core", "common", "helpers", "lib", "misc"}
# Put together here, so that this file does not name them itself.
REGISTRIES = "|".join(
    ("py" + r"pi\.org", "python" + r"hosted\.org", "npm" + r"js\.", "deb" + r"ian\.org", "crates" + r"\.io")
)
MACHINE_PATHS = "|".join(("/ro" + "ot/", "/wo" + "rk/", "/ho" + r"me/\w", r"[A-Z]:\\Us" + "ers"))
UNFINISHED = "|".join(("TO" + "DO", "FIX" + "ME", "XX" + r"X\b", "raise NotImpl" + "emented"))


def tracked() -> list[Path]:
    """The project's files: what git has. A copy without git has settings, data and caches among them."""
    if not (ROOT / ".git").exists():
        pytest.skip("needs a git checkout")
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in names.decode().split("\0") if name and (ROOT / name).exists()]


def texts() -> Iterator[tuple[str, str]]:
    for path in tracked():
        try:
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def modules(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def lines_with(pattern: str, *, only: str = "") -> list[str]:
    """`file:line` of every tracked line that matches, in files whose name ends with `only`."""
    found = re.compile(pattern)
    return [
        f"{name}:{number}: {line.strip()[:80]}"
        for name, text in texts()
        if name.endswith(only)
        for number, line in enumerate(text.splitlines(), start=1)
        if found.search(line)
    ]


def test_imports_point_one_way() -> None:
    from importlinter.cli import lint_imports

    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None, verbose=False) == 0


def test_the_top_level_is_fixed() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in tracked()} <= TOP


def test_no_folder_has_a_name_that_means_nothing() -> None:
    folders = {part for path in tracked() for part in path.relative_to(ROOT).parts[:-1]}
    assert folders & BANNED_FOLDERS == set()


def test_no_file_names_a_package_registry() -> None:
    assert lines_with(REGISTRIES) == []


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    assert lines_with(MACHINE_PATHS) == []


def test_nothing_is_left_for_later() -> None:
    assert lines_with(UNFINISHED, only=".py") == []


def test_models_and_schedules_never_wait() -> None:
    waiting = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in modules("models", "schedules")
        for node in ast.walk(tree)
        if isinstance(node, waiting)
    ]
    assert found == []


def test_nobody_waits_with_wait_for() -> None:
    """Before Python 3.12 it loses a cancellation that comes as what it waits for ends; `asyncio.timeout` does not."""
    assert [line for line in lines_with(r"asyncio\.wait_for\(", only=".py") if not line.startswith("tests/")] == []


# Journeys of their own through many files.
JOURNEYS = {"worked_example", "rights", "months"}


def test_every_test_file_has_the_name_of_what_it_tests() -> None:
    """A noun has the same name in every folder, so a test may stand in the folder of what it goes through."""
    known = set()
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            names = [part.strip("_") for part in (parts[:-1] if parts[-1] == "__init__" else parts)]
            known |= {"_".join(names[start:]) for start in range(1, len(names))}
    stray = [
        path.relative_to(ROOT).as_posix()
        for folder in FOLDERS
        for path in (ROOT / "tests" / folder).glob("test_*.py")
        if path.stem.removeprefix("test_") not in JOURNEYS
        and not any(f"{path.stem}_".startswith(f"test_{name}_") for name in known)
    ]
    assert stray == []


def test_every_folder_of_tests_has_the_name_of_what_it_tests() -> None:
    folders = {path.parent.relative_to(ROOT / "tests") for path in (ROOT / "tests").rglob("test_*.py")}
    mirrored = [folder for folder in folders if folder.parts and folder.parts[0] in FOLDERS]
    assert [str(folder) for folder in mirrored if not (ROOT / folder).is_dir()] == []


def test_every_line_of_the_bugs_elsewhere_names_tests_that_exist() -> None:
    """Or says with a dash why there is none."""
    lines = re.findall(r"^\| (\d+) \|.*\| (.*) \|$", (ROOT / "docs/engine-bugs.md").read_text(encoding="utf-8"), re.M)
    assert [int(number) for number, _ in lines] == list(range(1, max(len(lines), 40) + 1))
    assert [number for number, shown in lines if not shown.startswith(("`tests/", "– "))] == []
    named = {(path, name) for _, shown in lines for path, name in re.findall(r"`([\w/.]+)::(\w+)`", shown)}
    code = {path: (ROOT / path).read_text(encoding="utf-8") for path, _ in named if (ROOT / path).exists()}
    assert sorted(f"{path}::{name}" for path, name in named if f"def {name}(" not in code.get(path, "")) == []


def test_public_things_say_what_one_gets() -> None:
    found = [
        f"{path.relative_to(ROOT)}: the file itself"
        for path, tree in modules(*FOLDERS)
        if not ast.get_docstring(tree) and tree.body
    ]
    assert found == []


def test_migrations_make_exactly_the_tables(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


# Read by the settings themselves: secrets from files, the profile behind a rule, an hour chosen by its name, days
# that become a length of time or entries of the calendar.
READ_AT_START = {"link_days", "holidays", "token_file", "webhook_secret_file", "url_file", "profile", "morning", "noon", "evening"}


def test_every_setting_does_something() -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
        if "config" not in path.relative_to(ROOT).parts and "simulator" not in path.relative_to(ROOT).parts
    )
    unread = {key for key in leaf_keys(Config) if not re.search(rf"\.{key}\b", code)}
    assert unread - READ_AT_START == set()


def leaf_keys(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        inner = list(models_in(field.annotation))
        if not inner:
            yield name
        for each in inner:
            yield from leaf_keys(each)


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models_in(part)
