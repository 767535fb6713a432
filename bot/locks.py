"""One running bot on one SQLite database: an operating system's lock, gone with the process however it ends."""

import fcntl
import os
from pathlib import Path
from typing import IO

from models.errors import Refused


def lock_run(database_file: Path) -> IO[str]:
    """Holds the lock until the file is closed. Raises Refused("run.second") where another process holds it."""
    path = database_file.with_suffix(".lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise Refused("run.second", path=str(database_file)) from None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def who_runs(database_file: Path) -> int | None:
    """The process that holds the lock just now; None where nobody does."""
    path = database_file.with_suffix(".lock")
    if not path.exists():
        return None
    with path.open("r") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return int(file.read().strip() or 0) or None
    return None
