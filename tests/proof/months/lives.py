"""A township and what its people do over some months, drawn by a seed. Nothing here knows the program."""

import random
from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)
NOON, EVENING, NIGHT = 12 * 60, 18 * 60, 20 * 60 + 30
"""Minutes of the day at which people do something: before, and after, the helpers' hour."""
HOMES_OF_A_HELPER, HOMES_OF_A_VILLAGE = 4, 20
TEMPERS = {"good": (0.04, 0.06), "weak": (0.30, 0.30), "lost": (0.85, 0.10)}
"""How often a helper of that temper goes not at all in a month, and only once."""


@dataclass(frozen=True)
class Person:
    name: str
    post: str
    """helper, team_head, officer, deputy, leader."""
    village: int | None = None
    joined: bool = True


@dataclass(frozen=True)
class Home:
    number: int
    village: int
    helper: str
    second: str | None


@dataclass(frozen=True)
class Act:
    """`what`: visit (made `on` that day), undo (of that visit), explain (the duty of the month that begins `on` that
    day), death (reported of the household), resume and end (the officer's word on it), agree and
    refuse (the officer's on a third reason in a row), away (`on` that day up to and with `until`, the `taker`, if any,
    asked to stand in), cover and decline (the word of who was asked by the `giver` about the absence from the day `on`),
    hand (`homes` from the `giver` to the `taker`, by the officer), block, unblock."""

    day: date
    minute: int
    what: str
    who: str
    home: int = 0
    on: date = date.min
    until: date = date.min
    homes: tuple[int, ...] = ()
    giver: str = ""
    taker: str = ""


@dataclass(frozen=True)
class Life:
    """From the day `first` to the day `last`; people by name, acts in order."""

    seed: int
    first: date
    last: date
    people: dict[str, Person]
    homes: list[Home]
    acts: list[Act]


def draw(households: int, months: int, seed: int, first: date) -> Life:
    """A life that begins on the first day of a month."""
    chance = random.Random(seed)
    people, homes = _settle(households, chance)
    starts = [_month(first, number) for number in range(months + 1)]
    last = starts[-1] - DAY
    blocks = dict(_block(people, first, last, chance))
    absences = {name: list(_go_away(people[name], people, starts[:-1], chance)) for name in people}
    covers = [act for name in absences for absence in absences[name] for act in _cover(absence, people, chance)]
    hands = _hand_over(people, homes, starts[:-1], chance)
    helped = [_Helped(home, hands, covers) for home in homes]
    acts = [act for home in helped for act in _live(home, people, starts[:-1], chance)] + hands + covers
    acts = [act for act in acts if not _is_away(act, absences)] + [act for name in absences for act in absences[name]]
    acts = [act for act in acts if not _silent(act, blocks)]
    for name, (since, until) in blocks.items():
        acts += [Act(since, NOON, "block", name), Act(until, NOON, "unblock", name)]
    acts.sort(key=lambda act: (act.day, act.minute, act.home))
    return Life(seed, first, last, people, homes, [act for act in acts if act.day <= last])


def _month(first: date, later: int) -> date:
    index = first.year * 12 + first.month - 1 + later
    return date(index // 12, index % 12 + 1, 1)


def _settle(households: int, chance: random.Random) -> tuple[dict[str, Person], list[Home]]:
    """Villages of twenty households; one in six has no team head, one helper in twenty never joined."""
    people = {name: Person(name, name) for name in ("officer", "deputy", "leader")}
    homes: list[Home] = []
    for village in range(-(-households // HOMES_OF_A_VILLAGE)):
        if village % 6 != 5:
            people[f"head {village}"] = Person(f"head {village}", "team_head", village)
        helpers = [f"helper {village}.{n}" for n in range(HOMES_OF_A_VILLAGE // HOMES_OF_A_HELPER)]
        for name in helpers:
            people[name] = Person(name, "helper", village, joined=chance.random() > 0.05)
        for n in range(min(HOMES_OF_A_VILLAGE, households - village * HOMES_OF_A_VILLAGE)):
            helper = helpers[n // HOMES_OF_A_HELPER]
            second = chance.choice([name for name in helpers if name != helper])
            homes.append(Home(len(homes) + 1, village, helper, second if chance.random() < 0.6 else None))
    return people, homes


def _block(
    people: dict[str, Person], first: date, last: date, chance: random.Random
) -> Iterator[tuple[str, tuple[date, date]]]:
    """Some block the bot for a while; the officer never."""
    for person in people.values():
        if person.joined and person.post != "officer" and chance.random() < 0.08:
            since = first + DAY * chance.randrange((last - first).days)
            yield person.name, (since, since + DAY * chance.randint(5, 90))


def _silent(act: Act, blocks: dict[str, tuple[date, date]]) -> bool:
    """Who has blocked the bot says nothing to it."""
    since, until = blocks.get(act.who, (date.max, date.max))
    return since <= act.day <= until


def _go_away(person: Person, people: dict[str, Person], starts: list[date], chance: random.Random) -> Iterator[Act]:
    """Now and then a helper is 暂不在 for some days, a week at most, and says so a little before; most ask somebody of
    the village to stand in."""
    free = starts[0] + DAY * 3
    near = [each.name for each in people.values() if each.village == person.village and each.post == "helper"]
    for start in starts if person.post == "helper" and person.joined else ():
        on = start + DAY * chance.randrange(28)
        if chance.random() < 0.12 and on > free:
            until = on + DAY * chance.randrange(7)
            cover = chance.choice(near) if chance.random() < 0.7 else ""
            said = on - DAY * chance.randrange(4)
            minute = chance.choice((NOON, EVENING))
            yield Act(said, minute, "away", person.name, 0, on, until, taker=cover)
            free = until + DAY * 8


def _cover(absence: Act, people: dict[str, Person], chance: random.Random) -> Iterator[Act]:
    """What who was asked to stand in says: soon, later or never; now and then a word is taken back."""
    words = chance.choice((*[("cover",)] * 5, *[("decline",)] * 2, ("cover", "decline"), ("decline", "cover"), ()))
    if not absence.taker or not people[absence.taker].joined:
        return
    last = (absence.day, absence.minute)
    moments = [(absence.day + DAY * n, minute) for n in range(9) for minute in (NOON, EVENING, NIGHT)]
    for word in words:
        later = [moment for moment in moments[:-1] if moment > last] or moments[-1:]
        last = chance.choice(later[:4] * 4 + later)
        yield Act(*last, word, absence.taker, on=absence.on, until=absence.until, giver=absence.who)


def _is_away(act: Act, absences: dict[str, list[Act]]) -> bool:
    """Who is away does nothing."""
    return any(each.on <= act.day <= each.until for each in absences[act.who])


def _hand_over(people: dict[str, Person], homes: list[Home], starts: list[date], chance: random.Random) -> list[Act]:
    """Now and then a helper's households, or one, become another's, mostly in the village; some soon go back."""
    helpers = [person for person in people.values() if person.post == "helper"]
    has = {home.number: home.helper for home in homes}
    wanted = [
        (start + DAY * chance.randrange(28), chance.choice((NOON, EVENING, NIGHT)), person.name, "", tuple(has))
        for start in starts for person in helpers if chance.random() < 0.08
    ]  # fmt: skip
    hands: list[Act] = []
    wanted.sort()
    while wanted:
        day, minute, giver, taker, among = wanted.pop(0)
        theirs = tuple(number for number in among if has[number] == giver)
        near = [each.name for each in helpers if each.village == people[giver].village and each.name != giver]
        far = [each.name for each in helpers if each.name != giver]
        back, taker = bool(taker), taker or chance.choice(near if chance.random() < 0.8 else far)
        if not theirs:
            continue
        given = theirs if back or chance.random() < 0.6 else (chance.choice(theirs),)
        has.update(dict.fromkeys(given, taker))
        hands.append(Act(day, minute, "hand", "officer", homes=given, giver=giver, taker=taker))
        if not back and chance.random() < 0.3:
            insort(wanted, (day + DAY * chance.randrange(1, 20), minute, taker, giver, given))
    return hands


class _Helped:
    """A household with whoever helps it on a day, by what will be handed over and who will stand in."""

    def __init__(self, home: Home, hands: list[Act], covers: list[Act]) -> None:
        self.home = home
        self._hands = [hand for hand in hands if home.number in hand.homes]
        self._covers = [cover for cover in covers if cover.what == "cover"]

    def helper(self, day: date) -> str:
        """Who had it that morning, or stood in."""
        has = next((hand.taker for hand in reversed(self._hands) if hand.day < day), self.home.helper)
        able = (each.who for each in self._covers if each.giver == has and max(each.on, each.day) <= day <= each.until)
        return next(able, has)


def _live(helped: _Helped, people: dict[str, Person], starts: list[date], chance: random.Random) -> Iterator[Act]:
    """What happens about one household."""
    home = helped.home
    none, one = TEMPERS[chance.choices(list(TEMPERS), (70, 22, 8))[0]]
    explained = 0
    dies = chance.choice(starts) if chance.random() < 0.15 else None
    for start in starts:
        if start == dies:
            *said, last = _die(helped, start, chance)
            yield from (*said, last)
            if last.what == "end":
                return
        luck = chance.random()
        visits = 0 if luck < none else 1 if luck < none + one else chance.choice((2, 2, 2, 3))
        for on in sorted(chance.sample(range(28), visits)):
            day = start + DAY * on
            others = helped.helper(day + DAY * chance.choices((0, 1, 12), (90, 5, 5))[0])
            who = home.second if home.second and chance.random() < 0.15 else others
            if people[who].joined:
                yield from _visit(home, who, day, chance)
        short = visits < 2 and chance.random() < 0.3 + 0.2 * explained
        explained = explained + 1 if short and explained < 4 else 0
        if explained:
            day = start + DAY * chance.randint(20, 42)
            minute = chance.choice((NOON, EVENING, NIGHT))
            if people[helped.helper(day)].joined:
                yield Act(day, minute, "explain", helped.helper(day), home.number, start)
            if explained > 2 and (word := chance.choice(("agree", "refuse", None))):
                yield Act(day + DAY * chance.randint(1, 12), NOON, word, "officer", home.number)


def _die(helped: _Helped, start: date, chance: random.Random) -> Iterator[Act]:
    """The helper reports a death; within the same month the officer says whether the family lives on, or never does."""
    home, day = helped.home, start + DAY * chance.randrange(14)
    yield Act(day, chance.choice((NOON, EVENING, NIGHT)), "death", helped.helper(day), home.number, day)
    word = chance.choice(("resume", "resume", "end", None))
    if word is not None:
        yield Act(day + DAY * chance.randint(1, 12), NOON, word, "officer", home.number)


def _visit(home: Home, who: str, on: date, chance: random.Random) -> Iterator[Act]:
    """One visit: typed the same day, or days or weeks later; a few are taken back before the next noon."""
    typed = on + DAY * chance.choices((0, 1, 3, chance.randint(4, 45)), (70, 15, 9, 6))[0]
    minute = chance.choice((NOON, EVENING, NIGHT))
    yield Act(typed, minute, "visit", who, home.number, on)
    if chance.random() < 0.04:
        soon = {NOON: (typed, EVENING), EVENING: (typed, NIGHT), NIGHT: (typed + DAY, NOON)}[minute]
        day, at = soon if minute == NOON or chance.random() < 0.7 else (typed + DAY, NOON)
        yield Act(day, at, "undo", who, home.number, on)
