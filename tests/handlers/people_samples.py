"""Values for the screens of menus, joining and people, in the shape their facts have."""

import re
from datetime import date
from typing import Any

from handlers.locales import catalogue
from handlers.screens.menus import WHO_JOINED

Values = dict[str, Any]
DAY = date(2026, 11, 12)
LONG = 1_234_567_890
POSTS = [
    {"role": "team_head", "post": "第一书记", "area": "青山村", "unit": None},
    {"role": "helper", "post": None, "area": "示例乡", "unit": None},
    {"role": "unit_contact", "post": None, "area": None, "unit": "县残联"},
]
ROLES = ("helper", "team_head", "clerk", "officer", "deputy", "leader", "inspector")
PEOPLE = [
    {"id": LONG + n, "name": f"欧阳明{n}", "unit": "县残疾人联合会" if n % 2 else None, "state": state}
    for n, state in enumerate(("joined", "unjoined", "unreachable", "joined") * 2)
]
PAGE = {"lines": PEOPLE, "page": 1, "pages": 4, "total": 38, "title": "青山村"}
LINK = {
    "person_id": LONG,
    "name": "吴祥",
    "until": DAY,
    "url": "https://t.me/sample_bot?start=" + "k" * 22,
    "token": "k" * 22,
}
CARD = {
    "id": LONG, "name": "吴祥", "unit": "县残联", "phone": "139****0001", "posts": POSTS, "households": 5,
    "state": "joined", "joined_on": DAY, "unreachable_on": None, "version": 123_456_789,
    "recallable": 2,
}  # fmt: skip
EXAMPLES: Values = {"from_day": "2026-11-24", "day": "2026-11-24", "first": "2026-10-01", "fields": "村、户主"}


def refusals() -> list[Values]:
    """One for every refusal there is a text for, with something in each of its gaps."""
    found = []
    for key, text in catalogue("zh_CN").items():
        if key.startswith("refused."):
            gaps = set(re.findall(r"{(\w+)}", text if isinstance(text, str) else "".join(text)))
            values = {gap: EXAMPLES.get(gap, 7) for gap in gaps}
            found.append({"code": key.removeprefix("refused."), "values": values, "joined": False})
    return [*found, *({"code": code, "values": {}, "joined": True} for code in WHO_JOINED)]


PEOPLE_SAMPLES: dict[str, list[Values]] = {
    "menu.more": [{"roles": []}, {"roles": list(ROLES), "requests": 5}],
    "menu.help": [{"roles": []}, {"roles": list(ROLES)}],
    "menu.cancelled": [{"parked": True}, {"parked": False}],
    "menu.languages": [{}],
    "menu.language_set": [{}],
    "refused": refusals(),
    "joining.welcome": [
        {"name": "吴祥", "unit": "县残联", "posts": POSTS, "households": 5, "example": "李宁", "again": False},
        {"name": "吴祥", "unit": None, "posts": [], "households": 0, "example": None, "again": True},
        {"name": "朱发玉", "unit": "示例乡政府", "households": 0, "example": None, "again": False,
         "posts": [{"role": role, "post": None, "area": "示例乡", "unit": None} for role in ROLES]},
    ],
    "joining.moved": [{}],
    "group.leave": [{}],
    "person.list": [
        {"total": 136, "joined": 130, "unjoined": 5, "unreachable": 1, "rules": 7, "twins": 2},
        {"total": 136, "joined": 136, "unjoined": 0, "unreachable": 0, "rules": 0, "twins": 0},
    ],
    "person.page": [
        {"state": state, "role": role, "village_id": 7_654_321, **PAGE}
        for state, role in (("all", ""), ("unjoined", "helper"), ("unreachable", "team_head"))
    ],
    "person.found": [
        {"draft_id": LONG, "text": "欧阳", **PAGE, "title": ""},
        {"draft_id": LONG, "text": "无此人", "lines": [], "page": 0, "pages": 0, "total": 0, "title": ""},
    ],
    "person.ask": [{}],
    "person.roles": [{"roles": [[role, 12] for role in ROLES]}],
    "person.villages": [{"villages": [[7_654_321 + n, f"第{n}村"] for n in range(12)]}],
    "person.card": [
        CARD,
        {**CARD, "state": "unjoined", "joined_on": None, "posts": [], "phone": None, "unit": None, "households": 0},
        {**CARD, "state": "unreachable", "unreachable_on": DAY},
    ],
    "person.link": [{**LINK, "rebinds": False}, {**LINK, "rebinds": True}],
    "person.link_text": [{**LINK, "rebinds": False}, {**LINK, "url": "", "rebinds": True}],
    "person.links": [
        {"village_id": 7, **PAGE, "lines": [{"name": line["name"], "url": LINK["url"], "token": ""} for line in PEOPLE]},
        {"village_id": 7, "lines": [], "page": 0, "pages": 0, "total": 0, "title": ""},
    ],
    "person.unbind_ask": [{"id": LONG, "name": "吴祥", "version": 123_456_789}],
    "person.unbound": [{"id": LONG, "name": "吴祥", "version": 0}],
}  # fmt: skip
