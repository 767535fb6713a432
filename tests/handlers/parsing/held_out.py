"""Phrasings the parser was not mended against when they were written; `make bench` says how it reads them."""

from pathlib import Path

from tests.handlers.parsing.corpus import read_cases

HERE = Path(__file__).parent
HELD_OUT = read_cases(HERE / "held_out.txt")
HELD_OUT_2 = read_cases(HERE / "held_out_2.txt")
