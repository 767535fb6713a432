"""The sample township as spreadsheets: a clean household sheet, a people sheet,
and one as offices really send it.

Every sheet is a generated sample, no real person; it says so in the file's properties, not in its cells.
"""

import random
from pathlib import Path
from typing import Any

import xlsxwriter

from bot.simulator.township import SampleHousehold, Township

GENERATED = "generated, no real person"
HOUSEHOLD_HEADER = (
    "序号", "村", "组", "户编号", "户主姓名", "身份证号", "家庭人口", "户类型", "主要致贫原因", "户主电话",
    "帮扶责任人", "帮扶单位", "责任人电话", "帮扶开始日期", "第二帮扶人", "第二帮扶人电话", "纬度", "经度",
)  # fmt: skip
PEOPLE_HEADER = ("姓名", "电话", "角色", "负责范围")
MESSY_HEADER = (
    "序号", "村  名", "村民小组", "户主", "户主身份证号码", "家庭人口(人)", "属性", "致贫原因", "联系方式",
    "帮扶责任人", "责任人单位", "责任人联系电话", "备注",
)  # fmt: skip
MESSY_TOP = 3
FULL_WIDTH = {ord("0") + digit: 0xFF10 + digit for digit in range(10)}


def _book(path: Path) -> Any:
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    book.set_properties({"comments": GENERATED})
    return book


def write_households(town: Township, path: Path) -> None:
    """The clean sheet 帮扶台账, header in row 1, one row a household. A generated sample, no real person."""
    with _book(path) as book:
        sheet = book.add_worksheet("帮扶台账")
        as_day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, HOUSEHOLD_HEADER)
        for at, home in enumerate(town.households, 1):
            second = home.second_helper
            before = [
                at, home.village, f"{home.group}组", home.number, home.head, home.head_id, home.people,
                home.kind,
                home.cause, home.phone, home.helper.name, home.helper.unit, home.helper.phone,
            ]  # fmt: skip
            sheet.write_row(at, 0, before)
            sheet.write_datetime(at, 13, home.started_on, as_day)
            after = [second.name if second else "", second.phone if second else "", home.latitude, home.longitude]
            sheet.write_row(at, 14, after)


def write_people(town: Township, path: Path) -> None:
    """The people sheet 人员: 姓名 电话 角色 负责范围. A generated sample, no real person."""
    with _book(path) as book:
        sheet = book.add_worksheet("人员")
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, PEOPLE_HEADER)
        for at, person in enumerate(town.people, 1):
            sheet.write_row(at, 0, [person.name, person.phone, person.role, person.area])


def write_messy(town: Township, path: Path) -> None:
    """The same households as an office sends them, and four faulty rows. A generated sample, no real person.

    Title and date above a header in row 3 in other words, village cells merged, groups called 社,
    spaces around names,
    ID letters in lower case, people as `3人`, several causes in a cell, phones as numbers,
    with dashes or in full width,
    a spare column; at the end a repeated household, one without head, a short ID,
    a wrong ID with words for a number
    (all four without a village), and a totals row.
    """
    chance = random.Random(f"messy {town.seed}")
    with _book(path) as book:
        book.constant_memory = False
        sheet = book.add_worksheet("Sheet1")
        sheet.merge_range(0, 0, 0, 11, "××乡建档立卡户帮扶情况统计表", None)
        sheet.write(1, 0, "填报单位:××乡")
        sheet.write(1, 6, "填报日期:2026年3月12日")
        sheet.write_row(2, 0, MESSY_HEADER)
        last = MESSY_TOP
        for village in town.villages:
            homes = [home for home in town.households if home.village == village.name]
            if len(homes) > 1:
                sheet.merge_range(last, 1, last + len(homes) - 1, 1, village.name, None)
            elif homes:
                sheet.write(last, 1, village.name)
            for home in homes:
                for column, value in enumerate(_messy_cells(chance, last - MESSY_TOP + 1, home)):
                    if column != 1:
                        sheet.write(last, column, value)
                last += 1
        _write_faulty(sheet, last, town)


def _messy_cells(chance: random.Random, serial: int, home: SampleHousehold) -> list[Any]:
    causes = f"{home.cause}、{home.second_cause}" if home.second_cause else home.cause
    phone: Any = home.phone
    if phone and chance.random() < 0.88:
        phone = int(phone)
    elif phone and chance.random() < 0.6:
        phone = phone.translate(FULL_WIDTH)
    helper_phone = home.helper.phone
    if chance.random() < 0.13:
        helper_phone = f"{helper_phone[:3]}-{helper_phone[3:7]}-{helper_phone[7:]}"
    return [
        serial,
        home.village,
        f"{home.group}{'社' if chance.random() < 0.11 else '组'}",
        f"  {home.head} " if chance.random() < 0.1 else home.head,
        home.head_id.lower() if chance.random() < 0.1 else home.head_id,
        f"{home.people}人" if chance.random() < 0.09 else home.people,
        home.kind,
        causes,
        phone,
        home.helper.name,
        home.helper.unit,
        helper_phone,
        home.note,
    ]


def _write_faulty(sheet: Any, last: int, town: Township) -> None:
    again = town.households[min(3, len(town.households) - 1)]
    helper = again.helper
    one, other = town.helpers[0], town.helpers[-1]
    group = f"{again.group}组"
    sheet.write_row(last, 2, [
        group, again.head, again.head_id, again.people, again.kind, again.cause, again.phone,
        helper.name, helper.unit, helper.phone, "重复行",
    ])  # fmt: skip
    without = ["2组", "", "999123195001011239", 3, "一般户", "因病致贫", "", one.name, "", one.phone, "缺户主"]
    sheet.write_row(last + 1, 2, without)
    short = ["2组", "测试户", "99912319500101", 3, "一般户", "因病致贫", "", one.name, "", one.phone, "身份证位数不足"]
    sheet.write_row(last + 2, 2, short)
    words = ["2组", "测试户二", "999123195001011234", "很多", "一般户", "因病致贫", "", other.name, "", other.phone]
    sheet.write_row(last + 3, 2, [*words, "人口不是数字"])
    sheet.write_row(
        last + 4, 0, ["合计", "", "", f"{len(town.households)}户", "", sum(home.people for home in town.households)]
    )
