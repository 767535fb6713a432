"""Values for the screens of visits, photos and households, in the shape their facts have."""

from datetime import UTC, date, datetime
from typing import Any

from models.visits.reports import Query

Values = dict[str, Any]
DAY = date(2026, 11, 12)
LONG = 1_234_567_890


def place(name: str = "李宁", **changed: Any) -> Values:
    number = LONG + sum(map(ord, name))
    at = {"household_id": number, "name": name, "village": "青山村", "group": "4组", "number": "522401001", "paused": False}
    return {**at, **changed}


def duty(name: str = "李宁", **changed: Any) -> Values:
    values = {
        "duty_id": LONG, "version": 12, "household_id": LONG, "name": name, "village": "青山村", "group": "4组",
        "every": "month", "needed": 2, "done": 1, "late": 0, "cycle": 1, "starts_on": date(2026, 11, 1),
        "due_on": date(2026, 11, 25), "ends_on": date(2026, 11, 30), "grace_ends_on": date(2026, 12, 3), "today": DAY,
        "state": "open", "level": 0, "waiting": 0, "can_explain": True, "paused": False, "next": None,
    }  # fmt: skip
    return {**values, **changed}


OLD = duty(starts_on=date(2026, 10, 1), due_on=date(2026, 10, 25), ends_on=date(2026, 10, 31), grace_ends_on=date(2026, 11, 4))


def standing(name: str = "李宁", **changed: Any) -> Values:
    values = {"place": place(name), "last_met_on": DAY, "this": duty(name), "older": (), "month_days": 0}
    return {**values, **changed}


def line(name: str = "李宁", **changed: Any) -> Values:
    values = {
        "visit_id": LONG, "line": 1, "place": place(name), "visited_on": DAY, "outcome": "met", "kind": "routine",
        "note": "低保到账了", "state": "confirmed", "capacity": "helper", "counts": True, "twice": False,
        "standing": standing(name), "settled": [],
    }  # fmt: skip
    return {**values, **changed}


TEN_NAMES = [f"欧阳明{n}" for n in "一二三四五六七八九十"]
TEN = [standing(name) for name in TEN_NAMES]
PAUSED = standing("赵二", place=place("赵二", paused=True), last_met_on=None)
NEW = standing("钱三", this=None, last_met_on=None, month_days=1)
BEHIND = standing("孙四", older=(OLD,))
PAGE = {"items": [*TEN[:7], PAUSED, NEW, BEHIND], "page": 2, "pages": 3, "total": 30}
HOUSE = {"item": standing(), "day": DAY, "today": DAY, "stale": False}
OWED = {"total": 12, "items": [duty("王芳"), duty("张三"), duty("李四"), duty("王五")], "paused": 0}


TWIN = {"photo_id": LONG, "nth": 2, "total": 5, "visited_on": DAY, "name": "欧阳明一", "more": 1}
ALONE = {**TWIN, "nth": 1, "total": 1, "name": ""}


def logged(*lines: Values, **changed: Any) -> Values:
    values = {
        "draft_id": LONG, "again": False, "today": DAY, "lines": list(lines), "photos": {"stored": 3, "waiting": 1},
        "owed": OWED, "undo": True, "asks": True, "twin": None, "nicknames": [],
    }  # fmt: skip
    return {**values, **changed}


CALLED = {"word": "老表", "household_id": LONG, "answer": "ask", "at": 0, "place": place()}
LOGGED = [
    logged(line()),
    logged(line(), owed={"total": 0, "items": [], "paused": 2}),
    logged(*(line(name) for name in TEN_NAMES[:5]), photos={}, undo=False, again=True),
    logged(
        line(standing=standing(this=duty(done=2))),
        line("王芳", twice=True, standing=standing(this=None, month_days=3)),
        line("赵二", standing=standing(this=duty(late=1)), settled=["2026-10-01"]),
        line("钱三", counts=False, kind="courtesy"),
        line("孙四", counts=False, kind="phone", visited_on=date(2026, 11, 11)),
        owed={"total": 0, "items": [], "paused": 0},
    ),
    logged(
        line(counts=False, outcome="not_home"),
        line("王芳", counts=False, outcome="deceased"),
        line("赵二", counts=False, capacity="team_head"),
        line("钱三", counts=False, capacity="other"),
        line("孙四", state="unconfirmed"),
        owed=None,
    ),
    logged(line(state="withdrawn"), undo=False),
    logged(line(counts=False, outcome="away"), line("王芳", counts=False, outcome="away"), owed=None),
    logged(line(counts=False, outcome="away"), today=date(2026, 11, 28), owed=None),
    logged(line(counts=False, outcome="away", away_until=date(2027, 1, 31)), owed=None),
    logged(line(), twin=ALONE),
    logged(line(), nicknames=[CALLED, {**CALLED, "answer": "kept"}, {**CALLED, "answer": "once"}]),
    logged(line(), nicknames=[{**CALLED, "answer": "kept"}]),
]


def report(query: Query | None = None, *lines: Values, **changed: Any) -> Values:
    names = ["李宁", "王芳", "欧阳明一"]
    values = {
        "draft_id": LONG, "version": 99, "state": "active", "step": "card", "lines": lines or (line(state="unconfirmed"),),
        "places": {n: place(name, household_id=n) for n, name in enumerate(names, 1)},
        "photos": {"stored": 2}, "aside": "", "base": None, "today": DAY, "stale": False, "query": query, "logged": None, "twin": None,
    }  # fmt: skip
    return {**values, **changed}


def query(code: str, **more: Any) -> Query:
    return Query(code, f"{code}:x", 0, "走了", more.pop("household_ids", (1, 2, 3)), **more)


QUESTIONS = [
    *(report(query(code)) for code in ("household", "unknown", "which", "whose", "about", "also", "done", "death", "gift")),
    report(query("outcome", outcomes=("met", "not_home"))),
    report(query("how", household_ids=(1,))),
    report(query("date", household_ids=(), days=("2026-11-11", "2026-11-04"))),
    *(report(query("date", household_ids=(), days=("2026-11-11", "2026-11-04"), reason=reason)) for reason in ("lunar", "calendar")),
    *(report(query("date", household_ids=(), reason=reason), stale=True)
      for reason in ("future", "old", "impossible", "lunar", "midnight", "several", "vague")),
]  # fmt: skip
CARDS = [
    report(),
    report(photos={"stored": 2, "voice_stored": 1}),
    report(None, *(line(name, note="说" * 300, twice=True) for name in TEN_NAMES[:4]), stale=True),
    report(state="cancelled"),
    report(twin=TWIN),
    report(logged=LOGGED[0]),
]
RECORD = {
    "visit_id": LONG, "draft_id": LONG, "place": place(), "visited_on": DAY, "logged_at": datetime(2026, 11, 12, tzinfo=UTC),
    "outcome": "met", "kind": "routine", "note": "低保到账了", "state": "confirmed", "capacity": "helper",
    "person_id": 5, "person": "张伟", "entered_by": None, "photos": {"stored": 2}, "withdrawn_reason": None,
    "may_return": False, "version": 3, "away_until": None, "changes": [], "returns": [],
    "today": DAY, "mine": True, "twin": None,
}  # fmt: skip
ENTERED = {**RECORD, "entered_by": "小陈", "state": "unconfirmed", "mine": False, "kind": "verification"}
HEARD = {"voice_stored": 2, "voice_waiting": 1}
LOOSE = {"draft_id": LONG, "photos": {"stored": 3}, "total": 3, "items": [place(name) for name in TEN_NAMES[:8]], "worded": True, "twin": None}
SHOWN = {
    "photo_id": LONG, "nth": 1, "sent_at": datetime(2026, 11, 12, 18, 31, tzinfo=UTC), "slot": "other", "state": "stored",
    "original": False, "forwarded": False, "shared": False, "taken_at": None,
}  # fmt: skip
TAKEN = {**SHOWN, "original": True, "slot": "document", "taken_at": datetime(2026, 11, 11, 14, 3, tzinfo=UTC)}
TEN_PHOTOS = [{**(TAKEN if n % 2 else SHOWN), "nth": n, "photo_id": LONG + n} for n in range(1, 11)]
ONE_PHOTO = {
    "photo_id": LONG, "visit_id": LONG, "line": SHOWN, "place": place(), "visited_on": DAY, "today": DAY, "camera": None,
    "others": [], "mine": True, "explanation": None,
}  # fmt: skip
VISIT = {
    "visit_id": LONG, "visited_on": DAY, "outcome": "met", "kind": "routine", "state": "confirmed", "person": "张伟",
    "capacity": "helper", "photos": 2, "entered": False, "mine": True,
}  # fmt: skip
VISITS = [{**VISIT, "visit_id": LONG + n, "state": state} for n, state in enumerate(("confirmed", "withdrawn", "unconfirmed"))]
CARD = {
    "successor": None, "joined": [],
    "place": place(), "kind": "low_income", "cause": "illness", "people_count": 4,
    "members": [("李宁", "户主", False), ("王秀英", None, True)] * 5, "helpers": [(5, "张伟", "first"), (6, "刘芳", "second")],
    "phone": "138****0001", "visits": VISITS, "visits_total": 12, "photos_total": 7, "last_met_on": DAY, "paused_at": None,
    "standing": BEHIND, "today": DAY, "away_until": date(2027, 1, 31), "may": ["visit.log", "visit.log_for", "household.phone", "assignment.write"],
    "nicknames": 2,
}  # fmt: skip
BARE = {
    **CARD, "place": place(number=None), "cause": None, "members": [], "helpers": [], "phone": "", "visits": [],
    "standing": NEW, "away_until": None, "may": [], "nicknames": 0,
}  # fmt: skip

VISIT_SAMPLES: dict[str, list[Values]] = {
    "visit.choose": [PAGE, {"items": [], "page": 1, "pages": 1}],
    "visit.house": [HOUSE, {**HOUSE, "stale": True, "day": date(2026, 11, 11), "item": NEW}],
    "visit.days": [{"household_id": LONG, "today": "2026-11-12"}],
    "visit.words": [HOUSE],
    "visit.missed": [HOUSE],
    "visit.logged": LOGGED,
    "visit.undone": [
        {"lines": [line(state="withdrawn")], "today": DAY},
        {"lines": [line(name, state="withdrawn") for name in TEN_NAMES], "today": DAY},
    ],
    "visit.cancelled": [{}],
    "visit.confirmed_all": [{"reports": LOGGED[:2], "waiting": 2}, {"reports": [], "waiting": 1}],
    "visit.report": [*CARDS, *QUESTIONS],
    "visit.dates": [{"draft_id": LONG, "version": 99, "today": DAY}],
    "visit.aside": [
        {"why": "missed", "draft_id": None, "items": []},
        {"why": "missed", "draft_id": 1, "items": [duty(name, duty_id=LONG + n) for n, name in enumerate(TEN_NAMES)]},
        *({"why": why, "draft_id": draft, "items": TEN[:5]}
        for why, draft in (("plan", None), ("other", None), ("asks", 2), ("unknown", None), ("number", None),
                           ("link", None), ("identity", None), ("phone", None), ("sign", None))),
    ],
    "visit.detail": [RECORD, ENTERED, {**RECORD, "state": "withdrawn"}, {**RECORD, "state": "dropped", "note": "话" * 400}],
    "visit.withdraw": [RECORD],
    "visit.withdrawn": [RECORD],
    "visit.enter": [{"place": place(), "helpers": [[5, "张伟", "first"], [6, "刘芳", "second"]], "today": DAY},
                    {"place": place(), "helpers": [], "today": DAY}],
    "visit.enter_outcome": [{"place": place(), "helpers": [[5, "张伟", "first"]], "today": DAY, "person_id": 5, "day": DAY}],
    "visit.entered": [{**ENTERED, "asked": True}, {**ENTERED, "asked": False}],
    "visit.attest": [ENTERED],
    "visit.attested": [RECORD, {**RECORD, "state": "dropped"}],
    "photo.received": [LOOSE, {**LOOSE, "photos": HEARD}, {**LOOSE, "photos": {"refused": 1}}, {**LOOSE, "twin": TWIN}],
    "photo.whose": [LOOSE, {**LOOSE, "photos": HEARD, "total": 0}, {**LOOSE, "photos": {**HEARD, "stored": 3}}, {**LOOSE, "worded": False, "total": 1}, {**LOOSE, "twin": ALONE}],
    "photo.offer": [{**LOOSE, "visits": [line(), line("王芳", visit_id=LONG + 1)], "today": DAY}, {**LOOSE, "visits": [], "today": DAY}],
    "photo.added": [RECORD, {**RECORD, "twin": TWIN}],
    "photo.note": [{"photo_id": LONG}],
    "photo.list": [{**RECORD, "items": TEN_PHOTOS, "page": 2, "pages": 3, "total": 28},
                   {**RECORD, "items": [SHOWN], "page": 1, "pages": 1, "total": 1},
                   {**RECORD, "items": [], "page": 1, "pages": 1, "total": 0}],
    "photo.one": [ONE_PHOTO, {**ONE_PHOTO, "line": TAKEN, "camera": "HUAWEI P40", "explanation": "话" * 200},
                  {**ONE_PHOTO, "line": {**SHOWN, "shared": True}, "others": [[LONG + n, place(name)] for n, name in enumerate(TEN_NAMES[:5])]},
                  {**ONE_PHOTO, "mine": False, "line": {**TAKEN, "slot": "front"}}],
    "photo.send": [RECORD],
    "photo.recent": [{"visits": [{**RECORD, "visit_id": LONG + n} for n in range(10)], "today": DAY}, {"visits": [], "today": DAY}],
    "photo.failed": [
        *({"medium": "voice", "failed": [(1, reason)], "total": 1, "kept": 0} for reason in ("type", "too_big", "empty", "gone")),
        *({"failed": [(1, reason)], "total": 1, "kept": 0} for reason in ("type", "too_big", "broken", "gone", "empty", "animated", "video")),
        {"failed": [(2, "broken"), (4, "broken"), (5, "too_big")], "total": 6, "kept": 3},
    ],
    "photo.dropped": [{}],
    "household.mine": [PAGE, {"items": [], "page": 1, "pages": 1, "total": 0}],
    "household.ask": [{}],
    "household.found": [{"items": [place(name) for name in TEN_NAMES], "page": 1, "pages": 2, "total": 12, "draft_id": LONG}],
    "household.card": [
        {**CARD, "joined": [place(name="王平"), place(name="赵一")]}, {**BARE, "successor": place(name="王平")},
        CARD, BARE, {**CARD, "standing": PAUSED}, *({**BARE, "kind": kind} for kind in ("general", "destitute", "monitored", "exited"))],
    "household.visits": [{"place": place(), "items": VISITS, "page": 1, "pages": 2, "today": DAY},
                         {"place": place(), "items": [], "page": 1, "pages": 1, "today": DAY}],
    "household.phone": [{"place": place(), "phone": "13800000001"}, {"place": place(), "phone": ""}],
    "household.deceased": [RECORD],
    "nickname.list": [{"place": place(), "items": [[LONG, "歪叔"], [LONG + 1, "老表"]]}, {"place": place(), "items": []}],
    "household.resumed": [{"place": place()}],
    "household.ended": [{"place": place()}],
}  # fmt: skip
