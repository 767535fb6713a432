"""How one household stands, in words: a list's line, what a visit counted for, what is still open."""

from datetime import date

from handlers.locales import Words
from handlers.screens import Values
from handlers.screens.duty_lines import away_words, count, period_name, place, quota, short

SHOWN_OPEN = 3


def standing_line(item: Values, t: Words) -> str:
    """`李宁(青山村4组) 上次11月10日;每月2次;本月1次;差1次,25日前`."""
    parts = [last_met(item, t)]
    if item["place"]["paused"]:
        parts.append(t("household.paused"))
    elif item["this"]:
        parts.append(figures(item["this"], t))
    else:
        parts.append(t("household.month", n=item["month_days"]))
    parts += [t("household.also", count=count(duty, t), short=short(duty, t)) for duty in item["older"][:2]]
    return t("household.line", place=place(item["place"], t), text=semicolons(parts, t))


def last_met(item: Values, t: Words) -> str:
    return t("household.last", day=t.day(item["last_met_on"])) if item["last_met_on"] else t("household.never")


def due_line(item: Values, t: Words) -> str:
    """The same in few words, for the list of 记走访: `李宁(青山村4组) 差1次,25日前`."""
    if item["place"]["paused"]:
        text = t("household.paused")
    elif item["older"]:
        duty = item["older"][0]
        text = t("household.older", count=count(duty, t), short=short(duty, t))
    else:
        text = short(item["this"], t) if item["this"] else last_met(item, t)
    return t("household.line", place=place(item["place"], t), text=text)


def counted(item: Values, day: date, t: Words) -> str:
    """`11月第2次,够了`: always of the period the visit's day lies in."""
    this = item["this"]
    if this is None:
        return t("visit.counted_month", period=t.month(day), n=item["month_days"])
    if this["late"]:
        return t("visit.counted_late", period=period_name(this, t), n=this["done"], late=this["late"])
    missing = this["needed"] - this["done"]
    key = "visit.counted_enough" if missing <= 0 else "visit.counted_short"
    return t(key, period=period_name(this, t), n=this["done"], missing=missing)


def still_open(owed: Values, t: Words) -> str:
    """`还差2户:王芳(…) 差2次,25日前`; the first few."""
    if not owed["total"]:
        return t("visit.open_paused", n=owed["paused"]) if owed["paused"] else t("visit.nothing_open")
    lines = [t("household.line", place=place(item, t), text=_open(item, t)) for item in owed["items"][:SHOWN_OPEN]]
    return "\n".join([t("visit.still_open", n=owed["total"]), *("· " + line for line in lines)])


def _open(item: Values, t: Words) -> str:
    """`差2次,25日前`; of a period that is over also which: `11月1次;差1次,3日前还可补录`."""
    if item["today"] <= item["ends_on"]:
        return short(item, t)
    return t("household.older", count=count(item, t), short=short(item, t))


def figures(duty: Values, t: Words) -> str:
    """`每月2次;本月1次;差1次,25日前`."""
    return semicolons([quota(duty, t), count(duty, t), short(duty, t), *away_words(duty, t)], t)


def semicolons(parts: list[str], t: Words) -> str:
    """Several facts in one line."""
    return (";" if t.locale == "zh_CN" else "; ").join(parts)
