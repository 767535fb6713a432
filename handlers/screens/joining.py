"""The words around joining: welcome, the next step, the old account's notice."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.reply import Reply
from handlers.screens import Values, screen
from handlers.screens.people import post_words
from models.people.queries import find_example, get_card
from models.times import local_day

NEXT = ("helper", "team_head", "officer", "deputy", "leader", "clerk", "inspector")
"""Roles with a word of their own on what to do next."""


def welcome_facts(session: Session, recipient_id: int | None, *, now: datetime, person_id: int, again: bool) -> Values:
    today = local_day(now)
    card = get_card(session, person_id, today)
    return {
        "name": card.name,
        "unit": card.unit,
        "posts": [{"role": p.role, "post": p.post, "area": p.area, "unit": p.unit} for p in card.posts],
        "households": card.households,
        "example": find_example(session, person_id, today),
        "again": again,
    }


@screen("joining.welcome", facts=welcome_facts)
def welcome(values: Values, t: Words) -> Reply:
    posts = values["posts"]
    lines = [t("joining.again" if values["again"] else "joining.welcome", name=values["name"])]
    if values["unit"]:
        lines.append(t("joining.unit", unit=values["unit"]))
    if posts:
        lines.append(t("joining.roles", roles=t.join([post_words(post, t) for post in posts])))
    if values["households"]:
        lines.append(t("joining.households", n=values["households"]))
    lines += ["", *_next_steps(values, t)]
    return Reply("\n".join(lines), keyboard=True)


def _next_steps(values: Values, t: Words) -> list[str]:
    roles = dict.fromkeys(post["role"] for post in values["posts"])
    steps = []
    if values["example"]:
        steps.append(t("joining.next_example", name=values["example"]))
    elif "helper" in roles:
        steps.append(t("joining.next_no_household"))
    steps += [t(f"joining.next_{role}") for role in NEXT if role in roles and role != "helper"]
    return [*steps, t("joining.next_help")]


@screen("joining.moved")
def moved(values: Values, t: Words) -> Reply:
    return Reply(t("joining.moved"))


@screen("group.leave")
def leave(values: dict[str, Any], t: Words) -> Reply:
    """Nothing is said in a group; the sender leaves it."""
    return Reply("")
