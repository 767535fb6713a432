"""getUpdates and webhooks."""

import asyncio
import re
from typing import NoReturn

from bot.simulator import views
from bot.simulator.errors import bad_request, conflict, too_many_requests
from bot.simulator.methods.call import Call
from bot.simulator.state import Bot, Json, Webhook
from bot.simulator.updates import ALL_KINDS, DEFAULT_KINDS

LONGEST_POLL = 50
CONFLICT_PAUSE = 3.0
_WITH_WEBHOOK = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
_OTHER_POLL = "terminated by other getUpdates request; make sure that only one bot instance is running"


async def get_updates(call: Call) -> list[Json]:
    """Waiting updates from `offset` on; everything below is acknowledged. A newer call ends an older one with 409."""
    bot, arguments = call.bot, call.arguments
    if bot.webhook is not None:
        await _refuse_poll(bot, _WITH_WEBHOOK)
    bot.poll_number += 1
    mine = bot.poll_number
    bot.updates.wake()
    _remember_allowed(call)
    offset = arguments.number("offset")
    limit = min(max(arguments.number("limit", 100), 1), 100)
    timeout = min(max(arguments.number("timeout"), 0), LONGEST_POLL)
    if offset:
        bot.updates.confirm_below(offset)
    loop = asyncio.get_running_loop()
    until = loop.time() + timeout
    while not (found := bot.updates.list_waiting(limit)) and (left := until - loop.time()) > 0:
        await bot.updates.wait_for_arrival(left)
        if (reason := _reason_to_end(bot, mine)) is not None:
            await _refuse_poll(bot, reason)
    return [update.as_json() for update in found]


def _reason_to_end(bot: Bot, poll: int) -> str | None:
    if bot.webhook is not None:
        return "terminated by setWebhook request"
    return _OTHER_POLL if bot.poll_number != poll else None


async def _refuse_poll(bot: Bot, words: str) -> NoReturn:
    """409: at once the first time, then held back for three seconds, so that two pollers do not race."""
    now = asyncio.get_running_loop().time()
    if now < bot.next_conflict_at:
        await asyncio.sleep(CONFLICT_PAUSE)
    else:
        bot.next_conflict_at = now + CONFLICT_PAUSE
    raise conflict(words)


def _remember_allowed(call: Call) -> None:
    wanted = call.arguments.json("allowed_updates", "Can't parse allowed_updates JSON object")
    if isinstance(wanted, list):
        call.bot.updates.allowed = frozenset(wanted) & ALL_KINDS or DEFAULT_KINDS


def set_webhook(call: Call) -> bool:
    """Updates go to `url` from now on. Beyond Telegram, http and any port pass for this machine's own addresses."""
    url = call.arguments.text("url")
    if not url:
        return delete_webhook(call)
    now = asyncio.get_running_loop().time()
    if now < call.bot.webhook_set_at + 1:
        raise too_many_requests(1)
    if not _acceptable(url):
        raise bad_request("invalid webhook URL specified")
    secret = call.arguments.text("secret_token")
    if len(secret) > 256:
        raise bad_request("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad_request("secret token contains unallowed characters")
    call.bot.webhook_set_at = now
    _remember_allowed(call)
    _drop_pending(call)
    connections = min(max(call.arguments.number("max_connections", 40), 1), 100)
    call.bot.webhook = Webhook(url, secret, connections)
    call.bot.updates.wake()
    call.webhooks.begin(call.bot)
    return True


def _acceptable(url: str) -> bool:
    match = re.fullmatch(r"(https?)://([^/:?#]+)(?::(\d+))?(?:[/?#].*)?", url)
    if match is None:
        return False
    scheme, host, port = match.groups()
    if host in {"127.0.0.1", "localhost"}:
        return True
    return scheme == "https" and port in {None, "443", "80", "88", "8443"}


def delete_webhook(call: Call) -> bool:
    call.bot.webhook = None
    call.webhooks.end(call.bot)
    _drop_pending(call)
    return True


def _drop_pending(call: Call) -> None:
    if call.arguments.flag("drop_pending_updates"):
        call.bot.updates.clear()


def get_webhook_info(call: Call) -> Json:
    hook = call.bot.webhook
    info: Json = {
        "url": hook.url if hook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(call.bot.updates),
    }
    if hook is not None:
        info["max_connections"] = hook.max_connections
        info["ip_address"] = "127.0.0.1"
        if hook.last_error_at is not None:
            info["last_error_date"] = views.unix(hook.last_error_at)
            info["last_error_message"] = hook.last_error
    if call.bot.updates.allowed != DEFAULT_KINDS:
        info["allowed_updates"] = sorted(call.bot.updates.allowed)
    return info
