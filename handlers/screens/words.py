"""说法 in words: the list, a new one step by step, one of them, no longer."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from handlers.locales import Words
from handlers.reply import Choice, Reply
from handlers.screens import Values, back, screen
from handlers.screens.duties import reader
from handlers.screens.numbered import Numbered, pages
from handlers.words import built_in, find_said
from models import words
from models.errors import Refused


def list_facts(session: Session, recipient_id: int | None, *, now: datetime, page: int) -> Values:
    return asdict(words.list_words(session, reader(session, recipient_id, now), page=page))


@screen("words.list", facts=list_facts)
def list_words(values: Values, t: Words) -> Reply:
    """Ten a page; those of the configuration file are shown and have no button."""
    numbered = Numbered()
    lines = [t("words.title", n=values["total"]) if values["items"] else t("words.empty")]
    for item in values["items"]:
        said = t("words.line", word=item["word"], meaning=meaning_words(item["meaning"], t))
        if item["word_id"]:
            lines.append(numbered.line(said, Choice(item["word"], f"word:card:{item['word_id']}")))
        else:
            lines.append(t("words.fixed", line=said))
    numbered.side_by_side(0, 3)
    pages(values, t, "word:list", numbered)
    more = Choice(t("words.more"), "word:ask", t.several("words.more_words"))
    return Reply("\n".join(lines), (*numbered.choices, more, back(t)))


def meaning_words(meaning: str, t: Words) -> str:
    return t(f"words.meaning.{meaning}") if meaning in words.MEANINGS else t("words.meaning_other")


@screen("words.ask")
def ask(values: Values, t: Words) -> Reply:
    return Reply(t("words.ask"), (back(t, "word:list:1"),))


def said_facts(
    session: Session, recipient_id: int | None, *, now: datetime, draft_id: int, meaning: str = ""
) -> Values | None:
    """A typed word, what it means so far, and how many households have somebody of that name."""
    word = find_said(session, recipient_id, draft_id)
    if word is None:
        return None
    person = reader(session, recipient_id, now)
    before = dict(words.words_for(session, person)).get(word) or built_in(word)
    named = words.count_named(session, person, word)
    return {"draft_id": draft_id, "word": word, "meaning": meaning, "before": before, "named": named}


@screen("words.meanings", facts=said_facts)
def meanings(values: Values, t: Words) -> Reply:
    """“没落屋”是什么意思?"""
    draft = values["draft_id"]
    lines = (
        [t("words.now", word=values["word"], meaning=meaning_words(values["before"], t))] if values["before"] else []
    )
    choices = [
        Choice(t(f"words.meaning.{meaning}"), f"word:meaning:{draft}:{meaning}", (), n // 2)
        for n, meaning in enumerate(words.MEANINGS)
    ]
    return Reply("\n".join([*lines, t("words.which", word=values["word"])]), (*choices, back(t, "word:list:1")))


@screen("words.preview", facts=said_facts)
def preview(values: Values, t: Words) -> Reply:
    """What will be understood from the next message on, and what speaks against it."""
    draft, meaning, before = values["draft_id"], values["meaning"], values["before"]
    lines = [t("words.preview", word=values["word"], meaning=meaning_words(meaning, t))]
    if before and before != meaning:
        lines.append(t("words.instead", meaning=meaning_words(before, t)))
    if values["named"]:
        lines.append(t("words.named", n=values["named"]))
    if len(values["word"]) == 1:
        lines.append(t("words.short"))
    return Reply(
        "\n".join(lines),
        (
            Choice(t("button.confirm"), f"word:add:{draft}:{meaning}", t.several("button.confirm_words")),
            Choice(t("words.other"), f"word:meanings:{draft}", t.several("words.other_words")),
            back(t, "word:list:1"),
        ),
    )


def word_facts(session: Session, recipient_id: int | None, *, now: datetime, word_id: int) -> Values | None:
    try:
        return asdict(words.get_word(session, recipient_id or 0, word_id, now=now))
    except Refused:
        return None


@screen("words.added", facts=word_facts)
def added(values: Values, t: Words) -> Reply:
    text = t("words.added", word=values["word"], meaning=meaning_words(values["meaning"], t))
    more = Choice(t("words.more"), "word:ask", t.several("words.more_words"))
    return Reply(text, (more, back(t, "word:list:1")))


@screen("words.card", facts=word_facts)
def card(values: Values, t: Words) -> Reply:
    text = t(
        "words.card", word=values["word"], meaning=meaning_words(values["meaning"], t), name=values["by"],
        day=t.day(values["on"]),
    )  # fmt: skip
    end = Choice(t("words.end"), f"word:end:{values['word_id']}", t.several("words.end_words"))
    return Reply(text, (end, back(t, "word:list:1")))


def ended_facts(session: Session, recipient_id: int | None, *, now: datetime, word_id: int) -> Values | None:
    row = session.get(words.Word, word_id)
    return {"word": row.word, "meaning": row.meaning} if row is not None and row.ended_at is not None else None


@screen("words.ended", facts=ended_facts)
def ended(values: Values, t: Words) -> Reply:
    text = t("words.ended", word=values["word"], meaning=meaning_words(values["meaning"], t))
    return Reply(text, (back(t, "word:list:1"),))
