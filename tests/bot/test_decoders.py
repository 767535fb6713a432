"""The processes that open pictures: one that dies, hangs or wants too much costs one picture and nothing else."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.decoders import Decoders
from bot.decoding import NotKept, Seen
from tests.stories.pictures import bomb, photo

MOST = 50_000_000


@pytest.fixture
def decoders() -> Iterator[Decoders]:
    one = Decoders()
    yield one
    one.close()


def opened(decoders: Decoders, folder: Path, content: bytes, name: str = "a") -> Seen:
    path = folder / name
    path.write_bytes(content)
    return decoders.decode(path, folder / f"{name}.small", MOST)


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def wait_until(true: Callable[[], bool], seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        threading.Event().wait(0.02)
    assert true()


def test_nothing_is_started_before_the_first_picture(decoders: Decoders, tmp_path: Path) -> None:
    assert decoders.pids() == []
    assert opened(decoders, tmp_path, photo(1)).width == 1280
    assert len(decoders.pids()) == 1


def test_pictures_side_by_side_use_no_more_processes_than_allowed(decoders: Decoders, tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda n: opened(decoders, tmp_path, photo(n), str(n)), range(8)))
    assert len({one.look for one in found}) == 8
    assert len(decoders.pids()) <= 2


def test_a_process_that_died_meanwhile_is_replaced(decoders: Decoders, tmp_path: Path) -> None:
    opened(decoders, tmp_path, photo(1))
    (pid,) = decoders.pids()
    os.kill(pid, signal.SIGKILL)
    assert opened(decoders, tmp_path, photo(2)).width == 1280
    assert decoders.pids() != [pid]


def test_a_picture_that_hangs_its_process_twice_is_refused(tmp_path: Path) -> None:
    """A pipe that nobody writes to: reading it never ends."""
    decoders = Decoders(longest=3)
    os.mkfifo(tmp_path / "hangs")
    with pytest.raises(NotKept) as refused:
        decoders.decode(tmp_path / "hangs", tmp_path / "small", MOST)
    assert refused.value.reason == "broken"
    assert opened(decoders, tmp_path, photo(1)).width == 1280
    decoders.close()


def test_a_picture_that_needs_too_much_memory_is_refused_by_a_limit(decoders: Decoders, tmp_path: Path) -> None:
    (tmp_path / "huge").write_bytes(bomb(30_000, 30_000))
    with pytest.raises(NotKept) as refused:
        decoders.decode(tmp_path / "huge", tmp_path / "small", 10**9)
    assert refused.value.reason == "too_big"
    assert opened(decoders, tmp_path, photo(1)).width == 1280


def test_processes_without_work_end_by_themselves(tmp_path: Path) -> None:
    decoders = Decoders(idle_for=0.1)
    opened(decoders, tmp_path, photo(1))
    wait_until(lambda: decoders.pids() == [])
    assert opened(decoders, tmp_path, photo(2)).width == 1280
    decoders.close()


def test_closing_ends_them_also_in_the_middle_of_a_picture(tmp_path: Path) -> None:
    decoders = Decoders()
    os.mkfifo(tmp_path / "hangs")
    failed: list[BaseException] = []

    def work() -> None:
        try:
            decoders.decode(tmp_path / "hangs", tmp_path / "small", MOST)
        except OSError as error:
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    wait_until(lambda: bool(decoders.pids()))
    pids = decoders.pids()
    decoders.close()
    thread.join(5)
    assert not thread.is_alive()
    assert failed
    assert all(map(gone, pids))


def test_the_token_is_no_business_of_theirs(
    decoders: Decoders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOUFANG_TELEGRAM__TOKEN", "secret")
    opened(decoders, tmp_path, photo(1))
    (pid,) = decoders.pids()
    assert b"secret" not in Path(f"/proc/{pid}/environ").read_bytes()
