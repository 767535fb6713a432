"""A sample township, generated, no real person: the same seed gives the same people, households and sheets.

Names are combined from common characters; ID numbers have a right date and check digit but an area code (999…)
that does not exist; phones are made up. The default is the reference township (4 villages, 33 groups,
269 households, 972 people, 136 helpers); other sizes scale from it, to tens of thousands of households.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

VILLAGES = (
    "青山村", "同心村", "和平村", "严湾村", "上坪村", "下河村", "石桥村", "核桃坪村",
    "大箐村", "新民村", "联合村", "东风村", "团结村", "红岩村", "松林村", "白沙村",
)  # fmt: skip
SURNAMES = "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "明永祥荣林清发贵玲贤琴康云松忠家玉德秀志军刚辉海江平安春建恩福善堂义丽邦宁胜泰正金文兰珍群美良乐顺阳瑞"
UNITS = ("乡政府", "村两委", "乡中心校", "乡卫生院", "县残联", "县电力公司", "县安监局", "县邮储银行")
UNIT_WEIGHTS = (18, 12, 16, 13, 13, 13, 9, 9)
KINDS = ("一般户", "低保户", "特困户")
KIND_WEIGHTS = (55, 36, 9)
CAUSES = ("缺致富产业", "缺就业门路", "因学致贫", "因病致贫", "因灾致贫", "生存条件恶劣", "自身无发展能力", "其它")
CAUSE_WEIGHTS = (22, 8, 12, 28, 8, 8, 12, 2)
SIZE_WEIGHTS = (8, 17, 24, 24, 15, 8, 4)
STARTS = (date(2025, 1, 1), date(2025, 3, 1), date(2025, 6, 1))
NOTES = ("独居", "外出务工", "重病")
REFERENCE_GROUPS = (9, 6, 8, 10)
REFERENCE_HOUSEHOLDS = (92, 40, 62, 75)
REFERENCE_PEOPLE = 972
REFERENCE_HELPERS = 136
REFERENCE_TOTAL = 269
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class SampleVillage:
    name: str
    groups: int
    latitude: float
    longitude: float


@dataclass(frozen=True)
class SampleHelper:
    name: str
    phone: str
    unit: str


@dataclass(frozen=True)
class SamplePerson:
    """A row of the people sheet: `area` is a village, the township, a unit, or empty."""

    name: str
    phone: str
    role: str
    area: str


@dataclass(frozen=True)
class SampleHousehold:
    number: str
    village: str
    group: int
    head: str
    head_id: str
    people: int
    kind: str
    cause: str
    second_cause: str
    phone: str
    helper: SampleHelper
    started_on: date
    second_helper: SampleHelper | None
    latitude: float
    longitude: float
    note: str


@dataclass(frozen=True)
class Township:
    name: str
    seed: int
    villages: tuple[SampleVillage, ...]
    households: tuple[SampleHousehold, ...]
    helpers: tuple[SampleHelper, ...]
    people: tuple[SamplePerson, ...]


def township(seed: int = 269, *, villages: int = 4, households: int = 269, name: str = "示例乡") -> Township:
    """The township of a seed, as plain values; 4 villages and 269 households give the reference figures
    exactly.

    Raises ValueError where there are fewer households than villages, or no village.
    """
    if villages < 1 or households < villages:
        raise ValueError("a township has at least one village, and a household in each")
    chance = random.Random(f"zoufang {seed} {villages} {households}")
    places = _villages(chance, villages)
    names = _Names(chance)
    helpers = tuple(
        SampleHelper(names.next(), f"199{at:08d}", chance.choices(UNITS, UNIT_WEIGHTS)[0])
        for at in range(1, max(1, round(households * REFERENCE_HELPERS / REFERENCE_TOTAL)) + 1)
    )
    homes = _households(chance, places, helpers, households)
    officials = _officials(names, places, name)
    helping = tuple(SamplePerson(helper.name, helper.phone, "帮扶责任人", "") for helper in helpers)
    return Township(name, seed, places, homes, helpers, helping + officials)


class _Names:
    """Invented names, each given once while there are enough combinations."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._given: set[str] = set()

    def next(self) -> str:
        while (name := invented_name(self._chance)) in self._given and len(self._given) < 20_000:
            pass
        self._given.add(name)
        return name


def invented_name(chance: random.Random) -> str:
    """A surname and one or two characters; a generated name, no real person."""
    return chance.choice(SURNAMES) + "".join(chance.sample(GIVEN, chance.choice((1, 2, 2))))


def invented_id(chance: random.Random) -> str:
    """A generated ID number, no real person: area 999…, a right date of birth, a right check digit."""
    born = date(1940, 1, 1) + timedelta(days=chance.randrange(50 * 365))
    body = f"999{chance.randrange(1000):03d}{born:%Y%m%d}{chance.randrange(1000):03d}"
    rest = sum(int(digit) * weight for digit, weight in zip(body, ID_WEIGHTS, strict=True)) % 11
    return body + "10X98765432"[rest]


def _villages(chance: random.Random, count: int) -> tuple[SampleVillage, ...]:
    found = []
    for at in range(count):
        again, first = divmod(at, len(VILLAGES))
        name = f"{VILLAGES[first][:-1]}{again + 1}村" if again else VILLAGES[first]
        groups = REFERENCE_GROUPS[at] if count == len(REFERENCE_GROUPS) else chance.randint(6, 10)
        found.append(SampleVillage(name, groups, 28.97 + 0.02 * at, 103.63 + 0.024 * at))
    return tuple(found)


def _households(
    chance: random.Random, places: Sequence[SampleVillage], helpers: Sequence[SampleHelper], total: int
) -> tuple[SampleHousehold, ...]:
    reference = (len(places), total) == (len(REFERENCE_HOUSEHOLDS), REFERENCE_TOTAL)
    shares = list(REFERENCE_HOUSEHOLDS) if reference else _even(total, len(places))
    sizes = _sizes(chance, total)
    ids: set[str] = set()
    duty = _share_out(chance, helpers, shares)
    found: list[SampleHousehold] = []
    for at, place in enumerate(places, 1):
        for _ in range(shares[at - 1]):
            while (head_id := invented_id(chance)) in ids:
                pass
            ids.add(head_id)
            found.append(_household(chance, len(found) + 1, at, place, head_id, sizes, duty, helpers))
    return tuple(found)


def _household(
    chance: random.Random,
    serial: int,
    village: int,
    place: SampleVillage,
    head_id: str,
    sizes: list[int],
    duty: list[SampleHelper],
    helpers: Sequence[SampleHelper],
) -> SampleHousehold:
    helper = duty[serial - 1]
    second = chance.choice(helpers) if chance.random() < 0.2 else None
    cause = chance.choices(CAUSES, CAUSE_WEIGHTS)[0]
    other = chance.choices(CAUSES, CAUSE_WEIGHTS)[0] if chance.random() < 0.2 else ""
    return SampleHousehold(
        number=f"99901{village:02d}{serial:05d}",
        village=place.name,
        group=chance.randint(1, place.groups) if serial % 7 else 1 + serial // 7 % place.groups,
        head=invented_name(chance),
        head_id=head_id,
        people=sizes[serial - 1],
        kind=chance.choices(KINDS, KIND_WEIGHTS)[0],
        cause=cause,
        second_cause="" if other == cause else other,
        phone="" if chance.random() < 0.08 else f"198{serial:08d}",
        helper=helper,
        started_on=chance.choice(STARTS),
        second_helper=None if second == helper else second,
        latitude=round(place.latitude + chance.uniform(-0.01, 0.01), 6),
        longitude=round(place.longitude + chance.uniform(-0.01, 0.01), 6),
        note=chance.choice(NOTES) if chance.random() < 0.44 else "",
    )


def _even(total: int, parts: int) -> list[int]:
    return [total // parts + (1 if at < total % parts else 0) for at in range(parts)]


def _sizes(chance: random.Random, total: int) -> list[int]:
    """Household sizes of the reference distribution,
    brought to 972 people for 269 households and in proportion.
    """
    sizes = chance.choices(range(1, 8), SIZE_WEIGHTS, k=total)
    short = round(total * REFERENCE_PEOPLE / REFERENCE_TOTAL) - sum(sizes)
    step = 1 if short > 0 else -1
    while short:
        at = chance.randrange(total)
        if 1 <= sizes[at] + step <= 7:
            sizes[at] += step
            short -= step
    return sizes


def _share_out(chance: random.Random, helpers: Sequence[SampleHelper], shares: Sequence[int]) -> list[SampleHelper]:
    """Whose household each one is: a helper stays in one village,
    with one to three households (R12 allows five).
    """
    found: list[SampleHelper] = []
    for at, share in enumerate(shares):
        local = helpers[at :: len(shares)] or helpers
        turns = [local[turn % len(local)] for turn in range(share)]
        chance.shuffle(turns)
        found.extend(turns)
    return found


def _officials(names: _Names, places: Sequence[SampleVillage], township_name: str) -> tuple[SamplePerson, ...]:
    wanted = [(role, place.name) for place in places for role in ("第一书记", "村支书", "信息员")]
    wanted += [(role, township_name) for role in ("党委书记", "乡镇长", "分管副职", "扶贫专干", "扶贫专干")]
    wanted += [("单位联络人", unit) for unit in sorted(UNITS)]
    wanted.append(("县级督查", ""))
    return tuple(SamplePerson(names.next(), f"197{at:08d}", role, area) for at, (role, area) in enumerate(wanted, 1))
