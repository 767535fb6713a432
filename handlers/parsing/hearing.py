"""A group of households read: what the words before and after it say, and whether it was the sender who went."""

import re

from handlers.parsing.groups import DONE, Group
from handlers.parsing.listening import Listener
from handlers.parsing.pieces import Token
from handlers.parsing.said import ENDINGS, Said
from handlers.parsing.words import set_of

ACTS = DONE | set_of("go come courtesy give phone")
HOW_ONE_GOES = re.compile(
    r"^(?:第.*|代表.*|[冒骑开坐等趁接收想忘才赶借吃忙下搭打乘绕顶踩淋走摸抽结完趟翻爬].*|.*[后时]|起来|独自|亲自|一个人|单独|只|正|现|两|天|年|小助手|或者?|单位|分头|全程|及时|认真|一直|本|按.*)$"
)
"""冒雨去了, 开完会去了: how or when one goes, not who."""
ONE_AND_ANOTHER = re.compile(r"[一有][家户个][^,。;]{1,4}[,]?(?:另)?[一有][家户个]")
ENGLISH_HOW = set_of(
    "finally quickly actually really managed manage didn couldn haven successfully together personally briefly only knocked called stopped already done still then after work report update first second went"
)
SOMEBODY = re.compile(r"[人局办院校所站位司师员长警生会]$")
"""老师, 卫生院: what people and offices are called."""


def read_group(group: Group, text: str) -> Said:
    said = Said()
    lead = group.clause_before()
    said.plan = _lies_ahead(lead, group.clause_after(), text)
    said.hearsay = any(token.kind in ("hearsay", "maybe") for token in lead) or _told(lead, text)
    said.hearsay = said.hearsay or _neighbour_tells(group.clause_after()) or text[: group.start].endswith("听")
    not_me = [token.kind for token in group.after[:2]] == ["not", "me"]
    said.by_other = not_me or ((_by_other(lead) or _done_by_other(group.clause_after())) and not _me_too(group.after))
    taken = any(
        token.kind == "with" or (token.kind == "give" and token.text(text)[0] in "送背接带扶抬") for token in lead
    )
    said.stranger = _stranger(lead, group.clause_after(), text)
    Listener(said, text, lead, leading=True).listen()
    Listener(said, text, group.after, leading=False, group=group, taken=taken).listen()
    if (
        said.going
        and not (said.visited or said.ends or said.fine)
        and any(t.day and t.day.reason == "future" for t in lead)
    ):
        # 这周六去李宁家.
        said.plan = True
    given = any(token.kind == "give" for token in lead) and not said.plan
    said.divided = bool(group.after) and bool(ONE_AND_ANOTHER.search(text[group.end : group.after[-1].end]))
    goods = said.on_purpose or any(token.kind == "goods" for token in (*lead, *group.clause_after()[:4]))
    said.gift = said.gift or (given and goods)
    left = any(token.kind == "except" and token.text(text)[-1] in "剩差" for token in lead)
    if left and set(said.ends) == {"not_home"} and said.end_words[0].startswith("没见"):
        # 还剩李宁一户没见: not yet visited.
        said.ends, said.end_words, said.missed = [], [], True
    if said.went_instead and not (said.visited or said.ends or said.fine):
        # 李宁家我没去,何乐德去的.
        said.by_other = True
    if said.missed and said.visited and not _missed_last(group):
        said.missed = False
    if said.death == "走了" and {"away", "hospital", "not_home"} & set(said.ends):
        said.death = ""
    return said


def goes_along(group: Group, said: Said) -> bool:
    """后天去见李宁,顺路看林荣: behind a plan the second is as much to come as the first."""
    return said.going and not said.visited and all(token.day is None for token in group.clause_before())


def _told(lead: list[Token], text: str) -> bool:
    """村里人讲林荣…, 听徐清发说林荣…: somebody else says it of the household."""
    says = len(lead) > 1 and lead[-1].kind == "neighbour" and lead[-1].text(text)[-1] in "说讲道"
    return says and lead[-2].kind not in ("me", "he", "stop", "day")


def _neighbour_tells(after: list[Token]) -> bool:
    """李宁邻居告诉我他去广东了: nobody went there."""
    kinds = [token.kind for token in after if token.kind not in ("filler", "day")][:2]
    return kinds[:1] == ["hearsay"] or kinds == ["neighbour", "hearsay"]


def _missed_last(group: Group) -> bool:
    kinds = [t.kind for t in (*group.clause_before(), *group.after) if t.kind in DONE | {"not_gone", "called_off"}]
    return bool(kinds) and kinds[-1] in ("not_gone", "called_off")


def _ahead(token: Token) -> bool:
    return token.kind == "plan" or (token.day is not None and token.day.ahead)


def _lies_ahead(lead: list[Token], after: list[Token], text: str) -> bool:
    """Whether it is still to come: 明天, 准备 before the household, or after it and before anything done."""
    if any(_ahead(token) for token in lead):
        return True
    for index, token in enumerate(after):
        if token.kind in DONE or token.kind in ENDINGS or token.kind == "fine":
            return False
        if _ahead(token):
            return True
        if index == len(after) - 1 and token.kind == "content" and text[token.start : token.end] == "路上":
            return True
    return False


def _by_other(lead: list[Token]) -> bool:
    """Somebody else stands before the going, and nothing says 我 or 和."""
    for index, token in enumerate(lead):
        if token.kind in ("me", "with") or (token.kind == "and" and index + 1 < len(lead)):
            return False
        if token.kind in ("other", "person"):
            rest = {t.kind for t in lead[index + 1 :]}
            return ("for_me" in rest or not rest & {"me", "with"}) and bool(rest & (ACTS | {"plan"}))
    return False


def _done_by_other(after: list[Token]) -> bool:
    """李宁家是小王去的, 由何乐德去了."""
    named = [token for token in after if token.kind not in ("filler", "neighbour", "day", "clock")][:2]
    goes = len(named) == 2 and (named[1].kind in DONE or (named[1].kind == "go" and named[1] is after[-1]))
    return goes and named[0].kind in ("other", "person")


def _stranger(lead: list[Token], after: list[Token], text: str) -> bool:
    """民警走访了林荣, 林荣家学校老师去过了: whoever it is, nothing says that it was the sender."""
    act = next((index for index, token in enumerate(lead) if token.kind in ACTS), 0)
    kinds = {token.kind for token in lead}
    if any(token.kind == "maybe" and not _of_a_day(lead, at) for at, token in enumerate(lead)) and kinds & DONE:
        # 好像去过李宁家: not even the sender is sure.
        return True
    if not kinds & {"me", "with", "and", "other", "person"} and any(_may_go(token, text) for token in lead[:act]):
        return True
    told = [token for token in after if token.kind not in ("filler", "day", "clock")][:2]
    named = [token.text(text) for token in told]
    return len(told) == 2 and told[0].kind == "han" and told[1].kind in DONE and bool(SOMEBODY.search(named[0]))


def _of_a_day(lead: list[Token], at: int) -> bool:
    """可能是9号去的: the day is in doubt, not the visit."""
    kinds = [token.kind for token in lead[at + 1 :] if token.kind != "filler"]
    return kinds[:1] == ["day"]


def _may_go(token: Token, text: str) -> bool:
    words = token.text(text)
    if token.kind == "latin":
        return len(words) > 2 and words not in ENGLISH_HOW
    return (token.kind == "han" and not HOW_ONE_GOES.match(words)) or (token.kind == "family" and words[0] in "他她")


def _me_too(after: list[Token]) -> bool:
    """…,我陪同; …,我也去了."""
    kinds = [token.kind for token in after]
    return "me" in kinds and any(kind in DONE | {"with"} for kind in kinds[kinds.index("me") :])
