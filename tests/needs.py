"""What a test needs from its machine. On a person's machine it is skipped and says why; in CI it fails.

browser = needs_browser()      # the path of Chromium
rosters = needs_rosters()      # the folder with the offices' sample sheets
"""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).parents[1]
IN_CI = os.environ.get("CI") == "true"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def missing(what: str) -> NoReturn:
    """Ends the test: skipped here, failed in CI, where everything has to be there."""
    if IN_CI:
        pytest.fail(f"CI must have {what}")
    pytest.skip(f"needs {what}")


def needs_browser() -> str:
    """The path of a Chromium."""
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    return found or missing("Chromium (the package chromium)")


def needs_tool(name: str) -> str:
    """The path of a program."""
    return shutil.which(name) or missing(name)


def needs_rosters() -> Path:
    """The folder of the sample rosters, which stands beside the project and is not part of it.

    Where it is not there at all the test is skipped also in CI.
    """
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("needs the sample rosters beside the project")
    return folder
