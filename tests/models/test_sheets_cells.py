"""One cell at a time: what is taken, how it is made plain, and what is refused with which code."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from models.sheets import cells
from models.sheets.cells import Unreadable
from models.sheets.households import cause_codes, group_name, household_kind
from models.sheets.people import posts_of

TODAY = date(2026, 11, 22)


def code(parse: Any, *values: Any) -> str:
    with pytest.raises(Unreadable) as unreadable:
        parse(*values)
    return unreadable.value.code


@pytest.mark.parametrize("cell", [19800000001.0, 19800000001, "19800000001", "198-0000-0001", " 198 0000 0001",
                                  "+86 198 0000 0001", "\uff11\uff19\uff18\uff10\uff10\uff10\uff10\uff10\uff10\uff10\uff11",
                                  "8619800000001", "19800000001/0833-123"])  # fmt: skip
def test_a_phone_is_the_same_however_it_is_written(cell: Any) -> None:
    assert cells.phone(cell) == "+8619800000001"


def test_a_landline_is_a_phone_and_a_short_number_is_not() -> None:
    assert cells.phone("0833-2123456") == "+868332123456"
    assert cells.phone("无") == cells.phone(None) == ""
    assert code(cells.phone, "1380000") == "phone_wrong"
    assert code(cells.phone, "12345678901") == "phone_wrong"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("9991231950010112", "id_length"),
        ("999123500101123", "id_old"),
        ("99912319501301123X", "id_date"),
        ("999123202701011230", "id_date"),
        ("999123195001011234", "id_check"),
        ("9991231950010A1234", "id_shape"),
        (999123195001011239.0, "number_as_number"),
    ],
)
def test_a_wrong_id_number_is_refused_with_its_reason(cell: Any, expected: str) -> None:
    assert code(cells.id_number, cell, TODAY) == expected


@given(
    st.dates(date(1900, 1, 1), TODAY),
    st.integers(0, 999),
    st.integers(0, 999),
    st.sampled_from(["{}", " {} ", "'{}", "{:.6} {:.0}"]),
)
def test_every_well_formed_id_number_is_taken(born: date, place: int, serial: int, shape: str) -> None:
    body = f"999{place:03d}{born.year:04d}{born:%m%d}{serial:03d}"
    number = body + ric.calc_check_digit(body + "0")
    written = f"{number[:6]} {number[6:]}" if ":.6" in shape else shape.format(number)
    assert cells.id_number(written.lower(), TODAY) == number


@given(st.text(max_size=30))
def test_any_text_is_either_read_or_refused(text: str) -> None:
    for parse in (
        cells.phone,
        cells.day,
        cells.name,
        group_name,
        household_kind,
        cause_codes,
        posts_of,
        lambda cell: cells.id_number(cell, TODAY),
        lambda cell: cells.small_number(cell, 40),
        lambda cell: cells.degrees(cell, 90),
    ):
        try:
            parse(text)
        except Unreadable as error:
            assert error.code  # noqa: PT017


@pytest.mark.parametrize("cell", [3, 3.0, "3", "3人", " 3 口人", "三", "三人", "\uff13"])
def test_a_count_is_read_with_its_unit(cell: Any) -> None:
    assert cells.small_number(cell, 40) == 3


def test_a_count_that_cannot_be_is_refused() -> None:
    assert cells.small_number("", 40) is None
    assert code(cells.small_number, "很多", 40) == "not_a_number"
    assert code(cells.small_number, "2.5", 40) == "not_a_number"
    assert code(cells.small_number, 0, 40) == "count_unlikely"
    assert code(cells.small_number, 972, 40) == "count_unlikely"


@pytest.mark.parametrize("cell", [date(2025, 3, 1), datetime(2025, 3, 1, 8, tzinfo=UTC), "2025-03-01", "2025/3/1", "2025.3.1",
                                  "2025年3月1日", "2025年3月", "2025.3", "20250301", 45717.0])  # fmt: skip
def test_a_day_is_read_however_it_is_written(cell: Any) -> None:
    assert cells.day(cell) == date(2025, 3, 1)


@pytest.mark.parametrize("cell", ["去年", "2025-13-01", "2025-02-30", "1825-01-01"])
def test_a_day_that_is_none_is_refused(cell: Any) -> None:
    assert code(cells.day, cell) == "date_wrong"


def test_names_lose_spaces_and_keep_their_dot() -> None:
    assert cells.name("  林 荣 ") == "林荣"
    assert cells.name("阿依古丽•买买提") == "阿依古丽·买买提"
    assert cells.name("/") == ""
    assert code(cells.name, "长" * 61) == "name_long"


@pytest.mark.parametrize("cell", ["4组", "4社", "4", 4.0, "第4组", "第四村民小组", "四组", "4村民小组"])
def test_a_group_has_one_name(cell: Any) -> None:
    assert group_name(cell) == "4组"


def test_a_group_with_a_name_of_its_own_keeps_it() -> None:
    assert (group_name("张家湾社"), group_name("张家屯"), group_name("")) == ("张家湾组", "张家屯", "")
    assert group_name("第十二组") == "12组"


def test_kinds_and_causes_are_codes() -> None:
    assert household_kind("低保户") == "low_income"
    assert household_kind("低保户、监测户") == "monitored"
    assert code(household_kind, "好人家") == "kind_unknown"
    assert cause_codes("因病致贫、因学,因病") == ("illness", "schooling")
    assert code(cause_codes, "因懒") == "cause_unknown"


def test_roles_are_grants() -> None:
    (post,) = posts_of("村支书")
    assert (post.role, post.scope, post.on_ladder) == ("team_head", "village", False)
    (post,) = posts_of("第一书记")
    assert (post.role, post.on_ladder) == ("team_head", True)
    roles = {"帮扶责任人": "helper", "信息员": "clerk", "扶贫专干": "officer", "分管副职": "deputy", "党委书记": "leader",
             "乡镇长": "leader", "单位联络人": "unit_contact", "县级督查": "inspector", "县级": "county"}  # fmt: skip
    assert {word: posts_of(word)[0].role for word in roles} == roles
    assert [post.role for post in posts_of("第一书记、帮扶责任人")] == ["team_head", "helper"]
    assert code(posts_of, "门卫") == "role_unknown"
