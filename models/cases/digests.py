"""What a digest or an urgent message has to say at this moment: its notices, read against the duties as they are now.

A notice whose duty has meanwhile ended says nothing more; a message without anything left to say is None.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models import access, findings
from models.cases.dates import is_about_date, near_days
from models.cases.notices import SystemNotice, fold, list_deaths
from models.cases.outcomes import Outcome, list_outcomes
from models.cases.queries import Report, list_unconfirmed
from models.cases.summary import Summary, summarize
from models.cases.timeline import list_names
from models.cases.views import Coming, DutyView, list_views
from models.duties import DutyEvent
from models.news import News, read_news
from models.notices import Notice
from models.outbox import Message
from models.people import Person
from models.requests.queries import count_requests
from models.visits.entering import Claim, list_claims
from models.visits.returns import ReturnView, list_open_returns

LINES = 10
"""Households a digest names in its village lists; the others are one tap away."""
DECIDERS = ("deputy", "leader")


@dataclass(frozen=True)
class VillageList:
    """还差的户 of one village, unvisited first. `ahead`: before the due day, to help in time."""

    id: int
    name: str
    total: int
    items: tuple[DutyView, ...]
    ahead: bool
    starts_on: date
    due_on: date
    next: Coming | None


@dataclass(frozen=True)
class Urged:
    by: str
    item: DutyView


@dataclass(frozen=True)
class Unjoined:
    """A helper who never joined, and how many households are short because of that."""

    name: str | None
    n: int


@dataclass(frozen=True)
class Answered:
    """What the new owner of a case wrote back."""

    by: str
    words: str
    item: DutyView


@dataclass(frozen=True)
class Digest:
    """The sections of one person's message. `short` to `copied` are duties; `notices` a number."""

    unconfirmed: tuple[Report, ...]
    urged: tuple[Urged, ...]
    handed: tuple[DutyView, ...]
    asked: tuple[DutyView, ...]
    """Cases whose answer is due today."""
    reassigned: tuple[DutyView, ...]
    short: tuple[DutyView, ...]
    repeated: tuple[DutyView, ...]
    second: tuple[DutyView, ...]
    later: tuple[DutyView, ...]
    copied: tuple[DutyView, ...]
    answered: tuple[Answered, ...]
    summary: Summary | None
    villages: tuple[VillageList, ...]
    unjoined: tuple[Unjoined, ...]
    outcomes: tuple[Outcome, ...]
    deaths: tuple[SystemNotice, ...]
    """Reported deaths that wait for the officer's word and could not be told at once."""
    news: tuple[News, ...]
    """What happened to people and households besides duties."""
    requests: int
    """How many requests wait for the person, where the message has one to tell."""
    notices: int
    claims: tuple[Claim, ...] = ()
    """代录 that wait for the person's 属实."""
    returned: tuple[ReturnView, ...] = ()
    """Records sent back that wait for the person's answer."""
    dates: tuple[DutyView, ...] = ()
    """The person's own fixed-date duties that are still open."""
    near: tuple[tuple[date, int], ...] = ()
    """Due days of theirs close together, with how many fall on each; said once."""
    dates_told: tuple[DutyView, ...] = ()
    """Others' fixed-date duties that this person is told of."""

    def is_empty(self) -> bool:
        return not any(vars(self).values())


WITHIN = (
    select(Notice)
    .join(Message, Message.id == Notice.message_id)
    .where(Message.key == bindparam("key"))
    .order_by(Notice.id)
)


def read_digest(session: Session, person_id: int, message_key: str, today: date) -> Digest | None:
    """What the digest with this key says now; None: everything in it has ended meanwhile."""
    rows = session.scalars(WITHIN, {"key": message_key}).all()
    digest = _sort(session, person_id, rows, today)
    return None if digest.is_empty() else digest


def _sort(session: Session, person_id: int, rows: Sequence[Notice], today: date) -> Digest:
    views = {view.duty_id: view for view in list_views(session, [n.duty_id for n in rows if n.duty_id], today)}
    still = [notice for notice in rows if notice.duty_id in views and views[notice.duty_id].state == "open"]
    of_kind: dict[str, list[DutyView]] = defaultdict(list)
    for notice in still:
        view = views[notice.duty_id or 0]
        if view not in of_kind[notice.kind]:
            of_kind[notice.kind].append(view)
    mine = {k: tuple(v for v in of_kind[k] if v.taken_id == person_id) for k in ("handed", "answer")}
    told = [notice for notice in still if notice.kind in ("level", "again")]
    levels = [notice for notice in told if not is_about_date(views[notice.duty_id or 0])]
    asked = any(n.kind == "again" or n.facts.get("who") in DECIDERS for n in levels)
    own = {kind: [view for view in of_kind[kind] if view.owner_id == person_id] for kind in OWN_KINDS}
    dates = list(dict.fromkeys(view for kind in OWN_KINDS for view in own[kind] if is_about_date(view)))
    own = {kind: [view for view in found if not is_about_date(view)] for kind, found in own.items()}
    return Digest(
        unconfirmed=tuple(list_unconfirmed(session, person_id)),
        urged=_urged(session, still, views),
        handed=tuple(view for view in mine["handed"] if view not in mine["answer"]),
        asked=mine["answer"],
        reassigned=tuple(own["reassigned"]),
        short=tuple(own["remind"]),
        repeated=tuple(view for view in own["repeat"] if view not in own["remind"]),
        second=tuple(views[n.duty_id or 0] for n in levels if n.facts.get("who") == "second_helper"),
        later=tuple(of_kind["later"]),
        copied=tuple(of_kind["copied"]),
        answered=_answered(session, rows, views),
        summary=summarize(session, access.view(session, person_id, today), today) if asked else None,
        villages=_village_lists(of_kind["early"], _told_lists(levels, views)),
        unjoined=_by_helper(view for view in of_kind["unjoined"] if not is_about_date(view)),
        outcomes=list_outcomes(session, rows, views),
        deaths=list_deaths(session, rows),
        news=read_news(session, rows),
        requests=_waiting_requests(session, person_id, rows, today),
        claims=tuple(list_claims(session, person_id)),
        returned=tuple(list_open_returns(session, person_id)),
        dates=tuple(sorted(dates, key=lambda view: (view.due_on, view.duty_id))),
        near=near_days(session, person_id, still, dates, today),
        dates_told=_told_dates(told, of_kind["unjoined"], views),
        notices=len(fold(session, rows, today)) + _findings(session, rows),
    )


def _findings(session: Session, rows: Iterable[Notice]) -> int:
    """How many kinds of stuck work there still are of those that these notices are about."""
    return len(findings.view_told(session, [each for n in rows for each in n.facts.get("findings", ())]))


def _waiting_requests(session: Session, person_id: int, rows: Iterable[Notice], today: date) -> int:
    if not any(notice.kind == "request" for notice in rows):
        return 0
    return count_requests(session, access.view(session, person_id, today))


OWN_KINDS = ("remind", "repeat", "reassigned")


def _told_lists(levels: Iterable[Notice], views: dict[int, DutyView]) -> list[DutyView]:
    listed = [views[n.duty_id or 0] for n in levels if n.facts.get("who") in ("team_head", "officer")]
    return list(dict.fromkeys(listed))


def _by_helper(views: Iterable[DutyView]) -> tuple[Unjoined, ...]:
    """The longest first: their households need a helper who joins, not a report."""
    counted = Counter(view.owner for view in views)
    return tuple(Unjoined(name, n) for name, n in counted.most_common())


def _told_dates(
    levels: Iterable[Notice], unjoined: Iterable[DutyView], views: dict[int, DutyView]
) -> tuple[DutyView, ...]:
    found = [*(views[notice.duty_id or 0] for notice in levels), *unjoined]
    return tuple(dict.fromkeys(view for view in found if is_about_date(view)))


def _urged(session: Session, notices: Iterable[Notice], views: dict[int, DutyView]) -> tuple[Urged, ...]:
    found = []
    for notice in notices:
        if notice.kind == "urged":
            by = list_names(session, (int(notice.facts.get("by") or 0),))
            found.append(Urged(by[0] if by else "", views[notice.duty_id or 0]))
    return tuple(found)


def _answered(session: Session, notices: Iterable[Notice], views: dict[int, DutyView]) -> tuple[Answered, ...]:
    """The newest written answer for each case; it is heard even when the case has ended since."""
    found = []
    for duty_id in dict.fromkeys(n.duty_id for n in notices if n.kind == "answered" and n.duty_id in views):
        row = session.execute(
            select(DutyEvent.words, Person.name)
            .join(Person, Person.id == DutyEvent.person_id)
            .where(DutyEvent.duty_id == duty_id, DutyEvent.kind == "answered")
            .order_by(DutyEvent.at.desc(), DutyEvent.id.desc())
            .limit(1)
        ).first()
        if row is not None:
            found.append(Answered(row.name, row.words or "", views[duty_id or 0]))
    return tuple(found)


def _village_lists(ahead: list[DutyView], after: list[DutyView]) -> tuple[VillageList, ...]:
    """Lists by village, the longest first; the lines are shared out evenly among them."""
    lists: dict[tuple[bool, int], list[DutyView]] = defaultdict(list)
    for is_ahead, views in ((True, ahead), (False, after)):
        for view in views:
            lists[is_ahead, view.village_id or 0].append(view)
    each = max(1, LINES // len(lists)) if sum(map(len, lists.values())) > LINES else LINES
    made = [_village_list(is_ahead, views, each) for (is_ahead, _), views in lists.items()]
    return tuple(sorted(made, key=lambda one: (-one.total, one.id))[:LINES])


def _village_list(ahead: bool, views: list[DutyView], lines: int) -> VillageList:
    views = sorted(views, key=lambda view: (view.done, view.duty_id))
    first = views[0]
    coming = [view.next for view in views if view.next and view.taken_id is None]
    return VillageList(
        first.village_id or 0, first.village, len(views), tuple(views[:lines]), ahead, first.starts_on, first.due_on,
        None if ahead else min(coming, key=lambda each: each.on, default=None),
    )  # fmt: skip


@dataclass(frozen=True)
class Handed:
    """Cases just given to somebody: by whom, until when."""

    by: str
    until: date
    items: tuple[DutyView, ...]


def read_handed(session: Session, person_id: int, notice_ids: Sequence[int], today: date) -> Handed | None:
    """What an urgent 交办 says now; None when somebody else has them or they have ended."""
    notices = session.scalars(select(Notice).where(Notice.id.in_(notice_ids)).order_by(Notice.id)).all()
    views = list_views(session, [n.duty_id for n in notices if n.duty_id], today)
    items = tuple(view for view in views if view.state == "open" and view.taken_id == person_id)
    if not items:
        return None
    by = list_names(session, (int(notices[0].facts["by"]),))
    return Handed(by[0] if by else "", items[0].taken_until or today, items)


def find_alerted(session: Session, notice_ids: Sequence[int]) -> int | None:
    """The duty an alert is about."""
    return session.scalar(select(Notice.duty_id).where(Notice.id.in_(notice_ids)).order_by(Notice.id).limit(1))
