"""The catalogues: one small .po a noun and language, keys as msgids, read with Babel at start."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.pofile import read_po

LOCALES = ("zh_CN", "en")
FOLDER = Path(__file__).parent
WEEKDAYS_ZH = "一二三四五六日"


@cache
def catalogue(locale: str) -> dict[str, str | tuple[str, ...]]:
    """Every key of a language with its text, or its plural forms. Raises ValueError when two nouns share a key."""
    texts: dict[str, str | tuple[str, ...]] = {}
    for path in sorted((FOLDER / locale / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=locale):
                key = message.id if isinstance(message.id, str) else message.id[0]
                if not key or not message.string:
                    continue
                if key in texts:
                    raise ValueError(f"{key} stands twice in {locale}")
                texts[key] = message.string if isinstance(message.string, str) else tuple(message.string)
    return texts


@cache
def _plural_rule(locale: str) -> Callable[[Any], str]:
    return Locale.parse(locale).plural_form


class Words:
    """`t("visit.logged", name=…)`: the text of a key in one language. A missing key shows as the key and fails tests."""

    def __init__(self, locale: str) -> None:
        self.locale = locale if locale in LOCALES else LOCALES[0]
        self._texts = catalogue(self.locale)

    def __call__(self, key: str, **values: Any) -> str:
        text = self._texts.get(key, key)
        if not isinstance(text, str):
            one = _plural_rule(self.locale)(values.get("n", 0)) == "one"
            text = text[0] if one or len(text) == 1 else text[1]
        return text.format(**values) if values else text

    def has(self, key: str) -> bool:
        return key in self._texts

    def keys(self, prefix: str) -> list[str]:
        return [key for key in self._texts if key.startswith(prefix)]

    def several(self, key: str) -> tuple[str, ...]:
        """A text of several words parted by `|`."""
        return tuple(word for word in self(key).split("|") if word)

    def day(self, day: date, *, weekday: bool = False) -> str:
        """`11月20日` or `11月20日 周五`; in English `20 Nov` or `Fri 20 Nov`."""
        if self.locale == "zh_CN":
            return f"{day.month}月{day.day}日" + (f" 周{WEEKDAYS_ZH[day.weekday()]}" if weekday else "")
        return day.strftime("%a ") * weekday + f"{day.day} {day:%b}"

    def full_day(self, day: date) -> str:
        """`2027年5月15日`; in English `15 May 2027`."""
        return f"{day.year}年{self.day(day)}" if self.locale == "zh_CN" else f"{self.day(day)} {day.year}"

    def month(self, day: date) -> str:
        return f"{day.month}月" if self.locale == "zh_CN" else f"{day:%B}"

    def moment(self, local: datetime) -> str:
        """A local moment: `11月20日 19:20`."""
        return f"{self.day(local.date())} {local:%H:%M}"

    def join(self, parts: Sequence[str]) -> str:
        """`a、b、c`, in English `a, b, c`."""
        return ("、" if self.locale == "zh_CN" else ", ").join(parts)


@cache
def words(locale: str) -> Words:
    return Words(locale)
