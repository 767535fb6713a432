"""The Telegram channel: the only place that knows Telegram."""

import os

# The library's announced future form of retry_after; without it every 429 warns.
os.environ.setdefault("PTB_TIMEDELTA", "true")
