"""Values for the screens of 户情变动, in the shape their facts have."""

from typing import Any

from models.households.changes import REASONS, VERBS

Values = dict[str, Any]
LONG = 1_234_567_890


def home(name: str, number: int = 0, **more: Any) -> Values:
    return {
        "household_id": LONG + number, "name": name, "village": "青山村", "group": "4组", "number": "522401001",
        "paused": False, "last_met_on": None, **more,
    }  # fmt: skip


PEOPLE = [[LONG + n, f"欧阳明{n}"] for n in range(10)]
STEP: Values = {
    "draft": LONG, "version": 3, "page": 0, "reason": "asked", "words": "", "chosen": [LONG], "members": PEOPLE,
    "found": [], "villages": [[LONG + n, f"青山{n}村"] for n in range(12)], "groups": [[LONG + n, f"{n}组"] for n in range(10)],
    "village_id": LONG - 1, "verb": "head", "place": home("李宁"), "name": "李强", "along": [], "helpers": ["张伟", "吴祥"],
    "into": None, "village": "同心村", "group": "2组",
}  # fmt: skip
VERB_STEPS = [{**STEP, "verb": verb, "into": home("王平", 1) if verb == "merge" else None} for verb in VERBS]

CHANGE_SAMPLES: dict[str, list[Values]] = {
    "change.menu": [{"place": home("李宁")}],
    "change.who": [{**STEP, "verb": verb} for verb in ("head", "split")] + [{**STEP, "members": []}],
    "change.along": [{**STEP, "verb": "split"}, {**STEP, "verb": "split", "along": ["王梅", "李丽"]}],
    "change.into": [
        {**STEP, "verb": "merge"}, {**STEP, "verb": "merge", "found": [home(f"欧阳明{n}", n) for n in range(10)]},
    ],
    "change.village": [{**STEP, "verb": "move", "page": page} for page in (0, 1)],
    "change.group": [{**STEP, "verb": "move"}],
    "change.why": [STEP],
    "change.sure": [
        *VERB_STEPS, *({**STEP, "reason": code} for code in REASONS),
        {**STEP, "verb": "split", "along": ["王梅"], "helpers": [], "reason": "other", "words": "老人跟小儿子过"},
    ],
    "change.done": [
        {"verb": verb, "place": home("李宁"), "other": home("王平", 1) if verb in ("split", "merge") else None}
        for verb in VERBS
    ],
}  # fmt: skip
