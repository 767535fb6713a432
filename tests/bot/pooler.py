"""A transaction pooler, as small as one can be: each transaction of a client gets any idle connection to the server."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import URL, make_url

SSL, GSS = 80877103, 80877104
Pair = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Pooler:
    """`refuses`: says no to settings that are to hold for a session, as such poolers do unless told to drop them."""

    def __init__(self, server: URL, *, refuses: bool = False) -> None:
        self._socket = str(server.query["host"])
        self._refuses = refuses
        self._idle: list[Pair] = []
        self._greeting = b""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        startup = await self._startup(reader, writer)
        words = startup.split(b"\0")
        if self._refuses and b"options" in words:
            said = b"SFATAL\0C08P01\0Munsupported startup parameter: options\0\0"
            writer.write(b"E" + struct.pack("!I", len(said) + 4) + said)
            return
        if b"options" in words:
            at = words.index(b"options")
            startup = b"\0".join(words[:at] + words[at + 2 :])
        self._idle.append(await self._connect(startup))
        writer.write(self._greeting)
        while True:
            message = await _message(reader)
            server = self._idle.pop() if self._idle else await self._connect(startup)
            await self._transaction(message, reader, writer, server)
            self._idle.append(server)

    async def _transaction(
        self, message: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, server: Pair
    ) -> None:
        """Passes messages on until the server says that no transaction is open."""
        server[1].write(message)
        while True:
            if message[:1] in b"QS":
                while (answer := await _message(server[0]))[:1] != b"Z":
                    writer.write(answer)
                writer.write(answer)
                if answer[5:6] == b"I":
                    return
            message = await _message(reader)
            server[1].write(message)

    async def _startup(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        while True:
            length, kind = struct.unpack("!II", await reader.readexactly(8))
            rest = await reader.readexactly(length - 8)
            if kind not in (SSL, GSS):
                return rest
            writer.write(b"N")

    async def _connect(self, startup: bytes) -> Pair:
        server = await asyncio.open_unix_connection(f"{self._socket}/.s.PGSQL.5432")
        server[1].write(struct.pack("!II", len(startup) + 8, 196608) + startup)
        self._greeting = b""
        while not self._greeting.endswith(b"I") or self._greeting[-6:-5] != b"Z":
            self._greeting += await _message(server[0])
        return server


async def _message(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readexactly(5)
    return head + await reader.readexactly(struct.unpack("!I", head[1:])[0] - 4)


@asynccontextmanager
async def pooled(url: str, *, refuses: bool = False) -> AsyncIterator[URL]:
    """The address of a pooler before the server of `url`."""
    behind = make_url(url)
    server = await asyncio.start_server(Pooler(behind, refuses=refuses).serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield behind.set(host="127.0.0.1", port=port, query={"sslmode": "disable"})
    server.close()
