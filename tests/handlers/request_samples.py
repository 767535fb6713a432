"""Values for the screens of requests, in the shape their facts have."""

from datetime import date
from typing import Any

from tests.handlers.handover_samples import WARNINGS, plan

Values = dict[str, Any]
DAY = date(2026, 11, 12)
KINDS = ("head", "phone", "members", "moved", "other", "old_visit", "absence", "handover", "explained")


def request(kind: str = "head", **changed: Any) -> Values:
    values: Values = {
        "id": 1_234_567_890, "kind": kind, "state": "open", "version": 3, "by": "何乐德", "by_id": 7, "asked_on": DAY,
        "name": "李宁", "village": "青山村", "group": "4组", "household_id": 9_876_543_210,
        "words": "户主换成他儿子李小军了,老李去安徽带孙子", "answer": "", "answered_by": "", "phone": "", "phone_before": "",
        "visited_on": None, "facts": {}, "plan": None, "decides": True, "note": "",
    }  # fmt: skip
    return {**values, **changed}


def page(items: list[Values], **more: int) -> Values:
    return {"items": items, "total": len(items), "page": 1, "pages": 1, **more}


LONG = [
    request(KINDS[n % 8], id=1_234_567_890 + n, name=f"欧阳明{n}", words="户主换成他儿子李小军了" * 5)
    for n in range(10)
]
PLACE = {"name": "李宁", "village": "青山村", "group": "4组"}
NEWS = [
    {"what": f"request_{what}", "values": {"about": {"kind": "head", "place": place}, "by": "朱发玉", "words": words},
     "choices": ()}
    for what, words in (("done", ""), ("done_why", "已改"), ("declined", ""), ("declined_why", "派出所还没改户口"))
    for place in (PLACE, None)
]  # fmt: skip
REQUEST_SAMPLES: dict[str, list[Values]] = {
    "request.list": [
        page([]), page([request(), request("absence", id=8, name="", village="", group=None, words="")]),
        page(LONG, total=25, page=2, pages=3),
    ],
    "request.card": [
        *(request(kind) for kind in KINDS),
        request("handover", plan=plan(warnings=WARNINGS), words="code:retired"),
        request("phone", phone="13912345678", phone_before="138****0001", note="changed"),
        request("explained", words="", missed={
            "every": "month", "starts_on": date(2026, 11, 1), "ends_on": date(2026, 11, 30), "today": DAY,
            "said_zh": "本人生病", "said_en": "I was ill",
        }),
        request("old_visit", visited_on=date(2026, 8, 9), words=""),
        request(decides=False), request(household_id=None, name="", village="", group=None),
        request(state="done", answered_by="朱发玉", note="closed"),
        request(state="declined", answered_by="朱发玉"), request(state="withdrawn"),
        request(state="declined", answered_by="朱发玉", answer="派出所还没改户口,等改了再换"),
    ],
    "request.head": [
        request(members=[[1_234_567_890 + n, f"李小军{n}", "之子"] for n in range(10)]),
        request(members=[[7, "李小军", ""]]), request(members=[]),
    ],
    "request.ask": [request(what="why"), request(what="name"), request("phone", what="phone")],
    "request.decided": [
        request("handover", facts={"ask": "leader"}),
        request(state="done", answered_by="朱发玉"),
        request(state="declined", answered_by="朱发玉", answer="派出所还没改户口"),
    ],
    "request.made": [request(decides=False), request(name="", village="", group=None, household_id=None)],
    "request.withdrawn": [request(state="withdrawn")],
}  # fmt: skip
