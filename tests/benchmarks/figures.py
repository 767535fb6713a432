"""Figures of benchmarks and proofs: printed, and kept in build/bench.json or build/proof.json."""

import json
from pathlib import Path

BUILD = Path(__file__).resolve().parents[2] / "build"


def record(name: str, value: float, unit: str, goal: str, ok: bool, command: str, *, file: str = "bench.json") -> None:
    """Prints one figure and puts it into the list in `build/`; the same name again replaces it."""
    BUILD.mkdir(exist_ok=True)
    path = BUILD / file
    figures = json.loads(path.read_text()) if path.exists() else []
    figures = [figure for figure in figures if figure["name"] != name]
    entry = {"name": name, "value": round(value, 4), "unit": unit, "goal": goal, "ok": ok, "command": command}
    path.write_text(json.dumps([*figures, entry], ensure_ascii=False, indent=1))
    print(f"{'ok  ' if ok else 'MISS'} {name}: {value:.4g} {unit} (goal {goal})", flush=True)
