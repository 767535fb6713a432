"""Values for the screens of the officer's own words."""

from datetime import date
from typing import Any

from models.words import MEANINGS

Values = dict[str, Any]
WORD = {"word_id": 1_234_567_890, "word": "没落屋", "meaning": "not_home", "by": "刘专干", "on": date(2026, 11, 12)}
TEN = [{**WORD, "word_id": 1_234_567_890 + n, "word": f"没落在屋里头哟哦哟{n}"} for n in range(9)]
FIXED = {**WORD, "word_id": 0, "word": "下广", "meaning": "away"}
SAID = {"draft_id": 1_234_567_890, "word": "没落屋", "meaning": "not_home", "before": "", "named": 0}

WORD_SAMPLES: dict[str, list[Values]] = {
    "words.list": [
        {"items": [*TEN, FIXED], "page": 2, "pages": 3, "total": 25}, {"items": [], "page": 1, "pages": 1, "total": 0},
    ],
    "words.ask": [{}],
    "words.meanings": [SAID, {**SAID, "before": "away"}, {**SAID, "before": "content"}],
    "words.preview": [
        *({**SAID, "meaning": meaning} for meaning in MEANINGS),
        {**SAID, "word": "没", "before": "away", "named": 2}, {**SAID, "before": "filler"},
    ],
    "words.added": [WORD],
    "words.card": [WORD],
    "words.ended": [WORD],
}  # fmt: skip
