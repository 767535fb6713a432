"""The limit: used nearly in full, never overstepped, whatever the network does between bot and server."""

import random

from hypothesis import given
from hypothesis import strategies as st

from bot.pacing import UNLIMITED, Pacing, Turn
from bot.simulator.limits import Gate, Limits

STEP = 0.005


class Wire:
    """A bot that sends whenever it may, a server that counts, and a network that delays each way by chance."""

    def __init__(self, rate: float, *, chats: int, seed: int, delays: tuple[float, float]) -> None:
        self.now = 0.0
        self.pacing = Pacing(rate, lambda: self.now, chat_per_second=0.99)
        self.gate = Gate(Limits(), lambda: self.now)
        self.chance = random.Random(seed)
        self.delays = delays
        self.chats = chats
        self.accepted: list[float] = []
        self.refused = 0
        self._flying: list[tuple[float, str, Turn]] = []
        self._next_chat = 0

    def run(self, seconds: float, *, stalls: bool = False) -> None:
        end = self.now + seconds
        while self.now < end:
            if not (stalls and self.chance.random() < 0.02):
                self._send()
            else:
                self.now += self.chance.uniform(0, 0.5)
            self.now += STEP
            self._arrive()

    def _send(self) -> None:
        for _ in range(min(self.pacing.room(), 64 - len(self._flying))):
            self._next_chat += 1
            chat = self._next_chat % self.chats + 1
            if self.pacing.chat_wait(chat, answer=False) == 0:
                self._fly("there", self.pacing.begin(chat))

    def _fly(self, where: str, turn: Turn) -> None:
        self._flying.append((self.now + self.chance.uniform(*self.delays), where, turn))

    def _arrive(self) -> None:
        due = sorted((each for each in self._flying if each[0] <= self.now), key=lambda each: each[0])
        self._flying = [each for each in self._flying if each[0] > self.now]
        for _, where, turn in due:
            if where == "back":
                self.pacing.end(turn)
            else:
                refused = self.gate.retry_after("sendmessage", turn.chat) > 0
                self.refused += refused
                self.accepted += [] if refused else [self.now]
                self._fly("back", turn)


def test_nearly_all_of_the_limit_is_used_and_nothing_refused() -> None:
    wire = Wire(30 * 0.99, chats=3000, seed=1, delays=(0.01, 0.06))
    wire.run(60)
    steady = [at for at in wire.accepted if at > 10]
    assert wire.refused == 0
    assert len(steady) / 50 >= 0.98 * 30


@given(
    seed=st.integers(0, 10_000),
    slowest=st.sampled_from([0.01, 0.1, 0.5, 0.9]),
    chats=st.sampled_from([3, 40, 3000]),
    stalls=st.booleans(),
)
def test_whatever_the_network_does_nothing_is_refused(seed: int, slowest: float, chats: int, stalls: bool) -> None:
    wire = Wire(30 * 0.99, chats=chats, seed=seed, delays=(0.001, slowest))
    wire.run(8, stalls=stalls)
    assert wire.refused == 0
    assert wire.accepted


def test_a_chat_takes_five_answers_at_once_and_then_one_a_second() -> None:
    now = 100.0
    pacing = Pacing(30, lambda: now)
    for _ in range(5):
        assert pacing.chat_wait(7, answer=True) == 0
        pacing.end(pacing.begin(7))
    assert 0.9 < pacing.chat_wait(7, answer=True) <= 1
    now = 101.0
    assert pacing.chat_wait(7, answer=True) == 0


def test_an_unsolicited_message_waits_until_its_chat_has_rested() -> None:
    now = 100.0
    pacing = Pacing(30, lambda: now)
    pacing.end(pacing.begin(7))
    assert pacing.chat_wait(7, answer=True) == 0
    assert pacing.chat_wait(7, answer=False) == 1
    assert pacing.chat_wait(8, answer=False) == 0


def test_a_group_gets_twenty_a_minute() -> None:
    now = 0.0
    pacing = Pacing(30, lambda: now)
    pacing.end(pacing.begin(-5))
    assert pacing.chat_wait(-5, answer=False) == 3


def test_a_pause_stops_everything_and_the_longer_one_counts() -> None:
    now = 0.0
    pacing = Pacing(30, lambda: now)
    pacing.pause(30)
    pacing.pause(10)
    assert pacing.room() == 0
    assert pacing.wait() == 30
    now = 31.0
    assert pacing.room() > 0


def test_a_send_that_hangs_does_not_hold_up_the_others() -> None:
    now = 0.0
    pacing = Pacing(30, lambda: now)
    hanging = [pacing.begin(chat) for chat in range(1, pacing.room() + 1)]
    assert pacing.room() == 0
    now = 1.0
    assert pacing.room() == 0
    now = 3.0
    pacing.room()
    now = 4.0
    assert pacing.room() == len(hanging)


def test_without_a_limit_nothing_waits_even_where_time_stands_still() -> None:
    pacing = Pacing(UNLIMITED, lambda: 5.0, chat_per_second=UNLIMITED)
    for _ in range(20_000):
        pacing.end(pacing.begin(7))
    assert pacing.room() > 0
    assert pacing.chat_wait(7, answer=False) == 0
