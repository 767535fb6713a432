"""Test persons: somebody with a telephone who writes, taps, sends photos and looks at the screen."""

import mimetypes
from pathlib import Path, PurePosixPath
from typing import Any

from bot.simulator import inbound, photos, pictures
from bot.simulator.entities import format_text
from bot.simulator.methods.media import document_view
from bot.simulator.screens import NotOnScreen, Screen
from bot.simulator.state import Chat, Json, Message, Press

__all__ = ["Content", "NotOnScreen", "Person"]

Content = bytes | Path | str
_LONGEST = 4096
OPUS = b"OggS\0\x02" + bytes(20) + b"\x01\x13OpusHead\x01\x01"


class Person(Screen):
    """One person in a private chat with one bot. Acting methods send at once; reading ones show the screen."""

    async def start(self, payload: str = "") -> Message:
        """Press START, or open a deep link with a payload."""
        return await self.send(f"/start {payload}".strip())

    async def send(self, text: str, *, reply_to: Message | None = None, group: Chat | None = None) -> Message:
        """Type and send. As the apps do, more than 4096 characters go as several messages (the last is returned)."""
        shown, entities = format_text(text, "", None)
        if not shown:
            raise ValueError("the apps do not send an empty message")
        if len(shown) <= _LONGEST:
            content: Json = {"text": shown, **({"entities": entities} if entities else {})}
            return self._post(content, reply_to=reply_to, group=group)
        for start in range(0, len(shown), _LONGEST):
            message = self._post({"text": shown[start : start + _LONGEST]}, reply_to=reply_to, group=group)
        return message

    async def tap(self, button: str | int, message: Message | None = None) -> Press | Message:
        """Tap a button by label (or a part of it) or by index: inline under `message` (the latest with that button by
        default), else on the keyboard, which sends its text or the person's own contact."""
        if message is None:
            message = self.find_message_with(button)
        if message is not None:
            found = _find_button([one for row in message.inline_rows for one in row], button)
            if found is not None:
                if "callback_data" not in found:
                    raise NotOnScreen(f"{found['text']} is a link, it tells the bot nothing")
                return self.press(found["callback_data"], message)
        key = _find_button([one for row in self.keyboard_rows() for one in row], button)
        if key is None:
            raise NotOnScreen(f"{self.name} has no button {button!r}; sees {self.list_buttons()}")
        if key.get("request_contact"):
            return await self.contact()
        return await self.send(key["text"])

    def press(self, data: str, message: Message | None = None) -> Press:
        """Press with any data, also forged or long gone, on any message (the latest of the bot by default)."""
        message = message or self.find_latest()
        if message is None:
            raise NotOnScreen(f"{self.name} has no message to press on")
        return inbound.press(self.world, self.account, message, data)

    async def photo(self, picture: Content | None = None, caption: str | None = None) -> Message:
        """Send a photo (a drawn house by default); the largest size keeps the bytes as they are."""
        return self._post({**self._photo(picture), **_caption(caption)})

    async def album(
        self, items: list[Content | None] | int, caption: str | None = None, *, at: int = 0, album: str | None = None
    ) -> list[Message]:
        """Send several photos at once: one message each, one media_group_id, the caption on the part `at`; `album`
        sends further parts of one that was sent before, as a weak line does."""
        pictures_ = [None] * items if isinstance(items, int) else items
        album = album or self.world.next_album()
        sent = []
        for number, item in enumerate(pictures_):
            content = {**self._photo(item, number), **_caption(caption if number == at else None)}
            sent.append(self._post(content, album=album))
        return sent

    async def document(
        self, data: Content, name: str | None = None, *, caption: str | None = None, mime: str | None = None
    ) -> Message:
        """Send a file as a file: bytes and name stay."""
        content, found = _read(data)
        name = name or found or "file.bin"
        mime = mime or mimetypes.guess_type(name)[0] or "application/octet-stream"
        return self._post({"document": self._document(content, name, mime), **_caption(caption)})

    async def documents(self, items: list[tuple[bytes, str]], caption: str | None = None) -> list[Message]:
        """Several files as one album."""
        album = self.world.next_album()
        sent = []
        for number, (data, name) in enumerate(items):
            mime = mimetypes.guess_type(name)[0] or "application/octet-stream"
            words = _caption(caption if number == len(items) - 1 else None)
            sent.append(self._post({"document": self._document(data, name, mime), **words}, album=album))
        return sent

    async def contact(self, other: "Person | None" = None, *, number: str | None = None) -> Message:
        """Share the own card, another person's card, or (`number`) one typed by hand without an account."""
        account = (other or self).account
        card: Json = {"phone_number": number or account.phone.removeprefix("+"), "first_name": account.first_name}
        if number is None:
            card["user_id"] = account.id
        return self._post({"contact": card})

    async def voice(self, seconds: int = 4) -> Message:
        """A voice note as the apps record them: Opus in Ogg, its header true and silence behind it."""
        note = self._heavy("voice", seconds * 4000, "audio/ogg", OPUS)
        return self._post({"voice": {**note, "duration": seconds}})

    async def video(self, size: int = 2 << 20, caption: str | None = None, *, album: str | None = None) -> Message:
        """A video of `size` bytes, alone or as a part of an album; its content is made only if somebody downloads it."""
        video = {**self._heavy("video", size, "video/mp4"), "width": 1280, "height": 720, "duration": 12}
        return self._post({"video": video, **_caption(caption)}, album=album)

    async def sticker(self) -> Message:
        sticker = self._heavy("sticker", 18_000, "")
        sticker.update(type="regular", width=512, height=512, is_animated=False, is_video=False, emoji="👍")
        return self._post({"sticker": sticker})

    async def location(self, latitude: float = 26.57, longitude: float = 106.71) -> Message:
        return self._post({"location": {"latitude": latitude, "longitude": longitude}})

    async def other(self, content: Json | None = None) -> Message:
        """Something no bot expects: a dice, or any Bot API fields."""
        return self._post(content or {"dice": {"emoji": "🎲", "value": 6}})

    async def forward(self, *messages: Message) -> list[Message]:
        """Forward messages; parts of one album stay an album."""
        album = self.world.next_album() if len(messages) > 1 and messages[0].album else None
        return [
            self._post(dict(one.content), origin=one.origin or inbound.origin(one.sender, one.sent_at), album=album)
            for one in messages
        ]

    async def edit(self, message: Message, text: str) -> Message:
        """Change the text or caption of an own message."""
        name = "text" if "text" in message.content else "caption"
        kept = {key: value for key, value in message.content.items() if not key.endswith("entities")}
        inbound.edit(self.world, message, {**kept, name: text})
        return message

    async def delete(self, message: Message) -> None:
        """Delete for both sides; bots are not told."""
        self.world.delete_message(message)

    async def block(self) -> None:
        self.chat.blocked = True
        inbound.change_membership(self.world, self.chat, self.account, "member", "kicked")

    async def unblock(self) -> None:
        self.chat.blocked = False
        inbound.change_membership(self.world, self.chat, self.account, "kicked", "member")

    async def deactivate(self) -> None:
        """The account is deleted; the bot learns of it when it writes next."""
        self.account.deactivated = True

    async def add_to_group(self, title: str = "工作群") -> Chat:
        """Make a group with the bot in it."""
        group = self.world.add_group(self.bot, title)
        inbound.change_membership(self.world, group, self.account, "left", "member")
        member = {"id": self.bot.id, "is_bot": True, "first_name": self.bot.first_name, "username": self.bot.username}
        inbound.post(self.world, group, self.account, {"new_chat_members": [member]})
        return group

    def _post(self, content: Json, group: Chat | None = None, **more: Any) -> Message:
        if group is None and self.chat.blocked:
            raise NotOnScreen(f"{self.name} has blocked the bot and cannot write to it")
        return inbound.post(self.world, group or self.chat, self.account, content, **more)

    def _photo(self, picture: Content | None, number: int = 0) -> Json:
        data = pictures.draw(number) if picture is None else _read(picture)[0]
        size = photos.measure(data) or photos.Picture(1280, 960)
        return {"photo": photos.photo_sizes(self.world.files, self.bot.id, data, size)}

    def _document(self, data: bytes, name: str, mime: str) -> Json:
        content = self.world.files.keep(data, name, mime)
        return document_view(self.world.files.link(self.bot.id, "document", content, PurePosixPath(name).suffix))

    def _heavy(self, kind: str, size: int, mime: str, head: bytes = b"") -> Json:
        content = self.world.files.promise(size, lambda: head.ljust(size, b"\0")[:size], mime=mime)
        link = self.world.files.link(self.bot.id, kind, content, "")
        view: Json = {"file_id": link.file_id, "file_unique_id": content.unique_id, "file_size": size}
        return {**view, "mime_type": mime} if mime else view


def _find_button(buttons: list[Json], wanted: str | int) -> Json | None:
    if isinstance(wanted, int):
        return buttons[wanted] if -len(buttons) <= wanted < len(buttons) else None
    exact = next((one for one in buttons if one["text"] == wanted), None)
    return exact or next((one for one in buttons if wanted in one["text"]), None)


def _caption(text: str | None) -> Json:
    if not text:
        return {}
    shown, entities = format_text(text, "", None)
    return {"caption": shown, **({"caption_entities": entities} if entities else {})}


def _read(source: Content) -> tuple[bytes, str]:
    """Bytes and, for a path, the file's name."""
    if isinstance(source, bytes):
        return source, ""
    path = Path(source)
    return path.read_bytes(), path.name
