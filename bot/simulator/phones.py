"""The demo's telephones in the browser: a page, what it may do, and the events it listens to.

The page plays persons of the simulator and nothing else: everything it does goes the way a telephone's doing goes, as
updates to the bot. The clock belongs to whoever started the demo; here are only its buttons.
"""

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from aiohttp import BodyPartReader, web

from bot.simulator import pictures
from bot.simulator.persons import Person
from bot.simulator.phone_views import chat_view, keyboard_view, message_view, moment, toast_view
from bot.simulator.server import Simulator
from bot.simulator.state import Event, Json

PAGE = Path(__file__).parent / "page"
_KEEPALIVE = 15.0
_LARGEST_UPLOAD = 50 << 20

Label = str | dict[str, str]
"""Words for the page: one text for everybody, or a text for each of "zh" and "en"."""


@dataclass(frozen=True)
class Listed:
    """One line of the picker: the person's Telegram id, name, role and the group it stands under."""

    id: int
    name: str
    role: Label = ""
    group: Label = ""


class DemoClock(Protocol):
    """The clock of the demo, moved from the page."""

    def now(self) -> datetime:
        """The pretend moment, aware."""

    async def advance(self, seconds: float) -> None:
        """Move on by that much; comes back when everything due in between is done."""

    async def next_event(self) -> Label | None:
        """Move to the next thing that happens and do it; its name, or None when nothing is planned."""


class Phones:
    """The page's server side. `list_people` is asked each time the picker opens; `first` are the three to begin with,
    `sheets` the files every telephone has at hand to send."""

    def __init__(
        self,
        simulator: Simulator,
        clock: DemoClock,
        list_people: Callable[[], Iterable[Listed]],
        first: Iterable[int] = (),
        sheets: Sequence[Path] = (),
    ) -> None:
        self.simulator = simulator
        self.clock = clock
        self.list_people = list_people
        self.first = list(first)
        self.sheets = list(sheets)
        self._next_sample = 0
        """Sample photos are new ones each time, as photos are."""
        self._log: deque[Json] = deque(maxlen=400)
        self._listeners: set[asyncio.Queue[Json]] = set()
        self._moving = asyncio.Lock()
        simulator.world.listeners.append(self._hear)

    def note(self, text: Label) -> None:
        """A line in the page's event log, with the pretend time."""
        self._add_log({"kind": "clock", "text": text})

    def show_time(self) -> None:
        """Tell the page the time; for a controller that wants to be seen while it moves."""
        self._tell({"kind": "clock"})

    def app(self) -> web.Application:
        application = web.Application(client_max_size=_LARGEST_UPLOAD)
        application.add_routes(
            [
                web.get("/", self._index),
                web.get("/api/start", self._start),
                web.get("/api/people", self._people),
                web.get("/api/chat/{person}", self._chat),
                web.get("/api/files/{file}", self._file),
                web.get(r"/api/samples/{number:\d{1,4}}", self._sample),
                web.get("/api/events", self._events),
                web.post("/api/chat/{person}/text", self._text),
                web.post("/api/chat/{person}/tap", self._tap),
                web.post("/api/chat/{person}/files", self._files),
                web.post("/api/chat/{person}/samples", self._samples),
                web.post("/api/chat/{person}/sheet", self._sheet),
                web.post("/api/chat/{person}/contact", self._contact),
                web.post("/api/chat/{person}/block", self._block),
                web.post("/api/clock", self._move_clock),
                web.static("/page", PAGE),
            ]
        )
        application.on_response_prepare.append(_do_not_keep)
        application.on_shutdown.append(self._hang_up)
        return application

    # -- what the page asks -------------------------------------------------------------------------------------

    async def _index(self, request: web.Request) -> web.FileResponse:
        return web.FileResponse(PAGE / "index.html")

    async def _start(self, request: web.Request) -> web.Response:
        return web.json_response(
            {
                "bot": {"name": self.simulator.bot.first_name, "username": self.simulator.bot.username},
                "people": self._listed(),
                "first": self.first,
                "sheets": [sheet.name for sheet in self.sheets],
                "sample": self._next_sample,
                "now": moment(self.clock.now()),
                "log": list(self._log),
            }
        )

    async def _people(self, request: web.Request) -> web.Response:
        return web.json_response(self._listed())

    def _listed(self) -> list[Json]:
        return [asdict(one) for one in self.list_people()]

    def _person(self, request: web.Request) -> Person:
        number = request.match_info["person"]
        person = self.simulator.find_person(int(number)) if number.isdigit() else None
        if person is None:
            raise web.HTTPNotFound(text="no such person")
        return person

    async def _chat(self, request: web.Request) -> web.Response:
        return web.json_response(chat_view(self._person(request).chat))

    async def _file(self, request: web.Request) -> web.Response:
        link = self.simulator.world.files.find(self.simulator.bot.id, request.match_info["file"])
        if link is None:
            raise web.HTTPNotFound
        answer = web.Response(body=link.content.read(), content_type="application/octet-stream")
        if link.kind == "photo":
            answer.content_type = "image/jpeg"
        else:
            answer.headers["Content-Disposition"] = "attachment"
        return answer

    async def _sample(self, request: web.Request) -> web.Response:
        return web.Response(body=pictures.draw(int(request.match_info["number"])), content_type="image/jpeg")

    # -- what the page does -------------------------------------------------------------------------------------

    async def _text(self, request: web.Request) -> web.Response:
        person, body = self._person(request), await request.json()
        with contextlib.suppress(ValueError):
            await person.send(str(body["text"]))
        return web.json_response({})

    async def _tap(self, request: web.Request) -> web.Response:
        """Tap the button at `row`, `column` of `message`; one that is gone by now does nothing."""
        person, body = self._person(request), await request.json()
        message = person.chat.by_id.get(body["message"])
        with contextlib.suppress(IndexError, KeyError):
            if message is not None:
                person.press(message.inline_rows[body["row"]][body["column"]]["callback_data"], message)
        return web.json_response({})

    async def _files(self, request: web.Request) -> web.Response:
        """Photos (one or an album) or files, with an optional caption; `as` says which."""
        person = self._person(request)
        fields: dict[str, str] = {}
        files: list[tuple[bytes, str]] = []
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                continue
            data = bytes(await part.read(decode=False))
            if part.filename:
                files.append((data, part.filename))
            else:
                fields[part.name or ""] = data.decode()
        caption = fields.get("caption") or None
        if fields.get("as") == "photo":
            await self._send_photos(person, [data for data, _ in files], caption)
        elif len(files) == 1:
            await person.document(*files[0], caption=caption)
        elif files:
            await person.documents(files, caption)
        return web.json_response({})

    async def _samples(self, request: web.Request) -> web.Response:
        person, body = self._person(request), await request.json()
        count = min(max(int(body.get("count", 1)), 1), 10)
        first = int(body.get("first", self._next_sample))
        self._next_sample = max(self._next_sample, first + count)
        photos = [pictures.draw(number) for number in range(first, first + count)]
        await self._send_photos(person, photos, body.get("caption") or None)
        return web.json_response({})

    async def _send_photos(self, person: Person, photos: list[bytes], caption: str | None) -> None:
        if len(photos) == 1:
            await person.photo(photos[0], caption)
        elif photos:
            await person.album(list(photos), caption)

    async def _sheet(self, request: web.Request) -> web.Response:
        name = (await request.json()).get("name")
        for sheet in self.sheets:
            if sheet.name == name:
                await self._person(request).document(sheet)
        return web.json_response({})

    async def _contact(self, request: web.Request) -> web.Response:
        await self._person(request).contact()
        return web.json_response({})

    async def _block(self, request: web.Request) -> web.Response:
        person = self._person(request)
        await (person.unblock() if person.chat.blocked else person.block())
        return web.json_response({"blocked": person.chat.blocked})

    async def _move_clock(self, request: web.Request) -> web.Response:
        """`{"advance": seconds}` or `{"next": true}`; one move at a time."""
        body = await request.json()
        async with self._moving:
            if body.get("next"):
                happened = await self.clock.next_event()
                if happened is None:
                    self.note({"zh": "没有排定的事了", "en": "Nothing more is planned"})
                else:
                    self.note(happened)
            else:
                await self.clock.advance(float(body["advance"]))
        self.show_time()
        return web.json_response({"now": moment(self.clock.now())})

    # -- what the page hears ------------------------------------------------------------------------------------

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: messages, edits, deletions, toasts, typing, the clock, the log."""
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await stream.prepare(request)
        mine: asyncio.Queue[Json] = asyncio.Queue()
        self._listeners.add(mine)
        try:
            while True:
                try:
                    async with asyncio.timeout(_KEEPALIVE):
                        event = await mine.get()
                except TimeoutError:
                    event = self._dated({"kind": "clock"})
                if event["kind"] == "end":
                    break
                await stream.write(f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode())
        except ConnectionResetError:
            pass
        finally:
            self._listeners.discard(mine)
        return stream

    async def _hang_up(self, application: web.Application) -> None:
        self._tell({"kind": "end"})

    def _dated(self, event: Json) -> Json:
        return {**event, "now": moment(self.clock.now())}

    def _tell(self, event: Json) -> None:
        dated = self._dated(event)
        for listener in self._listeners:
            listener.put_nowait(dated)

    def _add_log(self, line: Json) -> None:
        line["at"] = moment(self.clock.now())
        self._log.append(line)
        self._tell({"kind": "log", "line": line})

    def _hear(self, event: Event) -> None:
        account = event.chat.account
        if account is None:
            return
        told: Json = {"kind": event.kind, "person": account.id}
        if event.message is not None:
            told["message"] = message_view(event.message)
        if event.kind == "message":
            told["keyboard"] = keyboard_view(event.chat)
        if event.kind == "answer" and event.press is not None:
            told["toast"] = toast_view(event.press)
        if event.kind == "chat":
            told["blocked"] = event.chat.blocked
        self._tell(told)
        if event.kind == "message" and event.message is not None and event.message.from_bot:
            line = " ".join(event.message.text.split())
            self._add_log({"kind": "message", "person": account.id, "text": line[:80]})


async def _do_not_keep(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.setdefault("Cache-Control", "no-store")
