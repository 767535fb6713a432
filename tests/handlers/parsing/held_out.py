"""Phrasings the parser had not seen when they were written; `make bench` says how it reads them. It was mended against
the first three since, and never against the last."""

from pathlib import Path

from tests.handlers.parsing.corpus import read_cases

HERE = Path(__file__).parent
ONCE_HELD_OUT = [
    case for name in ("held_out.txt", "held_out_2.txt", "held_out_3.txt") for case in read_cases(HERE / name)
]
HELD_OUT = read_cases(HERE / "held_out_4.txt")
