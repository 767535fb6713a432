"""What the auditor could not heal, in words for the officer and the operator. Never a household's name."""

from handlers.locales import Words
from handlers.screens import Values

OWN = ("person.unreachable",)
"""What the officer can do something about; all else is for whoever runs the system."""


def finding_lines(findings: list[Values], t: Words) -> list[str]:
    """One line a kind; then whom to tell."""
    lines = [t("finding.line", text=_text(each, t)) for each in findings]
    if any(each["kind"] not in OWN for each in findings):
        lines.append(t("finding.operator"))
    return lines


def _text(finding: Values, t: Words) -> str:
    return t(f"finding.{finding['kind']}", n=finding["n"], names=t.join(finding["names"]))
