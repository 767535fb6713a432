"""The web part: Telegram's webhook, and how the bot is (handlers/web/health.py)."""

import hmac
from collections.abc import Awaitable, Callable

from aiohttp import web

from handlers.web.health import Health, add_health

Take = Callable[[str], Awaitable[None]]


def make_web(health: Health, *, webhook_path: str = "", secret: str = "", take: Take | None = None) -> web.Application:
    """`take` stores one update's text and returns once it is on disk; only then is it answered with 200."""
    application = web.Application(client_max_size=4 << 20)

    async def receive(request: web.Request) -> web.Response:
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return web.Response(status=403)
        assert take is not None
        await take(await request.text())
        return web.Response()

    add_health(application, health)
    if take is not None:
        application.router.add_post(webhook_path, receive)
    return application
