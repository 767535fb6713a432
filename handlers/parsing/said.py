"""What was said of one group: visited or planned, by whom, how it ended, phone or gift."""

from dataclasses import dataclass, field

ENDINGS = ("met", "not_home", "away", "hospital", "unreachable", "declined", "deceased")


@dataclass
class Said:
    """One group read. `ends` are its outcomes in order."""

    visited: bool = False
    going: bool = False
    """去 without 了: done or still to do."""
    plan: bool = False
    missed: bool = False
    missed_first: bool = False
    """没去成 stands before how it ended."""
    by_other: bool = False
    stranger: bool = False
    """Somebody went, and nothing says that it was the sender."""
    went_instead: bool = False
    """Behind the household somebody else is said to have gone."""
    hearsay: bool = False
    ends: list[str] = field(default_factory=list)
    end_words: list[str] = field(default_factory=list)
    shared: bool = False
    """都: holds for every household named before."""
    fine: bool = False
    death: str = ""
    """The words that may speak of a death."""
    phone: bool = False
    talked: bool = False
    """On the phone somebody was reached, not only called."""
    courtesy: bool = False
    gift: bool = False
    by_the_way: bool = False
    on_purpose: bool = False
    asks: bool = False
    divided: bool = False
    """一家在一家不在: something else for each of several."""
    cross: bool = False
    """A cross behind the name: not met, but nobody knows in which way."""
    unsure: tuple[str, ...] = ()
    """Outcomes between which only the sender can choose (陪李宁去医院: met, or in hospital?)."""
    content: bool = False

    @property
    def is_done(self) -> bool:
        return bool(self.ends or self.fine)

    @property
    def is_reason(self) -> bool:
        """没去成,住院了: how it ended only says why. Not that somebody was met after all, or died."""
        return self.missed_first and not {"met", "deceased"} & set(self.ends)

    @property
    def is_mixed(self) -> bool:
        """一个在家一个不在: met and not met, said of several."""
        return self.divided or ("met" in self.ends and len(set(self.ends)) > 1)

    @property
    def tells_of_a_visit(self) -> bool:
        """Anything of a visit, also that it did not come off."""
        done = self.visited or self.going or self.fine or self.phone or self.gift or self.courtesy
        return bool(done or self.plan or self.missed or self.ends or self.unsure or self.death)
