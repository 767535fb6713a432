"""Stretches of a text that say one thing as a whole, whatever their words mean elsewhere (年底才回来, 户主换成他娃了)."""

from handlers.parsing.pieces import Token
from handlers.parsing.roster import Change
from handlers.parsing.scope import Scope
from handlers.parsing.until import Until


def fixed_tokens(text: str, scope: Scope, untils: list[Until], changes: list[Change]) -> list[Token]:
    """Tokens of kind until and roster, without overlaps."""
    fixed = [Token("until", until.start, until.end) for until in untils]
    for change in changes:
        if change.is_whole(text) and not covered(change.start, change.end, fixed):
            fixed.append(Token("roster", change.start, _end_of(change, text, scope)))
    return fixed


def covered(start: int, end: int, fixed: list[Token]) -> bool:
    """Whether a stretch touches one of them."""
    return any(start < token.end and token.start < end for token in fixed)


def _end_of(change: Change, text: str, scope: Scope) -> int:
    """新号码李宁138…: the household named inside, where none is named before, is whom it is about."""
    for at in range(change.end):
        if any(_names(text[at : at + length], scope) for length in scope.lengths.get(text[at], ())):
            return at if at > change.start else change.end
    return change.end


def _names(word: str, scope: Scope) -> bool:
    return word in scope.names and scope.names.rank(word) in ("name", "nickname")
