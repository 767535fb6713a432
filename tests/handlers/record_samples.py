"""Values for the news about records of visits, and for their corrections and returns."""

from typing import Any

from tests.handlers.visit_samples import DAY, place

Values = dict[str, Any]  # fmt: skip
RECORD_NEWS: list[Values] = [
    {"what": f"visit_{what}", "values": {"place": place(), "by": "张伟", "day": DAY},
     "choices": (("news.see_household", f"household:open:{1_234_567_890 + n}", ""),)}
    for n, what in enumerate(("unreachable", "declined"))
]  # fmt: skip
