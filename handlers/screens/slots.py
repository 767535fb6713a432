"""A record's photos: the list, and one of them with what it shows."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.reply import Choice, Reply
from handlers.screens import Values, back, screen
from handlers.screens.duty_lines import place
from handlers.screens.numbered import Numbered, pages
from handlers.screens.records import visit_facts
from handlers.screens.visits import day_words
from models.photos import slots
from models.photos.tables import OTHER, SLOTS
from models.times import hours


def list_facts(
    session: Session, recipient_id: int | None, *, now: datetime, visit_id: int, page: int = 1
) -> Values | None:
    """The photos of a visit for its author, or for who may read its household."""
    facts = visit_facts(session, recipient_id, now=now, visit_id=visit_id)
    if facts is None:
        return None
    found = slots.list_photos(session, visit_id, page)
    return {**facts, "items": [_local(asdict(each)) for each in found.items], "page": found.page, "pages": found.pages,
            "total": found.total}  # fmt: skip


def _local(line: Values) -> Values:
    """Moments as the clock on the wall shows them."""
    zone = hours().zone
    taken_at: datetime | None = line["taken_at"]
    return {**line, "sent_at": line["sent_at"].astimezone(zone), "taken_at": taken_at and taken_at.astimezone(zone)}


@screen("photo.list", facts=list_facts)
def photo_list(values: Values, t: Words) -> Reply:
    at = {"place": place(values["place"], t), "day": day_words(values["visited_on"], values["today"], t)}
    if not values["items"]:
        return Reply(t("photo.list_empty", **at), (back(t, f"visit:card:{values['visit_id']}"),))
    numbered = Numbered()
    lines = [t("photo.list", n=values["total"], **at)]
    for item in values["items"]:
        label = t("photo.nth", n=item["nth"])
        said = "".join([slot_words(item, t), t("photo.sent", at=t.moment(item["sent_at"])), *_camera(item, t)])
        lines.append(numbered.line(said, Choice(label, f"photo:one:{item['photo_id']}", (label,))))
    numbered.side_by_side(0, 5)
    pages(values, t, f"photo:list:{values['visit_id']}", numbered)
    return Reply("\n".join(lines), (*numbered.choices, back(t, f"visit:card:{values['visit_id']}")))


def slot_words(item: Values, t: Words) -> str:
    return t("photo.slot_unsaid") if item["slot"] == OTHER else t(f"photo.slot.{item['slot']}")


def _camera(item: Values, t: Words) -> list[str]:
    """What the camera wrote, as what it is; most photos have nothing of it, and then nothing is said."""
    return [t("photo.comma"), t("photo.camera_time", at=t.moment(item["taken_at"]))] if item["taken_at"] else []


def photo_facts(session: Session, recipient_id: int | None, *, now: datetime, photo_id: int) -> Values | None:
    view = slots.find_photo(session, photo_id)
    facts: Values | None = None
    if view is not None:
        facts = visit_facts(session, recipient_id, now=now, visit_id=view.visit_id)
    if view is None or facts is None:
        return None
    mine = view.person_id == recipient_id
    others: list[Any] = [[visit_id, asdict(at)] for visit_id, at in view.others] if mine else []
    return {
        "photo_id": photo_id, "visit_id": view.visit_id, "line": _local(asdict(view.line)), "place": asdict(view.place),
        "visited_on": view.visited_on, "today": facts["today"], "camera": view.camera, "others": others, "mine": mine,
        "explanation": view.explanation if mine else None,
    }  # fmt: skip


@screen("photo.one", facts=photo_facts)
def photo_one(values: Values, t: Words) -> Reply:
    """One photo; its sender says by a tap what it shows, and whose it is where the report was about several."""
    item = values["line"]
    whose = t("photo.shared") if item["shared"] else place(values["place"], t)
    lines = [
        t("photo.one", n=item["nth"], place=whose, day=day_words(values["visited_on"], values["today"], t)),
        slot_words(item, t) + t("photo.sent", at=t.moment(item["sent_at"])),
    ]
    if item["original"]:
        lines.append(t("photo.original"))
    if item["taken_at"]:
        lines.append(t("photo.camera_time", at=t.moment(item["taken_at"])))
    if values["camera"]:
        lines.append(t("photo.camera", name=values["camera"]))
    if values["explanation"]:
        lines.append(t("photo.explained", words=values["explanation"]))
    return Reply("\n".join(lines), (*_taps(values, t), back(t, f"photo:list:{values['visit_id']}:1")))


def _taps(values: Values, t: Words) -> list[Choice]:
    if not values["mine"]:
        return []
    photo_id = values["photo_id"]
    taps = [
        Choice(t("photo.of", name=at["name"]), f"photo:give:{photo_id}:{visit_id}", (at["name"],), 10 + n // 2)
        for n, (visit_id, at) in enumerate(values["others"])
    ]
    return taps + [
        Choice(t(f"photo.slot.{slot}"), f"photo:slot:{photo_id}:{slot}", t.several(f"photo.slot_words.{slot}"), 50 + n // 3)
        for n, slot in enumerate(SLOTS)
        if slot != values["line"]["slot"]
    ]  # fmt: skip
