"""更正: what to change, what instead, a card with 原来 and 改为; how often a record was changed."""

from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.reply import Choice, Reply
from handlers.screens import Values, back, screen
from handlers.screens.duties import reader
from handlers.screens.logged import counted_words
from handlers.screens.numbered import Numbered
from handlers.screens.record_lines import SHOWN, part_words
from handlers.screens.records import record_line, visit_facts
from handlers.screens.visits import DAYS_BACK, day_words
from models.drafts import Draft
from models.households.queries import list_places
from models.households.standing import list_most_due, list_standing
from models.times import local_day
from models.visits import correcting, queries
from models.visits.corrections import Wanted
from models.visits.tables import OUTCOMES

WHAT = ("day", "outcome", "household", "note", "add")


@screen("visit.correct", facts=visit_facts)
def correct(values: Values, t: Words) -> Reply:
    """What about the record is to be changed."""
    visit = f"{values['visit_id']}:{values['version']}"
    choices = [
        Choice(t(f"visit.fix.{what}"), f"visit:fix:{visit}:{what}", t.several(f"visit.fix.{what}_words"), n // 2)
        for n, what in enumerate(WHAT)
    ]
    text = "\n".join([record_line(values, t), t("visit.fix_what")])
    return Reply(text, (*choices, back(t, f"visit:card:{values['visit_id']}")))


def fix_facts(
    session: Session, recipient_id: int | None, *, now: datetime, draft_id: int, stale: bool = False
) -> Values | None:
    """A correction as it is at this moment: what is asked, or what was and what will be."""
    draft = session.get(Draft, draft_id)
    if draft is None or draft.person_id != recipient_id or draft.kind != correcting.KIND:
        return None
    pending, today = correcting.view_of(draft), local_day(now)
    shared = {"draft_id": draft_id, "version": pending.version, "state": pending.state, "step": pending.step,
              "today": today, "stale": stale}  # fmt: skip
    if pending.step == "which":
        views = [queries.find_visit(session, each) for each in pending.candidates]
        return {**shared, "visits": [asdict(view) for view in views if view is not None]}
    view = queries.find_visit(session, pending.visit_id)
    if view is None:
        return None
    own: list[Values] = []
    if pending.step == "household":
        found = list_most_due(session, reader(session, recipient_id, now), today)
        own = [asdict(each.place) for each in found.items if each.place.household_id != view.place.household_id]
    return {**shared, "visit": asdict(view), "places": own, "changes": _changes(session, view, pending.wanted)}


def _changes(session: Session, view: queries.VisitView, wanted: Wanted) -> list[Values]:
    """What will be otherwise than it is."""
    now = {**asdict(view), "household_id": view.place.household_id}
    found = []
    for what, after in vars(wanted).items():
        before = now[what]
        if after is None or after == before:
            continue
        if what == "household_id":
            before, after = view.place.name, list_places(session, [after])[after].name
        found.append({"what": what, "before": before, "after": after})
    return found


@screen("visit.fix", facts=fix_facts)
def fix(values: Values, t: Words) -> Reply:
    """One question of a correction, or its card."""
    if values["state"] not in ("active", "parked"):
        return Reply(t("visit.fix_over"), (Choice(t("keyboard.mine"), "household:mine"), back(t)))
    if values["step"] == "which":
        return _which(values, t)
    if values["step"] == "card":
        return _card(values, t)
    lines = [t("visit.stale")] if values["stale"] else []
    lines += [record_line({**values["visit"], "today": values["today"]}, t), t(f"visit.fix_ask.{values['step']}")]
    if values["step"] == "note" and values["visit"]["note"]:
        lines.append(t("visit.fix_now", note=values["visit"]["note"][:SHOWN]))
    return Reply("\n".join(lines), (*_options(values, t), _cancel(values, t)))


def _options(values: Values, t: Words) -> list[Choice]:
    step, draft, today, visit = values["step"], values["draft_id"], values["today"], values["visit"]
    if step == "day":
        days = (today - timedelta(days=n) for n in range(DAYS_BACK))
        return [
            Choice(day_words(day, today, t), f"visit:fixed:{draft}:{day.toordinal()}", (t.day(day),), n // 2)
            for n, day in enumerate(days)
            if day != visit["visited_on"]
        ]
    if step == "household":
        return [
            Choice(each["name"], f"visit:fixed:{draft}:{each['household_id']}", (each["name"],), n // 2)
            for n, each in enumerate(values["places"][:8])
        ]
    if step == "outcome":
        kind = "routine" if visit["kind"] == "phone" else "phone"
        options = [outcome for outcome in OUTCOMES if outcome != visit["outcome"]]
        choices = [
            Choice(t(f"visit.outcome.{outcome}"), f"visit:fixed:{draft}:{outcome}", (), n // 2)
            for n, outcome in enumerate(options)
        ]
        return [*choices, Choice(t(f"visit.fix_kind.{kind}"), f"visit:fixed:{draft}:{kind}")]
    return []


def _cancel(values: Values, t: Words) -> Choice:
    return Choice(t("visit.fix_no"), f"visit:fix_no:{values['draft_id']}", t.several("visit.fix_no_words"))


def _which(values: Values, t: Words) -> Reply:
    """Which record was meant."""
    numbered = Numbered()
    lines = [t("visit.fix_which")]
    for visit in values["visits"]:
        label = t("visit.fix_this", name=visit["place"]["name"], day=t.day(visit["visited_on"]))
        tap = Choice(label, f"visit:fix_this:{values['draft_id']}:{visit['visit_id']}")
        lines.append(numbered.line(record_line({**visit, "today": values["today"]}, t), tap))
    return Reply("\n".join(lines), (*numbered.choices, _cancel(values, t)))


def _card(values: Values, t: Words) -> Reply:
    """原来 / 改为, and one 确认."""
    lines = [t("visit.stale")] if values["stale"] else []
    lines += [t("visit.fix_check"), record_line({**values["visit"], "today": values["today"]}, t)]
    for change in values["changes"]:
        before, after = (part_words(change["what"], change[side], t) for side in ("before", "after"))
        lines.append(t("visit.fix_line", what=t(f"visit.part.{change['what']}"), before=before, after=after))
    lines.append(t("visit.fix_hint"))
    yes = f"visit:fix_yes:{values['draft_id']}:{values['version']}"
    return Reply(
        "\n".join(lines), (Choice(t("button.confirm"), yes, t.several("button.confirm_words")), _cancel(values, t))
    )


def corrected_facts(session: Session, recipient_id: int | None, *, now: datetime, visit_id: int) -> Values | None:
    values = visit_facts(session, recipient_id, now=now, visit_id=visit_id)
    if values is None:
        return None
    (standing,) = list_standing(session, [values["place"]["household_id"]], values["today"], values["visited_on"])
    line = asdict(queries.get_line(session, visit_id))
    return {**values, **line, "standing": asdict(standing), "settled": queries.list_settled_by(session, [visit_id])[visit_id]}


@screen("visit.corrected", facts=corrected_facts)
def corrected(values: Values, t: Words) -> Reply:
    """What the record says now and what it counts for."""
    line = t("visit.counted_now", line=record_line(values, t), counted=counted_words(values, t))
    choices = (Choice(t("visit.look_at"), f"visit:card:{values['visit_id']}"), Choice(t("keyboard.todo"), "duty:todo"))
    return Reply("\n".join([t("visit.corrected"), line]), (*choices, back(t)))


@screen("visit.not_corrected")
def not_corrected(values: Values, t: Words) -> Reply:
    return Reply(t("visit.not_corrected"), (Choice(t("keyboard.mine"), "household:mine"), back(t)))
