"""The catalogues: both languages say everything, nothing is said that no code asks for."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from handlers.locales import LOCALES, catalogue

ROOT = Path(__file__).parents[2]
CODE = [path for folder in ("bot", "handlers", "models", "schedules") for path in sorted((ROOT / folder).rglob("*.py"))]
FORBIDDEN = ("逾期", "未完成", "升级", "通报批评", "overdue", "escalat", "failed to", "!", "!")

AT_START = {"refused.calendar.missing", "refused.key.lost", "refused.run.second"}
"""Refusals that the command line says, before there is anybody to talk to."""


@cache
def trees() -> tuple[ast.Module, ...]:
    return tuple(ast.parse(path.read_text("utf-8")) for path in CODE)


def nodes() -> Iterator[ast.AST]:
    for tree in trees():
        yield from ast.walk(tree)


def texts_in(node: ast.AST) -> set[str]:
    return {each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)}


@cache
def words_of_code() -> frozenset[str]:
    """Every string in the code; whichever of them is a key counts as used."""
    return frozenset(node.value for node in nodes() if isinstance(node, ast.Constant) and isinstance(node.value, str))


BEGIN = re.compile(r"[a-z_]+\.[a-z_.]*[._]|[a-z_]+\.")


@cache
def made_prefixes() -> frozenset[str]:
    """What keys made in the code begin with: `f"outcome.{what}"`, `"roster.kind_" + kind`; of refusals too."""
    found = set()
    for node in nodes():
        begin = ""
        if isinstance(node, ast.JoinedStr) and node.values and isinstance(node.values[0], ast.Constant):
            begin = str(node.values[0].value)
        elif isinstance(node, ast.BinOp) and isinstance(node.left, ast.Constant):
            begin = str(node.left.value)
        elif isinstance(node, ast.Constant) and str(node.value).endswith("_"):
            begin = str(node.value)
        if BEGIN.fullmatch(begin):
            found |= {begin, f"refused.{begin}"}
    return frozenset(found - {"refused."})


@cache
def made_suffixes() -> frozenset[str]:
    """What keys end with that are made from a screen's kind: `f"{kind}_title"` → `_title`."""
    found = set()
    for node in nodes():
        if isinstance(node, ast.JoinedStr) and len(node.values) == 2 and isinstance(node.values[1], ast.Constant):
            end = str(node.values[1].value)
            if re.fullmatch(r"_[a-z_]+", end):
                found.add(end)
    return frozenset(found)


def asked_keys() -> set[str]:
    """Keys named outright in `t("…")`, `t.several("…")`, `words="…"`, and the codes of refusals."""
    found: set[str] = set()
    for node in nodes():
        if isinstance(node, ast.keyword) and node.arg == "words" and isinstance(node.value, ast.Constant):
            found.add(str(node.value.value))
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = ast.unparse(node.func)
        if name in ("t", "t.several") and isinstance(node.args[0], ast.Constant | ast.IfExp):
            key = node.args[0]
            found |= texts_in(key) if isinstance(key, ast.Constant) else texts_in(key.body) | texts_in(key.orelse)
        if name == "Refused" or name.endswith(".refuse"):
            code = node.args[0]
            if isinstance(code, ast.Constant):
                found.add(f"refused.{code.value}")
    return {key for key in found if key}


def test_both_languages_have_the_same_keys() -> None:
    assert set(catalogue("zh_CN")) == set(catalogue("en"))


def test_every_key_asked_for_is_there() -> None:
    assert sorted(asked_keys() - set(catalogue("zh_CN")) - AT_START) == []


def test_no_key_is_there_for_nothing() -> None:
    used = words_of_code()

    def is_used(key: str) -> bool:
        if key in used or key.startswith(tuple(made_prefixes())):
            return True
        if any(key.endswith(end) and key.removesuffix(end) in used for end in made_suffixes()):
            return True
        return key.startswith("refused.") and key.removeprefix("refused.") in used

    assert [key for key in catalogue("zh_CN") if not is_used(key)] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_no_text_shouts_or_blames(locale: str) -> None:
    said = {
        key: text
        for key, text in catalogue(locale).items()
        if any(word in each.lower() for each in ([text] if isinstance(text, str) else text) for word in FORBIDDEN)
    }
    assert said == {}


@pytest.mark.parametrize("locale", LOCALES)
def test_the_same_gaps_are_filled_in_both_languages(locale: str) -> None:
    """A gap that only one language has is a value the other reader does not get, or a crash."""
    other = catalogue("en" if locale == "zh_CN" else "zh_CN")
    unlike = [
        key
        for key, text in catalogue(locale).items()
        if not key.startswith(MADE_FOR_ONE) and _gaps(text) - _gaps(other[key])
    ]
    assert unlike == []


MADE_FOR_ONE = ("duty.day_near", "duty.period.", "case.village_button")


def _gaps(text: str | tuple[str, ...]) -> set[str]:
    return {gap for each in ([text] if isinstance(text, str) else text) for gap in re.findall(r"{(\w+)}", each)}
