"""Joining: one link, one person, one account; every other way is refused and noted."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import joining
from models.access import PersonView, find_by_sender, view
from models.areas import Area
from models.audit import AuditRow
from models.errors import Refused
from models.households import Assignment, Household
from models.outbox import Message
from models.people import Grant, Invitation, Person
from models.people.queries import binding_version, count_people, get_card, list_people
from models.secrets import keyed_hash

NOW = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 2)
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)


class World:
    """Two townships with one village and one officer each; people as a test needs them."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.township, self.village = self.place("示例乡", "青山村")
        self.elsewhere, self.far_village = self.place("别的乡", "远山村")
        self.officer = self.view(self.person("朱发玉", "+8619700000016", role="officer", area=self.township))
        self.stranger = self.view(self.person("别的专干", "+8619700000099", role="officer", area=self.elsewhere))

    def place(self, township: str, village: str) -> tuple[Area, Area]:
        above = Area(level="township", name=township, path="")
        self.session.add(above)
        self.session.flush()
        above.path = f"/{above.id}/"
        below = Area(parent_id=above.id, level="village", name=village, path="")
        self.session.add(below)
        self.session.flush()
        below.path = f"{above.path}{below.id}/"
        return above, below

    def person(self, name: str, phone: str, role: str = "helper", area: Area | None = None) -> Person:
        person = Person(name=name, phone=phone, phone_hash=keyed_hash(phone), unit="县残联", created_at=LONG_AGO)
        self.session.add(person)
        self.session.flush()
        if area is not None:
            grant = Grant(person_id=person.id, role=role, area_id=area.id, starts_on=LONG_AGO.date())
            self.session.add(grant)
        self.session.flush()
        return person

    def household(self, village: Area, helper: Person) -> Household:
        home = Household(
            village_id=village.id, area_id=village.id, head_name="李宁", registered_on=LONG_AGO.date(),
            created_at=LONG_AGO, updated_at=LONG_AGO,
        )  # fmt: skip
        self.session.add(home)
        self.session.flush()
        self.session.add(Assignment(household_id=home.id, person_id=helper.id, created_at=LONG_AGO))
        self.session.flush()
        return home

    def view(self, person: Person) -> PersonView:
        return view(self.session, person.id, TODAY)

    def link(self, person: Person, *, now: datetime = NOW) -> str:
        """The token of the person's link, made by the officer."""
        invited = joining.invite(self.session, self.officer, person.id, now=now)
        return joining.token_of(self.session.get_one(Invitation, invited.invitation_id))


@pytest.fixture
def world(session: Session) -> World:
    return World(session)


def refusal(action: object, *args: object, **named: object) -> str:
    with pytest.raises(Refused) as caught:
        action(*args, **named)  # type: ignore[operator]
    return caught.value.code


def test_a_link_joins_its_person_once(world: World, session: Session) -> None:
    helper = world.person("吴祥", "+8619900000105", area=world.township)
    token = world.link(helper)
    assert joining.join_by_link(session, 501, token, now=NOW) == joining.Joined(helper.id)
    assert (helper.telegram_id, helper.joined_at) == (501, NOW)
    assert refusal(joining.join_by_link, session, 502, token, now=NOW) == "invitation.used"
    assert session.scalar(select(AuditRow).where(AuditRow.action == "person.join", AuditRow.sender == 501))


def test_the_same_link_again_by_the_same_account_is_no_mistake(world: World, session: Session) -> None:
    helper = world.person("吴祥", "+8619900000105", area=world.township)
    token = world.link(helper)
    joining.join_by_link(session, 501, token, now=NOW)
    assert joining.join_by_link(session, 501, token, now=NOW).again


def test_no_table_holds_the_token(world: World, session: Session) -> None:
    token = world.link(world.person("吴祥", "+8619900000105", area=world.township))
    invitation = session.scalars(select(Invitation)).one()
    assert len(token) <= 64
    assert token.replace("-", "").replace("_", "").isalnum()
    assert token not in repr({name: getattr(invitation, name) for name in Invitation.__table__.columns.keys()})  # noqa: SIM118


def test_a_wrong_an_expired_and_a_revoked_link_are_told_apart(world: World, session: Session) -> None:
    helper = world.person("吴祥", "+8619900000105", area=world.township)
    token = world.link(helper)
    assert refusal(joining.join_by_link, session, 501, token[:-1] + "!", now=NOW) == "invitation.wrong"
    late = NOW + timedelta(days=7)
    assert refusal(joining.join_by_link, session, 501, token, now=late) == "invitation.expired"
    joining.invite(session, world.officer, helper.id, now=NOW, anew=True)
    assert refusal(joining.join_by_link, session, 501, token, now=NOW) == "invitation.revoked"


def test_somebody_who_left_the_roster_cannot_join(world: World, session: Session) -> None:
    helper = world.person("吴祥", "+8619900000105", area=world.township)
    token = world.link(helper)
    helper.ended_on = TODAY
    assert refusal(joining.join_by_link, session, 501, token, now=NOW) == "invitation.revoked"
    assert refusal(joining.join_by_phone, session, 501, 501, "8619900000105", now=NOW) == "contact.unknown"


def test_an_account_that_joined_cannot_join_as_another(world: World, session: Session) -> None:
    first = world.person("吴祥", "+8619900000105", area=world.township)
    second = world.person("吴云", "+8619900000101", area=world.township)
    joining.join_by_link(session, 501, world.link(first), now=NOW)
    assert refusal(joining.join_by_link, session, 501, world.link(second), now=NOW) == "invitation.foreign"


def test_an_open_link_is_shown_again_and_not_doubled(world: World, session: Session) -> None:
    helper = world.person("吴祥", "+8619900000105", area=world.township)
    token = world.link(helper)
    assert world.link(helper) == token
    assert world.link(helper, now=NOW + timedelta(days=8)) != token


@pytest.mark.parametrize("phone", ["+86 199 0000 0105", "8619900000105", "+8619900000105", "19900000105"])
def test_the_own_phone_number_joins_however_it_is_written(world: World, session: Session, phone: str) -> None:
    helper = world.person("吴祥", "+8619900000105", area=world.township)
    assert joining.join_by_phone(session, 501, 501, phone, now=NOW).person_id == helper.id
    assert joining.join_by_phone(session, 501, 501, phone, now=NOW).again


def test_a_card_that_is_not_the_senders_own_proves_nothing(world: World, session: Session) -> None:
    world.person("吴祥", "+8619900000105", area=world.township)
    for owner in (None, 777):
        assert refusal(joining.join_by_phone, session, 501, owner, "+8619900000105", now=NOW) == "contact.foreign"


def test_a_phone_of_nobody_of_two_or_of_a_joined_person_is_refused(world: World, session: Session) -> None:
    join = joining.join_by_phone
    assert refusal(join, session, 501, 501, "+8613900000000", now=NOW) == "contact.unknown"
    assert refusal(join, session, 501, 501, "not a number", now=NOW) == "contact.unknown"
    world.person("吴祥", "+8619900000105", area=world.township)
    join(session, 501, 501, "+8619900000105", now=NOW)
    assert refusal(join, session, 502, 502, "+8619900000105", now=NOW) == "contact.taken"
    world.person("吴祥", "+8619900000105", area=world.township)
    assert refusal(join, session, 502, 502, "+8619900000105", now=NOW) == "contact.several"


def test_joining_by_phone_uses_up_the_link(world: World, session: Session) -> None:
    helper = world.person("吴祥", "+8619900000105", area=world.township)
    token = world.link(helper)
    joining.join_by_phone(session, 501, 501, "+8619900000105", now=NOW)
    assert refusal(joining.join_by_link, session, 502, token, now=NOW) == "invitation.revoked"


def test_a_new_link_moves_the_person_and_tells_the_old_account(world: World, session: Session) -> None:
    helper = world.person("吴祥", "+8619900000105", area=world.township)
    joining.join_by_link(session, 501, world.link(helper), now=NOW)
    session.add(
        Message(
            chat=501, recipient_id=helper.id, lane="digests", rank=2, kind="digest", ids={}, key="d:1",
            made_at=NOW, due_at=NOW,
        )
    )  # fmt: skip
    joining.join_by_link(session, 502, world.link(helper), now=NOW)
    assert find_by_sender(session, 501, TODAY) is None
    assert find_by_sender(session, 502, TODAY) == world.view(helper)
    assert {(m.kind, m.chat) for m in session.scalars(select(Message))} == {("digest", 502), ("joining.moved", 501)}
    assert session.scalar(select(AuditRow).where(AuditRow.action == "person.rebind"))


def test_unbinding_takes_the_account_and_what_was_to_be_sent(world: World, session: Session) -> None:
    helper = world.person("吴祥", "+8619900000105", area=world.township)
    joining.join_by_link(session, 501, world.link(helper), now=NOW)
    session.add(
        Message(
            chat=501, recipient_id=helper.id, lane="digests", rank=2, kind="digest", ids={}, key="d:1",
            made_at=NOW, due_at=NOW,
        )
    )  # fmt: skip
    old = binding_version(helper)
    joining.unbind(session, world.officer, helper.id, old, now=NOW)
    assert find_by_sender(session, 501, TODAY) is None
    assert session.scalars(select(Message)).one().state == "cancelled"
    assert refusal(joining.unbind, session, world.officer, helper.id, old, now=NOW) == "person.not_joined"
    joining.join_by_phone(session, 502, 502, "+8619900000105", now=NOW + timedelta(hours=1))
    assert refusal(joining.unbind, session, world.officer, helper.id, old, now=NOW) == "person.changed"


def test_an_officer_reaches_only_the_people_of_the_own_township(world: World, session: Session) -> None:
    granted = world.person("胡志群", "+8619700000001", role="team_head", area=world.village)
    helps = world.person("吴祥", "+8619900000105")
    world.household(world.village, helps)
    for person in (granted, helps):
        assert joining.invite(session, world.officer, person.id, now=NOW)
        assert refusal(joining.invite, session, world.stranger, person.id, now=NOW) == "person.not_yours"
        assert refusal(joining.unbind, session, world.stranger, person.id, 0, now=NOW) == "person.not_yours"
    assert refusal(joining.invite, session, world.view(granted), helps.id, now=NOW) == "person.not_yours"
    assert refusal(joining.invite, session, world.officer, 999_999, now=NOW) == "person.not_yours"


def test_lists_and_counts_know_who_joined_and_who_cannot_be_reached(world: World, session: Session) -> None:
    one = world.person("吴祥", "+8619900000105", area=world.township)
    two = world.person("吴云", "+8619900000101", area=world.township)
    world.household(world.village, two)
    joining.join_by_link(session, 501, world.link(one), now=NOW)
    joining.note_blocked(session, 501, now=NOW)
    counts = count_people(session, world.officer)
    assert (counts.total, counts.joined, counts.unjoined, counts.unreachable) == (3, 1, 2, 1)
    listed = list_people(session, world.officer, day=TODAY, state="unreachable")
    assert [line.name for line in listed.lines] == ["吴祥"]
    in_village = list_people(session, world.officer, day=TODAY, village_id=world.village.id)
    assert ([line.name for line in in_village.lines], in_village.title) == (["吴云"], "青山村")
    assert refusal(list_people, session, world.officer, day=TODAY, village_id=world.far_village.id) == "area.not_yours"
    found = list_people(session, world.officer, day=TODAY, text="云")
    assert [line.name for line in found.lines] == ["吴云"]
    officers = list_people(session, world.officer, day=TODAY, role="officer")
    assert [line.name for line in officers.lines] == ["朱发玉"]


def test_start_makes_somebody_reachable_again(world: World, session: Session) -> None:
    helper = world.person("吴祥", "+8619900000105", area=world.township)
    joining.join_by_link(session, 501, world.link(helper), now=NOW)
    joining.note_blocked(session, 501, now=NOW)
    assert get_card(session, helper.id, TODAY).state == "unreachable"
    joining.note_reachable(session, 501, now=NOW)
    assert get_card(session, helper.id, TODAY).state == "joined"


def test_a_page_of_links_invites_whoever_has_none(world: World, session: Session) -> None:
    for number in range(12):
        helper = world.person(f"帮扶人{number:02d}", f"+86199000002{number:02d}")
        world.household(world.village, helper)
    assert joining.invite_page(session, world.officer, world.village.id, 1, now=NOW) == 1
    assert len(session.scalars(select(Invitation)).all()) == 2
    joining.invite_page(session, world.officer, world.village.id, 1, now=NOW)
    assert len(session.scalars(select(Invitation)).all()) == 2


def test_the_card_masks_the_phone_and_counts_the_households(world: World, session: Session) -> None:
    helper = world.person("吴祥", "+8619900000105", area=world.township)
    world.household(world.village, helper)
    card = get_card(session, helper.id, TODAY)
    assert (card.phone, card.households, card.state) == ("199****0105", 1, "unjoined")
    assert [(post.role, post.area) for post in card.posts] == [("helper", "示例乡")]
