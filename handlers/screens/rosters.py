"""导入 in words: what was recognised, what would change, what is wrong with which cell."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.reply import Choice, Reply
from handlers.screens import Values, back, screen
from models.errors import Refused
from models.imports import queries
from models.imports.queries import Preview, get_import
from models.imports.undoing import may_undo

ROWS_A_PAGE = 10
FAULTY_ROWS_A_PAGE = 5
"""A faulty row has often two or three faults; all of a row stand on one page."""


def preview_facts(session: Session, recipient_id: int | None, *, now: datetime, import_id: int) -> Values | None:
    seen = own_preview(session, recipient_id, import_id)
    return None if seen is None else {**_numbers(seen), "undo": may_undo(get_import(session, import_id), now)}


def own_preview(session: Session, recipient_id: int | None, import_id: int) -> Preview | None:
    """The reader's own import."""
    try:
        seen = queries.preview(session, import_id) if get_import(session, import_id).kind else None
    except Refused:
        return None
    return seen if seen is not None and get_import(session, import_id).person_id == recipient_id else None


def _numbers(seen: Preview) -> Values:
    names = (
        "rows", "new", "changed", "unchanged", "ask", "fault", "applied", "skipped", "undone", "kept", "missing",
        "left_out",
    )  # fmt: skip
    return {
        "id": seen.id,
        "version": seen.version,
        "state": seen.state,
        "kind": seen.kind,
        "file": seen.filename,
        **{name: getattr(seen, name) for name in names},
        "recognised": seen.recognised,
        "totals": list(seen.totals),
        "columns": len(seen.columns),
        "unmapped": [header for _, header in seen.unmapped],
        "unsure": [column.header for column in seen.columns if column.sure < 1],
        "ambiguous": list(seen.ambiguous),
        "others": list(seen.others),
        "kinds": seen.kinds,
        "events": sum(seen.kinds.values()),
        "new_villages": list(seen.new_villages),
        "new_helpers": seen.new_helpers,
    }


def ask_facts(session: Session, recipient_id: int | None, *, now: datetime) -> Values:
    last = queries.find_last(session, recipient_id) if recipient_id else None
    return {"last": last.id if last else None}


@screen("roster.ask", facts=ask_facts)
def ask(values: Values, t: Words) -> Reply:
    """Send a file; the last one can be looked at, and taken back."""
    last = [Choice(t("roster.last"), f"roster:show:{values['last']}")]
    return Reply(t("roster.ask"), (*(last if values["last"] else ()), back(t)))


def received_facts(session: Session, recipient_id: int | None, *, now: datetime, import_id: int) -> Values:
    return {"file": get_import(session, import_id).filename}


@screen("roster.received", facts=received_facts)
def received(values: Values, t: Words) -> Reply:
    return Reply(t("roster.received", file=short_name(values["file"])))


def refused_facts(session: Session, recipient_id: int | None, *, now: datetime, import_id: int) -> Values:
    found = get_import(session, import_id)
    return {"file": found.filename, "code": found.counts["refused"], "values": found.counts.get("values", {})}


@screen("import.refused", facts=refused_facts)
def refused(values: Values, t: Words) -> Reply:
    more = dict(values["values"])
    if "fields" in more:
        more["fields"] = t.join([t(f"field.{name}") for name in more["fields"]])
    reason = t(f"refused.{values['code']}", **more)
    return Reply(t("roster.refused", file=short_name(values["file"]), reason=reason), (back(t),))


@screen("import.previewed", facts=preview_facts)
def previewed(values: Values, t: Words) -> Reply:
    lines = [t(f"roster.head_{values['kind']}", file=short_name(values["file"]), rows=values["rows"])]
    lines.append(t("roster.counts", **_counts(values)))
    lines += _kinds(values, t)
    if values["new_villages"]:
        lines.append(t("roster.says_new_villages", names=t.join(values["new_villages"][:8])))
    for name in ("ask", "fault", "left_out", "new_helpers", "missing"):
        if values[name]:
            lines.append(t(f"roster.says_{name}", n=values[name]))
    if values["totals"]:
        lines.append(t("roster.says_totals", rows=t.join([str(row) for row in values["totals"]])))
    lines.append(_mapping(values, t))
    if values["others"]:
        lines.append(t("roster.says_others", sheets=t.join(values["others"][:5])))
    if values["state"] == "previewed":
        lines.append(t("roster.says_confirm" if values["new"] + values["changed"] else "roster.says_nothing"))
    else:
        lines.append(t(f"roster.is_{values['state']}"))
    return Reply("\n".join(lines), (*_looks(values, t), *_decisions(values, t), back(t)))


def _counts(values: Values) -> Values:
    return {name: values[name] for name in ("recognised", "new", "changed", "unchanged")}


def _kinds(values: Values, t: Words) -> list[str]:
    """`其中:换户主1户,分户1户。`"""
    kinds = [t(f"roster.kinds_{kind}", n=count) for kind, count in values["kinds"].items()]
    return [t("roster.says_kinds", kinds=t.join(kinds))] if kinds else []


def _mapping(values: Values, t: Words) -> str:
    parts = [t("roster.columns_known", n=values["columns"])]
    if values["unsure"]:
        parts.append(t("roster.columns_unsure", columns=t.join(values["unsure"][:8])))
    if values["unmapped"]:
        parts.append(t("roster.columns_unused", columns=t.join(values["unmapped"][:8])))
    return t("roster.separator").join(parts)


def _looks(values: Values, t: Words) -> list[Choice]:
    """What can be looked at, two buttons a row; only what there is."""
    base = values["id"]
    looks = [
        ("ask", f"roster:doubt:{base}:0"),
        ("fault", f"roster:faults:{base}:0"),
        ("events", f"roster:rows:{base}:events:0"),
        ("changed", f"roster:rows:{base}:changed:0"),
        ("new", f"roster:rows:{base}:new:0"),
        ("missing", f"roster:missing:{base}:0"),
        ("left_out", f"roster:left_out:{base}:0"),
    ]
    there = [(name, data) for name, data in looks if values[name]]
    choices = [
        Choice(t(f"roster.look_{name}", n=values[name]), data, row=number // 2)
        for number, (name, data) in enumerate(there)
    ]
    return [*choices, Choice(t("roster.look_columns"), f"roster:columns:{base}")]


def _decisions(values: Values, t: Words) -> list[Choice]:
    if values["undo"]:
        return [Choice(t("roster.undo"), f"roster:undo:{values['id']}:0", t.several("roster.undo_words"), row=90)]
    if values["state"] != "previewed":
        return []
    stamp = f"{values['id']}:{values['version']}"
    cancel = Choice(t("roster.cancel"), f"roster:cancel:{stamp}", t.several("button.cancel_words"), row=90)
    if not values["new"] + values["changed"]:
        return [cancel]
    yes = Choice(t("roster.confirm"), f"roster:confirm:{stamp}", t.several("button.confirm_words"), row=90)
    return [yes, cancel]


@screen("roster.applying", facts=preview_facts)
def applying(values: Values, t: Words) -> Reply:
    total = values["new"] + values["changed"] + values["applied"]
    return Reply(t("roster.applying", file=short_name(values["file"]), done=values["applied"], total=total))


@screen("import.done", facts=preview_facts)
def done(values: Values, t: Words) -> Reply:
    lines = [t("roster.done", file=short_name(values["file"]), **{k: values[k] for k in ("applied", "unchanged")})]
    lines += _kinds(values, t)
    for name in ("ask", "fault", "left_out", "missing"):
        if values[name]:
            lines.append(t(f"roster.says_{name}", n=values[name]))
    lines.append(t("roster.done_next"))
    choices = (*_looks(values, t), *_decisions(values, t), Choice(t("menu.people"), "person:list"), back(t))
    return Reply("\n".join(lines), choices)


@screen("roster.cancelled", facts=received_facts)
def cancelled(values: Values, t: Words) -> Reply:
    return Reply(t("roster.cancelled", file=short_name(values["file"])), (back(t),))


def columns_facts(session: Session, recipient_id: int | None, *, now: datetime, import_id: int) -> Values | None:
    seen = own_preview(session, recipient_id, import_id)
    if seen is None:
        return None
    columns: list[dict[str, Any]] = [
        {"letter": column.letter, "header": column.header, "field": column.field, "sure": column.sure >= 1}
        for column in seen.columns
    ]
    return {"id": seen.id, "columns": columns, "unmapped": [list(pair) for pair in seen.unmapped]}


@screen("roster.columns", facts=columns_facts)
def columns(values: Values, t: Words) -> Reply:
    lines = [t("roster.columns_title")]
    for column in values["columns"]:
        key = "roster.column" if column["sure"] else "roster.column_unsure"
        field = t(f"field.{column['field']}")
        lines.append(t(key, letter=column["letter"], header=column["header"][:20], field=field))
    lines += [
        t("roster.column_unused", letter=letter, header=header[:20]) for letter, header in values["unmapped"][:20]
    ]
    return Reply("\n".join(lines), (back(t, f"roster:show:{values['id']}"),))


def short_name(name: str) -> str:
    """A file's name as far as it fits a line."""
    return name if len(name) <= 40 else f"{name[:25]}…{name[-12:]}"
