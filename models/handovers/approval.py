"""Whether a hand-over waits for a leader's yes: one switch of the installation, off unless its settings say so."""

_needed = False


def use_approval(needed: bool) -> None:
    """Sets the switch, once at start."""
    global _needed
    _needed = needed


def needs_approval() -> bool:
    return _needed
