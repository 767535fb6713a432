"""Values for the screens of fixed dates, in the shape their facts have."""

from datetime import date
from typing import Any

Values = dict[str, Any]
DAY = date(2026, 5, 12)


def dated(name: str = "乡镇自查", **changed: Any) -> Values:
    """A fixed-date duty for 15 May 2026, seen on 12 May."""
    number = sum(map(ord, name))
    values: Values = {
        "duty_id": 1_234_500_000 + number, "version": 3, "household_id": None, "name": "", "title_zh": name,
        "title_en": f"Ready: {name.encode().hex()[:8]}", "evidence": "note", "village": "示例乡", "village_id": 11,
        "group": None, "every": "year", "needed": 1, "done": 0, "late": 0, "starts_on": date(2026, 4, 30),
        "due_on": date(2026, 5, 15), "ends_on": date(2026, 5, 15), "grace_ends_on": date(2026, 5, 15), "today": DAY,
        "state": "open", "level": 0, "owner": "王专干", "unit": None, "rule_code": "R2", "can_explain": True,
        "waiting": 0, "next": {"what": "deputy", "on": date(2026, 5, 19)},
    }  # fmt: skip
    return {**values, **changed}


LATE = dated("县级复查准备", today=date(2026, 5, 19), level=3, since=date(2026, 5, 19))
EVIDENCE: Values = {
    "by": "王专干", "on": date(2026, 5, 14), "words": "三项任务自查完,发现2个问题",
    "files": {f"{medium}_{state}": 2 for medium in ("photo", "file") for state in ("stored", "waiting", "refused")},
}  # fmt: skip
OVER = {"state": "done", "closed_on": date(2026, 5, 14), "done": 1}
WHY = {"reason": "other", "reason_text": "县里改到六月来", "reason_zh": "其他", "reason_en": "Other"}
NEAR = ((date(2026, 5, 15), 2), (date(2026, 5, 20), 1))
LIST: Values = {"unconfirmed": [], "handed": [], "short": [], "total": 0, "cases": 0, "notices": 0}
DATE_LISTS = [{**LIST, "dates": [dated(), LATE, dated("报表", can_explain=False)]}]
DATE_DIGESTS: list[Values] = [
    {"day": DAY, "dates": [dated(), dated("复查情况报表")], "near": NEAR},
    {"day": DAY, "dates": [dated()], "near": ((date(2026, 5, 15), 1), (date(2026, 5, 20), 1))},
    {"day": date(2026, 5, 19), "dates_told": [LATE, dated("没人的", owner=None, today=date(2026, 5, 19))]},
    {"day": date(2026, 5, 25), "outcomes": [
        {"what": what, "name": "", "title_zh": "乡镇自查", "title_en": "Self-check", "village": "示例乡", "group": None,
         "day": date(2026, 5, 19), "by": "王专干", **WHY}
        for what in ("date_done", "date_late", "date_explained", "date_waived", "date_void", "date_reopened")]},
]  # fmt: skip
DATE_NOTICES = [{"notices": [{**dated(), "what": "no_owner", "who": "officer"}], "findings": []}]
EVENTS = [
    {"on": DAY, "kind": kind, "who": "王专干", "to": ["赵明"], "role": "deputy", **WHY}
    for kind in ("done", "explained", "owner", "reopened", "level")
]
DATE_CARDS: list[Values] = [
    {"item": LATE, "events": EVENTS, "may": ["take", "urge", "extend", "reassign", "later"], "looks": True},
    {"item": dated(owner=None, next=None), "events": [], "may": [], "looks": True},
    {"item": dated(**OVER), "events": EVENTS, "may": [], "looks": True, "evidence": EVIDENCE},
    {"item": dated(state="explained", closed_on=DAY, **WHY), "events": [], "may": [], "looks": True},
]
DATE_WHYS: list[Values] = [
    {"item": dated(every=every, evidence=evidence, grace_ends_on=date(2026, 5, 18)), "mine": True, "note": note}
    for every, evidence, note in (
        ("once", "none", "unchecked"), ("month", "note", "date_taken_back"), ("quarter", "file", ""),
        ("half_year", "note_and_file", ""),
    )
]  # fmt: skip
DATE_SAMPLES: dict[str, list[Values]] = {
    "date.ask": [{"item": dated(), "lacks": lacks} for lacks in (["note"], ["file"], ["note", "file"])],
    "date.done": [
        {"item": dated(**OVER), "evidence": EVIDENCE},
        {"item": dated(**{**OVER, "closed_on": date(2026, 5, 19)}), "evidence": None},
        {"item": dated()},
    ],
    "date.reason": [{"item": LATE}],
    "date.explained": [{"item": dated(state="explained", closed_on=DAY, **WHY)}],
}
