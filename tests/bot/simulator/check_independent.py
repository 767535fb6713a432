"""A second opinion on the simulator: another client library runs a scenario against it.

`python tests/bot/simulator/check_independent.py` makes an environment of its own under build/ (the library needs other
versions than ours), starts the simulator, and lets `independent_client.py` talk to it there; every answer is validated
against that library's types, unknown fields included. Exit code 0 means that both agree. Nothing is run again while
neither the simulator nor this check has changed; without a network the check is skipped, except in CI.
"""

import asyncio
import hashlib
import json
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

from aiohttp import web  # noqa: E402

from bot.simulator import Message, Person, Simulator  # noqa: E402

LIBRARY = "aiogram==3.31.0"
PLACE = ROOT / "build" / "independent-client"
CLIENT = Path(__file__).with_name("independent_client.py")


def fingerprint() -> str:
    """Changes with every line of the simulator, of this check, and with the library's version."""
    digest = hashlib.sha256(LIBRARY.encode())
    for path in sorted([*(ROOT / "bot" / "simulator").rglob("*.py"), CLIENT, Path(__file__)]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def make_environment() -> Path | None:
    """The interpreter of the environment, or None when the library cannot be fetched."""
    python = PLACE / "bin" / "python"
    if not python.exists():
        venv.create(PLACE, with_pip=True, clear=True)
    ask = [python, "-c", "import aiogram; print(aiogram.__version__)"]
    have = subprocess.run(ask, check=False, capture_output=True, text=True)
    if have.stdout.strip() == LIBRARY.partition("==")[2]:
        return python
    install = [python, "-m", "pip", "install", "-qqq", "--disable-pip-version-check", LIBRARY]
    return python if subprocess.run(install, check=False).returncode == 0 else None


class Stage:
    """Lets the other process move persons: POST /act {"person": name, "do": "send", "with": [...]}."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.people: dict[str, Person] = {}
        self.sent: dict[int, Message] = {}

    def app(self) -> web.Application:
        application = web.Application()
        application.router.add_post("/act", self._act)
        application.router.add_post("/plan", self._plan)
        return application

    async def _act(self, request: web.Request) -> web.Response:
        body = await request.json()
        name = body["person"]
        person = self.people.get(name)
        if person is None:
            person = self.people[name] = self.simulator.person(name, last_name="", phone="+8613800000001")
        if body["do"] == "nothing":
            return web.json_response({"id": person.id})
        given = [self.sent.get(one["message"]) if isinstance(one, dict) else one for one in body.get("with", [])]
        if body["do"] == "document":
            given[0] = given[0].encode()
        done = getattr(person, body["do"])(*given)
        done = await done if asyncio.iscoroutine(done) else done
        messages = [one for one in (done if isinstance(done, list) else [done]) if isinstance(one, Message)]
        self.sent.update({one.message_id: one for one in person.chat.messages})
        chat = getattr(done, "id", None)
        answer = {"id": person.id, "messages": [one.message_id for one in messages], "chat": chat}
        return web.json_response(answer)

    async def _plan(self, request: web.Request) -> web.Response:
        body = await request.json()
        if body["kind"] == "move_group":
            new = self.simulator.move_group(self.simulator.bot.chats[body["chat"]])
            return web.json_response({"chat": new.id})
        self.simulator.fail(body["method"], body["kind"], **body.get("details", {}))
        return web.json_response({})


async def run_scenario(python: Path) -> int:
    simulator = Simulator()
    await simulator.start()
    runner = web.AppRunner(Stage(simulator).app())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    told = {
        "api": simulator.base_url.removesuffix("/bot"),
        "token": simulator.token,
        "stage": f"http://127.0.0.1:{runner.addresses[0][1]}",
    }
    client = await asyncio.create_subprocess_exec(str(python), str(CLIENT), json.dumps(told))
    code = await asyncio.wait_for(client.wait(), 120)
    await runner.cleanup()
    await simulator.stop()
    if simulator.unknown_methods != ["getUserProfilePhotos"]:
        print(f"unknown methods: {simulator.unknown_methods}", file=sys.stderr)
        return 1
    return code


def main() -> int:
    mark, now = PLACE / "passed", fingerprint()
    if mark.exists() and mark.read_text() == now:
        print("independent client: agreed before, nothing has changed since")
        return 0
    PLACE.parent.mkdir(exist_ok=True)
    python = make_environment()
    if python is None:
        print(f"independent client: {LIBRARY} cannot be installed", file=sys.stderr)
        return 1 if os.environ.get("CI") == "true" else 0
    code = asyncio.run(run_scenario(python))
    if code == 0:
        mark.write_text(now)
    return code


if __name__ == "__main__":
    raise SystemExit(main())
