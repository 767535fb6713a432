"""Stories side by side, each in a process that is started for the purpose; one that fails is told of and ends nothing."""

import faulthandler
import logging
import multiprocessing
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import structlog

S = TypeVar("S")
T = TypeVar("T")


@dataclass(frozen=True)
class Fault:
    """What a story ended with that should have ended with a verdict: its traceback."""

    text: str


@dataclass
class SideBySide(Generic[S, T]):
    """Iterate over it for pairs of a story and its end, as they come. `stories` is asked for the next one when a
    worker is free, so it may end when there were enough. Ctrl-C or SIGTERM ends the stories under way and the
    iteration; `stopped` says so."""

    play: Callable[[S], T]
    stories: Iterator[S]
    workers: int
    stopped: bool = False

    def __iter__(self) -> Iterator[tuple[S, T | Fault]]:
        was = signal.signal(signal.SIGTERM, signal.default_int_handler)
        pool = ProcessPoolExecutor(self.workers, multiprocessing.get_context("spawn"), _prepare)
        finished = False
        try:
            yield from self._ends(pool)
            finished = True
        except KeyboardInterrupt:
            self.stopped = True
        finally:
            for child in [] if finished else multiprocessing.active_children():
                child.terminate()
            pool.shutdown(cancel_futures=True)
            signal.signal(signal.SIGTERM, was)

    def _ends(self, pool: ProcessPoolExecutor) -> Iterator[tuple[S, T | Fault]]:
        under_way: dict[Future[T | Fault], S] = {}
        while True:
            while len(under_way) < self.workers and (story := next(self.stories, None)) is not None:
                under_way[pool.submit(_attempt, self.play, story)] = story
            if not under_way:
                return
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                yield under_way.pop(future), future.result()


def _prepare() -> None:
    """Ctrl-C is for the one that waits, which ends a story so that it still tidies up; `kill -USR1` prints where it is."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    faulthandler.register(signal.SIGUSR1)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def _attempt(play: Callable[[Any], T], story: Any) -> T | Fault:
    try:
        return play(story)
    except Exception:
        return Fault(traceback.format_exc())
