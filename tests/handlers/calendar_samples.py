"""Values for the screens of the calendar, in the shape their facts have."""

from datetime import date
from typing import Any

Values = dict[str, Any]
LONG = 1_234_567_890
DAY = date(2026, 12, 3)
ENTRY: Values = {
    "day_id": LONG, "first_on": DAY, "last_on": date(2026, 12, 5), "worked": False, "name": "大雪", "by": "欧阳明",
    "made_on": date(2026, 11, 22), "usual": 1,
}  # fmt: skip
MARKET = {**ENTRY, "day_id": None, "last_on": DAY, "worked": True, "name": "", "by": "", "made_on": None}
LONGEST = {**ENTRY, "day_id": LONG + 1, "last_on": date(2027, 1, 2), "name": "长" * 20, "usual": 0}
YEARS = [{"year": 2026, "official": True}, {"year": 2027, "official": False}]
EMPTY: Values = {"items": [], "total": 0, "page": 1, "pages": 1, "years": YEARS, "waiting": [], "agreed": []}
FIGURES = {"reminders": 12_345, "reports": 3, "repeated": 0, "on": "2026-11-22"}
LENGTHS = ("half_month", "month", "quarter", "half_year", "year", "months:2", "week", "cron:0 0 1 * *")
LOOKED: Values = {
    "on": DAY, "worked": False, "why": "holiday", "name": "", "by": "欧阳明", "holiday": ("国庆节", "National Day"),
    "guessed": True, "before": date(2026, 12, 2), "dates": (("乡镇自查", "Township self-check"),), "open": 10_000,
    "visits": tuple((what, length) for what in ("due", "end", "grace") for length in LENGTHS),
}  # fmt: skip
DRAFT: Values = {
    "draft_id": LONG, "version": 12, "spans": [[DAY, DAY], [date(2026, 12, 13), date(2026, 12, 15)]], "worked": False,
    "today": date(2026, 11, 22),
}  # fmt: skip
MANY: Values = {**DRAFT, "spans": [[date(2026, 12, day), date(2026, 12, day + 1)] for day in range(1, 24, 2)]}
SEEN: Values = {**DRAFT, "act": "set", "name": "大雪", "year": 0, "figures": FIGURES, "days": [], "usual": 2}
CALENDAR_SAMPLES: dict[str, list[Values]] = {
    "calendar.list": [
        EMPTY,
        {**EMPTY, "items": [ENTRY, MARKET, LONGEST], "total": 3, "waiting": [2027]},
        {**EMPTY, "agreed": [{"year": 2026, "by": "欧阳明", "on": date(2026, 11, 22)}]},
        {**EMPTY, "items": [{**LONGEST, "day_id": LONG - n} for n in range(10)], "total": 35, "page": 2, "pages": 4},
    ],
    "calendar.days": [{**DRAFT, "spans": [], "worked": None}],
    "calendar.worked": [{**DRAFT, "worked": None}, MANY],
    "calendar.name": [DRAFT, {**MANY, "worked": True}],
    "calendar.preview": [
        SEEN, {**SEEN, "spans": MANY["spans"], "name": "长" * 20, "usual": 0}, {**SEEN, "figures": None},
        {**SEEN, "figures": {**FIGURES, "reminders": 0, "reports": 0}}, {**SEEN, "act": "end"},
        {**SEEN, "act": "year", "year": 2027, "days": [[date(2027, 2, day), day % 2 == 0] for day in range(1, 29)]},
        {**SEEN, "act": "back", "year": 2026, "days": [[date(2026, 12, 3), True]]},
    ],
    "calendar.dropped": [{}],
    "calendar.day": [
        {"days": [LOOKED], "today": DAY},
        {"days": [{**LOOKED, "worked": True, "before": None, "why": why, "dates": (), "visits": (), "open": 0,
                   "holiday": ("国庆节", "National Day") if why == "shifted" else None}
                  for why in ("file", "local", "shifted", "weekend", "weekday")], "today": DAY},
    ],
    "calendar.done": [
        {"act": "set", "year": 0, "duties": 12, "ids": [LONG], "spans": [[DAY, DAY]], "worked": False, "name": "大雪"},
        {"act": "set", "year": 0, "duties": 0, "ids": [1, 2], "spans": DRAFT["spans"], "worked": True, "name": "赶场"},
        {"act": "end", "year": 0, "duties": 1, "ids": [], "spans": [[DAY, DAY]], "worked": False, "name": "大雪"},
        {"act": "back", "year": 2026, "duties": 12, "ids": [], "spans": [], "worked": False, "name": ""},
        {"act": "year", "year": 2027, "duties": 4_000, "ids": [], "spans": [], "worked": False, "name": ""},
    ],
    "calendar.card": [{**ENTRY, "gone": False}, {**LONGEST, "gone": False}, {"gone": True}],
}  # fmt: skip
CALENDAR_NEWS: list[Values] = [
    {
        "what": what, "values": {"year": str(year), "n": 9, "moves": 12_345},
        "choices": (
            ("calendar.look", f"calendar:year:{year}", "calendar.look_words"),
            ("calendar.accept", f"calendar:accept:{year}:0a1b2c3d", "calendar.accept_words"),
        ),
    }
    for what, year in (("calendar_year", 2027), ("calendar_revised", 2026))
] + [
    {"what": "calendar_missing", "values": {"year": "2027"}, "choices": (("menu.calendar", "calendar:list", "word.calendar"),)}
]  # fmt: skip
