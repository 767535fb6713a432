"""The words in cells and the codes they stand for: kinds of household, causes (D3), roles and posts."""

import re
from dataclasses import dataclass


def _by_word(**words: str) -> dict[str, str]:
    return {word: code for code, line in words.items() for word in line.split()}


KINDS = _by_word(
    general="一般户 一般贫困户 一般农户 贫困户 建档立卡户",
    low_income="低保户 低保 低保贫困户 农村低保户",
    destitute="特困户 特困 特困供养户 特困供养 五保户 五保 五保贫困户",
    monitored="监测户 监测对象 防止返贫监测户 防返贫监测对象 脱贫不稳定户 边缘易致贫户 边缘户 突发严重困难户",
    exited="脱贫户 已脱贫户 已脱贫 稳定脱贫户",
)
KIND_ORDER = ("monitored", "destitute", "low_income", "exited", "general")
"""Where a cell names several, the one that asks for most care is taken."""

CAUSES = _by_word(
    no_industry="缺致富产业 缺产业 缺资金 缺技术 缺土地",
    no_job="缺就业门路 缺就业",
    schooling="因学致贫 因学",
    illness="因病致贫 因病 因残致贫 因残",
    disaster="因灾致贫 因灾 自然灾害",
    harsh_place="生存条件恶劣 生存条件 自然条件差 交通条件落后",
    no_capacity="自身无发展能力 无发展能力 自身发展动力不足 自身发展能力不足 缺劳动力 缺劳力",
    other="其它 其他",
)
SEPARATORS = re.compile(r"[、,;/|+&。.\s]+|[和及]")

LADDERLESS = frozenset({"村支书"})
"""Posts that carry the role without its place on the ladder."""


@dataclass(frozen=True)
class Post:
    """What a word in the role column grants: a role, the post it names, and the level its area must have.

    `scope` is village, township, county, unit, or empty where no area is asked.
    """

    role: str
    name: str
    scope: str

    @property
    def on_ladder(self) -> bool:
        return self.name not in LADDERLESS


def _posts(role: str, scope: str, **words: str) -> dict[str, Post]:
    return {word: Post(role, name, scope) for name, line in words.items() for word in line.split()}


ROLES: dict[str, Post] = {
    **_posts("helper", "", 帮扶责任人="帮扶责任人 帮扶干部 帮扶人 责任人 结对干部 helper"),
    **_posts(
        "team_head",
        "village",
        第一书记="第一书记 驻村第一书记",
        工作组组长="驻村工作组组长 工作组组长 驻村工作队队长 工作队队长 驻村队长 team_head",
        村支书="村支书 村支部书记 村党支部书记 村书记 支部书记 村党总支书记",
    ),
    **_posts("clerk", "village", 信息员="信息员 村信息员 扶贫信息员 clerk"),
    **_posts("officer", "township", 扶贫专干="扶贫专干 专干 乡镇扶贫专干 乡村振兴专干 officer"),
    **_posts("deputy", "township", 分管副职="分管副职 分管领导 分管副乡长 分管副镇长 deputy"),
    **_posts(
        "leader",
        "township",
        党委书记="党委书记 书记 乡党委书记 镇党委书记 leader",
        乡镇长="乡镇长 乡长 镇长",
    ),
    **_posts("unit_contact", "unit", 单位联络人="单位联络人 联络人 单位联络员 unit_contact"),
    **_posts("inspector", "", 县级督查="县级督查 督查 督查员 督查组 inspector"),
    **_posts("county", "county", 县级="县级 县级管理员 县扶贫办 县乡村振兴局 county"),
}


def bare(word: str) -> str:
    """A word from a cell without spaces and brackets' edges, for looking up."""
    return re.sub(r"\s+", "", word).lower()


def split(cell: str) -> list[str]:
    """Several words of one cell, separated by 、 , ; / and the like, empty ones dropped."""
    return [word for word in SEPARATORS.split(cell) if word]
