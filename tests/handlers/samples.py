"""Values for every kind of screen: what a reader really gets, one or several samples a kind.

A new screen needs a line here; `tests/handlers/test_screens.py` finds the ones without.
"""

from datetime import date
from typing import Any

from models.findings import KINDS
from tests.handlers.absence_samples import ABSENCE_NEWS, ABSENCE_SAMPLES
from tests.handlers.burden_samples import BURDEN_NEWS, BURDEN_SAMPLES
from tests.handlers.calendar_samples import CALENDAR_NEWS, CALENDAR_SAMPLES
from tests.handlers.change_samples import CHANGE_SAMPLES
from tests.handlers.date_samples import DATE_CARDS, DATE_DIGESTS, DATE_LISTS, DATE_NOTICES, DATE_SAMPLES, DATE_WHYS
from tests.handlers.handover_samples import HANDOVER_NEWS, HANDOVER_SAMPLES
from tests.handlers.people_samples import PEOPLE_SAMPLES
from tests.handlers.record_samples import CLAIMS, DETAILS, RECORD_NEWS, RECORD_SAMPLES, REMARK, RETURN_NEWS
from tests.handlers.request_samples import NEWS, REQUEST_SAMPLES
from tests.handlers.roster_samples import ROSTER_SAMPLES
from tests.handlers.rule_samples import RULE_SAMPLES
from tests.handlers.visit_samples import VISIT_SAMPLES
from tests.handlers.word_samples import WORD_SAMPLES

Values = dict[str, Any]
DAY = date(2026, 11, 12)


def item(name: str = "李宁", **changed: Any) -> Values:
    """A household's duty for November 2026, seen on 12 November; every name is a duty of its own."""
    number = sum(map(ord, name))
    values: Values = {
        "duty_id": 1_234_500_000 + number, "version": 12, "household_id": 9_876_500_000 + number, "name": name,
        "village": "青山村", "village_id": 7_654_321, "group": "4组", "every": "month", "needed": 2, "done": 1,
        "late": 0, "starts_on": date(2026, 11, 1), "due_on": date(2026, 11, 25), "ends_on": date(2026, 11, 30),
        "grace_ends_on": date(2026, 12, 3), "today": DAY, "state": "open", "level": 0, "owner": "张伟",
        "unit": "县水利局", "rule_code": "R1", "can_explain": True, "waiting": 0, "next": None,
    }  # fmt: skip
    return {**values, **changed}


def case(name: str = "李宁", **changed: Any) -> Values:
    """The same as a case, seen on 9 December."""
    coming = {"what": "deputy", "on": date(2026, 12, 14)}
    return item(name, **{"today": date(2026, 12, 9), "level": 2, "since": date(2026, 12, 4), "next": coming, **changed})


TEN = [item(f"欧阳明{n}", done=n % 2) for n in range(10)]
TEN_CASES = [case(f"欧阳明{n}", done=n % 2, taken_by="王强" if n else None, taken_until=DAY) for n in range(10)]
TAKEN = case("王秀英", taken_by="王强", taken_until=DAY, stands_in=True)
REPORT = {
    "visit_id": 55, "name": "李宁", "village": "青山村", "group": "4组", "visited_on": date(2026, 11, 10),
    "outcome": "met",
}  # fmt: skip
REASONS = [
    {"code": "away", "zh": "全家外出", "en": "The whole family is away"},
    {"code": "duty_elsewhere_for_long", "zh": "被抽调或出差", "en": "Sent elsewhere for work"},
]
WHY = {"reason": "away", "reason_zh": "全家外出", "reason_en": "The whole family is away"}
EVENT_KINDS = (
    "carried", "in_row", "wished", "agreed", "unwished",
    "level", "passed", "unjoined", "held", "paused", "resumed", "skipped", "handed", "taken", "answered", "urged",
    "extended", "owner", "reassigned", "done", "explained", "settled", "waived", "void", "reopened", "postponed", "lighter",
    "as_before", "restored", "rule", "no_such_kind",
)  # fmt: skip
EVENTS = [
    {"on": date(2026, 12, 4), "kind": kind, "who": "王强", "to": ["张伟"], "until": date(2026, 12, 17),
     "role": "officer", "words": "明天去" if kind == "answered" else None, **WHY}
    for kind in EVENT_KINDS
]  # fmt: skip
DECIDER = ["hand", "take", "urge", "extend", "reassign", "later"]
FINDINGS: list[Values] = [
    {"kind": kind, "n": 1 + n % 3, "names": ("张伟", "王芳") if kind == "person.unreachable" else ()}
    for n, kind in enumerate(("person.unreachable", *(kind for kind in KINDS if kind != "person.unreachable")))
]
SUMMARY: Values = {
    "area": "示例乡", "starts_on": date(2026, 11, 1), "owed": 222, "done": 205, "explained": 9, "settled": 3,
    "short": 5, "reasons": [{**WHY, "n": 6}, {"reason": "no_contact", "reason_zh": "联系不上", "reason_en": "Could not be reached", "n": 3}],
    "villages": [{"id": 7, "name": "青山村", "total": 3, "stamp": 1_000_000_006},
                 {"id": 8, "name": "桃园村", "total": 2, "stamp": 1_000_000_005}],
    "held": 1, "in_row": 2, "unjoined": 2, "stops": [{"reason": "other", "reason_zh": "路断或天气", "reason_en": "Road cut or weather", "n": 1}],
    "taken": 1, "waiting": 1, "asked": 4, "next": {"what": "leader", "on": date(2026, 12, 17)},
    "may": ["hand", "take", "urge", "extend"],
}  # fmt: skip
OUTCOMES = [
    {"what": what, "name": "李宁", "village": "青山村", "group": "4组", "day": date(2026, 12, 10), "by": "王强", **WHY}
    for what in ("done", "settled", "late", "explained", "waived", "void", "reopened", "fewer")
]

SAMPLES: dict[str, list[Values]] = {
    # duties
    "duty.todo": [
        {"unconfirmed": [], "handed": [], "short": [], "total": 0, "cases": 0, "notices": 0},
        {"unconfirmed": [{**REPORT, "asks_in": 2**40}], "deaths": [{**item(), "what": "held", "who": ""}], "requests": 3,
         "unanswered": [{"draft_id": 2**40 + 1, "words": "歪叔屋头今天去了,低保到账了,没啥事"}],
         "handed": [], "short": [], "total": 0, "cases": 0, "notices": 0},
        {"unconfirmed": [REPORT, REPORT], "handed": [TAKEN], "short": TEN[:5], "total": 5, "cases": 3, "notices": 5, "page": 1,
         "pages": 1},
        {"unconfirmed": [REPORT], "claims": CLAIMS, "returned": [REMARK], "handed": [], "short": [], "total": 0,
         "cases": 0, "notices": 0},
        {"unconfirmed": [], "claims": CLAIMS[:1], "handed": [], "short": [], "total": 0, "cases": 0, "notices": 0},
        {"unconfirmed": [], "handed": [], "total": 3, "cases": 0, "notices": 0,
         "short": [item("孙四", cycle=2, needed=1, done=0), item(light=True), item("王芳", light=True, away_until=DAY),
                   item("赵二", postponed="away")]},
        {"unconfirmed": [], "handed": [], "short": TEN, "total": 25, "cases": 0, "notices": 0, "page": 2, "pages": 3},
    ],
    "duty.reasons": [{"item": item(), "reasons": REASONS}],
    "duty.ask_words": [{"item": item()}],
    "duty.explained": [
        {"item": item(**WHY)}, {"item": item(**WHY, reason_text="一家人回安徽了", today=date(2026, 12, 2))},
        {"item": item(wish_zh="本人生病", wish_en="I was ill")},
    ],
    "duty.why": [
        {"item": item(every=every, today=today)}
        for every in ("month", "week", "half_month", "quarter", "half_year", "year", "months:2", "cron:0 0 1,11,21 * *")
        for today in (DAY, date(2026, 12, 2), date(2026, 12, 9))
    ] + [{"item": item(), "note": note, "mine": True} for note in ("changed", "closed", "taken_back")],
    "duty.village": [
        {"village_id": 7, "village": "青山村", "items": TEN, "total": 12, "page": 1, "pages": 2},
        {"village_id": 7, "village": "青山村", "items": [], "total": 0, "page": 1, "pages": 1},
    ],
    # cases
    "case.villages": [
        {"area": "示例乡", "villages": [], "total": 0, "taken": 0, "own": []},
        {"area": "", "villages": [], "total": 0, "taken": 0, "own": [case()]},
        {"area": "示例乡", "total": 30, "taken": 2, "page": 1, "pages": 2, "own": [],
         "villages": [{"id": 7_654_321 + n, "name": f"第{n}村", "total": 3, "taken": 0} for n in range(10)]},
    ],
    "case.village": [
        {"village_id": 7, "village": "青山村", "stamp": 1_000_000_006, "items": TEN_CASES, "total": 14, "page": 1,
         "pages": 2, "filter": "all", "may": DECIDER[:4], "note": "changed"},
        {"village_id": 7, "village": "青山村", "stamp": 0, "items": [], "total": 0, "filter": "taken", "may": []},
    ],
    "case.card": [
        {"item": case(), "events": EVENTS[:8], "may": DECIDER, "looks": True, "note": "changed"},
        {"item": case(), "events": EVENTS[8:15], "may": ["answer", *DECIDER[3:]], "looks": True, "note": "closed"},
        {"item": case(light=True, away_until=DAY), "events": EVENTS[15:], "may": [], "looks": True},
        *({"item": case(postponed=why), "events": [], "may": [], "looks": True} for why in ("away", "unreachable")),
        {"item": case(taken_by="王强", taken_until=DAY, waiting=1, owner=None, next=None), "events": [], "may": [],
         "looks": False},
        {"item": case(paused=True, paused_until=DAY, paused_zh="路断", paused_en="Road cut", late=1),
         "events": [], "may": ["urge"], "looks": True},
        {"item": case(paused=True, paused_zh="有人过世,等专干核实", paused_en="a death was reported", next=None),
         "events": [], "may": ["urge"], "looks": True},
        *({"item": case(state=state, closed_on=DAY, **WHY), "events": [], "may": [], "looks": True}
          for state in ("done", "explained", "settled", "waived", "void")),
        *({"item": case(next={"what": what, "on": DAY}, level=level), "events": [], "may": [], "looks": True}
          for level, what in enumerate(("remind", "second_helper", "team_head", "officer", "answer"))),
        *({"item": case(next={"what": what, "on": DAY}), "events": [], "may": [], "looks": True}
          for what in ("leader", "resume")),
    ],
    "case.extend_days": [
        {"item": case()}, {"item": None, "village_id": 7, "village": "青山村", "n": 3, "stamp": 1_000_000_006},
    ],
    "case.extend_reason": [{"item": case(), "draft_id": 1_234_567_890, "days": 5, "reasons": REASONS}],
    "case.ask_words": [{"item": case(), "verb": "extend"}, {"item": case(), "verb": "answer"}],
    "case.reassign_to": [
        {"item": case(), "people": [{"id": 9, "name": "刘芳", "role": "second_helper"},
                                    {"id": 10, "name": "王强", "role": "team_head"},
                                    {"id": 11, "name": "赵刚", "role": "helper"}]},
        {"item": case(), "people": []},
    ],
    "case.later_to": [{"item": case(), "days": [DAY, date(2026, 12, 14), date(2026, 12, 21)]}],
    "case.did": [
        {"verb": verb, "item": case(), "to": ["王强"], "until": DAY}
        for verb in ("hand", "take", "urge", "extend", "reassign", "later", "answer")
    ] + [{"verb": "hand", "item": None, "village": "青山村", "n": 3, "to": ["王强", "刘芳"], "until": DAY}],
    "case.handed_over": [
        {"items": TEN_CASES[:3], "by": "赵书记", "until": date(2026, 12, 17), "today": DAY},
        {"items": [*TEN_CASES, TAKEN], "by": "赵书记", "until": date(2026, 12, 17), "today": DAY},
    ],
    "case.alert": [{"item": case(), "events": [], "may": DECIDER, "looks": True}],
    # digests
    "digest.daily": [
        {"day": DAY, "short": [item(can_explain=False)]},
        {"day": DAY, "short": TEN[:5], "unconfirmed": [REPORT], "outcomes": OUTCOMES[:1]},
        {"day": DAY, "second": [item(done=0)], "handed": [TAKEN], "repeated": [case("赵二")], "notices": 5,
         "urged": [{"by": "赵书记", "item": item()}], "outcomes": OUTCOMES, "later": [case("钱三")],
         "reassigned": [case("孙四")], "copied": [TAKEN, case("吴六")], "asked": [case("周五", taken_by="王强", taken_until=DAY)],
         "answered": [{"by": "王强", "words": "周末回来就去", "item": TAKEN}]},
        {"day": DAY, "villages": [
            {"id": 7, "name": "青山村", "total": 12, "items": TEN, "ahead": True, "due_on": date(2026, 11, 25),
             "next": None}]},
        {"day": date(2026, 12, 7), "part": 2, "villages": [
            {"id": 7, "name": "青山村", "total": 12, "items": [*TEN_CASES[1:], case("新户")],
             "ahead": False, "due_on": date(2026, 11, 25), "next": {"what": "officer", "on": date(2026, 12, 8)}}]},
        {"day": DAY, "unjoined": [{"name": f"欧阳明{n}", "n": 5} for n in "一二三四五六七八九"] + [{"name": None, "n": 1}], "unjoined_households": 46},
        {"day": date(2026, 12, 17), "summary": SUMMARY},
        {"day": DAY, "outcomes": OUTCOMES},
        {"day": DAY, "outcomes": OUTCOMES * 9, "handed": [*TEN_CASES, TAKEN]},
        {"day": DAY, "deaths": [{**item(), "what": "held", "who": ""}], "unconfirmed": [REPORT]},
        {"day": DAY, "news": RECORD_NEWS, "claims": CLAIMS},
        {"day": DAY, "news": RETURN_NEWS, "returned": [REMARK]},
        {"day": DAY, "news": ABSENCE_NEWS},
        {"day": DAY, "news": HANDOVER_NEWS},
        {"day": DAY, "news": BURDEN_NEWS, "waits": 3, "waits_on": date(2026, 11, 13)},
        {"day": DAY, "news": CALENDAR_NEWS},
        {"day": DAY, "news": NEWS, "requests": 5, "notices": 2, "short": [item()]},
    ],
    "digest.monday": [
        {"day": date(2026, 12, 14), "summary": SUMMARY, "outcomes": OUTCOMES},
        {"day": date(2026, 12, 14), "summary": {**SUMMARY, "villages": SUMMARY["villages"][:1], "next": None}},
        {"day": date(2026, 12, 14), "summary": {**SUMMARY, "villages": [], "reasons": [], "stops": [], "held": 0}},
        {"day": date(2026, 12, 14), "summary": None, "outcomes": OUTCOMES[:1]},
    ],
    "digest.notices": [
        {"notices": [{**item(), "what": "nobody", "who": "deputy"}, {**item(), "what": "unreachable", "who": "leader"},
                     {**item(), "what": "never_joined", "who": "deputy", "duties": (1, 2, 3)},
                     {**item(), "what": "absent", "who": "deputy", "duties": (1,)},
                     {**item(), "what": "county", "who": "county", "duties": (1, 2)},
                     {**item(), "what": "post_away", "who": "deputy", "name": "赵明", "until": date(2026, 12, 17)},
                     {**item(), "what": "held", "who": ""}], "findings": []},
        {"notices": [], "findings": FINDINGS},
        {"notices": [{**item(), "what": "held", "who": ""}], "findings": FINDINGS[:1]},
    ],
    **VISIT_SAMPLES,
    **RECORD_SAMPLES,
    "visit.detail": [*VISIT_SAMPLES["visit.detail"], *DETAILS],
    **PEOPLE_SAMPLES,
    **CHANGE_SAMPLES,
    **ROSTER_SAMPLES,
    **RULE_SAMPLES,
    **WORD_SAMPLES,
    **REQUEST_SAMPLES,
    **ABSENCE_SAMPLES,
    **HANDOVER_SAMPLES,
    **BURDEN_SAMPLES,
    **DATE_SAMPLES,
    **CALENDAR_SAMPLES,
}  # fmt: skip
SAMPLES["duty.todo"] += DATE_LISTS
SAMPLES["duty.why"] += DATE_WHYS
SAMPLES["case.card"] += DATE_CARDS
SAMPLES["digest.daily"] += DATE_DIGESTS
SAMPLES["digest.notices"] += DATE_NOTICES
