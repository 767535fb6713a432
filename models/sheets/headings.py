"""The words offices put above their columns, by field; what a field needs;
how a heading is made comparable.
"""

import re

from models.sheets.cells import Cell, plain

HOUSEHOLDS: dict[str, str] = {
    "number": (
        "户编号 编号 户编码 户号 家庭编号 建档立卡编号 建档立卡户编号 贫困户编号 脱贫户编号 登记编号 "
        "系统户编号 户主编号 农户编号 householdnumber registernumber"
    ),
    "village": (
        "村 村名 村名称 行政村 行政村名称 行政村名 所在村 所属村 建制村 村委会 村社区 村居 村别 "
        "所在行政村 所属行政村 village"
    ),
    "group": (
        "组 村民小组 组别 组名 社 小组 村民组 自然村组 自然村 屯 自然屯 所在组 社别 村小组 组名称 "
        "村民小组名称 所在村民小组 group"
    ),
    "place": "村组 所在村组 家庭住址 住址 家庭地址 地址 居住地址 现住址 村组名称 address",
    "head": (
        "户主 户主姓名 户主名称 户主名 贫困户姓名 农户姓名 贫困户户主 脱贫户姓名 脱贫户户主 "
        "监测户姓名 贫困户户主姓名 head headofhousehold"
    ),
    "head_id": (
        "户主身份证号码 身份证号码 身份证号 户主身份证号 证件号码 户主证件号码 公民身份号码 身份证 "
        "户主身份证 居民身份证号码 身份证件号码 户主公民身份号码 证件号 idnumber"
    ),
    "people": (
        "家庭人口 家庭人口数 人口 人口数 家庭人数 人数 家庭成员数 家庭成员人数 户人口 在册人口 "
        "家庭总人口 家庭人口人 贫困人口 户籍人口 家庭成员数量 people"
    ),
    "kind": (
        "户类型 属性 贫困户属性 户属性 类别 类型 农户属性 农户类型 贫困类型 户类别 贫困属性 "
        "监测对象类别 人口类别 脱贫户类型 家庭类型 kind"
    ),
    "causes": (
        "致贫原因 主要致贫原因 致返贫原因 主要致返贫原因 致贫返贫原因 返贫原因 返贫致贫风险 风险类型 "
        "致贫主要原因 致贫风险 主要致贫因素 cause"
    ),
    "other_causes": "其他致贫原因 次要致贫原因 其它致贫原因 第二致贫原因",
    "phone": ("户主电话 户主联系电话 户主联系方式 户主手机 户主手机号 农户电话 贫困户电话 贫困户联系电话"),
    "helper": (
        "帮扶责任人 帮扶干部 帮扶人 责任人 结对干部 联系干部 包户干部 帮扶责任人姓名 帮扶干部姓名 "
        "帮扶人姓名 责任人姓名 结对帮扶干部 结对帮扶人 结对责任人 帮扶联系人 第一帮扶人 帮扶人员 "
        "helper"
    ),
    "unit": (
        "帮扶单位 责任人单位 帮扶责任人单位 帮扶人单位 帮扶干部单位 帮扶单位名称 结对单位 "
        "结对帮扶单位 帮扶责任人工作单位 帮扶干部工作单位 责任单位 unit"
    ),
    "helper_phone": (
        "责任人电话 责任人联系电话 帮扶责任人电话 帮扶责任人联系电话 帮扶人电话 帮扶人联系电话 "
        "帮扶干部电话 帮扶干部联系电话 帮扶责任人联系方式 帮扶人联系方式 帮扶干部联系方式 "
        "责任人联系方式 帮扶责任人手机 帮扶责任人手机号 帮扶干部手机号 帮扶电话 干部电话 结对干部电话 "
        "helperphone"
    ),
    "started_on": (
        "帮扶开始日期 帮扶开始时间 开始帮扶时间 开始帮扶日期 结对时间 结对日期 帮扶时间 帮扶起始时间 "
        "帮扶起始日期 开始日期 开始时间 结对帮扶时间 帮扶日期 startdate"
    ),
    "second_helper": (
        "第二帮扶人 第二责任人 第二帮扶责任人 第二帮扶人姓名 第二责任人姓名 协助帮扶人 协助责任人 "
        "副责任人 ab岗 b岗 b岗责任人 secondhelper"
    ),
    "second_helper_phone": (
        "第二帮扶人电话 第二责任人电话 第二帮扶责任人电话 第二帮扶人联系电话 第二责任人联系电话 "
        "协助帮扶人电话 b岗电话 第二帮扶人联系方式 secondhelperphone"
    ),
    "member": "家庭成员姓名 成员姓名 家庭成员 成员 membername",
    "member_id": "成员身份证号 成员身份证号码 成员证件号码 家庭成员身份证号 家庭成员身份证号码 家庭成员证件号码 memberidnumber",
    "member_number": "人编号 人员编号 成员编号 家庭成员编号 个人编号 人编码 人口编号 membernumber",
    "relation": "与户主关系 与户主的关系 户主关系 家庭关系 成员关系 与户主之间关系 relation",
    "latitude": "纬度 北纬 户纬度 latitude lat",
    "longitude": "经度 东经 户经度 longitude lon lng",
    "note": "备注 说明 备注说明 其他说明 note",
    "serial": "序号 顺序号 行号 no",
}

PEOPLE: dict[str, str] = {
    "name": "姓名 人员姓名 名字 干部姓名 name",
    "phone": "电话 联系电话 手机 手机号 手机号码 联系方式 电话号码 移动电话 本人电话 phone",
    "role": "角色 职务 岗位 身份 人员类别 职责 担任角色 人员类型 职务角色 role",
    "area": ("负责范围 范围 区划 负责区域 所在村 村 负责村 驻村 管辖范围 服务范围 负责村组 所属区划 area"),
    "unit": "单位 工作单位 所在单位 派出单位 帮扶单位 单位名称 unit",
    "serial": "序号 顺序号 行号 no",
    "note": "备注 说明 note",
}

FIELDS = {"households": HOUSEHOLDS, "people": PEOPLE}
NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "households": (("head", "member"), ("village", "place"), ("number", "head_id", "member_id")),
    "people": (("name",), ("phone",), ("role",)),
}
"""Of each group at least one column must be there."""

FOLLOWING: dict[str, dict[str, str]] = {
    "phone": {"head": "phone", "helper": "helper_phone", "second_helper": "second_helper_phone"},
    "unit": {"helper": "unit"},
}
"""What 电话 or 单位 alone means depends on the person named in a column before it."""
ALONE = {
    "phone": frozenset(PEOPLE["phone"].split()),
    "unit": frozenset(PEOPLE["unit"].split()),
}
NAME_ALONE = frozenset({"姓名", "名字"})
ID_ALONE = frozenset(
    [
        "身份证号码",
        "身份证号",
        "证件号码",
        "公民身份号码",
        "身份证",
        "居民身份证号码",
        "身份证件号码",
        "证件号",
        "idnumber",
    ]
)
MEMBERS = frozenset({"member", "member_number", "relation"})
"""With one of these columns every row is a person: 姓名 and 身份证号 alone are that person's."""
ALONE_WORDS = ALONE["phone"] | ALONE["unit"] | NAME_ALONE

BRACKETED = re.compile(r"[(【\[{].*?[)】\]}]")
NOISE = re.compile(r"[\s*:;,。.、/\\_\-—+()\[\]{}【】《》<>“”\"'·]+")
ORDINALS = re.compile(r"[0-9一二三四五六七八九十甲乙丙abc次]")


def comparable(heading: Cell) -> str:
    """A heading with spaces inside, brackets, stars and full width gone: `村  名` → `村名`,
    `家庭人口(人)` → `家庭人口`.
    """
    found = plain(heading).lower()
    bare = BRACKETED.sub("", found)
    return NOISE.sub("", bare) or NOISE.sub("", found)


EXACT: dict[str, dict[str, str]] = {
    kind: {comparable(word): field for field, words in fields.items() for word in words.split()}
    for kind, fields in FIELDS.items()
}
