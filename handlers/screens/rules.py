"""规则 in words: the list, the card, its versions; the questions of a change, its preview, what became of it."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.reply import Choice, Reply
from handlers.screens import Values, back, screen
from handlers.screens import rule_lines as lines
from handlers.screens.date_lines import coming_facts, coming_lines, template_line
from handlers.screens.date_questions import known_facts, known_lines
from handlers.screens.numbered import Numbered, pages
from handlers.screens.rule_villages import own_lines, village_facts
from models.drafts import Draft
from models.errors import Refused
from models.rules import PROFILES, VISIT_RULE, Rule
from models.rules.changing import may_at_once, may_later
from models.rules.dates import is_date_rule
from models.rules.dialogue import ASKED_NEXT
from models.rules.drafting import DRAFT, wish_of
from models.rules.families import complete, differences, family_of
from models.rules.queries import get_rule, list_rules, list_versions
from models.rules.villages import village_name
from models.times import local_day

LIST = "rule:list"


def list_facts(session: Session, recipient_id: int | None, *, now: datetime) -> Values:
    held = select(Draft.id).where(Draft.person_id == recipient_id, Draft.kind == DRAFT, Draft.state == "parked")
    return {
        "items": [asdict(view) for view in list_rules(session, now)],
        "held": session.scalar(held.order_by(Draft.updated_at.desc()).limit(1)),
        "today": local_day(now),
    }


@screen("rules.list", facts=list_facts)
def list_all(values: Values, t: Words) -> Reply:
    """Every rule: what it says, whether it is on, since when."""
    numbered = Numbered()
    told = [t("rules.title")]
    for item in values["items"]:
        name = lines.name(item["code"], t, item["parameters"])
        said = lines.short(item["code"], item["parameters"], t)
        line = t("rules.line", name=name, state=_state(item, t), said=said, since=_since(item, t))
        told.append(numbered.line(line, Choice(name, f"rule:card:{item['code']}")))
    if values["held"]:
        told.append(t("rules.held_line"))
        numbered.choices.append(
            Choice(t("rules.take_up"), f"rule:when:{values['held']}", t.several("rules.take_up_words"))
        )
    told.append(template_line(t))
    return Reply("\n".join(told), (*numbered.choices, back(t)))


def _state(item: Values, t: Words) -> str:
    return t(f"rules.state.{item['state']}") + (t("rules.is_locked") if item["locked"] else "")


def _since(item: Values, t: Words) -> str:
    """`自11月1日,配置文件`; with what is to come."""
    by = item["by"] or t(f"rules.source.{item['source']}")
    said = t("rules.since", day=t.day(item["since"]), by=by) if item["since"] else by
    return said + (t("rules.later", day=t.day(item["later_on"])) if item["later_on"] else "")


def card_facts(
    session: Session, recipient_id: int | None, *, now: datetime, code: str, area_id: int | None = None
) -> Values:
    view = asdict(get_rule(session, code, now, area_id))
    changes = differences(view["parameters"], view["later"]) if view["later"] else []
    villages = village_facts(session, recipient_id, code, now) if area_id is None else []
    return {**view, "changes": changes, "villages": villages, **coming_facts(session, code, local_day(now))}


@screen("rules.card", facts=card_facts)
def card(values: Values, t: Words) -> Reply:
    """All of a rule in plain words, and what may be done with it."""
    code, area_id, name = values["code"], values["area_id"], lines.named(values, t, values["parameters"])
    told = [t("rules.card", name=name, state=_state(values, t), since=_since(values, t))]
    if area_id is not None and not values["own"]:
        told = [t("rules.card_same", name=name)]
    told += own_lines(values["villages"], t)
    told += [*lines.card_lines(code, values["parameters"], t), *coming_lines(values, t)]
    if values["later_on"]:
        later = {
            "state": values["later_state"], "state_before": values["state"], "changes": values["changes"],
            "before": values["parameters"], "after": values["later"],
        }  # fmt: skip
        told += [t("rules.from_then", day=t.day(values["later_on"])), *lines.change_lines(later, t)]
    versions = f"rule:versions:{code}:1" + lines.of_area(area_id)
    choices = [Choice(t("rules.versions_button"), versions, t.several("rules.versions_words"))]
    if values["villages"]:
        choices.append(Choice(t("rules.villages_button"), f"rule:villages:{code}:1", t.several("rules.villages_words")))
    above = back(t, LIST if area_id is None else f"rule:villages:{code}:1")
    if values["locked"]:
        told.append(t("rules.locked_where"))
        return Reply("\n".join(told), (*choices, above))
    dated = _date_choices(code, t) if is_date_rule(code) else []
    change = f"rule:change:{code}" + lines.of_area(area_id)
    changing = Choice(t("rules.change_button"), change, t.several("rules.change_words"))
    choices = [*dated, changing, *_ends(values, t), *choices]
    if code == VISIT_RULE and area_id is None:
        choices += [
            Choice(t("rules.profile_button", name=name), f"rule:profile:{n}")
            for n, name in _other_profiles(values["parameters"])
        ]
    if values["undo_id"]:
        choices.append(Choice(t("rules.undo_button"), f"rule:undo:{values['undo_id']}", t.several("rules.undo_words")))
    return Reply("\n".join(told), (*choices, above))


def _date_choices(code: str, t: Words) -> list[Choice]:
    return [
        Choice(t(f"rules.{path}_button"), f"rule:change:{code}:{path}", t.several(f"rules.{path}_words"), 0)
        for path in ("days", "leads")
    ]


def _ends(values: Values, t: Words) -> list[Choice]:
    """Off and on; a village gives its own up instead."""
    code, area_id = values["code"], values["area_id"]
    if area_id is not None:
        given_up = Choice(t("rules.remove_button"), f"rule:remove:{code}:{area_id}", t.several("rules.remove_words"))
        return [given_up] if values["own"] else []
    switched = values["later_state"] or values["state"]
    return [Choice(t("rules.off_button" if switched == "on" else "rules.on_button"), f"rule:switch:{code}")]


def versions_facts(
    session: Session, recipient_id: int | None, *, now: datetime, code: str, page: int, area_id: int | None = None
) -> Values:
    return asdict(list_versions(session, code, page, area_id))


@screen("rules.versions", facts=versions_facts)
def versions(values: Values, t: Words) -> Reply:
    """Who changed what and when; nothing in here is ever rewritten."""
    newest = values["items"][0]["after"] if values["items"] else None
    told = [t("rules.versions", name=lines.named(values, t, newest), n=values["total"])]
    for item in values["items"]:
        by = item["by"] or t(f"rules.source.{item['source']}")
        start = t("rules.at_once") if item["at_once"] else t("rules.from_day", day=t.day(item["starts_on"]))
        told.append(t("rules.version", n=item["version"], day=t.day(item["made_on"]), by=by, start=start))
        told += [f"· {line}" for line in lines.change_lines(item, t)] or [t("rules.first_version")]
    numbered = Numbered()
    pages(values, t, f"rule:versions:{values['code']}", numbered, lines.of_area(values["area_id"]))
    return Reply("\n".join(told), (*numbered.choices, back(t, lines.card_of(values))))


def profile_facts(session: Session, recipient_id: int | None, *, now: datetime) -> Values:
    return {"parameters": get_rule(session, VISIT_RULE, now).parameters}


@screen("rules.profile", facts=profile_facts)
def profile(values: Values, t: Words) -> Reply:
    """The first look: how often households are visited here, to be agreed to or changed."""
    told = [t("rules.profile"), *lines.quota_lines(values["parameters"], t), t("rules.profile_ask")]
    choices = [Choice(t("rules.agree"), "rule:agree", t.several("rules.agree_words"))]
    for n, name in _other_profiles(values["parameters"]):
        said = "; ".join(lines.quota_lines(complete(VISIT_RULE, PROFILES[name].to_dict()), t))
        told.append(t("rules.profile_other", name=name, said=said))
        choices.append(Choice(t("rules.profile_button", name=name), f"rule:profile:{n}"))
    return Reply("\n".join(told), (*choices, back(t)))


def _other_profiles(parameters: Mapping[str, Any]) -> list[tuple[int, str]]:
    """The profiles that ask for something else than is asked for now, with their places."""
    often = {name: complete(VISIT_RULE, profile.to_dict()) for name, profile in PROFILES.items()}
    differ = [any(each[part] != parameters[part] for part in ("needed", "period", "kinds")) for each in often.values()]
    return [(n, name) for n, name in enumerate(often) if differ[n]]


def draft_facts(session: Session, recipient_id: int | None, *, now: datetime, draft_id: int) -> Values | None:
    """A change as it stands: what it changes, what is asked, what was previewed."""
    draft = session.get(Draft, draft_id)
    if draft is None or draft.person_id != recipient_id or draft.kind != DRAFT:
        return None
    facts = draft.facts
    view = get_rule(session, facts["code"], now, facts.get("area_id"))
    before = view.later or view.parameters
    changes = differences(before, facts["parameters"])
    dated = is_date_rule(facts["code"])
    try:
        at_once_too = may_at_once(session, replace(wish_of(facts), at_once=True), now=now)
    except Refused:
        at_once_too = False
    return {
        "draft_id": draft_id, "version": draft.version, "code": facts["code"], "asked": facts["asked"],
        "before": before, "after": facts["parameters"], "changes": changes,
        "state": facts["state"], "state_before": view.later_state or view.state, "at_once": facts["at_once"],
        "undo": facts["undo_of"] is not None, "preview": facts.get("preview"), "at_once_too": at_once_too,
        "later_too": may_later(session, wish_of(facts)), "today": local_day(now),
        "dated": dated, "ranged": family_of(facts["code"]).plans, "area_id": view.area_id, "village": view.village,
        "known": known_facts(session, facts["code"], facts["parameters"], changes, local_day(now)) if dated else None,
        "things": [thing.path for thing in family_of(facts["code"]).things],
    }  # fmt: skip


@screen("rules.things", facts=draft_facts)
def things(values: Values, t: Words) -> Reply:
    """What may be changed, each with what holds."""
    numbered, told = Numbered(), [t("rules.what")]
    if values["ranged"]:
        wide = values["village"] or t("rules.everywhere")
        told.insert(0, t("rules.value", thing=t("rules.range"), value=wide))
    for n, path in enumerate(values["things"]):
        if "." in path or path in ASKED_NEXT.values() or (path == "due_day" and lines.lengths(values["after"]) == {"cron"}):
            continue
        name = lines.thing(path, t)
        said = t("rules.several") if path == "ladder" else lines.value_of(path, values["after"], t)
        if path in ASKED_NEXT:
            said = t.join([said, lines.value_of(ASKED_NEXT[path], values["after"], t)])
        told.append(
            numbered.line(t("rules.value", thing=name, value=said), Choice(name, f"rule:ask:{values['draft_id']}:{n}"))
        )
    numbered.side_by_side(0)
    if values["ranged"]:
        numbered.choices.append(
            Choice(t("rules.range"), f"rule:where:{values['draft_id']}:1", t.several("rules.range_words"))
        )
    return Reply("\n".join(told), (*numbered.choices, *_leave(values, t)))


def _leave(values: Values, t: Words) -> tuple[Choice, ...]:
    changed = values["changes"] or values["state"] != values["state_before"]
    when = (Choice(t("rules.see"), f"rule:when:{values['draft_id']}", t.several("rules.see_words")),) if changed else ()
    drop = Choice(t("rules.drop"), f"rule:drop:{values['draft_id']}", t.several("rules.drop_words"))
    return (*when, drop, back(t, lines.card_of(values)))


@screen("rules.when", facts=draft_facts)
def when(values: Values, t: Words) -> Reply:
    """What has been changed so far, and from when it is to hold."""
    draft, told = values["draft_id"], lines.change_lines(values, t)
    if not told:
        return things(values, t)
    choices = []
    told += known_lines(values["known"], t)
    if values["later_too"]:
        later = "rules.next_time" if values["dated"] else "rules.next_period"
        choices.append(Choice(t(later), f"rule:preview:{draft}:0", t.several("rules.next_period_words")))
    if values["at_once_too"]:
        choices.append(Choice(t("rules.now"), f"rule:preview:{draft}:1", t.several("rules.now_words")))
    more = Choice(t("rules.more"), f"rule:things:{draft}", t.several("rules.more_words"))
    drop = Choice(t("rules.drop"), f"rule:drop:{draft}", t.several("rules.drop_words"))
    note = [] if values["at_once_too"] else [t("rules.only_next")]
    text = "\n".join([t("rules.so_far", name=lines.named(values, t, values["after"])), *told, *note, t("rules.when")])
    return Reply(text, (*choices, more, drop, back(t, LIST)))


@screen("rules.held")
def held(values: Values, t: Words) -> Reply:
    return Reply(t("rules.held"), (back(t, LIST),))


@screen("rules.dropped")
def dropped(values: Values, t: Words) -> Reply:
    return Reply(t("rules.dropped"), (back(t, LIST),))


def done_facts(
    session: Session, recipient_id: int | None, *, now: datetime, rule_id: int, moved: dict[str, int] | None
) -> Values:
    rule = session.get_one(Rule, rule_id)
    return {
        "rule_id": rule_id,
        "code": rule.code,
        "area_id": rule.area_id,
        "village": village_name(session, rule.area_id),
        "parameters": rule.parameters,
        "starts_on": rule.starts_on,
        "moved": moved,
        "today": local_day(now),
    }


@screen("rules.done", facts=done_facts)
def done(values: Values, t: Words) -> Reply:
    """What was made, and the way to take it back."""
    name, moved = lines.named(values, t, values["parameters"]), values["moved"]
    if values["starts_on"] > values["today"] and moved is None:
        told = [t("rules.done_later", name=name, day=t.day(values["starts_on"]))]
    else:
        told = [t("rules.done_now", name=name)]
    if moved and moved["changed"]:
        told.append(
            t("rules.done_moved", n=moved["changed"], done=moved["done"], void=moved["void"], again=moved["reopened"])
        )
    told.append(t("rules.done_undo"))
    undo = Choice(t("rules.undo_button"), f"rule:undo:{values['rule_id']}", t.several("rules.undo_words"))
    return Reply("\n".join(told), (undo, back(t, lines.card_of(values))))
