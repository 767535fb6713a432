"""Why somebody could not go (没去成): the installation's own list, set once at start from the configuration file."""

from dataclasses import dataclass

from models.errors import Refused


@dataclass(frozen=True)
class Reason:
    code: str
    zh: str
    en: str


REASONS = (
    Reason("away", "全家外出", "The whole family is away"),
    Reason("no_contact", "联系不上", "Could not be reached"),
    Reason("hospital", "住院或走亲", "In hospital or with relatives"),
    Reason("duty_elsewhere", "被抽调或出差", "Sent elsewhere for work"),
    Reason("ill", "本人生病", "I was ill"),
    Reason("road", "路断或天气", "Road cut or weather"),
    Reason("other", "其他(写一句)", "Something else (one sentence)"),
)
OTHER = "other"
"""The reason that asks for a sentence of one's own."""

OWNER_AWAY = "owner_away"
DECLINED = "declined"
NEW_ASSIGNMENT = "new_assignment"

FIXED = (
    Reason("deceased", "有人过世,等专干核实", "a death was reported; the officer checks it"),
    Reason(DECLINED, "家里不愿见面", "the family did not want a visit"),
    Reason("carried", "并入下一期", "goes on with the next period"),
    Reason(NEW_ASSIGNMENT, "帮扶关系刚变", "the helper is new"),
    Reason(OWNER_AWAY, "帮扶人暂不在", "the helper is away for some days"),
    Reason("rule_off", "规则停用", "the rule is switched off"),
)
"""Reasons that nobody chooses: the bot gives them itself."""

_reasons: tuple[Reason, ...] = REASONS


def use_reasons(reasons: tuple[Reason, ...]) -> None:
    """Sets the installation's reasons, in the order in which they are offered."""
    global _reasons
    _reasons = reasons


def list_reasons() -> tuple[Reason, ...]:
    return _reasons


def get_reason(code: str) -> Reason:
    """The reason of that code. Raises Refused("reason.unknown")."""
    for reason in _reasons:
        if reason.code == code:
            return reason
    raise Refused("reason.unknown")


def name_reason(code: str | None) -> Reason:
    """The reason as it is shown: a code that is no longer on the list shows as itself."""
    if code is None:
        return Reason("", "", "")
    return next((reason for reason in (*_reasons, *REASONS, *FIXED) if reason.code == code), Reason(code, code, code))
