"""The local Bot API: an aiohttp application that answers as api.telegram.org would."""

import inspect
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.simulator.arguments import Arguments, read_arguments
from bot.simulator.clock import Clock, WallClock
from bot.simulator.errors import ApiError, too_many_requests
from bot.simulator.failures import CutConnection, Failure, Failures
from bot.simulator.files import FileStore
from bot.simulator.limits import Gate, Limits
from bot.simulator.methods import METHODS
from bot.simulator.methods.call import Call
from bot.simulator.persons import Person
from bot.simulator.state import Account, Bot, Chat, World
from bot.simulator.webhooks import WebhookSender, telegram_pause

TOKEN = "5000000001:local-simulator-token"


@dataclass(frozen=True)
class Recorded:
    """One call as it came in, and the status it got (0: the connection was cut)."""

    method: str
    arguments: dict[str, str]
    status: int
    at: datetime


class Simulator:
    """A pretend Telegram for one process: `await start()`, point a bot at `base_url`, let persons act.

    `clock` gives the pretend time. `limits` switches rate limits on. `folder` keeps file contents on disk instead of in
    memory. `webhook_pause` shortens Telegram's waits between webhook repetitions. `remember` is how many calls
    `calls` keeps. After a test look at `unknown_methods` and `complaints`: both should be empty.
    """

    def __init__(
        self,
        clock: Clock | None = None,
        limits: Limits | None = None,
        *,
        token: str = TOKEN,
        username: str = "zoufang_demo_bot",
        name: str = "走访助手",
        folder: Path | None = None,
        webhook_pause: Callable[[int], float] = telegram_pause,
        remember: int = 20_000,
    ) -> None:
        self.world = World(clock or WallClock(), FileStore(folder))
        self.bot = self.world.add_bot(token, username, name)
        self.limits = limits
        self.failures = Failures()
        self.webhooks = WebhookSender(webhook_pause)
        self.calls: deque[Recorded] = deque(maxlen=remember)
        self.unknown_methods: list[str] = []
        self._gates: dict[int, Gate] = {}
        self._persons: dict[int, Person] = {}
        self._runner: web.AppRunner | None = None
        self._address = ("127.0.0.1", 0)

    # -- the world ----------------------------------------------------------------------------------------------

    @property
    def token(self) -> str:
        return self.bot.token

    @property
    def complaints(self) -> list[str]:
        """What the server lets pass but nobody could read."""
        return self.world.complaints

    @property
    def base_url(self) -> str:
        """For python-telegram-bot's `base_url`."""
        return f"http://{self._address[0]}:{self._address[1]}/bot"

    @property
    def base_file_url(self) -> str:
        return f"http://{self._address[0]}:{self._address[1]}/file/bot"

    def add_bot(self, token: str, username: str, name: str = "Bot") -> Bot:
        return self.world.add_bot(token, username, name)

    def person(self, name: str, *, phone: str = "", id: int | None = None, **more: Any) -> Person:
        """A person with a telephone. `more`: last_name, username, language, and bot when there are several."""
        bot: Bot = more.pop("bot", self.bot)
        number = id if id is not None else 900_000_001 + len(self._persons)
        account = self.world.add_account(Account(number, name, phone=phone, **more))
        person = self._persons[number] = Person(self.world, bot, account)
        return person

    @property
    def persons(self) -> list[Person]:
        return list(self._persons.values())

    def find_person(self, id: int) -> Person | None:
        return self._persons.get(id)

    def unexpected(self) -> list[str]:
        """Messages to persons that no test has looked at (`new`, `last` and `hears` count as looking)."""
        return [
            f"{person.name}: {message.text}"
            for person in self._persons.values()
            for message in person.chat.messages
            if message.from_bot and not message.read and message.deleted_at is None
        ]

    def move_group(self, group: Chat) -> Chat:
        """The group becomes a supergroup with another id; writing to the old one is refused with the new id."""
        new = self.world.add_group(group.bot, group.title, "supergroup")
        group.moved_to = new.id
        return new

    async def delivered(self, within: float = 10) -> None:
        """Come back when the bot has acknowledged every update; TimeoutError after `within` real seconds."""
        await self.bot.updates.wait_until_empty(within)

    def fail(self, method: str, kind: str, *, times: int | None = 1, **details: Any) -> Failure:
        """Plan a failure of the next `times` calls (None: for good) of `method` ("*": any).

        Kinds: "429" (retry_after), "400", "401", "403" (text), "5xx" or "500", "502" … (text), "slow" (seconds, or
        release: an asyncio.Event), "cut_before" (nothing is done), "cut_after" (done, but no answer),
        "moved" (new_chat_id). `when(arguments)` narrows it. For a server that cannot be reached see `go_offline`.
        """
        return self.failures.plan(method, kind, times=times, **details)

    # -- the server ---------------------------------------------------------------------------------------------

    def app(self) -> web.Application:
        application = web.Application(client_max_size=64 << 20)
        application.router.add_route("*", r"/bot{token:[^/]+}/{method}", self._answer)
        application.router.add_get(r"/file/bot{token:[^/]+}/{path:.+}", self._download)
        return application

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; with port 0 on any free port, kept for the life of this object."""
        self._address = (host, port)
        await self.come_online()

    async def stop(self) -> None:
        await self.webhooks.close()
        await self.go_offline()

    async def go_offline(self) -> None:
        """Close the door: connections are refused until `come_online`, what people send waits."""
        if self._runner is not None:
            self._end_polls()
            runner, self._runner = self._runner, None
            await runner.cleanup()

    async def come_online(self) -> None:
        self._runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, *self._address, reuse_address=True)
        await site.start()
        sockets = site._server.sockets if site._server is not None else ()  # type: ignore[attr-defined]
        for socket in sockets:
            self._address = (self._address[0], socket.getsockname()[1])

    def _end_polls(self) -> None:
        for bot in self.world.bots.values():
            bot.poll_number += 1
            bot.updates.wake()

    # -- answering ----------------------------------------------------------------------------------------------

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        arguments = Arguments({})
        try:
            arguments = await read_arguments(request)
            result = await self._do(request.match_info["token"], method.lower(), method, arguments)
            return self._reply(method, arguments, 200, {"ok": True, "result": result})
        except ApiError as error:
            return self._reply(method, arguments, error.code, error.body())
        except CutConnection:
            self.calls.append(Recorded(method, arguments.values, 0, self.world.clock.now()))
            if request.transport is not None:
                request.transport.abort()
            return web.Response()

    def _reply(self, method: str, arguments: Arguments, status: int, body: dict[str, Any]) -> web.Response:
        self.calls.append(Recorded(method, arguments.values, status, self.world.clock.now()))
        text = json.dumps(body, ensure_ascii=False)
        answer = web.Response(text=text, status=status, content_type="application/json")
        if status == 429 and "parameters" in body:
            answer.headers["Retry-After"] = str(body["parameters"]["retry_after"])
        return answer

    async def _do(self, token: str, method: str, written: str, arguments: Arguments) -> Any:
        bot = self._bot(token)
        function = METHODS.get(method)
        if function is None:
            self.unknown_methods.append(written)
            raise ApiError(404, "Not Found: method not found")
        failure = self.failures.find(method, arguments)
        if failure is not None:
            await failure.before()
        self._check_limits(bot, method, arguments)
        result = function(Call(self.world, bot, arguments, self.webhooks))
        if inspect.isawaitable(result):
            result = await result
        if failure is not None:
            failure.after()
        return result

    def _bot(self, token: str) -> Bot:
        bot = self.world.bots.get(token)
        if bot is None:
            raise ApiError(401, "Unauthorized" if ":" in token else "Unauthorized: invalid token specified")
        if bot.logged_out:
            raise ApiError(400, "Bad Request: logged out")
        return bot

    def _check_limits(self, bot: Bot, method: str, arguments: Arguments) -> None:
        if self.limits is None:
            return
        gate = self._gates.get(bot.id)
        if gate is None:
            gate = self._gates[bot.id] = Gate(self.limits)
        chat_id = arguments.number("chat_id") or None
        wait = gate.retry_after(method, chat_id, _count_messages(method, arguments))
        if wait:
            raise too_many_requests(wait)

    async def _download(self, request: web.Request) -> web.Response:
        bot = self.world.bots.get(request.match_info["token"])
        link = self.world.files.find_path(bot.id, request.match_info["path"]) if bot else None
        if link is None:
            return web.json_response({"ok": False, "error_code": 404, "description": "Not Found"}, status=404)
        return web.Response(body=link.content.read(), content_type="application/octet-stream")


def _count_messages(method: str, arguments: Arguments) -> int:
    if method != "sendmediagroup":
        return 1
    try:
        return len(json.loads(arguments.text("media") or "[]"))
    except (TypeError, ValueError):
        return 1
