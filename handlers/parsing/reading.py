"""A message read as a report of visits (product.md section 4): households, days, outcomes, doubts. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from handlers.parsing.dates import find_days
from handlers.parsing.fixed import covered, fixed_tokens
from handlers.parsing.forms import read_form
from handlers.parsing.groups import DONE, Group, make_groups
from handlers.parsing.hearing import goes_along, read_group
from handlers.parsing.lines import Lines
from handlers.parsing.mentions import Finder, Mention
from handlers.parsing.notes import clauses, note_of
from handlers.parsing.pieces import Token
from handlers.parsing.reports import Asked, Line, Missed, Plan, Question, Report, RosterChange, chosen
from handlers.parsing.roster import Change, find_changes
from handlers.parsing.said import ENDINGS, Said
from handlers.parsing.scope import Candidate, Scope
from handlers.parsing.settling import settle
from handlers.parsing.slips import mend
from handlers.parsing.spots import doubt_days_to_come
from handlers.parsing.strangers import find_mentions
from handlers.parsing.text import LONGEST, even, lower
from handlers.parsing.tokens import cut
from handlers.parsing.until import find_until
from handlers.parsing.whens import LONGEST_WORD, Days
from handlers.parsing.words import WORDS, Words


def parse_report(
    text: str,
    now_local: datetime,
    candidates: Scope | Iterable[Candidate],
    words: Words = WORDS,
    *,
    answers: Mapping[str, object] | None = None,
    sender: str = "",
    oldest: date | None = None,
) -> Report:
    """What a message reports, and what has to be asked before it can be kept.

    `now_local` is the message's own local moment: 昨天 is the day before it. `answers` are answers given so far,
    by `Question.key`; the same words with one more answer are read again. `sender` is the writer's own name.
    `oldest` is the first day taken without asking (default: the first of the month before). Never raises on text.
    """
    scope = candidates if isinstance(candidates, Scope) else Scope(candidates)
    if oldest is None:
        oldest = (now_local.date().replace(day=1) - timedelta(days=1)).replace(day=1)
    reading = Reading(text[:LONGEST], now_local, scope, words, Asked(dict(answers or {})), sender, oldest)
    report = reading.read()
    return replace(report, note=_joined(report.note, text[LONGEST:])) if len(text) > LONGEST else report


def _joined(*parts: str) -> str:
    return ",".join(part for part in parts if part)


GONE_YET = re.compile(r"(?:去|走|走访|到|看|来|见)(?:了|过)(?:没|没有|没得|不)$")
LIGHT = frozenset(("not_gone", "filler", "stop"))
"""没去成, and nothing that says of whom."""
AMOUNT = re.compile(r"\d+(?:[.,]\d+)?\s?(?:万元|千元|元|块钱|块|万|公斤|斤|亩|头|只|袋|桶|吨)")


class Reading:
    """One message on its way from tokens to a report."""

    def __init__(
        self, line: str, now: datetime, scope: Scope, words: Words, asked: Asked, sender: str, oldest: date
    ) -> None:
        self.line, self.now, self.scope, self.words, self.asked = line, now, scope, words, asked
        sender = lower(even(sender))
        plain = mend(lower(even(line)), scope.names)
        form = read_form(plain, sender)
        self.by_other = form is not None and form.by_other
        self.by_phone = form is not None and form.by_phone
        self.text = form.text if form else plain
        self.untils = find_until(self.text, now.date())
        self.changes = find_changes(self.text)
        fixed = fixed_tokens(self.text, scope, self.untils, self.changes)
        days = [day for day in find_days(self.text, now.date(), words) if not covered(day.start, day.end, fixed)]
        self.tokens = doubt_days_to_come(cut(self.text, days, scope, words, sender, fixed), self.text)
        self.mentions = self._mentions()
        named = frozenset(index for mention in self.mentions for index in range(mention.first, mention.last + 1))
        self.groups = make_groups(self.tokens, self.mentions)
        self.said = [read_group(group, self.text) for group in self.groups]
        self._hear_opening()
        self.days = Days(self.tokens, line, now, oldest, asked, named)

    def _mentions(self) -> list[Mention]:
        finder = Finder(self.line, self.text, self.tokens, self.scope)
        found = [mention for mention in find_mentions(finder) if not finder.is_landmark(mention)]
        passing = [finder.in_passing(mention) for mention in found]
        if all(passing):
            return found
        sure = frozenset().union(*(m.ids for m, by in zip(found, passing, strict=True) if not by and len(m.ids) == 1))
        kept = []
        for mention, by in zip(found, passing, strict=True):
            if by and (mention.ids & sure or not mention.sure):
                continue
            kept.append(replace(mention, weak=by))
        return kept

    def _hear_opening(self) -> None:
        """敲门没人应,李国富可能下地了: what stands in a clause of its own before the only household."""
        if len(self.groups) == 1 and not self.said[0].tells_of_a_visit and not self.said[0].hearsay:
            ends = [token for token in self.groups[0].before if token.kind in ENDINGS]
            self.said[0].ends += [token.kind for token in ends]
            self.said[0].end_words += [token.text(self.text) for token in ends]

    # --- the whole message --------------------------------------------------------------------------

    def read(self) -> Report:
        correction = any(token.kind == "correction" for token in self.tokens[:3])
        if self._is_question():
            return Report(asks=True, correction=correction, not_understood=self.line.strip())
        if not self.groups:
            return replace(self._nobody_named(), correction=correction, requests=self._requests_for_nobody())
        lines = Lines(self.scope, self.asked, self.groups, self.said, self.text, self.line, self.days)
        plans: list[Plan] = []
        missed: list[Missed] = []
        others: list[int] = []
        requests: list[RosterChange] = []
        for group, said in zip(self.groups, self.said, strict=True):
            ids = self._ids(group)
            requests += self._requests(group, ids)
            if group.span and not ids and (said.plan or said.missed):
                ids = lines.rest_of(group, (household for other in self.groups for household in self._ids(other)))
            if group.denied or (self._changes_of(group) and not said.tells_of_a_visit):
                continue
            if self.by_other or said.by_other or (said.hearsay and not said.visited and not self._went_at_all()):
                others += ids
            elif (said.plan or (plans and goes_along(group, said))) and not said.missed and not said.is_done:
                on = self.days.plan_day([*group.clause_before(), *group.clause_after()])
                if on is not None and on < self.now.date():
                    lines.add_if_done(group, said, ids)
                    continue
                plans += [Plan(household, on, self.line.strip()) for household in ids]
            elif said.missed and (not said.ends or said.is_reason) and not self._may_be_a_death(said):
                note = note_of([*group.clause_before(), *group.after], self.line)
                missed += [Missed(household, note) for household in ids]
            elif self._went_oneself(group, said, ids):
                lines.add(group, said, ids)
        for taken in (plans, missed):
            lines.leave_out(item.household_id for item in taken if item.household_id)
        lines.leave_out(others)
        made = self._with_until(lines.finish())
        found = made or self.asked.questions or plans or missed or others or requests
        if not found and all(group.span for group in self.groups) and any(token.kind in DONE for token in self.tokens):
            # 走了五户里的三户: somebody was visited, it is not said who.
            return self._ask_which(self.line.strip())
        if self.by_phone:
            made = [replace(line, kind="phone") if line.kind == "routine" else line for line in made]
        plans += self._next_steps(made)
        return Report(
            lines=tuple(made),
            visited_on=_one_day(made),
            day_said=self.days.said,
            questions=tuple(self.asked.questions.values()),
            plans=tuple(plans),
            missed=tuple(missed),
            others=tuple(dict.fromkeys(others)),
            excepted=tuple(lines.excepted),
            needs=tuple(dict.fromkeys(need for line in made for need in line.needs)),
            amounts=tuple(found.group() for found in AMOUNT.finditer(self.line)),
            note=note_of(self._opening(), self.line),
            correction=correction,
            requests=tuple(dict.fromkeys(requests)),
            not_understood=""
            if made or self.asked.questions or plans or missed or others or requests
            else self.line.strip(),
        )

    def _may_be_a_death(self, said: Said) -> bool:
        """没去成,老人走了: asked about like any other; of somebody else of the family it is only the reason."""
        return bool(said.death) and self.asked.answers.get(Question("death", said.death).key) not in ("member", "left")

    # --- changes of the roster, families away for long ----------------------------------------------

    def _group_at(self, start: int) -> Group:
        """The group a place of the text belongs to: the last one named before it."""
        before = [group for group in self.groups if group.start <= start]
        return before[-1] if before else self.groups[0]

    def _changes_of(self, group: Group) -> list[Change]:
        return [change for change in self.changes if self._group_at(change.start) is group]

    def _went_oneself(self, group: Group, said: Said, ids: list[int]) -> bool:
        """Whether the sender went, asked where the words name somebody nobody knows (民警走访了林荣)."""
        if not (said.stranger and ids):
            return True
        start = group.clause_before()[0].start if group.clause_before() else group.start
        word = self.line[start : group.end].strip()[:LONGEST_WORD]
        return self.asked.ask(Question("also", word, tuple(ids), reason="who")) == "yes"

    def _requests(self, group: Group, ids: list[int]) -> list[RosterChange]:
        return [
            RosterChange(change.kind, household, self._clause_around(change))
            for change in self._changes_of(group)
            for household in ids
        ]

    def _requests_for_nobody(self) -> tuple[RosterChange, ...]:
        return tuple(RosterChange(change.kind, None, self._clause_around(change)) for change in self.changes)

    def _clause_around(self, change: Change) -> str:
        """The sentence part in which it is said, as written."""
        start = max((self.text.rfind(stop, 0, change.start) for stop in ",.。;!?\n"), default=-1) + 1
        return self.line[start : change.end].strip()

    def _with_until(self, made: list[Line]) -> list[Line]:
        """A family that says when it comes back is away, not only out."""
        for until in self.untils:
            if until.family and until.on is not None:
                ids = self._group_at(until.start).settled
                made = [
                    replace(line, outcome="away", away_until=until.on)
                    if line.household_id in ids and line.outcome in ("away", "not_home", None)
                    else line
                    for line in made
                ]
        return made

    def _opening(self) -> list[Token]:
        return self.groups[0].before if self.groups else self.tokens

    def _went_at_all(self) -> bool:
        return any(said.visited for said in self.said)

    def _ids(self, group: Group) -> list[int]:
        """Households of a group, doubts asked; named in passing only after a yes."""
        for mention in group.mentions:
            settled = settle(mention, self.asked, self.scope)
            if settled is None:
                continue
            (household,) = settled.ids
            if mention.weak and self.asked.ask(Question("also", mention.word, (household,))) != "yes":
                continue
            group.settled.setdefault(household, settled)
        return list(group.settled)

    def _is_question(self) -> bool:
        ends = self.text.rstrip(" .。!~")
        asks = ends.endswith(("?", "吗", "么")) or (self.tokens and self.tokens[0].kind == "ask")
        asks = asks or bool(GONE_YET.search(ends))
        inside = any(said.asks for said in self.said)
        inside = inside or (not self.groups and any(token.kind == "ask" for token in self.tokens))
        told = any(said.ends or said.fine for said in self.said)
        return bool((asks or inside) and not told)

    def _nobody_named(self) -> Report:
        """No household in it: a visit without a name, a plan, or nothing of ours."""
        kinds = [token.kind for token in self.tokens]
        ahead = "plan" in kinds or any(token.day is not None and token.day.ahead for token in self.tokens)
        whole = Group([], before=self.tokens)
        said = read_group(whole, self.text)
        words = self.line.strip()
        if (ahead and "visit" in kinds) or (ahead and "go" in kinds):
            return Report(plans=(Plan(None, self.days.plan_day(self.tokens), words),))
        if said.by_other or "hearsay" in kinds or ahead:
            return Report(not_understood=words)
        if "not_gone" in kinds and LIGHT.issuperset(kinds):
            return Report(missed=(Missed(None, words),))
        told = "courtesy" in kinds or any(kind in ENDINGS for kind in kinds)
        if "visit" in kinds or (told and not any(kind in ("han", "content", "latin") for kind in kinds)):
            return self._ask_which(words)
        return Report(not_understood=words)

    def _ask_which(self, words: str) -> Report:
        given = self.asked.ask(Question("which", "", self.scope.own_ids))
        note = note_of(self.tokens, self.line)
        if not isinstance(given, list | tuple):
            return Report(questions=tuple(self.asked.questions.values()), note=note, not_understood=words)
        group = Group([], span="given", before=self.tokens)
        said = read_group(group, self.text)
        lines = Lines(self.scope, self.asked, [group], [said], self.text, self.line, self.days)
        lines.add(group, said, chosen(given, self.scope.by_id))
        made = [replace(line, note=note, how="answer") for line in lines.finish()]
        return Report(tuple(made), _one_day(made), self.days.said, tuple(self.asked.questions.values()), note=note)

    def _next_steps(self, made: list[Line]) -> list[Plan]:
        """What is to be done next, said after a visit (下周三带他去医院)."""
        found = []
        for group, said in zip(self.groups, self.said, strict=True):
            if (said.plan and not said.is_done) or said.death or "deceased" in said.ends:
                continue
            for clause in clauses(group.after):
                ahead = [t for t in clause if t.kind == "plan" or (t.day is not None and t.day.ahead)]
                theirs = bool(clause) and clause[0].kind in ("he", "kin", "family")
                if ahead and not theirs:
                    ids = self._ids(group) if group.mentions else []
                    words = self.line[clause[0].start : clause[-1].end].strip()
                    found.append(Plan(ids[0] if len(ids) == 1 else None, self.days.plan_day(ahead), words))
        return found


def _one_day(lines: list[Line]) -> date | None:
    days = {line.visited_on for line in lines}
    return days.pop() if len(days) == 1 else None
