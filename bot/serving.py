"""The web server of the bot (webhook, health, metrics) and of the demo's page."""

import os
import socket

from aiohttp import web

from bot.reports import CommandError


def listen(host: str, port: int) -> socket.socket:
    """Takes an address. Raises CommandError where that cannot be had."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else "no such host"
        raise CommandError(f"http://{host}:{port} cannot be served ({reason}): look at [web] host and port.") from error


async def serve(application: web.Application, listening: socket.socket) -> web.AppRunner:
    """Answers at an address that was taken, until the runner is cleaned up."""
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.SockSite(runner, listening).start()
    return runner
