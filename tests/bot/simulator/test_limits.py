"""The model of rate limits."""

import pytest
import telegram
from telegram.error import RetryAfter

from bot.simulator import Limits, Person, Simulator
from bot.simulator.limits import Gate


class Seconds:
    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def gate(seconds: Seconds) -> Gate:
    return Gate(Limits(), seconds)


def test_a_chat_takes_a_burst_of_five_then_one_a_second(gate: Gate, seconds: Seconds) -> None:
    assert [gate.retry_after("sendmessage", 1) for _ in range(5)] == [0] * 5
    assert gate.retry_after("sendmessage", 1) == 1
    assert gate.retry_after("sendmessage", 2) == 0
    seconds.at += 3
    assert gate.retry_after("sendmessage", 1) == 0


def test_pushing_on_makes_the_wait_longer(gate: Gate, seconds: Seconds) -> None:
    for _ in range(5):
        gate.retry_after("sendmessage", 1)
    assert [gate.retry_after("editmessagetext", 1) for _ in range(3)] == [1, 2, 3]
    seconds.at += 2.5
    assert gate.retry_after("sendmessage", 1) > 0


def test_a_group_takes_twenty_a_minute(gate: Gate, seconds: Seconds) -> None:
    assert [gate.retry_after("sendmessage", -5) for _ in range(21)] == [0] * 20 + [3]
    seconds.at += 3
    assert gate.retry_after("sendmessage", -5) == 0


def test_all_chats_together_take_thirty_a_second(gate: Gate, seconds: Seconds) -> None:
    assert [gate.retry_after("sendmessage", chat) for chat in range(1, 32)] == [0] * 30 + [1]
    seconds.at += 1
    assert gate.retry_after("sendmessage", 40) == 0


def test_an_album_counts_as_its_parts(gate: Gate) -> None:
    assert gate.retry_after("sendmediagroup", 1, 10) == 0
    assert gate.retry_after("sendmessage", 1) == 6


def test_answering_taps_is_free(gate: Gate) -> None:
    assert [gate.retry_after("answercallbackquery", 1) for _ in range(50)] == [0] * 50
    assert [gate.retry_after("deletemessage", 1) for _ in range(50)] == [0] * 50


async def test_too_fast_is_429_with_the_wait(sim: Simulator, bot: telegram.Bot, li: Person) -> None:
    sim.limits = Limits()
    for number in range(5):
        await bot.send_message(li.id, str(number))
    with pytest.raises(RetryAfter, match="Flood control exceeded"):
        await bot.send_message(li.id, "太快")
    assert li.text == "4"
