"""Words → households, dates, outcomes, needs; pure."""
