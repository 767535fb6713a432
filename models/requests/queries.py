"""Questions about requests: what waits for somebody's decision, one request as its card shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.access import PersonView
from models.areas import GROUP, VILLAGE, Area
from models.errors import Refused
from models.households import Household, Member
from models.pages import fit_page
from models.people import Person
from models.requests.deciding import find_phone, right_for
from models.requests.tables import Request
from models.secrets import mask
from models.times import local_day
from models.visits import Visit

PAGE = 10
ANSWERER = aliased(Person)


@dataclass(frozen=True)
class RequestView:
    """A request in a list or on its card. `name` is the household's head now; `phone` the number in the words."""

    id: int
    kind: str
    state: str
    version: int
    by: str
    by_id: int
    asked_on: date
    name: str
    village: str
    group: str | None
    household_id: int | None
    words: str
    answer: str
    answered_by: str
    phone: str
    phone_before: str
    visited_on: date | None
    facts: dict[str, Any]
    decides: bool = False
    """Whether the reader may decide it now."""


@dataclass(frozen=True)
class RequestPage:
    items: tuple[RequestView, ...]
    total: int
    page: int
    pages: int


def request_scope(me: PersonView) -> ColumnElement[bool]:
    """A condition on `Request`: open ones that the person may decide."""
    asks_leader = Request.facts["ask"].as_string() == "leader"
    own = [
        and_(_under(me.paths("request.answer")), or_(Request.facts["ask"].as_string().is_(None), ~asks_leader)),
        and_(_under(me.paths("handover.approve")), asks_leader),
    ]
    return and_(Request.state == "open", or_(*own))


def _under(paths: Iterable[str]) -> ColumnElement[bool]:
    under = [Area.path.startswith(path, autoescape=True) for path in paths]
    return Request.village_id.in_(select(Area.id).where(or_(*under))) if under else false()


def count_requests(session: Session, me: PersonView) -> int:
    """How many requests wait for the person."""
    if not (me.paths("request.answer") or me.paths("handover.approve")):
        return 0
    return session.scalar(select(func.count()).select_from(Request).where(request_scope(me))) or 0


def list_requests(session: Session, me: PersonView, page: int = 1) -> RequestPage:
    """Ten requests that wait for the person, newest first; `page` counts from 1."""
    scope = request_scope(me)
    total = session.scalar(select(func.count()).select_from(Request).where(scope)) or 0
    page, pages = fit_page(page, total, PAGE)
    ids = session.scalars(
        select(Request.id).where(scope).order_by(Request.id.desc()).limit(PAGE).offset((page - 1) * PAGE)
    )
    return RequestPage(tuple(list_views(session, list(ids))), total, page, pages)


def list_views(session: Session, ids: Iterable[int]) -> list[RequestView]:
    """Requests by id, in the order given."""
    wanted = list(ids)
    rows = session.execute(
        select(
            Request, Person.name.label("by"), ANSWERER.name.label("answered"), Household.head_name, Household.phone,
            VILLAGE.name.label("village"), GROUP.name.label("area"), GROUP.level, Visit.visited_on,
        )
        .join(Person, Person.id == Request.person_id)
        .outerjoin(ANSWERER, ANSWERER.id == Request.answered_by)
        .outerjoin(Household, Household.id == Request.household_id)
        .outerjoin(VILLAGE, VILLAGE.id == Household.village_id)
        .outerjoin(GROUP, GROUP.id == Household.area_id)
        .outerjoin(Visit, Visit.id == Request.visit_id)
        .where(Request.id.in_(wanted))
    )  # fmt: skip
    found = {row.Request.id: _view(row) for row in rows}
    return [found[each] for each in wanted if each in found]


def _view(row: Any) -> RequestView:
    request: Request = row.Request
    is_phone = request.kind == "phone"
    return RequestView(
        id=request.id, kind=request.kind, state=request.state, version=request.version, by=row.by,
        by_id=request.person_id, asked_on=local_day(request.created_at), name=row.head_name or "",
        village=row.village or "", group=row.area if row.level == "group" else None,
        household_id=request.household_id, words=request.words or "", answer=request.answer or "",
        answered_by=row.answered or "", phone=find_phone(request.words).removeprefix("+86") if is_phone else "",
        phone_before=mask((row.phone or "").removeprefix("+86")) if is_phone else "", visited_on=row.visited_on,
        facts=request.facts,
    )  # fmt: skip


def access_request(session: Session, me: PersonView, request_id: int) -> RequestView:
    """One request for who decides it or who asked. Raises Refused("request.unknown") alike for all others."""
    request = session.get(Request, request_id)
    if request is None:
        raise Refused("request.unknown")
    path = session.scalar(select(Area.path).where(Area.id == request.village_id)) or ""
    decides = any(path.startswith(own) for own in me.paths(right_for(request)))
    if not decides and request.person_id != me.id:
        raise Refused("request.unknown")
    view = list_views(session, [request_id])[0]
    return RequestView(**{**vars(view), "decides": decides and request.state == "open"})


def list_members(session: Session, request_id: int) -> list[tuple[int, str, str]]:
    """(id, name, relation) of the household's members who could be its head."""
    rows = session.execute(
        select(Member.id, Member.name, Member.relation)
        .join(Request, Request.household_id == Member.household_id)
        .where(Request.id == request_id, Member.ended_on.is_(None))
        .order_by(Member.id)
        .limit(PAGE)
    )
    return [(row.id, row.name, row.relation or "") for row in rows]
