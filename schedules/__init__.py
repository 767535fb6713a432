"""The table of ticks: name, how often, what. The beat calls them; each does one bounded piece of work."""

from schedules.ticks import Tick

TICKS: tuple[Tick, ...] = ()
