"""Is it alive, can it work, what does it measure: /healthz, /readyz, /metrics. They name nobody."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Protocol

from aiohttp import web


@dataclass(frozen=True)
class Reason:
    """One thing that was looked at. `blocks`: without it the bot cannot do its work."""

    what: str
    ok: bool
    words: str
    blocks: bool = True


class Health(Protocol):
    def alive(self) -> Mapping[str, object]:
        """`ok` and what it follows from; answers without the database."""

    async def reasons(self) -> list[Reason]: ...

    async def metrics(self) -> tuple[bytes, str]:
        """The text of all metrics and its content type."""


def add_health(application: web.Application, health: Health) -> None:
    """Adds the three addresses to any application."""

    async def healthz(request: web.Request) -> web.Response:
        alive = health.alive()
        return web.json_response(alive, status=200 if alive["ok"] else 503)

    async def readyz(request: web.Request) -> web.Response:
        reasons = await health.reasons()
        ready = all(reason.ok for reason in reasons if reason.blocks)
        body = {"ready": ready, "reasons": [asdict(reason) for reason in reasons]}
        return web.json_response(body, status=200 if ready else 503)

    async def metrics(request: web.Request) -> web.Response:
        body, kind = await health.metrics()
        return web.Response(body=body, headers={"Content-Type": kind})

    routes: dict[str, Callable[[web.Request], Awaitable[web.Response]]] = {
        "/healthz": healthz, "/readyz": readyz, "/metrics": metrics,
    }  # fmt: skip
    for path, handler in routes.items():
        application.router.add_get(path, handler)
