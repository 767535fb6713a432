"""小名 in words: the question below what was logged, the list of a household."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.reply import Choice, Reply
from handlers.screens import Values, back, screen
from handlers.screens.duty_lines import place
from handlers.screens.numbered import Numbered
from models.drafts import Draft
from models.households.nicknames import list_called, list_nicknames
from models.households.queries import list_places

MOST_SHOWN = 10


def called_facts(session: Session, draft: Draft) -> list[Values]:
    """What a logged report called its households, where the author was asked about it."""
    known = list_called(draft)
    called = [each for each in known if each.answer]
    places = list_places(session, {each.household_id for each in called}) if called else {}
    return [{**asdict(each), "at": known.index(each), "place": asdict(places[each.household_id])} for each in called]


def called_lines(called: list[Values], draft_id: int, t: Words) -> tuple[list[str], list[Choice]]:
    """以后“老表”就指这户? One word at a time; what was kept is said."""
    lines = [
        t("nickname.kept", word=each["word"], name=each["place"]["name"]) for each in called if each["answer"] == "kept"
    ]
    choices: list[Choice] = []
    asked = next((each for each in called if each["answer"] == "ask"), None)
    if asked is not None:
        tail = f"{draft_id}:{asked['at']}"
        lines.append(t("nickname.ask", word=asked["word"], place=place(asked["place"], t)))
        choices = [
            Choice(t("nickname.keep"), f"nickname:keep:{tail}", t.several("nickname.keep_words"), 50),
            Choice(t("nickname.once"), f"nickname:once:{tail}", t.several("nickname.once_words"), 50),
        ]
    return lines, choices


def list_facts(session: Session, recipient_id: int | None, *, now: datetime, household_id: int, **more: Any) -> Values:
    found = list_nicknames(session, recipient_id or 0, household_id)
    return {
        "place": asdict(list_places(session, [household_id])[household_id]),
        "items": [list(each) for each in found],
    }


@screen("nickname.list", facts=list_facts)
def nickname_list(values: Values, t: Words) -> Reply:
    """The reader's own names for one household; a tap forgets one."""
    numbered = Numbered()
    shown = values["items"][:MOST_SHOWN]
    lines = [t("nickname.title" if shown else "nickname.none", place=place(values["place"], t))]
    for number, word in shown:
        tap = Choice(t("nickname.forget", word=word), f"nickname:forget:{number}", (word,))
        lines.append(numbered.line(word, tap))
    return Reply("\n".join(lines), (*numbered.choices, back(t, f"household:show:{values['place']['household_id']}")))
