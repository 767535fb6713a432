"""Who may do what: the whole table, every role, the own township and another; forged, cut and stale buttons.

A new entry is covered as soon as it stands in the table. One without a right fails the first two tests.
"""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from bot.db import make_engine
from handlers import TABLE
from handlers.entries import ANYONE, JOINED, Entry
from models.access import AREA, OWN, RIGHTS
from models.people import ROLES
from models.secrets import use_keyring
from models.tables import metadata
from models.times import use_times
from schedules.calendar import Calendar
from tests.conftest import TEST_KEY
from tests.handlers.two_townships import SECRETS, SENDERS, STRANGER, Happened, Office, incoming, inputs_for

OPEN_TO_ANYONE = {
    "joining.start", "joining.share_phone", "joining.note_blocked", "joining.note_unblocked", "joining.leave_group",
}  # fmt: skip
"""What strangers reach: the ways in, and events that are no wish of anybody."""
OPEN_TO_JOINED = {
    "voices.take_voice",
    "menus.show_menu", "menus.show_help", "menus.cancel", "menus.show_languages", "menus.set_language",
    "menus.refuse_kind", "reporting.take_words", "photos.take_photo", "photos.take_video", "duties.show_todo", "duties.turn_todo",
    "duties.show_notices", "dates.finish", "dates.take_evidence", "dates.take_back", "dates.ask_reason",
    "dates.take_reason", "dates.take_back_reason",
}  # fmt: skip
"""What everybody who joined reaches; what they may do there is decided household by household."""

FORGED = ("900", "900:1:1", "950:900:1")
"""900 is a household, a person, a duty, a visit, a draft … of the other township; 950 the same of the own one."""
FORGED_MORE = (
    "900:1", "900:900:1", "900:1:away", "900:900:met", "900:changed:0", "all:-:900:0", "950:900", "950:1:900", "R1:900",
)  # fmt: skip
"""Tried by one role of each reach: what a button's ids mean does not depend on the role."""
BROKEN = (
    "",
    "abc",
    "-1",
    "9" * 12,
    "9" * 40,
    "१०:1",
    "950:abc:x",
    "950:1:1:1:1",
    f"950:{'9' * 12}",
    f"950:1:{'9' * 12}",
)
STALE = {
    "deputy": ("case:hand:950:99", "case:take:950:99", "case:urge:950:99", "case:hand_all:12:99", "case:take_all:12:99"),
    "leader": ("case:extend:950:99", "case:extend_to:950:99:3", "case:extend_all_to:12:99:3"),
    "officer": (
        "case:urge:950:99", "case:urge_all:12:99", "case:reassign:950:99", "case:reassign_to:950:99:951",
        "person:unbind_yes:950:99", "request:agree:950:99", "handover:confirm:950:99", "roster:confirm:950:99", "roster:cancel:950:99",
    ),
    "helper": (
        "duty:explain:950:99:away", "visit:confirm:950:99", "visit:drop:950:99:950", "visit:fix:950:99:day",
        "visit:fixed:950:day", "visit:fix_yes:950:99",
    ),
    "team_head": ("visit:return:950:99",),
}  # fmt: skip


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The walks are about the table, not about the database: one kind is enough for them."""
    use_keyring(TEST_KEY)
    use_times(Calendar())
    engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('rights')}/rights.db")
    metadata.create_all(engine)
    with Session(engine) as session:
        yield Office(session)
    engine.dispose()


def name_of(entry: Entry) -> str:
    return f"{entry.function.__module__.removeprefix('handlers.')}.{entry.function.__name__}"


def lacks(role: str, entry: Entry) -> bool:
    return entry.right not in (ANYONE, JOINED) and role not in RIGHTS[entry.right]


def waits(entry: Entry) -> bool:
    """Whether there may be no answer yet: events are nobody's question, a photo waits for its words."""
    return entry.right == ANYONE or name_of(entry) == "photos.take_photo"


def speakers(entry: Entry) -> list[str]:
    """One role for every way the right reaches: over the own households, over an area."""
    reach = RIGHTS.get(entry.right, dict.fromkeys(ROLES, OWN))
    return [next(role for role in reach if reach[role] == how) for how in (OWN, AREA) if how in reach.values()]


def test_every_entry_names_a_right_that_exists() -> None:
    assert {entry.right for entry in TABLE} - set(RIGHTS) - {ANYONE, JOINED} == set()


def test_only_what_is_listed_here_needs_no_right() -> None:
    assert {name_of(entry) for entry in TABLE if entry.right == ANYONE} == OPEN_TO_ANYONE
    assert {name_of(entry) for entry in TABLE if entry.right == JOINED} == OPEN_TO_JOINED


def test_rights_name_roles_and_how_far_they_reach() -> None:
    for reach in RIGHTS.values():
        assert set(reach) <= set(ROLES)
        assert set(reach.values()) <= {OWN, AREA}


def test_no_two_entries_answer_the_same_button_command_or_word() -> None:
    for kind in ("press", "command", "words", "draft", "on"):
        taken = [getattr(entry, kind) for entry in TABLE if getattr(entry, kind)]
        assert len(taken) == len(set(taken)), kind


async def test_a_stranger_runs_nothing_but_the_ways_in(office: Office) -> None:
    for entry in TABLE:
        if entry.right == ANYONE:
            continue
        for given in inputs_for(entry):
            if "draft" in given:
                continue
            happened = await office.give(incoming(STRANGER, **given), spy=True)
            assert (happened.ran, happened.codes) == ([], ["not.joined"]), name_of(entry)


@pytest.mark.parametrize("role", ROLES)
async def test_who_lacks_the_right_runs_nothing(office: Office, role: str) -> None:
    for entry in TABLE:
        if not lacks(role, entry):
            continue
        # Every way to an entry ends at the same check: one way for each role, every way for a stranger.
        given = inputs_for(entry)[0]
        draft = given.pop("draft", "")
        happened = await office.give(incoming(SENDERS[role], **given), spy=True, draft=draft)
        code = "not.allowed_sheet" if entry.on == "sheet" else "not.allowed"
        assert (happened.ran, happened.codes) == ([], [code]), f"{role} {name_of(entry)} {given}"


@pytest.mark.parametrize("role", ROLES)
async def test_who_has_the_right_neither_changes_nor_sees_anything_elsewhere(office: Office, role: str) -> None:
    wrong = []
    for entry in TABLE:
        if not entry.press or lacks(role, entry):
            continue
        for ids in (*FORGED, *FORGED_MORE) if role in speakers(entry) else FORGED:
            data = f"{entry.press}:{ids}"
            happened = await office.give(incoming(SENDERS[role], "press", data=data))
            wrong += faults(happened, f"{role} {data}", role)
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
async def test_words_and_messages_reach_nothing_elsewhere(office: Office, role: str) -> None:
    wrong = []
    for entry in TABLE:
        for given in inputs_for(entry, "900"):
            draft = given.pop("draft", "")
            if given["kind"] != "press" and not draft:
                happened = await office.give(incoming(SENDERS[role], **given))
                wrong += faults(happened, f"{role} {name_of(entry)} {given}", role, silent=waits(entry))
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
async def test_cut_and_broken_buttons_are_answered_and_change_nothing_elsewhere(office: Office, role: str) -> None:
    wrong = []
    for entry in TABLE:
        if not entry.press or role != speakers(entry)[0]:
            continue
        for ids in BROKEN:
            data = f"{entry.press}:{ids}" if ids else entry.press
            happened = await office.give(incoming(SENDERS[role], "press", data=data))
            wrong += faults(happened, f"{role} {data}", role)
    assert wrong == []


@pytest.mark.parametrize("role", STALE)
async def test_a_stale_button_changes_nothing_and_says_so(office: Office, role: str) -> None:
    pressable = {entry.press for entry in TABLE}
    for data in STALE[role]:
        assert ":".join(data.split(":")[:2]) in pressable, f"no such button any more: {data}"
        happened = await office.give(incoming(SENDERS[role], "press", data=data), look="all")
        assert (happened.error, happened.changed) == ("", []), data
        assert happened.said, data


async def test_a_button_that_nobody_made_is_refused(office: Office) -> None:
    for data in ("nobody:made:1", "", ":", "case", "person:delete:900", "visit"):
        happened = await office.give(incoming(SENDERS["officer"], "press", data=data), look="all")
        assert (happened.error, happened.codes, happened.changed) == ("", ["button.unknown"], [])


def faults(happened: Happened, what: str, role: str, *, silent: bool = False) -> list[str]:
    """What must never follow from a forged input: an error, a change elsewhere, a word to or about somebody there."""
    found = [f"{what}: {happened.error}"] if happened.error else []
    found += [f"{what}: changed {table}" for table in happened.changed]
    found += [f"{what}: told {chat}" for chat in happened.told - {SENDERS[role]}]
    found += [f"{what}: says {secret}" for said in happened.said for secret in SECRETS if secret in said]
    if not (happened.said or happened.error or silent):
        found.append(f"{what}: no answer")
    return found
