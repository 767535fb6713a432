"""待您决定 in words: the list, one request with what 照改 would do, the answers to both sides."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.reply import Choice, Reply
from handlers.screens import Values, back, screen
from handlers.screens.duties import reader
from handlers.screens.duty_lines import period, place
from handlers.screens.handovers import plan_lines, plan_values, reason_words
from handlers.screens.numbered import Numbered, pages
from models.cases.views import find_view
from models.errors import Refused
from models.handovers import Plan
from models.handovers.plans import preview
from models.reasons import name_reason
from models.requests import queries
from models.times import local_day

WORDS_IN_LIST = 20


def list_facts(session: Session, recipient_id: int | None, *, now: datetime, page: int = 1) -> Values:
    found = queries.list_requests(session, reader(session, recipient_id, now), page)
    return {**asdict(found), "items": [asdict(item) for item in found.items]}


@screen("request.list", facts=list_facts)
def requests(values: Values, t: Words) -> Reply:
    """Ten that wait, newest first."""
    if not values["items"]:
        return Reply(t("request.none"), (back(t),))
    numbered = Numbered()
    lines = [t("request.title", n=values["total"])]
    for item in values["items"]:
        choice = Choice(item["name"] or item["by"], f"request:show:{item['id']}")
        lines.append(numbered.line(line_of(item, t), choice))
    numbered.side_by_side(0)
    pages(values, t, "request:page", numbered)
    return Reply("\n".join(lines), (*numbered.choices, back(t)))


def line_of(item: Values, t: Words) -> str:
    """`李宁(青山村4组) 户主换了:“户主换成他儿子了” 何乐德 11月12日`."""
    words = reason_words(item["words"], t)
    said = words[:WORDS_IN_LIST] + ("…" if len(words) > WORDS_IN_LIST else "")
    what = t(f"request.kind.{item['kind']}")
    text = t("request.said", what=what, words=said) if said else what
    who = t("request.line_by", by=item["by"], day=t.day(item["asked_on"]))
    return " ".join(part for part in (place(item, t) if item["name"] else "", text, who) if part)


def card_facts(
    session: Session, recipient_id: int | None, *, now: datetime, request_id: int, **more: Any
) -> Values | None:
    try:
        view = queries.access_request(session, reader(session, recipient_id, now), request_id)
    except Refused:
        return None
    plan = None
    if view.kind == "handover" and view.state == "open" and "act" in view.facts:
        plan = plan_values(preview(session, Plan.read(view.facts), local_day(now)))
    duty = find_view(session, view.facts["duty_id"], local_day(now)) if view.kind == "explained" else None
    reason = name_reason(view.facts["reason"]) if duty is not None else None
    missed = {**asdict(duty), "said_zh": reason.zh, "said_en": reason.en} if duty and reason else None
    return {**asdict(view), "note": "", "plan": plan, "missed": missed, **more}


@screen("request.card", facts=card_facts)
def card(values: Values, t: Words) -> Reply:
    """Household, who asks, what was written, and what 照改 would do."""
    lines = [t(f"request.{values['note']}")] if values["note"] else []
    lines += about_lines(values, t)
    if values["state"] != "open":
        return Reply("\n".join([*lines, outcome_line(values, t)]), (back(t, "request:list"),))
    if not values["decides"]:
        return Reply("\n".join([*lines, t("request.waits")]), (_withdraw(values, t), back(t)))
    does = "wish" if values["kind"] == "handover" and not values.get("plan") else values["kind"]
    lines.append(t(f"request.does.{does}", phone=values["phone"] or t("request.no_number")))
    return Reply("\n".join(lines), (*_buttons(values, t), back(t, "request:list")))


def about_lines(values: Values, t: Words) -> list[str]:
    lines = [t(f"request.kind.{values['kind']}")]
    if values["name"]:
        lines.append(t("request.household", place=place(values, t)))
    if values["visited_on"]:
        lines.append(t("request.visited", day=t.day(values["visited_on"])))
    lines.append(t("request.by", by=values["by"], day=t.day(values["asked_on"])))
    if missed := values.get("missed"):
        said = missed["said_zh" if t.locale == "zh_CN" else "said_en"]
        lines.append(t("request.missed", period=period(missed, t), reason=said))
    if values["words"]:
        lines.append(t("request.words", words=reason_words(values["words"], t)))
    if values.get("plan"):
        lines += plan_lines(values["plan"], t)
    if values["phone_before"]:
        lines.append(t("request.phone_before", phone=values["phone_before"]))
    return lines


def _buttons(values: Values, t: Words) -> list[Choice]:
    target = f"{values['id']}:{values['version']}"
    agreed = t.several("request.agree_words")
    choices = []
    if values["kind"] == "head":
        choices.append(Choice(t("request.agree"), f"request:head:{target}", agreed))
    elif values["kind"] == "phone" and not values["phone"]:
        choices.append(Choice(t("request.type_phone"), f"request:phone:{target}"))
    else:
        is_wish = values["kind"] == "handover" and not values.get("plan")
        if is_wish:
            choices.append(Choice(t("handover.button"), f"handover:start:{values['by_id']}"))
        key = "request.done" if is_wish else _agree_key(values["kind"])
        choices.append(Choice(t(key), f"request:agree:{target}", agreed))
        if values["kind"] == "phone":
            choices.append(Choice(t("request.other_phone"), f"request:phone:{target}"))
    decline = "request.disagree" if values["kind"] == "explained" else "request.decline"
    choices.append(Choice(t(decline), f"request:why:{target}", t.several("request.decline_words")))
    if values["household_id"]:
        choices.append(Choice(t("request.look"), f"household:open:{values['household_id']}"))
    return choices


def _agree_key(kind: str) -> str:
    if kind in ("members", "moved", "other"):
        return "request.done"
    return "request.agree" if kind == "phone" else "request.allow"


def _withdraw(values: Values, t: Words) -> Choice:
    return Choice(t("request.withdraw"), f"request:withdraw:{values['id']}", t.several("request.withdraw_words"))


def outcome_line(values: Values, t: Words) -> str:
    """How it was decided, for both sides."""
    if values["state"] == "open" and values["facts"].get("ask") == "leader":
        return t("request.state.leader")
    key = "declined_why" if values["state"] == "declined" and values["answer"] else values["state"]
    return t(f"request.state.{key}", by=values["answered_by"], answer=values["answer"])


def head_facts(
    session: Session, recipient_id: int | None, *, now: datetime, request_id: int, version: int
) -> Values | None:
    values = card_facts(session, recipient_id, now=now, request_id=request_id)
    if values is None:
        return None
    return {**values, "version": version, "members": [list(each) for each in queries.list_members(session, request_id)]}


@screen("request.head", facts=head_facts)
def head(values: Values, t: Words) -> Reply:
    """Who heads the household now: one of its members, or a name to be typed."""
    target = f"{values['id']}:{values['version']}"
    choices = [
        Choice(t("request.member", name=name, relation=relation) if relation else name,
               f"request:agree:{target}:{member_id}", (name,))
        for member_id, name, relation in values["members"]
    ]  # fmt: skip
    choices.append(Choice(t("request.type_name"), f"request:name:{target}"))
    text = "\n".join([*about_lines(values, t), t("request.which_member")])
    return Reply(text, (*choices, back(t, f"request:show:{values['id']}")))


@screen("request.ask", facts=card_facts)
def ask(values: Values, t: Words) -> Reply:
    """A sentence, a name or a number is asked for."""
    name = place(values, t) if values["name"] else values["by"]
    return Reply(t(f"request.ask_{values['what']}", what=name), (back(t, f"request:show:{values['id']}"),))


@screen("request.decided", facts=card_facts)
def decided(values: Values, t: Words) -> Reply:
    """To who decided: what was done; the asker will hear it."""
    lines = [*about_lines(values, t)[:2], outcome_line(values, t), t("request.will_hear", by=values["by"])]
    return Reply("\n".join(lines), (Choice(t("request.next"), "request:list"), back(t)))


@screen("request.made", facts=card_facts)
def made(values: Values, t: Words) -> Reply:
    """To who asked: noted, the officer checks it."""
    key = "request.made_household" if values["name"] else "request.made"
    text = t(key, place=place(values, t) if values["name"] else "", what=t(f"request.kind.{values['kind']}"))
    return Reply(text, (_withdraw(values, t), back(t)))


@screen("request.withdrawn", facts=card_facts)
def withdrawn(values: Values, t: Words) -> Reply:
    return Reply(t("request.withdrawn", what=t(f"request.kind.{values['kind']}")), (back(t),))
