"""Mentions made sure: overlaps left out, doubts asked about."""

from dataclasses import replace

from handlers.parsing.mentions import Mention
from handlers.parsing.reports import Asked, Question
from handlers.parsing.scope import Scope


def without_overlaps(mentions: list[Mention]) -> list[Mention]:
    """In order; of two that overlap the first and longer."""
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (m.start, m.start - m.end)):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


def settle(mention: Mention, asked: Asked, scope: Scope) -> Mention | None:
    """The mention with one household, asking where there is doubt; None while open or when the sender said none."""
    if mention.sure and len(mention.ids) == 1:
        return mention
    code = "household" if mention.ids else "unknown"
    choices = tuple(sorted(mention.ids)) or mention.suggested
    reason = mention.reason or ("close" if mention.how == "close" else "")
    given = asked.ask(Question(code, mention.word, choices[:10], reason=reason))
    if not isinstance(given, int) or given not in scope.by_id:
        return None
    return replace(mention, ids=frozenset((given,)), how="answer", sure=True)
