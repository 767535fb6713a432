"""Values for the screens of rules, in the shape their facts have."""

from datetime import date
from typing import Any

from models.rules import HELPER_LOAD_RULE, PROFILES, VISIT_RULE, HelperLoad
from models.rules.dialogue import ADDABLE
from models.rules.families import complete, family_of

Values = dict[str, Any]
DAY = date(2026, 11, 22)
LONG = 1_234_567_890
OFTEN, SELDOM = (complete(VISIT_RULE, PROFILES[name].to_dict()) for name in PROFILES)
CHANGED = {
    **SELDOM, "due_day": 20, "phone_counts": True, "repeat_times": 0, "ladder": [],
    "reminders": {**SELDOM["reminders"], "weekday": "never", "before_due": False, "after_due": False,
                  "last_workday": False, "last_grace_day": False},
}  # fmt: skip


def view(code: str = VISIT_RULE, **changed: Any) -> Values:
    values: Values = {
        "code": code, "rule_id": LONG, "version": 3, "state": "on", "parameters": OFTEN, "since": DAY, "by": "欧阳明",
        "source": "chat", "locked": False, "later_on": None, "later_state": "", "later": None,
        "undo_id": LONG, "changes": [], "area_id": None, "village": "", "own": True, "villages": [],
    }  # fmt: skip
    return {**values, **changed}


LOAD = view(HELPER_LOAD_RULE, parameters=HelperLoad().to_dict(), by="", source="shipped", since=None, undo_id=None)
DATES = view("R8", parameters=dict(family_of("R8").default), state="off", by="", source="shipped", since=None, undo_id=None)
QUARTER = view("D1", parameters={**family_of("D1").default, "days": ["3-31", "1-15"], "every": "quarter", "per": "village"})
UNSEEN = view("UNSEEN", parameters=dict(family_of("UNSEEN").default))
ONCE = view("D2", parameters={**family_of("D2").default, "days": ["2026-05-15"], "every": "once", "per": "person"})
COMING = view(later_on=date(2026, 12, 1), later_state="off", later=CHANGED, changes=["due_day", "ladder", "kinds"])
FILE = view(by="", source="file", locked=True, parameters=SELDOM, undo_id=None)
OWN = view(area_id=LONG, village="青山村")
VILLAGES: list[Values] = [
    {"area_id": LONG + n, "name": f"青山坪上{n}村", "own": n % 2 == 0, "state": "on", "parameters": SELDOM,
     "later_own": n % 3 == 0, "later_on": date(2026, 12, 1) if n % 3 else None, "later": OFTEN if n % 3 else None}
    for n in range(12)
]  # fmt: skip
FIGURES: Values = {
    "subjects": 10_000, "owners": 2_000, "subjects_before": None, "coming": [], "reminders": [], "duties": 9_999, "void": 120, "done": 80, "moved": 13_200, "cancelled": 400,
    "added": 0, "repeated": 0, "days": [["2026-11-22", 900, 1], ["2026-11-26", 1_800, 2], ["2026-12-07", 12, 1]],
    "before": [["2026-11-26", 1_700, 1]], "starts_on": "2026-11-01", "on": "2026-11-22",
}  # fmt: skip


def draft(asked: str = "", after: Values = CHANGED, code: str = VISIT_RULE, **changed: Any) -> Values:
    before = OFTEN if code == VISIT_RULE else dict(family_of(code).default)
    values: Values = {
        "draft_id": LONG, "version": 12, "code": code, "asked": asked, "before": before, "after": after,
        "changes": ["quota", "kinds", "due_day", "reminders.weekday", "phone_counts", "ladder"], "state": "on",
        "state_before": "on", "at_once": True, "undo": False, "preview": FIGURES, "at_once_too": True, "later_too": True, "dated": False, "known": None,
        "today": DAY, "things": [thing.path for thing in family_of(code).things],
        "ranged": family_of(code).plans, "area_id": None, "village": "",
    }  # fmt: skip
    return {**values, **changed}


WEEKLY = {**CHANGED, "period": "week", "due_weekday": "wednesday"}
DECADES = {**CHANGED, "period": "cron:0 0 1,11,21 * *", "kinds": {}}
R12 = draft(code=HELPER_LOAD_RULE, after={"least": 1, "most": 8}, changes=["most"], later_too=False)
R8_NEW = {**family_of("R8").default, "days": ["5-2"], "leads": [30, 0]}
KNOWN = {
    "free": [(date(2027, 5, 2), date(2027, 4, 30))], "past": [30], "coming": [date(2027, 5, 2)],
    "close": (("R2", "乡镇自查", "Township self-check", date(2027, 5, 15)),),
}  # fmt: skip
R8 = draft(
    code="R8", before=dict(family_of("R8").default), after=R8_NEW, changes=["days", "leads"], dated=True, known=KNOWN
)
EVERY = {"year": "5-2", "half_year": "6-25", "quarter": "3-31", "month": "25", "once": "2027-05-02"}
QUESTIONS = (
    *(thing.path for thing in family_of(VISIT_RULE).things), "kinds.low_income", "ladder.0", "ladder.2.after", "ladder.0.after",
    "ladder.add", *(f"ladder.new.{who}" for who in ADDABLE),
)  # fmt: skip
VERSIONS = {
    "code": VISIT_RULE, "area_id": None, "village": "", "total": 7, "page": 1, "pages": 2,
    "items": [
        {"rule_id": LONG - n, "version": 7 - n, "made_on": DAY, "starts_on": date(2026, 12, 1), "at_once": n % 2 == 0,
         "by": "欧阳明" if n else "", "source": "chat" if n else "file", "state": "off" if n == 1 else "on",
         "state_before": "on", "changes": ["due_day", "quota", "phone_counts"] if n % 2 else [], "before": OFTEN,
         "after": CHANGED}
        for n in range(5)
    ],
}  # fmt: skip
RULE_SAMPLES: dict[str, list[Values]] = {
    "rules.list": [
        {"items": [view(), DATES, QUARTER, LOAD, UNSEEN], "held": None, "today": DAY}, {"items": [COMING, LOAD], "held": LONG, "today": DAY},
        {"items": [FILE, {**LOAD, "state": "off"}], "held": None, "today": DAY},
    ],
    "rules.card": [view(parameters=WEEKLY), view(parameters=DECADES), view(villages=VILLAGES), OWN, {**OWN, "own": False}, {**OWN, "locked": True}, view(), COMING, FILE, LOAD, DATES, QUARTER, ONCE, UNSEEN, view(state="off")],
    "rules.versions": [VERSIONS, {**VERSIONS, "page": 2}, {**VERSIONS, "page": 2, "area_id": LONG, "village": "青山村"}],
    "rules.villages": [
        {"code": VISIT_RULE, "items": VILLAGES[:9], "page": 1, "pages": 2, "total": 12},
        {"code": VISIT_RULE, "items": VILLAGES[9:], "page": 2, "pages": 2, "total": 12},
    ],
    "rules.where": [
        {"draft_id": LONG, "code": VISIT_RULE, "items": VILLAGES[:9], "page": 1, "pages": 2, "total": 12},
        {"draft_id": LONG, "code": VISIT_RULE, "items": VILLAGES[9:], "page": 2, "pages": 2, "total": 12},
    ],
    "rules.profile": [{"parameters": OFTEN}, {"parameters": SELDOM}],
    "rules.mine": [
        {**view(), "roles": roles} for roles in (["helper"], ["team_head"], ["county"])
    ] + [
        {**COMING, "roles": ["helper"]}, {**view(state="off"), "roles": ["helper"]},
        {**view(villages=VILLAGES), "roles": ["team_head"]},
    ],
    "rules.things": [draft(area_id=LONG, village="青山村"), draft(), draft(after=OFTEN, changes=[]), R12],
    "rules.ask": [draft("due_day", WEEKLY), draft("due_day", {**WEEKLY, "kinds": {}}), draft("due_day", DECADES)]
    + [draft(asked, OFTEN) for asked in QUESTIONS] + [draft("ladder"), {**R12, "asked": "most"}]
    + [{**R8, "asked": "days", "after": {**R8_NEW, "every": every, "days": [day]}} for every, day in EVERY.items()]
    + [{**R8, "asked": "days", "after": {**R8_NEW, "days": ["5-2", "6-3"]}}, {**R8, "asked": "leads"}]
    + [{**R8, "asked": "leads", "after": {**R8_NEW, "leads": []}}],
    "rules.when": [
        R8, draft(), draft(at_once_too=False), draft(changes=[]), R12, draft(state="off", changes=[]),
        draft(state="removed", area_id=LONG, village="青山村"),
        draft(state_before="removed", area_id=LONG, village="青山村"),
    ],
    "rules.preview": [
        draft(preview={**FIGURES, "unaffected": [each["name"] for each in VILLAGES]}), draft(area_id=LONG, village="青山村"),
        draft(), draft(at_once=False), draft(undo=True), draft(preview={**FIGURES, "days": []}), draft(preview=None),
        {**R12, "preview": {**FIGURES, "days": [], "before": [], "subjects": 3, "subjects_before": 5}},
        draft(code="UNSEEN", after={"times": 3, "least_days": 90, "leader_days": 14}, changes=["times", "least_days"],
              preview={**FIGURES, "subjects_before": 12_000, "coming": ["2026-11-23", "2026-11-30", "2026-12-07"]}),
        *({**R8, "after": {**R8_NEW, "per": per}, "preview": {**FIGURES, "coming": ["2027-05-02", "2028-05-02"],
           "reminders": ["2027-04-02", "2027-04-30"]}} for per in ("township", "village", "person")),
        {**R8, "at_once": False},
    ],
    "rules.held": [{}],
    "rules.dropped": [{}],
    "rules.done": [
        {"rule_id": LONG, "code": VISIT_RULE, "parameters": OFTEN, "starts_on": date(2026, 12, 1), "moved": None, "today": DAY,
         "area_id": LONG, "village": "青山村"},
        {"rule_id": LONG, "code": VISIT_RULE, "parameters": OFTEN, "starts_on": date(2026, 12, 1), "moved": None, "today": DAY,
         "area_id": None, "village": ""},
        {"rule_id": LONG, "code": VISIT_RULE, "parameters": OFTEN, "starts_on": date(2026, 11, 1), "today": DAY,
         "area_id": None, "village": "", "moved": {"changed": 9_999, "void": 1, "done": 2, "reopened": 3}},
    ],
}  # fmt: skip
