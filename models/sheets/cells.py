"""What stands in one cell, made plain: text, names, numbers, days, phones, ID numbers, coordinates."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import phonenumbers
from stdnum.cn import ric

Cell = str | float | int | bool | date | datetime | time | timedelta | None

EMPTY = frozenset({"", "/", "\\", "-", "--", "—", "——", "无", "暂无", "空", "不详", "N/A", "n/a", "#N/A"})
EXACT_DIGITS = 15
"""Excel keeps 15 digits of a number; longer ones have lost their end."""
DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九十")} | {"〇": 0, "两": 2}
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"), None)
MOBILE = re.compile(r"1[3-9]\d{9}")
EXCEL_EPOCH = date(1899, 12, 30)
MARK = r"[*#※★☆▲△●◎◆◇†‡¹²³⁰⁴-⁹₀-₉①-⑳⑴-⒇❶-❿]"
MARKED = frozenset("*#※★☆▲△●◎◆◇†‡¹²³⁰⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉)]】）〕") | {chr(code) for code in range(0x2460, 0x2488)} | {
    chr(code) for code in range(0x2776, 0x2780)
}  # fmt: skip
FOOTNOTES = re.compile(rf"^(?:{MARK}|\s)+|(?:{MARK}|\s|[\[【(（〔]注?\s*[0-9]{{0,2}}[\])】）〕]|注(?={MARK}))+$")
"""张三①, 李四*, 王五(注1): a mark that points to the foot of the page is no part of what stands in the cell."""
SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+[Ee]\+?|[Ee]\+)[0-9]{1,3}")
TIME_OF_DAY = re.compile(r"(?:T|\s+)[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?$")
SINCE = re.compile(r"(?:起至今|起|至今|开始)$")
DAYS = (
    re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})(?:[-/.月]([0-9]{1,2})日?|月)?"),
    re.compile(r"([0-9]{4})([01][0-9])([0-3][0-9])?"),
    re.compile(r"([1-4][0-9])[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?"),
)
"""Year, month, day as offices write them; in a date of three short numbers the year comes first."""


class Unreadable(Exception):
    """A cell that cannot be taken: `code` is the text key after `fault.`, `values` go into the words."""

    def __init__(self, code: str, /, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True)
class Fault:
    """One thing wrong in one cell. `blocks` false: the row is taken and only this cell is left out."""

    row: int
    letter: str
    header: str
    value: str
    code: str
    values: dict[str, Any]
    blocks: bool = True


def plain(cell: Cell) -> str:
    """The cell as a person reads it: full width made half, invisible characters gone,
    19800000001.0 as 19800000001.
    """
    if cell is None:
        return ""
    if isinstance(cell, str):
        if cell.isascii():
            text = cell.strip()
            return text[2:-1] if text.startswith('="') and text.endswith('"') else text
        return unicodedata.normalize("NFKC", cell.translate(INVISIBLE)).strip()
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "minutes")
    return str(cell)


def text(cell: Cell) -> str:
    """Plain text, where /, 无 and the like mean empty."""
    found = plain(cell)
    return "" if found in EMPTY else found


def unmarked(cell: Cell) -> Cell:
    """The cell without footnote marks at its ends."""
    if isinstance(cell, str) and (stripped := cell.strip()):
        return FOOTNOTES.sub("", stripped) if stripped[-1] in MARKED or stripped[0] in MARKED else stripped
    return cell


def name(cell: Cell) -> str:
    """A name without spaces inside, footnote marks, and with one kind of middle dot. Raises Unreadable("name_long")."""
    found = re.sub(r"\s+", "", text(unmarked(cell)))
    found = re.sub(r"(?<=[^\W\d_])[•‧∙.・](?=[^\W\d_])", "·", found)
    if len(found) > 60:
        raise Unreadable("name_long", most=60)
    return found


def digits(cell: Cell) -> str:
    """A long number kept as text. Raises Unreadable("number_as_number", "number_scientific") where Excel has lost
    its last digits.
    """
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and abs(cell) >= 10**EXACT_DIGITS:
        raise Unreadable("number_as_number", most=EXACT_DIGITS)
    found = re.sub(r"[\s'`’‘_-]+", "", text(unmarked(cell)))
    if SCIENTIFIC.fullmatch(found):
        raise Unreadable("number_scientific")
    return found


def id_number(cell: Cell, today: date) -> str:
    """An 18-character ID number in capitals: shape, date of birth and check digit hold;
    the place is not checked.

    Raises Unreadable: number_as_number, number_scientific, id_old (15 digits), id_length, id_shape, id_date, id_check,
    id_rounded (Excel keeps 15 digits and writes 000 for the rest).
    """
    found = digits(cell).upper()
    if not found:
        return ""
    if len(found) == 15 and found.isdecimal():
        raise Unreadable("id_old")
    if len(found) != 18:
        raise Unreadable("id_length", length=len(found))
    if not re.fullmatch(r"[0-9]{17}[0-9X]", found):
        raise Unreadable("id_shape")
    try:
        born = date(int(found[6:10]), int(found[10:12]), int(found[12:14]))
    except ValueError:
        raise Unreadable("id_date", day=found[6:14]) from None
    if not date(1880, 1, 1) <= born <= today:
        raise Unreadable("id_date", day=found[6:14])
    if ric.calc_check_digit(found) != found[17]:
        raise Unreadable("id_rounded" if found.endswith("000") else "id_check")
    return found


def phone(cell: Cell) -> str:
    """A phone number in international form (+8619800000001). Raises Unreadable("phone_wrong", "number_scientific").

    Where a cell holds several numbers (a/b) the first good one is taken.
    """
    found = text(unmarked(cell))
    if not found:
        return ""
    squeezed = re.sub(r"[\s\-()·_'.‐‑‒–—]+", "", found)
    if MOBILE.fullmatch(squeezed):
        return "+86" + squeezed
    if SCIENTIFIC.fullmatch(found):
        raise Unreadable("number_scientific")
    for part in [squeezed, *re.split(r"[/、,;|\n]|或", squeezed)]:
        try:
            number = phonenumbers.parse(part, "CN")
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    raise Unreadable("phone_wrong")


def small_number(cell: Cell, most: int) -> int | None:
    """A count such as 3, 2.0, `3人`, `三口`; None for an empty cell. Raises Unreadable("not_a_number",
    "count_unlikely").
    """
    found = re.sub(r"\s+", "", text(unmarked(cell)))
    if not found:
        return None
    shape = re.fullmatch(r"([0-9]+)(?:\.0+)?[人口个名]*", found)
    count = int(shape[1]) if shape else chinese_number(re.sub(r"[人口个名]+$", "", found))
    if not 1 <= count <= most:
        raise Unreadable("count_unlikely", most=most)
    return count


def chinese_number(found: str) -> int:
    """三 → 3, 十二 → 12, 二十一 → 21. Raises Unreadable("not_a_number")."""
    if not found or not all(character in DIGITS for character in found):
        raise Unreadable("not_a_number")
    tens, ten, ones = found.rpartition("十")
    if len(tens) > 1 or len(ones) > 1:
        raise Unreadable("not_a_number")
    if not ten:
        return DIGITS[ones]
    return (DIGITS[tens] if tens else 1) * 10 + (DIGITS[ones] if ones else 0)


def day(cell: Cell) -> date | None:
    """A calendar day: a real date, 2025-03-01, 2025/3/1 0:00, 2025.3, 2025年3月1日起, 20250301, 25/3/1,
    or Excel's day number.

    A month alone is its first day. Raises Unreadable("date_wrong"), or ("date_unclear") for the number 2025.1, which
    may have been typed as 2025.10.
    """
    if isinstance(cell, datetime):
        return _likely(cell.date())
    if isinstance(cell, date):
        return _likely(cell)
    if isinstance(cell, float) and re.fullmatch(r"[0-9]{4}\.1", repr(cell)):
        raise Unreadable("date_unclear")
    found = TIME_OF_DAY.sub("", text(unmarked(cell)))
    found = SINCE.sub("", re.sub(r"\s+", "", found))
    if not found:
        return None
    if re.fullmatch(r"[2-6][0-9]{4}(?:\.[0-9]+)?", found):
        return _likely(EXCEL_EPOCH + timedelta(days=int(float(found))))
    shape = next((shape for form in DAYS if (shape := form.fullmatch(found))), None)
    if not shape:
        raise Unreadable("date_wrong")
    year = int(shape[1]) + (2000 if len(shape[1]) == 2 else 0)
    try:
        return _likely(date(year, int(shape[2]), int(shape[3] or 1)))
    except ValueError:
        raise Unreadable("date_wrong") from None


def _likely(found: date) -> date:
    if not 1980 <= found.year <= 2100:
        raise Unreadable("date_wrong")
    return found


def degrees(cell: Cell, most: float) -> float | None:
    """A latitude (most 90) or longitude (most 180) in degrees. Raises Unreadable("degrees_wrong")."""
    found = text(cell).rstrip("°")
    if not found:
        return None
    try:
        value = float(found)
    except ValueError:
        raise Unreadable("degrees_wrong", most=most) from None
    if not -most <= value <= most:
        raise Unreadable("degrees_wrong", most=most)
    return value
