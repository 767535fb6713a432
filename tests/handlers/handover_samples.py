"""Values for the screens of hand-overs, in the shape their facts have."""

from datetime import date
from typing import Any

from models.handovers.plans import ACTS

Values = dict[str, Any]
LONG = 1_234_567_890
NAMES = ["李宁", "王秀英", "陈桂花"]
DRAFT: Values = {
    "draft_id": LONG, "version": 4, "act": "hand", "reason": "code:transfer", "name": "张伟", "person_id": 7,
    "names": NAMES, "households": [LONG, LONG + 1],
}  # fmt: skip
PEOPLE = [{"id": LONG + n, "name": f"欧阳明{n}", "unit": "县残联", "households": n, "near": n < 3} for n in range(8)]
WARNINGS = [
    {"what": what, "name": "赵刚", "n": 6, "names": NAMES if what in ("not_exited", "no_helper") else []}
    for what in ("too_many", "too_few", "not_exited", "no_helper", "not_joined", "away")
]


def plan(act: str = "hand", **changed: Any) -> Values:
    values: Values = {
        "act": act, "giver": "张伟", "taker": "赵刚", "names": NAMES, "duties": 3, "cases": 1, "reports": 2, "warnings": [],
    }  # fmt: skip
    return {**values, **changed}


SIDE: Values = {
    "id": LONG, "name": "吴祥", "unit": "县残联", "phone": "139****0001", "joined_on": date(2026, 11, 2),
    "posts": ["helper", "team_head"], "households": NAMES, "visits": 12,
}  # fmt: skip


HANDOVER_SAMPLES: dict[str, list[Values]] = {
    "handover.from": [{"people": PEOPLE}, {"people": []}],
    "handover.households": [
        {**DRAFT, "held": [[LONG + n, f"欧阳明{n}", "青山村"] for n in range(20)]},
        {**DRAFT, "held": [[LONG, "李宁", "青山村"]], "households": []},
    ],
    "handover.to": [{**DRAFT, "act": act, "people": PEOPLE} for act in ("hand", "assign", "second")]
    + [{**DRAFT, "people": []}],
    "handover.why": [{**DRAFT, "act": act} for act in ACTS],
    "handover.preview": [
        *({**DRAFT, "act": act, "plan": plan(act), "does": True} for act in ACTS),
        {**DRAFT, "plan": plan(warnings=WARNINGS, names=[f"欧阳明{n}" for n in range(30)]), "does": False,
         "reason": "女儿在县里上学,要调到城里去"},
        {**DRAFT, "plan": plan("second", taker="", duties=0, reports=0), "does": True},
    ],
    "handover.done": [{"act": act, "names": NAMES, "without": []} for act in ACTS]
    + [{"act": "leave", "names": [], "without": NAMES}],
    "handover.rules": [
        {"items": [], "counts": {}, "page": 1, "pages": 1},
        {"items": [{"kind": kind, "id": LONG + n, "name": f"欧阳明{n}", "n": 7}
                   for n, kind in enumerate(("no_helper", "too_many", "none", "changed") * 2)],
         "counts": {"no_helper": 12, "too_many": 2, "none": 0, "changed": 3}, "page": 1, "pages": 2},
    ],
    "handover.wish": [{}],
    "person.twins": [
        {"pairs": []},
        {"pairs": [{"a_id": LONG + n, "b_id": LONG + 20 + n, "a": f"吴祥{n}", "b": f"吴祥{n}" if n else "吴翔",
                    "why": "phone" if n % 2 else "name", "pair": (LONG + n, LONG + 20 + n)} for n in range(10)]},
    ],
    "person.pair": [{"keep": SIDE, "gone": {**SIDE, "id": 8, "unit": None, "joined_on": None, "households": [],
                     "posts": [], "phone": ""}}],
    "person.merged": [{"id": LONG, "name": "吴祥"}],
}  # fmt: skip
FAMILIES = [
    {"name": "李宁", "met_on": date(2026, 11, 10), "short": 1, "starts_on": date(2026, 11, 1)},
    {"name": "王秀英", "met_on": None, "short": 2, "starts_on": date(2026, 11, 1)},
    {"name": "陈桂花", "met_on": date(2026, 11, 2), "short": 0, "starts_on": None},
]
HANDED = {"households": NAMES, "name": "张伟"}
HANDOVER_NEWS: list[Values] = [
    {"what": "handed_away", "values": HANDED, "choices": ()},
    {"what": "handed_away_nobody", "values": {**HANDED, "name": ""}, "choices": ()},
    {"what": "handed_to", "values": {**HANDED, "open": FAMILIES}, "choices": ()},
    {"what": "handed_to_new", "values": {**HANDED, "name": "", "open": FAMILIES[:1]}, "choices": ()},
    {"what": "second_to", "values": HANDED, "choices": ()},
    {"what": "rules_no_helper", "values": {"names": NAMES * 4}, "choices": ()},
    {"what": "rules_too_many", "values": {"people": NAMES * 4}, "choices": ()},
    {"what": "rules_none", "values": {"people": NAMES}, "choices": ()},
    {"what": "rules_changed", "values": {"names": NAMES},
     "choices": (("handover.rules_look", "handover:rules:1:1", ""),)},
    {"what": "second_to_new", "values": {**HANDED, "name": ""}, "choices": ()},
]  # fmt: skip
