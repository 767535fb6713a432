"""What is wrong in a configuration file, in sentences: the key, its line, what is allowed."""

import difflib
import re
from collections.abc import Iterator, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

SECRET = {"token", "proxy", "webhook_secret", "url"}
Place = tuple[str | int, ...]


class ConfigError(Exception):
    """The configuration cannot be used. `problems` has one sentence for each thing to mend."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def describe(error: ValidationError, model: type[BaseModel], text: str, name: str, given: dict[str, Any]) -> list[str]:
    """One sentence for each fault that pydantic found in the file `name` with that text."""
    lines = dict(find_lines(text))
    environment = set(_leaves(given))
    sentences = []
    for fault in error.errors():
        place = tuple(part for part in fault["loc"] if not _is_tag(part))
        where = _where(place, lines, name, environment)
        sentences.append(f"{where}: {_what(fault, place, model)}")
    return list(dict.fromkeys(sentences))


def find_lines(text: str) -> Iterator[tuple[Place, int]]:
    """(place, line) of every table header and key of a TOML text, tables in lists numbered from 0."""
    counts: dict[tuple[str, ...], int] = {}
    table: Place = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*(\[\[?)\s*([\w.\"-]+)\s*\]", line):
            names = tuple(part.strip('"') for part in header[2].split("."))
            if header[1] == "[[":
                counts[names] = counts.get(names, -1) + 1
                # A new entry begins new inner lists.
                for inner in [other for other in counts if other[: len(names)] == names and other != names]:
                    del counts[inner]
            table = _numbered(names, counts)
            yield table, number
        elif key := re.match(r"\s*([\w\"-]+(?:\s*\.\s*[\w\"-]+)*)\s*=", line):
            yield table + tuple(part.strip(' "') for part in key[1].split(".")), number


def _numbered(names: tuple[str, ...], counts: dict[tuple[str, ...], int]) -> Place:
    place: list[str | int] = []
    for end, part in enumerate(names, start=1):
        place.append(part)
        if names[:end] in counts:
            place.append(counts[names[:end]])
    return tuple(place)


def _where(place: Place, lines: dict[Place, int], name: str, environment: set[Place]) -> str:
    key = dotted(place)
    for end in range(len(place), 0, -1):
        if place[:end] in environment:
            variable = "ZOUFANG_" + "__".join(map(str, place[:end])).upper()
            return f"{key} (environment variable {variable})"
        if place[:end] in lines:
            return f"{key} ({name}, line {lines[place[:end]]})"
    return key or name


def _what(fault: Any, place: Place, model: type[BaseModel]) -> str:
    context, kind = fault.get("ctx", {}), fault["type"]
    if kind == "extra_forbidden":
        return _unknown(fault["loc"], model)
    given = "" if place and place[-1] in SECRET else f", not {_shown(fault['input'])}"
    if kind == "literal_error":
        return f"must be one of {_listed(context['expected'])}{given}"
    if kind == "missing":
        return "is missing"
    if kind == "value_error":
        return str(context["error"])
    bounds = {
        "greater_than_equal": "must be at least {ge}",
        "less_than_equal": "must be at most {le}",
        "string_pattern_mismatch": "must have the form {pattern}",
        "string_too_long": "must have at most {max_length} characters",
        "string_too_short": "must have at least {min_length} character",
        "too_short": "must have at least {min_length} entry",
    }
    if kind in bounds:
        return bounds[kind].format(**context) + given
    types = {
        "int": "a whole number",
        "float": "a number",
        "bool": "true or false",
        "string": "text in quotes",
        "date": "a day such as 2027-02-06",
        "tuple": "a list in [brackets]",
        "model": "a table",
        "dict": "a table",
    }
    expected = next((words for start, words in types.items() if kind.startswith(start)), None)
    return f"must be {expected}{given}" if expected else f"{fault['msg']}{given}"


def _listed(expected: str) -> str:
    return expected.replace(" or ", ", ").replace("'", '"')


def _unknown(place: Place, model: type[BaseModel]) -> str:
    known = sorted(_keys_at(model, place[:-1]))
    near = difflib.get_close_matches(str(place[-1]), known, n=1)
    hint = f"; did you mean {near[0]}?" if near else f"; known here: {', '.join(known)}"
    return f"there is no such key{hint}"


def _is_tag(part: str | int) -> bool:
    """`[key]`, or the kind of a rule: what pydantic adds to a place and the file does not have."""
    return isinstance(part, str) and part.startswith("[")


def _keys_at(model: type[BaseModel], place: Place) -> list[str]:
    models = [model]
    for part in place:
        if _is_tag(part):
            models = [each for each in models if getattr(each, "TAG", "") == part] or models
        elif isinstance(part, str) and part in models[0].model_fields:
            models = list(_models_in(models[0].model_fields[part].annotation))
            if not models:
                return []
    return list(models[0].model_fields)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)


def _leaves(tree: dict[str, Any], place: Place = ()) -> Iterator[Place]:
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*place, name))
        else:
            yield (*place, name)


def dotted(place: Place) -> str:
    """`rules.rule[1].due_day` of a place; entries are counted from 1 for people."""
    words = ""
    for part in place:
        words += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if words else part
    return words


def _shown(value: Any) -> str:
    words = repr(value) if not isinstance(value, str) else f'"{value}"'
    return words if len(words) <= 60 else words[:57] + "…"
