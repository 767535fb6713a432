"""Phrasings the parser had not seen when they were written; `make bench` says how it reads them. The first two were mended
against since, the third never."""

from pathlib import Path

from tests.handlers.parsing.corpus import read_cases

HERE = Path(__file__).parent
HELD_OUT = read_cases(HERE / "held_out.txt")
HELD_OUT_2 = read_cases(HERE / "held_out_2.txt")
HELD_OUT_3 = read_cases(HERE / "held_out_3.txt")
