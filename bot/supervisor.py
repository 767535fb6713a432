"""What a supervisor (systemd, Type=notify) is told: that the bot is ready, that it lives, that it stops."""

import os
import socket


class Supervisor:
    """`address` of the notify socket (NOTIFY_SOCKET) and the watchdog's time in microseconds (WATCHDOG_USEC); without an
    address nobody is told anything."""

    def __init__(self, address: str = "", watchdog_microseconds: str = "") -> None:
        # A leading @ stands for the zero byte of an abstract address.
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self.watchdog_seconds = int(watchdog_microseconds) / 1e6 if watchdog_microseconds.isdecimal() else 0.0

    @classmethod
    def from_environment(cls) -> "Supervisor":
        return cls(os.environ.get("NOTIFY_SOCKET", ""), os.environ.get("WATCHDOG_USEC", ""))

    @property
    def present(self) -> bool:
        """Whether somebody will start the bot again."""
        return bool(self._address)

    def tell(self, *lines: str) -> None:
        """Sends `READY=1`, `WATCHDOG=1`, `STATUS=…`; a supervisor that cannot be told is none of our trouble."""
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
                line.connect(self._address)
                line.sendall("\n".join(lines).encode())
        except OSError:
            return
