"""A group of households read: what the words before and after it say, and whether it was the sender who went."""

from handlers.parsing.groups import DONE, Group
from handlers.parsing.listening import Listener
from handlers.parsing.pieces import Token
from handlers.parsing.said import ENDINGS, Said


def read_group(group: Group, text: str) -> Said:
    said = Said()
    lead = group.clause_before()
    said.plan = _lies_ahead(lead, group.clause_after(), text)
    said.hearsay = any(token.kind in ("hearsay", "maybe") for token in lead) or _told(lead, text)
    said.hearsay = said.hearsay or _neighbour_tells(group.clause_after())
    not_me = [token.kind for token in group.after[:2]] == ["not", "me"]
    said.by_other = not_me or ((_by_other(lead) or _done_by_other(group.clause_after())) and not _me_too(group.after))
    taken = any(
        token.kind == "with" or (token.kind == "give" and token.text(text)[0] in "送背接带扶抬") for token in lead
    )
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
    said.gift = said.gift or (given and any(token.kind == "goods" for token in (*lead, *group.clause_after()[:4])))
    left = any(token.kind == "except" and token.text(text)[-1] in "剩差" for token in lead)
    if left and set(said.ends) == {"not_home"} and said.end_words[0].startswith("没见"):
        # 还剩李宁一户没见: not yet visited.
        said.ends, said.end_words, said.missed = [], [], True
    if said.missed and said.visited and not _missed_last(group):
        said.missed = False
    if said.death == "走了" and {"away", "hospital", "not_home"} & set(said.ends):
        said.death = ""
    return said


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
            return ("for_me" in rest or not rest & {"me", "with"}) and bool(
                rest & (DONE | {"go", "come", "plan", "courtesy"})
            )
    return False


def _done_by_other(after: list[Token]) -> bool:
    """李宁家是小王去的, 由何乐德去了."""
    named = [token for token in after if token.kind not in ("filler", "neighbour", "day", "clock")][:2]
    return len(named) == 2 and named[0].kind in ("other", "person") and named[1].kind in DONE


def _me_too(after: list[Token]) -> bool:
    """…,我陪同; …,我也去了."""
    kinds = [token.kind for token in after]
    return "me" in kinds and any(kind in DONE | {"with"} for kind in kinds[kinds.index("me") :])
