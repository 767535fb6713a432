"""The long proofs, one after the other: `python -m tests.proof [NAME …] [--seed N] [--workers N] …`; `--help` has the rest.

What they find is printed and kept in build/proof.json; the exit code says whether every promise held.
"""

import argparse
import logging
import os
import sys
from collections.abc import Callable

import structlog

from tests.proof import cuts, failover, fuzz, kills
from tests.proof.months import proving as months
from tests.proof.storms import proving as storms

PROOFS: dict[str, Callable[[argparse.Namespace], bool]] = {
    "months": months.prove, "storms": storms.prove, "cuts": cuts.prove, "kills": kills.prove, "fuzz": fuzz.prove,
    "failover": failover.prove,
}  # fmt: skip
SEED = 20261031


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.proof", description="the long proofs")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(PROOFS)} (default: all)")
    parser.add_argument("--seed", type=int, default=SEED, help="what is chosen by chance is chosen by it")
    parser.add_argument("--kills", type=int, default=120, help="how often a process is killed, at least; half of it on each database")
    parser.add_argument("--updates", type=int, default=10_000, help="how many updates of anything are sent, at least")
    parser.add_argument("--households", type=int, default=2_000, help="of the long run: how many")
    parser.add_argument("--months", type=int, default=24, help="of the long run: how long, 24 at most")
    parser.add_argument("--steps", type=int, default=50_000, help="of the storms: how many, at least")
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="both", help="of storms and kills")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="stories played side by side")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in PROOFS]
    if unknown:
        parser.error(f"no such proof: {', '.join(unknown)}")
    quiet_logs()
    held = [PROOFS[name](options) for name in options.names or PROOFS]
    return 0 if all(held) else 1


def quiet_logs() -> None:
    """A bot that starts a thousand times says so a thousand times."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


if __name__ == "__main__":
    sys.exit(main())
