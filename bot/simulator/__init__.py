"""A local Telegram Bot API with people in it: for the demo, the tests and the benchmarks.

It knows nothing of the bot it serves; a bot reaches it over HTTP as it would reach api.telegram.org.
"""

from bot.simulator.clock import Clock, WallClock
from bot.simulator.limits import Limits
from bot.simulator.persons import Person
from bot.simulator.screens import NotOnScreen
from bot.simulator.server import TOKEN, Simulator
from bot.simulator.state import Bot, Chat, Message, Press

__all__ = [
    "TOKEN",
    "Bot",
    "Chat",
    "Clock",
    "Limits",
    "Message",
    "NotOnScreen",
    "Person",
    "Press",
    "Simulator",
    "WallClock",
]
