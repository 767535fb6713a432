"""久未见 in words: which households, since when, who helps them. No word of blame: they are to be looked after."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.reply import Choice, Reply
from handlers.screens import Values, back, screen
from handlers.screens.duties import reader
from handlers.screens.duty_lines import place
from handlers.screens.numbered import Numbered, pages
from models.times import local_day
from models.unseen import list_unseen


def list_facts(session: Session, recipient_id: int | None, *, now: datetime, page: int = 1) -> Values:
    found = list_unseen(session, reader(session, recipient_id, now), local_day(now), page)
    return {**asdict(found), "items": [asdict(item) for item in found.items]}


@screen("unseen.list", facts=list_facts)
def unseen_list(values: Values, t: Words) -> Reply:
    """Ten a page, longest unseen first."""
    if not values["items"]:
        return Reply(t("unseen.none"), (back(t),))
    numbered = Numbered()
    lines = [t("unseen.title", n=values["total"])]
    for item in values["items"]:
        choice = Choice(item["name"], f"household:open:{item['household_id']}", (item["name"],))
        lines.append(numbered.line(_line(item, t), choice))
    numbered.side_by_side(0)
    pages(values, t, "unseen:page", numbered)
    return Reply("\n".join(lines), (*numbered.choices, back(t)))


def _line(item: Values, t: Words) -> str:
    """`李宁(青山村4组) 上次见到10月2日,61天了;张伟帮扶`."""
    owner = t("duty.owner", name=item["helper"]) if item["helper"] else t("duty.no_owner")
    key = "unseen.line" if item["since"] else "unseen.line_never"
    day = t.day(item["since"]) if item["since"] else ""
    return t(key, place=place(item, t), day=day, n=item["days"], owner=owner)
