"""Values for the screens of an import, in the shape their facts have."""

from typing import Any

from handlers.locales import catalogue
from models.imports.blocking import REASONS

Values = dict[str, Any]
LONG = 1_234_567_890
FILE = "示例县示例乡二〇二六年度建档立卡贫困户花名册(最终版)(2)-修改-再修改.xlsx"
FAULT_VALUES = {"length": 14, "first": 12, "most": 30}
FAULTS = [
    {"row": 275, "letter": "F", "header": "户主身份证号码(必填,十八位)", "value": "9991****0101",
     "code": key.removeprefix("fault."), "values": FAULT_VALUES}
    for key in catalogue("zh_CN") if key.startswith("fault.")
]  # fmt: skip
WHOLE_ROWS = [
    {**FAULTS[0], "letter": "", "header": "", "value": ""},
    {**FAULTS[0], "letter": "", "header": "head_id", "value": ""},
    {**FAULTS[0], "value": ""},
]
COUNTS = {
    "rows": 273, "new": 3, "changed": 12, "unchanged": 254, "ask": 2, "fault": 4, "applied": 0, "skipped": 0, "undone": 0,
    "kept": 0, "missing": 2, "left_out": 5, "recognised": 269,
}  # fmt: skip
PREVIEW: Values = {
    "id": LONG, "version": 3, "state": "previewed", "kind": "households", "file": FILE, **COUNTS, "totals": [274],
    "columns": 14, "unmapped": ["备注二", "领导批示"], "unsure": ["联系方式"], "ambiguous": [],
    "others": ["同心村", "红岩村"], "kinds": {"head": 2, "split": 1, "merge": 1, "move": 3}, "events": 7,
    "undo": False, "new_villages": ["青山村", "同心村"], "new_helpers": 12,
}  # fmt: skip
NOTHING = {
    **PREVIEW, **dict.fromkeys(COUNTS, 0), "unmapped": [], "unsure": [], "totals": [], "others": [], "kinds": {},
    "events": 0, "new_villages": [], "new_helpers": 0,
}  # fmt: skip
CHANGES = {
    "kind": ["general", "low_income"], "causes": [["illness"], ["illness", "no_job"]], "people": [None, 4],
    "phone": ["139****0001", "139****0002"],
}  # fmt: skip
ROWS = [
    {"row": 12 + n, "name": f"欧阳明{n}", "place": "青山村4组", "number": f"52240100{n}", "changes": CHANGES if n % 2 else {}}
    for n in range(10)
]  # fmt: skip
EVENTS = [
    {"row": 12, "name": "李强", "place": "青山村4组", "number": "1", "changes": {"head": ["李宁", "李强"]},
     "kinds": ["head"], "origin": "", "merged": []},
    {"row": 13, "name": "李强", "place": "青山村4组", "number": "3", "changes": {}, "kinds": ["split"], "origin": "李宁",
     "merged": []},
    {"row": 14, "name": "李宁", "place": "同心村", "number": "1", "kinds": ["merge", "move"], "origin": "",
     "merged": ["王平", "赵一"], "changes": {"village": ["青山村", "同心村"], "group": ["4组", "2组"]}},
]  # fmt: skip
UNDO: Values = {
    "id": LONG, "version": 4, "file": FILE, "rows": 240, "page": 0, "stays": 25, "more": True,
    "blocked": [
        {"row": 12 + n, "subject_id": n, "name": f"欧阳明{n}", "reason": REASONS[n % len(REASONS)]} for n in range(10)],
}  # fmt: skip
PLACE = {
    "name": "清山村", "row": 12, "rows": 60, "candidates": [[LONG, "青山村"], [LONG + 1, "青山社区"]], "new": True,
}  # fmt: skip
DOUBT: Values = {
    "id": LONG, "kind": "households", "page": 1, "more": True, "left": 2, "open": True, "row": ROWS[0],
    "candidates": [[str(LONG + n), f"欧阳明{n}", "青山村4组", "522401001"] for n in range(5)],
    "origin": "", "merge_asked": [], "area": None,
}  # fmt: skip

ROSTER_SAMPLES: dict[str, list[Values]] = {
    "roster.ask": [{"last": LONG}, {"last": None}],
    "roster.received": [{"file": FILE}],
    "roster.cancelled": [{"file": "花名册.xlsx"}],
    "roster.applying": [{**PREVIEW, "applied": 5}],
    "roster.columns": [
        {"id": LONG, "unmapped": [["P", "备注二"]] * 3, "columns": [
            {"letter": "F", "header": "户主身份证号码(必填,十八位)", "field": field, "sure": field != "phone"}
            for field in ("number", "village", "group", "head", "head_id", "people", "kind", "causes", "phone", "helper")]},
    ],
    "roster.faults": [
        {"id": LONG, "page": page, "more": True, "faults": FAULTS[page * 8 : page * 8 + 8]} for page in range(5)
    ] + [{"id": LONG, "page": 0, "more": False, "faults": WHOLE_ROWS}],
    "roster.left_out": [{"id": LONG, "page": 1, "more": False, "faults": FAULTS[:5]}],
    "roster.rows": [
        {"id": LONG, "state": state, "page": 1, "more": True, "rows": ROWS} for state in ("new", "changed")
    ] + [{"id": LONG, "state": "events", "page": 0, "more": False, "rows": EVENTS}] + [
        {"id": LONG, "state": "kept", "page": 0, "more": False, "rows": [{**row, "kept": reason} for row, reason in zip(ROWS, REASONS, strict=False)]}],
    "roster.missing": [{"id": LONG, "page": 1, "more": True, "rows": [
        {"name": row["name"], "place": row["place"], "number": row["number"]} for row in ROWS]}],
    "roster.doubt": [
        DOUBT, {**DOUBT, "kind": "people"}, {**DOUBT, "origin": "李宁"},
        {**DOUBT, "row": None, "candidates": [], "area": PLACE},
        {**DOUBT, "row": None, "candidates": [], "area": {**PLACE, "name": "示例镇", "new": False}}, {**DOUBT, "merge_asked": ["王平"], "candidates": []}, {**DOUBT, "open": False}, {**DOUBT, "row": None, "candidates": [], "left": 0},
    ],
    "import.previewed": [
        PREVIEW, {**PREVIEW, "kind": "people"}, NOTHING,
        *({**PREVIEW, "state": state} for state in ("staging", "applying", "done", "undoing", "undone", "cancelled")),
        {**PREVIEW, "state": "done", "undo": True},
    ],
    "import.done": [{**PREVIEW, "applied": 15, "state": "done", "undo": True}, NOTHING],
    "import.undone": [{**PREVIEW, "undone": 12, "kept": 3}, {**PREVIEW, "undone": 15}],
    "roster.undoing": [{**PREVIEW, "undone": 5, "kept": 1}],
    "roster.undo": [
        UNDO, {**UNDO, "page": 1, "more": False}, {**UNDO, "rows": 0}, {**UNDO, "stays": 0, "blocked": [], "more": False},
    ],
    "import.refused": [
        {"file": FILE, "code": "sheet.columns_missing", "values": {"fields": ["village", "head"]}},
        {"file": FILE, "code": "sheet.no_header", "values": {"rows": 30}},
        {"file": FILE, "code": "sheet.encrypted", "values": {}},
    ],
}  # fmt: skip
