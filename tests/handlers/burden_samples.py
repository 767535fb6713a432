"""Values for the screens about people's time, in the shape their facts have."""

from datetime import date
from typing import Any

Values = dict[str, Any]


def household(n: int, **changed: Any) -> Values:
    values: Values = {
        "household_id": 1_234_567_890 + n, "name": f"欧阳明{n}", "village": "青山村", "group": "4组", "helper": "何乐德",
        "since": date(2026, 9, 3), "days": 70,
    }  # fmt: skip
    return {**values, **changed}


def page(items: list[Values], **more: int) -> Values:
    return {"items": items, "total": len(items), "page": 1, "pages": 1, **more}


BURDEN_NEWS = [
    {"what": "unseen", "values": {"n": 3}, "choices": (("unseen.look", "unseen:list", "word.unseen"),)},
]
BURDEN_SAMPLES: dict[str, list[Values]] = {
    "burden.week": [
        {"since": date(2026, 11, 9), "until": date(2026, 11, 15), "people": 212, "messages": 431, "median": 2.0,
         "most": 7, "over": 0, "visits": visits, "steps": 2.5, "seconds": 0.34, "digests": 1, "urgent": 2}
        for visits in (0, 93)
    ],
    "unseen.list": [
        page([]), page([household(1, since=None, helper=None, group=None)]),
        page([household(n) for n in range(10)], total=25, page=2, pages=3),
    ],
}  # fmt: skip
