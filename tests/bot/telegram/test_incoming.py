"""Updates as they are read: who and where must be numbers, or nobody could ever be answered."""

import json
from typing import Any

import pytest

from bot.telegram.incoming import to_incoming


def left_group(chat: Any) -> str:
    person = {"id": 7, "is_bot": False, "first_name": "何"}
    bot = {"id": 1, "is_bot": True, "first_name": "走访"}
    change = {
        "chat": {"id": chat, "type": "group", "title": "村群"}, "from": person, "date": 1793408400,
        "old_chat_member": {"user": bot, "status": "left"}, "new_chat_member": {"user": bot, "status": "member"},
    }  # fmt: skip
    return json.dumps({"update_id": 1, "my_chat_member": change})


def test_a_group_is_known_by_its_number() -> None:
    incoming = to_incoming(left_group(-100123), 1)
    assert incoming is not None
    assert (incoming.chat, incoming.kind, incoming.text) == (-100123, "group", "joined")


@pytest.mark.parametrize("chat", ["x" * 5000, True, 1.5, 2**63, [], "12"])
def test_a_chat_that_is_no_number_cannot_be_read(chat: Any) -> None:
    with pytest.raises(ValueError, match="not a number"):
        to_incoming(left_group(chat), 1)
