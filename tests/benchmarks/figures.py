"""Figures of benchmarks and proofs: printed, and kept in build/bench.json or build/proof.json."""

import json
import os
from pathlib import Path

import fasteners

BUILD = Path(__file__).resolve().parents[2] / "build"


def record(name: str, value: float, unit: str, goal: str, ok: bool, command: str, *, file: str = "bench.json") -> None:
    """Prints one figure and puts it into the list in `build/`; the same name again replaces it."""
    BUILD.mkdir(exist_ok=True)
    path = BUILD / file
    entry = {"name": name, "value": round(value, 4), "unit": unit, "goal": goal, "ok": ok, "command": command}
    with fasteners.InterProcessLock(path.with_suffix(".lock")):  # tests that run side by side have figures too
        figures = json.loads(path.read_text()) if path.exists() else []
        figures = [figure for figure in figures if figure["name"] != name]
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps([*figures, entry], ensure_ascii=False, indent=1))
        os.replace(fresh, path)
    print(f"{'ok  ' if ok else 'MISS'} {name}: {value:.4g} {unit} (goal {goal})", flush=True)


def record_short(name: str, value: float, unit: str, goal: str, ok: bool) -> None:
    """A figure of a proof's short form, as `make test` plays it, beside that of the long form."""
    record(f"{name} (short form)", value, unit, goal, ok, "make test", file="proof.json")
