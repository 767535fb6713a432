"""Photos in words: received, whose they are, added, not kept."""

from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.reply import Choice, Reply
from handlers.screens import Values, back, screen
from handlers.screens.duties import reader
from handlers.screens.duty_lines import place
from handlers.screens.logged import has_voice, photo_words
from handlers.screens.numbered import Numbered
from handlers.screens.twins import twin_facts, with_twin
from handlers.screens.visits import day_words
from models.households.standing import list_most_due
from models.photos import Photo
from models.photos.queries import list_album
from models.times import local_day
from models.visits import queries

RECENT_DAYS = 30
OFFERED = 8


def loose_facts(session: Session, recipient_id: int | None, *, now: datetime, draft_id: int) -> Values | None:
    """Photos without words, and the households they may be of."""
    card = queries.find_card(session, draft_id)
    if card is None or card.state not in ("active", "parked"):
        return None
    found = list_most_due(session, reader(session, recipient_id, now), local_day(now))
    return {
        "draft_id": draft_id,
        "photos": card.photos,
        "total": card.photos.get("stored", 0) + card.photos.get("waiting", 0),
        "items": [asdict(each.place) for each in found.items[:OFFERED]],
        "worded": bool(card.aside),
        "twin": twin_facts(session, recipient_id, draft_id, now=now),
    }


@screen("photo.received", facts=loose_facts)
def received(values: Values, t: Words) -> Reply:
    """收到3张,已存: the words may still come."""
    text = "\n".join([*kept_lines(values, t), t("photo.say_whose")])
    choose = Choice(t("photo.choose"), f"photo:whose:{values['draft_id']}", t.several("photo.choose_words"))
    return with_twin(Reply(text, (choose, back(t))), values["twin"], t)


@screen("photo.whose", facts=loose_facts)
def whose(values: Values, t: Words) -> Reply:
    """这3张是哪家的?"""
    numbered = Numbered()
    lines = [t("photo.not_found")] if values["worded"] else []
    lines.append(whose_words(values, t))
    for item in values["items"]:
        tap = Choice(item["name"], f"photo:of:{values['draft_id']}:{item['household_id']}", (item["name"],))
        lines.append(numbered.line(place(item, t), tap))
    numbered.side_by_side(0)
    numbered.choices.append(Choice(t("photo.drop"), f"photo:drop:{values['draft_id']}", t.several("photo.drop_words")))
    return with_twin(Reply("\n".join(lines), tuple(numbered.choices)), values["twin"], t)


def kept_lines(values: Values, t: Words) -> list[str]:
    """What has come; of a voice note that the bot cannot listen to it."""
    said = photo_words(values["photos"], t) or t("photo.none_kept")
    return [said, t("voice.write")] if has_voice(values["photos"]) else [said]


def whose_words(values: Values, t: Words) -> str:
    """这3张是哪家的?, or the same of a voice note, or of both."""
    if not has_voice(values["photos"]):
        return t("photo.whose", n=values["total"])
    return t("voice.whose_both") if values["total"] else t("voice.whose")


def offer_facts(session: Session, recipient_id: int | None, *, now: datetime, draft_id: int) -> Values | None:
    """Photos that came within half an hour after a report: its households are offered first."""
    found = loose_facts(session, recipient_id, now=now, draft_id=draft_id)
    if found is None:
        return None
    last = queries.find_offered(session, draft_id)
    return {**found, "visits": [asdict(line) for line in last], "today": local_day(now)}


@screen("photo.offer", facts=offer_facts)
def offer(values: Values, t: Words) -> Reply:
    """添加到刚才的走访?"""
    if not values["visits"]:
        return whose({**values, "worded": False}, t)
    numbered = Numbered()
    lines = [*kept_lines(values, t), t("photo.offer")]
    for line in values["visits"]:
        label = t("photo.add_to", name=line["place"]["name"])
        tap = Choice(
            label,
            f"photo:add:{values['draft_id']}:{line['visit_id']}",
            (line["place"]["name"], *t.several("photo.add_words")),
        )
        lines.append(
            numbered.line(
                t(
                    "photo.add_line",
                    place=place(line["place"], t),
                    day=day_words(line["visited_on"], values["today"], t),
                ),
                tap,
            )
        )
    numbered.choices.append(
        Choice(t("photo.other"), f"photo:whose:{values['draft_id']}", t.several("photo.other_words"))
    )
    return with_twin(Reply("\n".join(lines), tuple(numbered.choices)), values["twin"], t)


def added_facts(
    session: Session, recipient_id: int | None, *, now: datetime, visit_id: int, draft_id: int | None = None
) -> Values | None:
    view = queries.find_visit(session, visit_id)
    if view is None or view.person_id != recipient_id:
        return None
    twin = twin_facts(session, recipient_id, draft_id, now=now) if draft_id is not None else None
    return {**asdict(view), "today": local_day(now), "twin": twin}


@screen("photo.added", facts=added_facts)
def added(values: Values, t: Words) -> Reply:
    """已添加到11月20日李宁家的记录."""
    text = t("photo.added", place=place(values["place"], t), day=day_words(values["visited_on"], values["today"], t))
    said = "\n".join([text, photo_words(values["photos"], t)])
    return with_twin(Reply(said, (Choice(t("visit.next"), "visit:start"), back(t))), values["twin"], t)


@screen("photo.send", facts=added_facts)
def send(values: Values, t: Words) -> Reply:
    text = t("photo.send", place=place(values["place"], t), day=day_words(values["visited_on"], values["today"], t))
    return Reply(text, (back(t, f"visit:card:{values['visit_id']}"),))


def recent_facts(session: Session, recipient_id: int | None, *, now: datetime) -> Values:
    today = local_day(now)
    found = queries.list_recent(session, recipient_id or 0, since=today - timedelta(days=RECENT_DAYS))
    return {"visits": [asdict(each) for each in found], "today": today}


@screen("photo.recent", facts=recent_facts)
def recent(values: Values, t: Words) -> Reply:
    """拍照: the last records; photos can be sent at any time without this too."""
    if not values["visits"]:
        return Reply(t("photo.no_records"), (Choice(t("keyboard.visit"), "visit:start"), back(t)))
    numbered = Numbered()
    lines = [t("photo.recent")]
    for visit in values["visits"]:
        line = t(
            "photo.add_line", place=place(visit["place"], t), day=day_words(visit["visited_on"], values["today"], t)
        )
        name = visit["place"]["name"]
        lines.append(numbered.line(line, Choice(name, f"photo:more:{visit['visit_id']}", (name,))))
    numbered.side_by_side(0, 3)
    return Reply("\n".join(lines), (*numbered.choices, back(t)))


def failed_facts(session: Session, recipient_id: int | None, *, now: datetime, photo_id: int) -> Values | None:
    """A photo that is not kept, with those of the same album that came after it and are not kept either."""
    photo = session.get(Photo, photo_id)
    if photo is None or photo.person_id != recipient_id:
        return None
    album = list_album(session, photo)
    failed = [(nth, each.reason) for nth, each in enumerate(album, 1) if each.reason and each.id >= photo_id]
    return {
        "medium": photo.medium,
        "failed": failed,
        "total": len(album),
        "kept": sum(each.state in ("stored", "waiting") for each in album),
    }


@screen("photo.failed", facts=failed_facts)
def failed(values: Values, t: Words) -> Reply:
    """Which photos were not kept, why, and what to send instead; the rest of the album is."""
    lines = []
    if values.get("medium") == "voice":
        return Reply(t(f"voice.failed.{values['failed'][0][1]}"), (back(t),))
    for reason in dict.fromkeys(reason for _, reason in values["failed"]):
        which = t.join([t("photo.nth", n=nth) for nth, why in values["failed"] if why == reason])
        lines.append(t(f"photo.failed.{reason}", which=which if values["total"] > 1 else t("photo.this")))
    if values["kept"]:
        lines.append(t("photo.failed.rest", n=values["kept"]))
    return Reply("\n".join(lines), (back(t),))


@screen("photo.dropped")
def dropped(values: Values, t: Words) -> Reply:
    return Reply(t("photo.dropped"), (back(t),))
