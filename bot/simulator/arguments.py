"""The arguments of one call, whichever of the three ways a client wrote them."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web

from bot.simulator.errors import ApiError, bad_request
from bot.simulator.files import UPLOAD_LIMIT


@dataclass(frozen=True)
class Upload:
    """A file of a multipart request."""

    name: str
    mime: str
    data: bytes


@dataclass
class Arguments:
    """Values as strings (nested ones as JSON), uploads by field name."""

    values: dict[str, str]
    uploads: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return self.values.get(name, "")

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in {"true", "yes", "1"}

    def number(self, name: str, default: int = 0) -> int:
        """An integer, or the default: the server is as lenient."""
        try:
            return int(self.text(name))
        except ValueError:
            return default

    def required(self, name: str) -> str:
        if not self.text(name):
            raise bad_request(f'Parameter "{name}" is required')
        return self.text(name)

    def json(self, name: str, fault: str) -> Any:
        """The parsed value of a JSON argument, None when absent; 400 with `fault` when it is not JSON."""
        if not self.text(name):
            return None
        try:
            return json.loads(self.text(name))
        except ValueError:
            raise bad_request(fault) from None


async def read_arguments(request: web.Request) -> Arguments:
    """The arguments of a GET query, a form, a multipart body or a JSON body; 413 above 50 MB."""
    values = dict(request.query)
    if request.content_length and request.content_length > UPLOAD_LIMIT + (1 << 20):
        raise ApiError(413, "Request Entity Too Large")
    kind = request.content_type
    if kind.startswith("multipart/"):
        return await _read_multipart(request, values)
    body = await request.read()
    if kind == "application/json":
        values.update(_from_json(body))
    elif body:
        values.update(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    return Arguments(values)


def _from_json(body: bytes) -> dict[str, str]:
    try:
        content = json.loads(body or b"{}")
    except ValueError:
        raise ApiError(400, "Bad Request: can't parse JSON object") from None
    if not isinstance(content, dict):
        raise ApiError(400, "Bad Request: can't parse JSON object")
    return {name: _as_text(value) for name, value in content.items() if value is not None}


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


async def _read_multipart(request: web.Request, values: dict[str, str]) -> Arguments:
    arguments, total = Arguments(values), 0
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            continue
        data = bytes(await part.read(decode=False))
        if part.filename is None:
            arguments.values[part.name] = data.decode("utf-8", "replace")
            continue
        total += len(data)
        if total > UPLOAD_LIMIT:
            raise ApiError(413, "Request Entity Too Large")
        mime = part.headers.get("Content-Type", "application/octet-stream").split(";")[0]
        arguments.uploads[part.name] = Upload(part.filename, mime, data)
    return arguments
