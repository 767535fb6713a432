"""Phrasings the parser was never mended against; `make bench` says how it reads them."""

from pathlib import Path

from tests.handlers.parsing.corpus import read_cases

HELD_OUT = read_cases(Path(__file__).parent / "held_out.txt")
