"""撤销导入 in words: what goes back, what stays because something was logged on it, how far it is."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.reply import Choice, Reply
from handlers.screens import Values, back, screen
from handlers.screens.duties import reader
from handlers.screens.rosters import ROWS_A_PAGE, preview_facts, short_name
from models.errors import Refused
from models.imports import undoing


def undo_facts(
    session: Session, recipient_id: int | None, *, now: datetime, import_id: int, page: int
) -> Values | None:
    try:
        seen = undoing.view_undo(session, reader(session, recipient_id, now), import_id, now=now)
    except Refused:
        return None
    first = page * ROWS_A_PAGE
    return {
        "id": seen.id, "version": seen.version, "file": seen.filename, "rows": seen.rows, "page": page,
        "stays": len(seen.blocked), "blocked": [asdict(one) for one in seen.blocked[first : first + ROWS_A_PAGE]],
        "more": len(seen.blocked) > first + ROWS_A_PAGE,
    }  # fmt: skip


@screen("roster.undo", facts=undo_facts)
def undo(values: Values, t: Words) -> Reply:
    """Before it is done: so many rows go back; those with something on top are listed and stay."""
    lines = [t("roster.undo_ask", file=short_name(values["file"]), n=values["rows"])]
    if values["stays"]:
        lines.append(t("roster.undo_stays", n=values["stays"]))
    lines += [
        t("roster.undo_line", row=one["row"], name=one["name"], reason=t(f"roster.stays_{one['reason']}"))
        for one in values["blocked"]
    ]
    if not values["rows"]:
        lines.append(t("roster.undo_nothing"))
    return Reply("\n".join(lines), _choices(values, t))


def _choices(values: Values, t: Words) -> tuple[Choice, ...]:
    base, choices = f"roster:undo:{values['id']}", []
    if values["rows"]:
        label = t("roster.undo_rest" if values["stays"] else "roster.undo_all")
        data = f"roster:undone:{values['id']}:{values['version']}" + (":1" if values["stays"] else "")
        choices.append(Choice(label, data, t.several("button.confirm_words")))
    if values["page"]:
        choices.append(Choice(t("person.previous"), f"{base}:{values['page'] - 1}", row=90))
    if values["more"]:
        choices.append(Choice(t("person.next"), f"{base}:{values['page'] + 1}", row=90))
    return (*choices, back(t, f"roster:show:{values['id']}"))


@screen("roster.undoing", facts=preview_facts)
def taking_back(values: Values, t: Words) -> Reply:
    done = values["undone"] + values["kept"]
    return Reply(t("roster.undoing", file=short_name(values["file"]), done=done, total=done + values["applied"]))


@screen("import.undone", facts=preview_facts)
def undone(values: Values, t: Words) -> Reply:
    lines = [t("roster.undone", file=short_name(values["file"]), n=values["undone"])]
    choices = []
    if values["kept"]:
        lines.append(t("roster.undone_kept", n=values["kept"]))
        choices.append(Choice(t("roster.look_kept", n=values["kept"]), f"roster:rows:{values['id']}:kept:0"))
    lines.append(t("roster.undone_next"))
    return Reply("\n".join(lines), (*choices, back(t)))
