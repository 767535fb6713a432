"""Processes that open pictures (bot/decoding.py): started with the first one, ended when there is nothing to do.

Measured (tests/benchmarks/bench_photos.py), processes open as many pictures a second as threads of this process would;
they take their memory with them when they end, and one that crashes, hangs or wants too much takes nothing else along.
"""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

from bot import decoding
from bot.decoding import NotKept, Seen

AT_ONCE = 2
"""Pictures opened side by side: bounds memory whatever comes in."""
LONGEST = 30.0
"""Seconds for one picture; an original of 50 megapixels takes one or two."""
TRIES = 2
"""A process may die of something else than this picture; one that dies twice of it does not get it a third time."""
IDLE_FOR = 60.0
"""Seconds after which processes without work are ended."""
KEPT_FROM_WORKERS = "ZOUFANG_"
"""Settings from the environment (the token among them) are nothing for a process that opens strangers' files."""


class Worker:
    """One process; `ask` gives it one picture and waits."""

    def __init__(self) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(KEPT_FROM_WORKERS)}
        one_thread = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-P", decoding.__file__],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8",
            env={**environment, **one_thread},
        )  # fmt: skip

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, line: str, longest: float) -> str:
        """The answer's line; empty where the process died or had to be ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        too_long = threading.Timer(longest, self._process.kill)
        too_long.start()
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
            return self._process.stdout.readline()
        except (OSError, ValueError):
            return ""
        finally:
            too_long.cancel()

    def kill(self) -> None:
        self._process.kill()

    def end(self) -> None:
        """Whatever it is doing; it holds nothing that would be lost."""
        self.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue


class Decoders:
    """`decode` may be called from as many threads as like; only so many pictures are open at a time."""

    def __init__(self, *, at_once: int = AT_ONCE, longest: float = LONGEST, idle_for: float = IDLE_FOR) -> None:
        self._longest = longest
        self._idle_for = idle_for
        self._room = threading.BoundedSemaphore(at_once)
        self._lock = threading.Lock()
        self._free: list[Worker] = []
        self._busy: list[Worker] = []
        self._closed = False
        self._ending: threading.Timer | None = None

    def pids(self) -> list[int]:
        """The processes there are now."""
        with self._lock:
            return [worker.pid for worker in (*self._free, *self._busy)]

    def decode(self, path: Path, thumbnail: Path, max_pixels: int) -> Seen:
        """What bot.decoding.decode gives, made in another process. Raises NotKept; `broken` for what kills two of them."""
        line = json.dumps({"path": str(path), "thumbnail": str(thumbnail), "max_pixels": max_pixels})
        for _ in range(TRIES):
            with self._room:
                answer = self._ask(line)
            if answer:
                said = json.loads(answer)
                if "seen" in said:
                    return Seen(**said["seen"])
                raise NotKept(said["refused"])
            if self._closed:
                raise OSError("closed while a picture was being opened")
        raise NotKept("broken")

    def _ask(self, line: str) -> str:
        with self._lock:
            if self._closed:
                return ""
            worker = self._free.pop() if self._free else Worker()
            self._busy.append(worker)
        answer = worker.ask(line, self._longest)
        with self._lock:
            self._busy.remove(worker)
            usable = bool(answer) and not self._closed
            if usable:
                self._free.append(worker)
                self._end_later()
        if not usable:
            worker.end()
        return answer

    def _end_later(self) -> None:
        if self._ending is not None:
            self._ending.cancel()
        self._ending = threading.Timer(self._idle_for, self._end_free)
        self._ending.daemon = True
        self._ending.start()

    def _end_free(self) -> None:
        with self._lock:
            free, self._free = self._free, []
        for worker in free:
            worker.end()

    def close(self) -> None:
        """Ends them all, also in the middle of a picture: it is opened again by the next process."""
        with self._lock:
            self._closed = True
            busy = list(self._busy)
            if self._ending is not None:
                self._ending.cancel()
        for worker in busy:
            worker.kill()
        self._end_free()
