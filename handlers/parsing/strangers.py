"""Words that stand where a household stands and are no known name: misspelt ones, unknown ones."""

from handlers.parsing.mentions import LEADS, OUTCOME_KINDS, PREDICATES, Finder, Mention
from handlers.parsing.pieces import Token
from handlers.parsing.scope import NOBODY
from handlers.parsing.settling import without_overlaps
from handlers.parsing.spelling import sure_guess
from handlers.parsing.text import HAN, is_han
from handlers.parsing.tokens import COMMON
from handlers.parsing.words import SURNAMES, set_of

NAME_PARTS = set_of("han filler and neighbour give goods event not both except_end")
LEAD_WORDS = set_of("go went filler and me both neighbour with event not except plan")
OPEN = set_of(
    "fine cross stop list visit went go and day clock village group except not_gone plan met filler sign me both count not kin"
)
STARTS = set_of("fine cross visit stop list except and village group household sign count")
TAILS = frozenset("的了也又还就是在都先再和跟")
NOT_NAMES = set_of(
    "高血压 钟头 半个 几个 小时 时辰 高兴 高龄 马上 石头 白天 方便 何时 何况 于是 任务 任何 万一 林地 田里 田土 田地 江边 金额 毛病 毛猪 马路 路面 水电 "
    "水管 房子 车子 钱款 白内障 黄牛 黄豆 花生 龙门阵 严重 严格 金银花 白菜 黄花 周边 周围 高中 高考 白血病 石料 江里 唐氏 温饱 "
    "常年 常住 平时 平房 安全 安排 应该 有点 时间 成绩 成员 易地 和平 党员 党费 车祸 向他 向我 向村 于今 武器 孔雀 汤药 万元 "
    "万多 方案 任职 金婚 马儿 许多 许久 范围 石板 雷雨 段时 段路 方言 方面 江水 白酒 黄连 路上 路断 钱都 房屋 路烂 水果 林业"
)
ENGLISH_TITLES = set_of("old uncle aunt auntie mr mrs ms grandma grandpa granny young little")
PLAIN_LATIN = set_of("and the for not no yes ok wifi app kg cm qq wechat pdf id vip")


def find_mentions(finder: Finder) -> list[Mention]:
    """Every household word of a message, in order."""
    finder.find_known()
    for index, token in enumerate(finder.tokens):
        if index in finder.covered:
            continue
        if token.kind == "latin":
            _latin(finder, index, token)
        elif token.kind == "person" or (token.kind == "other" and _is_titled(finder, index)):
            _person(finder, index)
        elif token.kind == "house" and finder.text[token.start] not in "户全一":
            _before_house(finder, index)
        elif token.kind == "word_house" and finder.text[token.end - 1] == "家":
            _within_word(finder, index, token)
        elif token.kind == "han" or (token.end - token.start == 1 and finder.text[token.start] in COMMON):
            _name_like(finder, index)
    if not finder.mentions:
        _first_word(finder)
    finder.find_known()
    finder.mentions = without_overlaps(finder.mentions)
    return [finder.placed(mention) for mention in finder.mentions]


def _first_word(finder: Finder) -> None:
    """憨哥没在家: nobody known is named; what stands first must be somebody."""
    for index, token in enumerate(finder.tokens[:4]):
        if token.kind not in ("han", "day", "clock", "filler", "me"):
            return
        word = token.text(finder.text)
        bounded = finder.touches(index + 1) and finder.kind(index + 1) in OUTCOME_KINDS - {"fine"}
        if token.kind == "han" and bounded and 2 <= len(word) <= 3 and word not in NOT_NAMES:
            finder.add_guess(index, index)
            return


def _latin(finder: Finder, index: int, token: Token) -> None:
    """A word in Latin letters that is no English word, standing where a household stands: perhaps misspelt pinyin."""
    word = token.text(finder.text)
    surname = finder.scope.latin_surnames.get(_after_title(finder, index), NOBODY)
    if surname:
        finder.add(index, index + 1, surname, "surname")
        return
    if len(word) < 2 or word in PLAIN_LATIN or not finder.in_place(index, index) or finder.kind(index - 1) == "latin":
        return
    both = finder.kind(index + 1) == "latin" and finder.tokens[index + 1].start - token.end == 1
    last = index + both
    if not HAN.search(finder.text) and finder.line[token.start].islower():
        return
    mention = finder.add_guess(index, last)
    led = finder.kind(finder.before(index)) in LEADS
    if mention is not None and mention.how == "unknown" and not (led or finder.kind(last + 1) in PREDICATES):
        finder.drop_last()


def _after_title(finder: Finder, index: int) -> str:
    """What follows old, Mr, aunt: a surname in Latin letters, most likely."""
    titled = finder.tokens[index].text(finder.text) in ENGLISH_TITLES and finder.kind(index + 1) == "latin"
    return finder.tokens[index + 1].text(finder.text) if titled else ""


def _is_titled(finder: Finder, index: int) -> bool:
    """陈主任家: by surname and office, not any office (支书家)."""
    return finder.kind(index + 1) == "house" and finder.text[finder.tokens[index].start] in COMMON


def _person(finder: Finder, index: int) -> None:
    """老王 where no household has that surname: unknown if it is where one went, else a bystander."""
    after_going = finder.kind(finder.before(index)) in ("visit", "list", "except")
    if finder.kind(index + 1) == "house" or after_going or finder.kind(index + 1) in OUTCOME_KINDS - {"fine"}:
        finder.add_guess(index, index)


def _name_part(finder: Finder, index: int) -> bool:
    """Characters of a name, also those that are a word of their own (王发财: 发)."""
    token = finder.tokens[index]
    single = (
        token.end - token.start == 1
        and is_han(finder.text[token.start])
        and token.kind not in ("stop", "list", "sign", "household", "house")
    )
    return token.kind in NAME_PARTS or single


def _before_house(finder: Finder, index: int) -> None:
    """The word before 家, 屋头 when no name was found there."""
    tokens, text = finder.tokens, finder.text
    first = index
    while (
        first > 0
        and finder.touches(first)
        and _name_part(finder, first - 1)
        and tokens[index].start - tokens[first - 1].start <= 5
    ):
        first -= 1
    whole = text[tokens[first].start : tokens[index].start]
    if first < index and 2 <= len(whole) <= 4 and sure_guess(whole, finder.scope):
        finder.add_guess(first, index - 1)
        return
    while first < index and finder.kind(first) in LEAD_WORDS and text[tokens[first].start] not in SURNAMES:
        first += 1
    if first == index or not any(finder.kind(at) == "han" for at in range(first, index)):
        return
    start, end = tokens[first].start, tokens[index].start
    word = text[start:end]
    if len(word) == 4 and word[0] in "见看问访找跟和" and sure_guess(word[1:], finder.scope):
        # 去见了见杨得义家.
        finder.add_guess(first, index - 1, start + 1, end)
        return
    led = finder.kind(finder.before(first)) in LEADS | {"household"}
    if word in NOT_NAMES or not (led or finder.kind(index + 1) in PREDICATES):
        return
    if len(word) == 1 and word in finder.scope.surnames:
        finder.add(first, index - 1, frozenset(finder.scope.surnames[word]), "surname")
    elif 2 <= len(word) <= 4 and (first == 0 or finder.kind(first - 1) in OPEN):
        finder.add_guess(first, index - 1)
    else:
        for length in (3, 2):
            if len(word) > length and word[-length] in COMMON and word[-length:] not in NOT_NAMES:
                finder.add_guess(first, index - 1, end - length, end)
                return


def _within_word(finder: Finder, index: int, token: Token) -> None:
    """去了李国家: a surname, then what is elsewhere a word of its own (国家, 大家) ending in 家."""
    first = index - 1
    if token.end - token.start != 2 or not finder.touches(index) or finder.kind(first) != "han":
        return
    start = finder.tokens[first].end - 1
    led = finder.kind(finder.before(first)) in LEADS | {"stop"} or finder.tokens[first].start < start
    if led and finder.text[start] in COMMON and finder.tokens[first].start == start:
        finder.add_guess(first, index, start, token.end - 1)


def _name_like(finder: Finder, index: int) -> None:
    """Two to four characters beginning with a surname, or sounding like a name, where a household would stand."""
    last, word = _run(finder, index)
    if len(word) < 2 or word[:2] in NOT_NAMES or word[:3] in NOT_NAMES:
        return
    start, before = finder.tokens[index].start, finder.kind(finder.before(index))
    raw = finder.text[start : start + 3]
    if "的" in raw[1:] and raw[0] in finder.scope.surnames and sure_guess(raw, finder.scope):
        # 向的林: 的 for 得 or 德 is part of the name.
        finder.add_guess(index, _last_of(finder, index, 3), start, start + 3)
        return
    if finder.kind(index - 1) in ("with", "neighbour", "hearsay"):
        return
    after = finder.kind(last + 1)
    bounded = after in PREDICATES | {"stop", "list", "and", "sign"}
    starts = before in STARTS or not finder.touches(index)
    if starts or before in ("went", "go", "met", "not_home"):
        for length in (4, 3, 2):
            whole = len(word) == length and bounded
            if len(word) >= length and (length > 2 or whole) and sure_guess(word[:length], finder.scope):
                finder.add_guess(index, last if whole else _last_of(finder, index, length), start, start + length)
                return
    listed = finder.kind(index - 1) == "list" or after == "list"
    surname = word[0] in COMMON or (listed and word[0] in SURNAMES)
    alone = after == "stop" and before == "stop" and len(finder.tokens) > last - index + 1
    if len(word) <= 3 and bounded and surname and starts and not alone and not finder.touches_name(index):
        finder.add_guess(index, last, start, start + len(word))


def _run(finder: Finder, index: int) -> tuple[int, str]:
    """Index of the last token and the characters of what may be a name from here on, at most five."""
    last = index
    end = finder.tokens[index].end
    while finder.touches(last + 1) and end - finder.tokens[index].start < 4 and _runs_on(finder, last + 1):
        last += 1
        end = finder.tokens[last].end
    word = finder.text[finder.tokens[index].start : end]
    while last > index and word[-1] in TAILS:
        word, last = word[:-1], last - 1
    return last, word


def _runs_on(finder: Finder, index: int) -> bool:
    token = finder.tokens[index]
    return token.kind == "han" or (
        token.end - token.start == 1 and token.kind in NAME_PARTS and finder.text[token.start] not in TAILS
    )


def _last_of(finder: Finder, index: int, length: int) -> int:
    end = finder.tokens[index].start + length
    while finder.tokens[index].end < end:
        index += 1
    return index
