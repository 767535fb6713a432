"""Values for the screens of absences, in the shape their facts have."""

from datetime import date
from typing import Any

Values = dict[str, Any]
DAY = date(2026, 11, 12)
LONG = 1_234_567_890
DRAFT = {
    "draft_id": LONG,
    "today": DAY,
    "longer": False,
    "starts_on": date(2026, 11, 13),
    "ends_on": date(2026, 11, 16),
}
PEOPLE = [
    {"id": LONG + n, "name": f"欧阳明{n}", "unit": "县残疾人联合会" if n % 2 else None, "why": "village"}
    for n in range(8)
]


def absence(cover_state: str = "none", **changed: Any) -> Values:
    values: Values = {
        "id": LONG, "person_id": 7, "name": "张伟", "cover_id": 8, "cover": "赵刚", "cover_state": cover_state,
        "state": "active", "days": [date(2026, 11, 12), date(2026, 11, 14)], "households": ["李宁", "王秀英", "陈桂花"],
        "household_ids": [1, 2, 3], "villages": ["青山村"], "paused_until": date(2026, 11, 14), "longer": False,
        "today": DAY,
    }  # fmt: skip
    return {**values, **changed}


COVER_STATES = ("none", "asked", "agreed", "declined", "silent")
FAR = [date(2026, 11, 28), date(2026, 12, 20)]
ABSENCE_SAMPLES: dict[str, list[Values]] = {
    "absence.from": [DRAFT],
    "absence.until": [DRAFT, {**DRAFT, "longer": True}],
    "absence.cover": [
        {**DRAFT, "people": PEOPLE, "named": False}, {**DRAFT, "people": PEOPLE[:2], "named": True},
        {**DRAFT, "people": [], "named": False},
    ],
    "absence.made": [
        *(absence(state) for state in COVER_STATES), absence(days=FAR, paused_until=date(2026, 12, 4), longer=True), absence("asked", days=FAR, longer=True),
        absence(days=FAR, paused_until=date(2026, 11, 20), longer=True), absence(days=[DAY, DAY], given_up=["张伟"]),
    ],
    "absence.mine": [
        {"items": [], "today": DAY}, {"items": [absence("asked"), absence("agreed", id=9, days=FAR)], "today": DAY},
        {"items": [absence(days=FAR)], "today": DAY},
    ],
    "absence.asked": [absence("asked"), absence("asked", households=[f"欧阳明{n}" for n in range(30)], days=FAR),
                      absence("asked", households=[])],
    "absence.answered": [absence("agreed"), absence("declined"), absence("agreed", households=["欧阳明"] * 30)],
    "absence.back": [absence(state="ended")],
}  # fmt: skip
BUTTONS = (
    ("absence.agree", f"absence:agree:{LONG}", "absence.agree_words"),
    ("absence.decline", f"absence:decline:{LONG}", "absence.decline_words"),
)
AWAY = {"name": "张伟", "days": (DAY, date(2026, 11, 14)), "households": ["李宁", "王秀英"]}
ABSENCE_NEWS: list[Values] = [
    {"what": "cover_asked", "values": AWAY, "choices": BUTTONS},
    *({"what": f"cover_{what}", "values": {"name": "赵刚", "days": FAR}, "choices": ()}
      for what in ("agreed", "declined", "silent")),
    {"what": "absent_second", "values": AWAY, "choices": ()},
    {"what": "absent_team_head", "values": {**AWAY, "households": ["欧阳明"] * 12}, "choices": ()},
    {"what": "absence_ended", "values": {"name": "张伟"}, "choices": ()},
]  # fmt: skip
