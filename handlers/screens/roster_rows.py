"""The rows of an import in words: doubts, faults, changes, who is not in the sheet; ten a page."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.reply import Choice, Reply
from handlers.screens import Values, back, screen
from handlers.screens.rosters import FAULTY_ROWS_A_PAGE, ROWS_A_PAGE, own_preview
from models.imports import missing as missing_ones
from models.imports import queries
from models.imports.places import find_place

CODED = {"kind": "roster.kind_", "causes": "roster.cause_"}
"""Fields whose values are codes, and what the keys of their words begin with."""
LONGEST = 24


def faults_facts(
    session: Session, recipient_id: int | None, *, now: datetime, import_id: int, page: int
) -> Values | None:
    return _faults(session, recipient_id, import_id, page, blocking=True)


def left_out_facts(
    session: Session, recipient_id: int | None, *, now: datetime, import_id: int, page: int
) -> Values | None:
    return _faults(session, recipient_id, import_id, page, blocking=False)


def _faults(session: Session, recipient_id: int | None, import_id: int, page: int, *, blocking: bool) -> Values | None:
    if own_preview(session, recipient_id, import_id) is None:
        return None
    offset = page * FAULTY_ROWS_A_PAGE
    found = queries.list_faults(session, import_id, offset=offset, limit=FAULTY_ROWS_A_PAGE, blocking=blocking)
    after = queries.list_faults(session, import_id, offset=offset + FAULTY_ROWS_A_PAGE, limit=1, blocking=blocking)
    faults = [
        {
            "row": fault.row, "letter": fault.letter, "header": fault.header, "value": fault.value,
            "code": fault.code, "values": fault.values,
        }
        for fault in found
        if fault.blocks is blocking
    ]  # fmt: skip
    return {"id": import_id, "page": page, "more": bool(after), "faults": faults}


@screen("roster.faults", facts=faults_facts)
def faults(values: Values, t: Words) -> Reply:
    return _fault_page("roster.faults", values, t)


@screen("roster.left_out", facts=left_out_facts)
def left_out(values: Values, t: Words) -> Reply:
    return _fault_page("roster.left_out", values, t)


def _fault_page(kind: str, values: Values, t: Words) -> Reply:
    lines = [t(f"{kind}_title"), *(fault_line(fault, t) for fault in values["faults"])]
    return Reply("\n".join(lines), (*_turning(f"roster:{kind.split('.')[1]}:{values['id']}", values, t),))


def fault_line(fault: dict[str, Any], t: Words) -> str:
    """`第275行 F列“身份证号”(9991****0101):身份证号应为18位,这里是14位`."""
    reason = t(f"fault.{fault['code']}", **fault["values"])
    if fault["letter"]:
        key = "roster.fault_cell" if fault["value"] else "roster.fault_empty"
        where = {"letter": fault["letter"], "header": fault["header"][:LONGEST], "value": fault["value"][:LONGEST]}
        return t(key, row=fault["row"], reason=reason, **where)
    field = t(f"field.{fault['header']}") if fault["header"] else ""
    return t("roster.fault_row", row=fault["row"], field=field, reason=reason)


def rows_facts(
    session: Session, recipient_id: int | None, *, now: datetime, import_id: int, state: str, page: int
) -> Values | None:
    if own_preview(session, recipient_id, import_id) is None:
        return None
    found = queries.list_rows(session, import_id, state, offset=page * ROWS_A_PAGE, limit=ROWS_A_PAGE + 1)
    rows = [
        {
            "row": row.row,
            "name": row.name,
            "place": row.place,
            "number": row.number,
            "changes": row.changes,
            "kinds": list(row.kinds),
            "origin": row.origin,
            "merged": list(row.merged),
            "kept": row.kept,
        }
        for row in found
    ]
    return {
        "id": import_id, "state": state, "page": page, "more": len(rows) > ROWS_A_PAGE, "rows": rows[:ROWS_A_PAGE],
    }  # fmt: skip


@screen("roster.rows", facts=rows_facts)
def rows(values: Values, t: Words) -> Reply:
    lines = [t(f"roster.rows_{values['state']}")]
    for row in values["rows"]:
        said = t("roster.row", row=row["row"], name=row["name"], place=row["place"])
        changes = _said_of(row, values["state"], t)
        lines.append(
            t("roster.row_changes", row=said, changes=t("roster.separator").join(changes)) if changes else said
        )
    return Reply(_fit(lines), (*_turning(f"roster:rows:{values['id']}:{values['state']}", values, t),))


def _said_of(row: Values, state: str, t: Words) -> list[str]:
    if state == "kept":
        return [t(f"roster.stays_{row['kept']}")]
    if state == queries.EVENTS:
        return _events(row, t)
    return [_change(field, old, new, t) for field, (old, new) in row["changes"].items()]


def _events(row: Values, t: Words) -> list[str]:
    """What happened to the household, in plain words with names: 户主 张三→李四;王平户并进来."""
    changes, said = row["changes"], []
    if "head" in row["kinds"]:
        said.append(_change("head", changes["head"][0], changes["head"][1], t))
    if "split" in row["kinds"]:
        said.append(t("roster.event_split", name=row["origin"]))
    if "merge" in row["kinds"]:
        said.append(t("roster.event_merge", names=t.join(row["merged"])))
    if "move" in row["kinds"]:
        before, now = ("".join(changes[f][side] for f in ("village", "group") if f in changes) for side in (0, 1))
        said.append(t("roster.event_move", old=before, new=now))
    return said


def _change(field: str, old: Any, new: Any, t: Words) -> str:
    name = t(f"field.{field}")
    if field == "note":  # its words are not kept with the import
        return t("roster.note_changed") if old else t("roster.note_new")
    before = _value(field, old, t)
    if not before:
        return t("roster.change_new", field=name, new=_value(field, new, t))
    return t("roster.change", field=name, old=before, new=_value(field, new, t))


def _value(field: str, value: Any, t: Words) -> str:
    if value in (None, "", []):
        return ""
    several = value if isinstance(value, list) else [value]
    prefix = CODED.get(field)
    words = [t(f"{prefix}{one}") if prefix and t.has(f"{prefix}{one}") else str(one) for one in several]
    return t.join(words)[: 2 * LONGEST]


def missing_facts(
    session: Session, recipient_id: int | None, *, now: datetime, import_id: int, page: int
) -> Values | None:
    if own_preview(session, recipient_id, import_id) is None:
        return None
    found = missing_ones.list_missing(session, import_id, offset=page * ROWS_A_PAGE, limit=ROWS_A_PAGE + 1)
    rows = [{"name": one.name, "place": one.place, "number": one.number} for one in found]
    return {"id": import_id, "page": page, "more": len(rows) > ROWS_A_PAGE, "rows": rows[:ROWS_A_PAGE]}


@screen("roster.missing", facts=missing_facts)
def missing(values: Values, t: Words) -> Reply:
    lines = [t("roster.missing_title")]
    lines += [t("roster.missing_line", **row) for row in values["rows"]]
    return Reply("\n".join(lines), (*_turning(f"roster:missing:{values['id']}", values, t),))


def doubt_facts(
    session: Session, recipient_id: int | None, *, now: datetime, import_id: int, page: int
) -> Values | None:
    seen = own_preview(session, recipient_id, import_id)
    if seen is None:
        return None
    place = find_place(session, import_id)
    found = [] if place else queries.list_rows(session, import_id, "ask", offset=page, limit=2)
    row = found[0] if found else None
    return {
        "id": import_id,
        "kind": seen.kind,
        "page": page,
        "more": len(found) > 1,
        "left": seen.ask,
        "open": seen.state == "previewed",
        "row": {"row": row.row, "name": row.name, "place": row.place, "number": row.number} if row else None,
        "candidates": [list(one) for one in row.candidates] if row else [],
        "origin": row.origin if row else "",
        "merge_asked": list(row.merge_asked) if row else [],
        "area": asdict(place) if place else None,
    }


@screen("roster.doubt", facts=doubt_facts)
def doubt(values: Values, t: Words) -> Reply:
    """One doubtful row: whom does it mean?"""
    row = values["row"]
    if values["area"]:
        return _place(values, values["area"], t)
    if row is None:
        return Reply(t("roster.no_doubt"), (back(t, f"roster:show:{values['id']}"),))
    said = t("roster.row", row=row["row"], name=row["name"], place=row["place"])
    kind = "merge" if values["merge_asked"] else "split" if values["origin"] else values["kind"]
    text = t(
        f"roster.doubt_{kind}", row=said, number=row["number"], left=values["left"], origin=values["origin"],
        names=t.join(values["merge_asked"]),
    )  # fmt: skip
    choices = _answers(values, kind, t) if values["open"] else []
    return Reply(text, (*choices, *_turning(f"roster:doubt:{values['id']}", values, t)))


def _place(values: Values, area: Values, t: Words) -> Reply:
    """A name of a village or of the township that is like a known one; the answer is for all its rows."""
    base = f"roster:decide:{values['id']}:{area['row']}"
    choices = [Choice(t("roster.is_place", name=name)[:40], f"{base}:{who}") for who, name in area["candidates"][:5]]
    if area["new"]:
        choices.append(Choice(t("roster.is_new_village"), f"{base}:new"))
    choices.append(Choice(t("roster.skip_place"), f"{base}:skip"))
    text = t("roster.doubt_place", name=area["name"], rows=area["rows"], left=values["left"])
    return Reply(text, (*(choices if values["open"] else ()), back(t, f"roster:show:{values['id']}")))


def _answers(values: Values, kind: str, t: Words) -> list[Choice]:
    base = f"roster:decide:{values['id']}:{values['row']['row']}"
    choices = []
    if kind == "merge":
        choices += [Choice(t("roster.is_merged"), f"{base}:merge"), Choice(t("roster.is_kept"), f"{base}:keep")]
    for who, name, place, number in values["candidates"] if kind != "merge" else ():
        label = t("roster.candidate", name=name, place=place, number=number[-6:]).strip()
        choices.append(Choice(label[:40], f"{base}:{who}"))
    if kind in ("households", "split"):
        choices.append(Choice(t("roster.is_new" if kind == "households" else "roster.is_split"), f"{base}:new"))
    return [*choices, Choice(t("roster.skip"), f"{base}:skip")]


def _turning(base: str, values: Values, t: Words) -> list[Choice]:
    turns = []
    if values["page"] > 0:
        turns.append(Choice(t("person.previous"), f"{base}:{values['page'] - 1}", row=90))
    if values["more"]:
        turns.append(Choice(t("person.next"), f"{base}:{values['page'] + 1}", row=90))
    return [*turns, back(t, f"roster:show:{values['id']}")]


def _fit(lines: list[str]) -> str:
    """The lines, long ones cut so that ten of them stay a small screen."""
    return "\n".join(line if len(line) <= 90 else line[:89] + "…" for line in lines)
