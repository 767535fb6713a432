"""A township in bad weather: cuts, outages, throttling, slow lines; nothing lost, nothing doubled, nothing stale.

`python -m tests.proof storms [--steps 1000000] [--database both] [--workers N] [--seed N]`
"""
