"""Values for the news about records of visits, and for their corrections, returns and absences."""

from datetime import date
from typing import Any

from tests.handlers.visit_samples import DAY, HOUSE, LONG, RECORD, TEN_NAMES, line, place, standing

Values = dict[str, Any]
UNTIL = date(2027, 1, 31)
CARD_OF_RECORD = (("news.see_record", f"visit:card:{LONG}", ""),)
RECORD_NEWS: list[Values] = [
    *({"what": f"visit_{what}", "values": {"place": place(), "by": "张伟", "day": DAY},
       "choices": (("news.see_household", f"household:open:{LONG + n}", ""),)}
      for n, what in enumerate(("unreachable", "declined"))),
    *({"what": f"claim_{what}", "values": {"place": place(), "by": "张伟", "day": DAY}, "choices": ()}
      for what in ("attested", "denied", "unanswered")),
]  # fmt: skip
RETURN_NEWS: list[Values] = [
    {"what": f"return_{what}", "values": {"place": place(), "by": "张伟", "day": DAY, "answer": "照片是李宁家灶房"},
     "choices": (("news.see_record", f"visit:card:{LONG + n}", ""),)}
    for n, what in enumerate(("answered", "confirmed", "withdrawn"))
]  # fmt: skip
CHANGES = [
    {"version": 2, "on": DAY, "reason": "correction", "differences": [
        {"what": "visited_on", "before": date(2026, 11, 9), "after": DAY},
        {"what": "outcome", "before": "met", "after": "away"},
        {"what": "kind", "before": "routine", "after": "phone"},
        {"what": "household_id", "before": "李宁", "after": "王芳"},
        {"what": "away_until", "before": None, "after": UNTIL},
    ]},
    {"version": 3, "on": DAY, "reason": "addition", "differences": [
        {"what": "note", "before": "", "after": "低保到账了" * 60}]},
]  # fmt: skip
REMARK = {
    "return_id": LONG, "visit_id": LONG, "place": place(), "visited_on": DAY, "state": "open", "visit_state": "confirmed",
    "by": "队长", "by_id": 7, "author": "张伟", "on": DAY, "remark": "照片看不清是哪家", "answer": "",
}  # fmt: skip
ANSWERED = {**REMARK, "state": "answered", "answer": "是李宁家灶房,灯暗"}
CLAIM = {"visit_id": LONG, "place": place(), "visited_on": DAY, "outcome": "met", "by": "小陈"}
CLAIMS = [CLAIM, {**CLAIM, "visit_id": LONG + 1, "place": place("王芳"), "outcome": "not_home"}]
DETAILS = [
    {**RECORD, "changes": CHANGES, "returns": [ANSWERED, REMARK]},
    {**RECORD, "mine": False, "may_return": True, "changes": CHANGES[:1], "returns": []},
    {**RECORD, "mine": False, "may_return": True, "returns": [REMARK]},
    {**RECORD, "outcome": "away", "away_until": UNTIL},
]


def pending(step: str, **changed: Any) -> Values:
    values = {
        "draft_id": LONG, "version": 99, "state": "active", "step": step, "today": DAY, "stale": False,
        "visit": RECORD, "places": [place(name) for name in TEN_NAMES], "changes": [],
    }  # fmt: skip
    return {**values, **changed}


FIXES = [
    *(pending(step) for step in ("day", "outcome", "household", "note", "add")),
    pending("outcome", visit={**RECORD, "kind": "phone"}, stale=True),
    pending("which", visits=[{**RECORD, "visit_id": LONG + n} for n in range(8)]),
    *(pending("card", changes=version["differences"], stale=True) for version in CHANGES),
    pending("card", state="done"),
]
UNTIL_WORDS = {"visit_id": LONG, "draft_id": LONG, "place": place(), "again": False, "until": UNTIL}
RECORD_SAMPLES: dict[str, list[Values]] = {
    "visit.correct": [RECORD],
    "visit.fix": FIXES,
    "visit.corrected": [{**RECORD, **line(), "standing": standing(), "settled": []}],
    "visit.not_corrected": [{}],
    "visit.return": [RECORD],
    "visit.returned": [RECORD],
    "visit.reply": [REMARK],
    "visit.replied": [RECORD],
    "visit.until_words": [UNTIL_WORDS, {**UNTIL_WORDS, "again": True}],
    "visit.until_said": [UNTIL_WORDS],
    "visit.death": [HOUSE],
    "household.back": [{"place": place()}],
}
