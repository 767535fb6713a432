"""The officer's words in the reader of reports: every meaning is one of its own, and heard in the next message."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from handlers.naming import with_own
from handlers.parsing import WORDS
from handlers.reports import scope_of, understand
from models.households.queries import Loggable
from models.visits.reports import Part, ReportView
from models.words import MEANINGS

ZONE = ZoneInfo("Asia/Shanghai")
SENT = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)
LI = Loggable(1, "H001", "李宁", "青山村", "4组", "li ning", "ln", (), (), (), True)


def outcomes(text: str, *own: tuple[str, str]) -> list[str]:
    scope = scope_of([LI], with_own(own))
    return [line.outcome for line in understand(ReportView(parts=(Part(text, SENT),)), scope, ZONE, "张伟").lines]


@pytest.mark.parametrize("meaning", MEANINGS)
def test_every_meaning_is_one_the_reader_knows(meaning: str) -> None:
    assert with_own((("没落屋", meaning),)).kinds["没落屋"][0] == meaning


def test_a_word_of_the_township_says_how_it_was() -> None:
    assert outcomes("今天去李宁家,没落屋", ("没落屋", "not_home")) == ["not_home"]
    assert outcomes("今天去李宁家,下广了", ("下广", "away")) == ["away"]


def test_a_word_with_another_meaning_here_has_that_one_first() -> None:
    assert outcomes("李宁家没人") == ["not_home"]
    assert outcomes("李宁家没人", ("没人", "away")) == ["away"]


def test_without_own_words_nothing_is_built_anew() -> None:
    assert with_own(()) is WORDS
    assert with_own((("没落屋", "away"),)) is with_own((("没落屋", "away"),))
