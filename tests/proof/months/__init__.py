"""Many months of a whole township through the program, compared message by message with a small model of its rules.

`python -m tests.proof months [--households 2000] [--months 24] [--seed N]`
"""
