"""Updates pushed to a webhook: in order within each chat or user, side by side between them, again until 2xx."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import aiohttp

from bot.simulator.state import Bot, Webhook
from bot.simulator.updates import Update


def telegram_pause(attempt: int) -> float:
    """Seconds before a repeated delivery: the first at once, then 2, 4, 8 … up to a minute."""
    return 0.0 if attempt <= 1 else min(60.0, 2.0 ** (attempt - 1))


@dataclass
class WebhookSender:
    """Delivers for every bot that has a webhook. `pause` gives the wait before each repetition."""

    pause: Callable[[int], float] = telegram_pause
    _session: aiohttp.ClientSession | None = None
    _lines: dict[tuple[int, str], asyncio.Task[None]] = field(default_factory=dict)
    _places: dict[int, asyncio.Semaphore] = field(default_factory=dict)
    _hooked: set[int] = field(default_factory=set)

    def begin(self, bot: Bot) -> None:
        """Deliver what waits, and from now on everything that arrives."""
        self.end(bot)
        assert bot.webhook is not None
        self._places[bot.id] = asyncio.Semaphore(bot.webhook.max_connections)
        if bot.id not in self._hooked:
            self._hooked.add(bot.id)
            bot.updates.on_arrival.append(lambda update: self._wake_line(bot, update.queue))
        for update in bot.updates.list_waiting():
            self._wake_line(bot, update.queue)

    def end(self, bot: Bot) -> None:
        for key in [key for key in self._lines if key[0] == bot.id]:
            self._lines.pop(key).cancel()

    async def close(self) -> None:
        lines = list(self._lines.values())
        self._lines.clear()
        for task in lines:
            task.cancel()
        await asyncio.gather(*lines, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _wake_line(self, bot: Bot, queue: str) -> None:
        key = (bot.id, queue)
        line = self._lines.get(key)
        if bot.webhook is None or (line is not None and not line.done()):
            return
        work = self._deliver_line(bot, bot.webhook, queue)
        self._lines[key] = asyncio.get_running_loop().create_task(work)

    async def _deliver_line(self, bot: Bot, webhook: Webhook, queue: str) -> None:
        attempt = 0
        while (update := _first(bot, queue)) is not None:
            async with self._places[bot.id]:
                wait = await self._deliver(bot, webhook, update)
            if wait is None:
                bot.updates.confirm(update.update_id)
                attempt = 0
                continue
            attempt += 1
            await asyncio.sleep(max(wait, self.pause(attempt)))

    async def _deliver(self, bot: Bot, webhook: Webhook, update: Update) -> float | None:
        """None when it was taken, else the least number of seconds to wait that the answer asked for."""
        if self._session is None:
            self._session = aiohttp.ClientSession()
        headers = {"X-Telegram-Bot-Api-Secret-Token": webhook.secret} if webhook.secret else {}
        try:
            async with self._session.post(webhook.url, json=update.as_json(), headers=headers) as answer:
                if 200 <= answer.status < 300:
                    return None
                trouble = f"Wrong response from the webhook: {answer.status} {answer.reason}"
                wait = answer.headers.get("Retry-After", "0")
        except (aiohttp.ClientError, TimeoutError) as error:
            trouble, wait = f"Connection failed: {type(error).__name__}", "0"
        webhook.last_error, webhook.last_error_at = trouble, bot.updates.now()
        return min(float(wait), 3600.0) if wait.isdigit() else 0.0


def _first(bot: Bot, queue: str) -> Update | None:
    return next((update for update in bot.updates.list_waiting() if update.queue == queue), None)
