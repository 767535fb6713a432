"""Lines of a report: one household, one day, one outcome; 五户, 都, 其他 and 除了 made into households."""

from collections.abc import Iterable
from dataclasses import replace

from handlers.parsing.groups import Group
from handlers.parsing.merging import both, contradiction
from handlers.parsing.notes import needs_of, note_of
from handlers.parsing.reports import OUTCOMES, Asked, Line, Question, chosen
from handlers.parsing.said import Said
from handlers.parsing.scope import MOST_FOR_ALL, Scope
from handlers.parsing.whens import Days
from handlers.parsing.words import set_of


class Lines:
    """Collects the lines of one message."""

    def __init__(
        self, scope: Scope, asked: Asked, groups: list[Group], said: list[Said], text: str, line: str, days: Days
    ) -> None:
        self.scope, self.asked, self.text, self.line, self.days = scope, asked, text, line, days
        self.groups, self.said = groups, said
        self.went = any(s.visited for s in said)
        self.rows: list[tuple[Group, Said, list[int]]] = []
        self.out: set[int] = set()
        self.excepted: list[int] = []
        self.lines: list[Line] = []

    def add(self, group: Group, said: Said, ids: list[int]) -> None:
        self.rows.append((group, said, ids))

    def add_if_done(self, group: Group, said: Said, ids: list[int]) -> None:
        """本来昨天要去李宁家: a plan for a day that is past may have been carried out, or not."""
        given = self.asked.ask(Question("done", self.line[group.start : group.end], tuple(ids))) if ids else "no"
        if given == "yes":
            said.visited = True
            self.add(group, said, ids)

    def leave_out(self, ids: Iterable[int]) -> None:
        """Households another part of the message takes out of 都 and 全部: planned, not reached, another's."""
        self.out.update(ids)

    def finish(self) -> list[Line]:
        self._share_endings()
        named = [household for _, _, ids in self.rows for household in ids]
        left = [group.excepted and not (said.ends or said.death) for group, said, _ in self.rows]
        self.excepted = [household for row, out in zip(self.rows, left, strict=True) if out for household in row[2]]
        self.leave_out(self.excepted)
        for (group, said, ids), out in zip(self.rows, left, strict=True):
            if out and self._several():
                continue
            if group.span in ("all", "count", "others"):
                self._for_several(group, said, named)
            else:
                self._for_each(group, said, ids)
        return self._merged()

    def _several(self) -> bool:
        return any(group.span for group, _, _ in self.rows)

    def _share_endings(self) -> None:
        """都没在家 holds for the households before it too; a bare name shares what the next one has."""
        for index in range(len(self.rows) - 1, -1, -1):
            group, said, ids = self.rows[index]
            if said.shared and (said.ends or said.fine):
                self._share_back(index)
            if not (group.is_bare and ids and index + 1 < len(self.rows)):
                continue
            after_group, after, after_ids = self.rows[index + 1]
            if (
                after_group.span
                or said.ends
                or said.fine
                or said.unsure
                or group.excepted
                or after_group.excepted
                or not _chained(after_group)
            ):
                continue
            if not said.visited:
                said.ends, said.fine, said.going = list(after.ends), after.fine, said.going or after.going
                said.visited, said.end_words = after.visited, list(after.end_words)
            elif after.ends and not any(t.kind in ENDING_HERE for t in after_group.clause_after()):
                after.visited = True
                self.rows[index] = (_joined(group, after_group), after, [*ids, *after_ids])
                self.rows[index + 1] = (after_group, Said(), [])

    def _share_back(self, index: int) -> None:
        _, said, _ = self.rows[index]
        for group, before, _ in reversed(self.rows[:index]):
            if before.ends or before.fine or before.missed or before.plan or before.unsure:
                break
            if not group.excepted:
                before.ends, before.fine, before.end_words = list(said.ends), said.fine, list(said.end_words)
                before.shared = True

    # --- several households -------------------------------------------------------------------------

    def _for_several(self, group: Group, said: Said, named: list[int]) -> None:
        pool = [household for household in self.pool(group) if household not in self.out]
        already = set(named)
        rest = [household for household in pool if household not in already]
        word = self.line[group.start : group.end]
        if group.span == "count":
            told = any(other.excepted and before.ends for other, before, _ in self.rows)
            speaks = told or self.went or said.visited or said.ends or said.fine or said.phone or said.gift
            if not speaks or self._is_total(group):
                return
            if group.count and group.count == len(set(named)):
                self._refer(group, said)
                return
            fits = (len(pool), len(set(named) | set(rest)), *((len(rest),) if self._after_total(group) else ()))
            if not group.count or group.count not in fits:
                self._ask_which(group, said, word, rest, named)
                return
        if len(rest) > MOST_FOR_ALL or (group.span == "others" and group.count not in (0, len(rest))):
            self._ask_which(group, said, word, rest, named)
            return
        self._for_each(group, said, rest, how="all")

    def _is_total(self, group: Group) -> bool:
        """五户走了三户: the first number only says how many there are."""
        after = self.groups[self.groups.index(group) + 1 :][:1]
        return (
            bool(after) and after[0].span == "count" and all(t.kind in ("visit", "went", "filler") for t in group.after)
        )

    def _after_total(self, group: Group) -> bool:
        """五户走访四户,林荣外出没走成: with the whole said before, the four are all but those not reached."""
        before = self.groups[: self.groups.index(group)]
        reached = any(
            said.visited or "met" in said.ends for other, said, ids in self.rows if ids and other is not group
        )
        return any(other.span == "count" and self._is_total(other) for other in before) and not reached

    def _refer(self, group: Group, said: Said) -> None:
        """李宁林荣两家都没人: the count means those named."""
        for other, before, ids in self.rows:
            if ids and other is not group and not (before.ends or before.unsure or other.excepted):
                before.ends, before.fine, before.end_words = list(said.ends), said.fine, list(said.end_words)
                before.visited = before.visited or said.visited
                self.lines = [line for line in self.lines if line.household_id not in ids]
                self._for_each(other, before, ids)

    def _ask_which(self, group: Group, said: Said, word: str, rest: list[int], named: list[int]) -> None:
        given = self.asked.ask(Question("which", word, tuple(rest)))
        if isinstance(given, list | tuple):
            picked = [household for household in chosen(given, self.scope.by_id) if household not in named]
            self._for_each(group, said, picked, how="answer")

    def rest_of(self, group: Group, named: Iterable[int]) -> list[int]:
        """What 其余, 五户 or 都 means where nobody was visited (其余没去); nothing where that is too many or in doubt."""
        pool = self.pool(group)
        if group.span == "count" and group.count != len(pool):
            return []
        reached = set(named)
        rest = [household for household in pool if household not in reached]
        return rest if len(rest) <= MOST_FOR_ALL else []

    def pool(self, group: Group) -> list[int]:
        """The sender's own households, those of the village or group said; everybody's where none is the own."""
        pool = list(self.scope.own_ids or self.scope.by_id)
        for token in (*group.clause_before(), *group.clause_after()):
            if token.kind in ("village", "group") and token.ids:
                pool = [household for household in pool if household in token.ids]
        return pool

    # --- one line -----------------------------------------------------------------------------------

    def _for_each(self, group: Group, said: Said, ids: list[int], how: str = "") -> None:
        if not ids:
            return
        if said.asks and not (said.ends or said.fine):
            return
        # 林荣上个月走了: no day is asked for until the words turn out to tell of a visit.
        waits = bool(said.death) and not said.visited and f"death:{said.death}" not in self.asked.answers
        days = self.days.certain_of(group) if waits else self.days.of(group, len(ids))
        holds = self._holds_for(group, said, ids)
        kind = self._kind(said, ids)
        note = note_of(group.after, self.line)
        needs = needs_of([*group.clause_before(), *group.after], self.line)
        for at, household in enumerate(ids):
            outcome = self._outcome(group, said, ids) if household in holds else "met"
            mention = group.settled.get(household)
            word, named = (mention.word, mention.how) if mention else ("", "answer")
            # 分别: as many days as households, one each.
            for on in (days[at],) if 1 < len(days) == len(ids) else days:
                self.lines.append(Line(household, outcome, kind, on, note, word, how or named, needs, bool(said.ends)))

    def _holds_for(self, group: Group, said: Said, ids: list[int]) -> set[int]:
        """The households an outcome other than met holds for, when it stands after several: asked unless 都 is said."""
        away = [end for end in said.ends if end != "met"]
        if len(ids) < 2 or not away or said.shared or group.span:
            return set(ids)
        if not (said.is_mixed or (group.commas and said.visited)):
            return set(ids)
        given = self.asked.ask(Question("whose", said.end_words[said.ends.index(away[0])], tuple(ids)))
        return set(chosen(given, ids)) if isinstance(given, list | tuple) else set(ids)

    def _outcome(self, group: Group, said: Said, ids: list[int]) -> str | None:
        if said.death:
            return self._after_death(group, said, ids)
        if said.unsure and "met" not in said.ends and not (said.visited and said.ends):
            return self._choice(said.unsure, said, ids)
        ends = list(dict.fromkeys(said.ends))
        if "deceased" in ends:
            return "deceased"
        choices = contradiction(ends)
        if choices:
            return self._choice(choices, said, ids)
        if said.is_mixed and len(ids) > 1 and not (said.shared or group.span):
            return next((end for end in ends if end != "met"), "met")
        for outcome in ("met", "declined", "away", "hospital", "unreachable", "not_home"):
            if outcome in ends:
                return outcome
        if said.cross:
            return None
        if said.phone and not (said.visited or said.fine or said.talked or said.content):
            return None
        if said.visited or said.fine or said.phone or said.courtesy or said.gift:
            return "met"
        if said.going:
            return self._after_going(group, said, ids)
        told = self.went or any(other.excepted and before.ends for other, before, _ in self.rows)
        return "met" if told and (group.span or (group.is_bare and self.went)) else None

    def _choice(self, choices: tuple[str, ...], said: Said, ids: list[int]) -> str | None:
        given = self.asked.ask(Question("outcome", said.end_words[0], tuple(ids), outcomes=choices))
        return given if isinstance(given, str) and given in OUTCOMES else None

    def _after_going(self, group: Group, said: Said, ids: list[int]) -> str | None:
        """去李宁家 without 了: done when the day is past or something is told; otherwise asked."""
        if said.content or said.missed or self.days.is_past(group):
            return "met"
        return self._went(group, ids)

    def _went(self, group: Group, ids: list[int]) -> str | None:
        given = self.asked.ask(Question("done", self.line[group.start : group.end], tuple(ids)))
        if given == "no":
            self.out.update(ids)
        return "met" if given == "yes" else None

    def _after_death(self, group: Group, said: Said, ids: list[int]) -> str | None:
        """走了: what it means. That somebody of the family died tells of no visit by itself."""
        given = self.asked.ask(Question("death", said.death, tuple(ids)))
        if given == "member" and not (said.visited or said.talked or said.content):
            return self._went(group, ids)
        return {"deceased": "deceased", "visited": "met", "member": "met", "left": "not_home"}.get(str(given))

    def _kind(self, said: Said, ids: list[int]) -> str:
        met = said.visited or ("met" in said.ends and not said.fine)
        if said.phone and not met and "not_home" not in said.ends:
            return "phone"
        if said.by_the_way and (said.gift or said.courtesy):
            return "routine"
        if said.on_purpose and (said.gift or said.courtesy):
            return "courtesy"
        if said.courtesy and not said.visited and not said.gift:
            return "courtesy"
        if said.gift or said.courtesy:
            given = self.asked.ask(Question("gift", "", tuple(ids)))
            return given if given in ("routine", "courtesy") else "routine"
        return "routine"

    def _merged(self) -> list[Line]:
        """One line for a household and day; what was said of it in two places is joined."""
        found: dict[tuple[int, object], Line] = {}
        for line in self.lines:
            if line.household_id in self.out and line.how == "all":
                continue
            key = (line.household_id, line.visited_on)
            known = found.get(key)
            found[key] = line if known is None else both(known, line)
        asked_again = {
            household for q in self.asked.questions.values() if q.code == "done" for household in q.household_ids
        }
        return [
            line
            for line in found.values()
            if not (line.household_id in self.out and line.household_id not in asked_again and line.outcome is None)
        ]


ENDING_HERE = set_of("met not_home away hospital unreachable declined deceased death_maybe fine visit went han")


def _chained(group: Group) -> bool:
    return all(token.kind in ("filler", "list", "and", "village", "group") for token in group.clause_before())


def _joined(group: Group, after: Group) -> Group:
    return replace(
        group,
        mentions=[*group.mentions, *after.mentions],
        settled={**group.settled, **after.settled},
        after=after.after,
        commas=True,
    )
