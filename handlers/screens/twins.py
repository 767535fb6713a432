"""很像以前的一张: said to the sender alone, below what the screen says anyway; nothing waits for the answer."""

from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.reply import Choice, Reply
from handlers.screens import Values, back, screen
from handlers.screens.duties import reader
from models.photos.twins import find_open_twin, has_twins
from models.times import local_day


def twin_facts(session: Session, recipient_id: int | None, draft_id: int, *, now: datetime) -> Values | None:
    """The first photo of a report that looks like an earlier one and of which its sender has said nothing yet."""
    if not has_twins(session, draft_id):
        return None
    found = find_open_twin(session, draft_id, reader(session, recipient_id, now), local_day(now))
    return None if found is None else asdict(found)


def with_twin(reply: Reply, twin: Values | None, t: Words) -> Reply:
    """The screen with the question below it; its own buttons keep their numbers."""
    if not twin:
        return reply
    which = t("photo.this") if twin["total"] == 1 else t("photo.nth", n=twin["nth"])
    key = "photo.twin" if twin["name"] else "photo.twin_elsewhere"
    line = t(key, which=which, day=t.day(twin["visited_on"]), name=twin["name"])
    asked = (
        Choice(t("photo.same"), f"photo:same:{twin['photo_id']}", t.several("photo.same_words")),
        Choice(t("photo.not_same"), f"photo:not_same:{twin['photo_id']}", t.several("photo.not_same_words")),
    )
    return replace(reply, text=f"{reply.text}\n{line}", choices=(*reply.choices, *asked))


@screen("photo.note")
def note(values: Values, t: Words) -> Reply:
    """One line, kept beside the photo and shown to nobody else."""
    skip = Choice(t("photo.skip_note"), f"photo:skip:{values['photo_id']}", t.several("photo.skip_note_words"))
    return Reply(t("photo.note"), (skip, back(t)))
