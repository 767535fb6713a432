"""Requests: what each kind does when the officer says 照改, whose it is to decide, what the asker hears."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import access
from models.areas import ensure_area
from models.audit import AuditRow
from models.errors import Refused
from models.households import Household, Member
from models.notices import Notice
from models.people import Grant, Person
from models.requests import Request, make_request, withdraw_request
from models.requests.deciding import answer_request, find_phone
from models.requests.queries import count_requests, list_requests
from models.times import local_day

NOW = datetime(2026, 11, 12, 4, 0, tzinfo=UTC)


class Office:
    """A township with an officer, a helper, a household 李宁 with a son."""

    def __init__(self, session: Session) -> None:
        self.session = session
        county = ensure_area(session, None, "county", "县")
        self.township = ensure_area(session, county, "township", "镇")
        self.village = ensure_area(session, self.township, "village", "青山村")
        self.officer = self.person("专干", "officer", self.township)
        self.helper = self.person("张伟", "helper", self.township)
        household = Household(
            village_id=self.village, area_id=self.village, head_name="李宁", phone="+8613800000001", pinyin="lining",
            initials="ln", registered_on=date(2025, 1, 1), created_at=NOW, updated_at=NOW,
        )  # fmt: skip
        session.add(household)
        session.flush()
        self.household = household
        son = Member(household_id=household.id, name="李小军", relation="之子", id_hash="h")
        session.add(son)
        session.flush()
        self.son = son.id

    def person(self, name: str, role: str, area: int, sender: int = 0) -> int:
        person = Person(
            name=name, telegram_id=sender or len(name) * 100 + area + len(role), joined_at=NOW, created_at=NOW
        )
        self.session.add(person)
        self.session.flush()
        self.session.add(Grant(person_id=person.id, role=role, area_id=area, starts_on=date(2025, 1, 1)))
        self.session.flush()
        return person.id

    def view(self, person_id: int) -> access.PersonView:
        return access.view(self.session, person_id, local_day(NOW))

    def ask(self, kind: str, words: str = "", **facts: object) -> int:
        return make_request(
            self.session, kind, person_id=self.helper, household_id=self.household.id, words=words, now=NOW, **facts
        )

    def decide(self, request_id: int, agree: bool = True, **how: str) -> None:
        answer_request(self.session, self.view(self.officer), request_id, 1, agree=agree, now=NOW, **how)

    def notices(self, person_id: int) -> list[str]:
        return list(self.session.scalars(select(Notice.kind).where(Notice.recipient_id == person_id)))


@pytest.fixture
def office(session: Session) -> Office:
    return Office(session)


def test_the_officer_hears_of_a_request_and_the_asker_of_the_answer(office: Office) -> None:
    request = office.ask("phone", "换号了,新号码13912345678")
    assert office.notices(office.officer) == ["request"]
    assert count_requests(office.session, office.view(office.officer)) == 1
    office.decide(request)
    assert office.household.phone == "+8613912345678"
    assert office.notices(office.helper) == ["request_answered"]
    assert count_requests(office.session, office.view(office.officer)) == 0
    assert [row.action for row in office.session.scalars(select(AuditRow))] == ["request.make", "request.done"]


def test_the_same_said_twice_is_one_request(office: Office) -> None:
    assert office.ask("head", "户主换了") == office.ask("head", "户主换了")
    assert office.ask("head", "户主换了") != office.ask("head", "户主换成他儿子了")


def test_the_new_head_is_a_member_or_a_name_as_typed(office: Office) -> None:
    office.decide(office.ask("head", "户主换了"), given=str(office.son))
    assert (office.household.head_name, office.household.initials, office.household.head_id_hash) == (
        "李小军",
        "lxj",
        "h",
    )
    office.decide(office.ask("head", "又换了"), given="王秀英")
    assert (office.household.head_name, office.household.initials, office.household.head_id_hash) == (
        "王秀英",
        "wxy",
        None,
    )


@pytest.mark.parametrize("given", ["", "   ", "13912345678", "9" * 11, "李" * 30])
def test_a_head_needs_a_name(office: Office, given: str) -> None:
    request = office.ask("head", "户主换了")
    with pytest.raises(Refused, match="no_name"):
        office.decide(request, given=given)


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("新号码13912345678", "+8613912345678"),
        ("139 1234 5678是他新号", "+8613912345678"),
        ("以前是13800000001,现在139-1234-5678", "+8613912345678"),
        ("+86 13912345678", "+8613912345678"),
        ("家里电话0871-63123456", "+8687163123456"),
        ("身份证110101199003070011", ""),
        ("换号了", ""),
    ],
)
def test_the_number_is_found_in_what_was_written(words: str, number: str) -> None:
    assert find_phone(words) == number


def test_a_phone_without_a_number_asks_for_one(office: Office) -> None:
    request = office.ask("phone", "换号了")
    with pytest.raises(Refused, match="no_phone"):
        office.decide(request)
    office.decide(request, given="13912345678")
    assert office.household.phone == "+8613912345678"


def test_not_changing_says_why_and_changes_nothing(office: Office) -> None:
    request = office.ask("head", "户主换了")
    office.decide(request, agree=False, words="派出所还没改")
    row = office.session.get_one(Request, request)
    assert (row.state, row.answer, office.household.head_name) == ("declined", "派出所还没改", "李宁")


def test_an_officer_elsewhere_neither_sees_nor_decides(office: Office) -> None:
    request = office.ask("members", "添了个孙子")
    elsewhere = ensure_area(office.session, None, "township", "外乡")
    other = office.view(office.person("外乡专干", "officer", elsewhere, 77))
    assert list_requests(office.session, other).items == ()
    with pytest.raises(Refused, match="unknown"):
        answer_request(office.session, other, request, 1, agree=True, now=NOW)
    with pytest.raises(Refused, match="unknown"):
        answer_request(office.session, office.view(office.helper), request, 1, agree=True, now=NOW)


def test_an_old_press_is_refused_not_applied(office: Office) -> None:
    request = office.ask("moved", "搬到桃园村了")
    office.decide(request)
    with pytest.raises(Refused, match="closed"):
        office.decide(request)


def test_only_who_asked_takes_it_back(office: Office) -> None:
    request = office.ask("other", "门牌号不对")
    with pytest.raises(Refused, match="unknown"):
        withdraw_request(office.session, office.officer, request, now=NOW)
    withdraw_request(office.session, office.helper, request, now=NOW)
    assert count_requests(office.session, office.view(office.officer)) == 0
    with pytest.raises(Refused, match="closed"):
        withdraw_request(office.session, office.helper, request, now=NOW)


def test_the_newest_stand_first_ten_a_page(office: Office) -> None:
    asked = [office.ask("other", f"第{n}件") for n in range(12)]
    first = list_requests(office.session, office.view(office.officer))
    assert ([item.id for item in first.items], first.pages) == (asked[:1:-1], 2)
    assert [item.id for item in list_requests(office.session, office.view(office.officer), 2).items] == asked[1::-1]


def test_what_only_a_leader_approves_is_not_the_officers(office: Office) -> None:
    deputy = office.person("副镇长", "deputy", office.township, 78)
    request = office.ask("other", "移交", ask="leader")
    assert office.notices(deputy) == ["request"]
    assert (office.notices(office.officer), count_requests(office.session, office.view(office.officer))) == ([], 0)
    assert [item.id for item in list_requests(office.session, office.view(deputy)).items] == [request]
