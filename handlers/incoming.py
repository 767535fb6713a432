"""What a person did, in words no channel owns. Channels make these; handlers read nothing else."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class FileRef:
    """A file that still lies with the channel: `file_id` fetches it, `unique_id` is the same over time."""

    file_id: str
    unique_id: str
    size: int | None = None
    name: str | None = None
    mime: str | None = None
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True)
class ContactCard:
    phone: str
    user_id: int | None
    """The channel's number of the card's owner; only the sender's own card proves anything."""


@dataclass(frozen=True)
class Incoming:
    """One update. `kind`: text, press, photo, document, contact, voice, sticker, video, location, other,
    blocked, unblocked, group. `sent_at` is the message's own date in UTC."""

    channel: str
    inbox_id: int
    sender: int
    chat: int
    kind: str
    sent_at: datetime
    text: str = ""
    """The message, or a photo's or file's caption."""
    data: str = ""
    """A button's data."""
    message_id: int = 0
    press_id: str | None = None
    file: FileRef | None = None
    album: str | None = None
    contact: ContactCard | None = None
    forwarded: bool = False
    edited: bool = False
    language: str | None = None
