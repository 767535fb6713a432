"""What is said of one household in two places, made one line; what cannot both be true."""

from dataclasses import replace

from handlers.parsing.reports import Line


def contradiction(ends: list[str]) -> tuple[str, ...]:
    """The outcomes between which the sender has to choose; none where they go together."""
    if "met" in ends and "declined" in ends:
        return ("met", "declined")
    if "met" not in ends and "away" in ends and "hospital" in ends:
        return ("away", "hospital")
    return ()


def both(one: Line, other: Line) -> Line:
    """One line of two; the outcome that was said counts more than one understood."""
    outcome = other.outcome if other.said and not one.said else one.outcome or other.outcome
    if one.said and other.said and "met" in (one.outcome, other.outcome):
        outcome = "met"
    note = ",".join(dict.fromkeys(part for part in (one.note, other.note) if part))
    needs = tuple(dict.fromkeys((*one.needs, *other.needs)))
    kind = one.kind if one.kind != "routine" else other.kind
    return replace(one, outcome=outcome, note=note, needs=needs, kind=kind, said=one.said or other.said)
