"""The sections of the file, one class each; `config.example.toml` says what every key is for."""

import re
from datetime import time, timedelta
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, field_validator, model_validator

from bot.config.values import DigestHour, FilePath, Section, Share, TimeOfDay, Whole, Zone
from models import words
from models.errors import Refused

TELEGRAM = "https://api.telegram.org"


class Telegram(Section):
    """[telegram]: the token, the address of the Bot API, polling or webhook, the way out."""

    token: SecretStr = SecretStr("")
    token_file: FilePath = ""
    base_url: str = f"{TELEGRAM}/bot"
    base_file_url: str = f"{TELEGRAM}/file/bot"
    proxy: SecretStr = SecretStr("")
    mode: Literal["polling", "webhook"] = "polling"
    webhook_url: str = ""
    webhook_path: Annotated[str, Field(pattern=r"^/[A-Za-z0-9/_-]{1,100}$")] = "/telegram"
    webhook_secret: SecretStr = SecretStr("")
    webhook_secret_file: FilePath = ""

    @field_validator("token")
    @classmethod
    def _token_shape(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not re.fullmatch(r"\d+:[\w-]+", value.get_secret_value()):
            raise ValueError("must look like 123456789:AA…, as @BotFather gave it")
        return value

    @field_validator("base_url", "base_file_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname:
            raise ValueError("must be an address that begins with http:// or https://")
        return value

    @field_validator("proxy")
    @classmethod
    def _proxy(cls, value: SecretStr) -> SecretStr:
        address = urlsplit(value.get_secret_value())
        if value.get_secret_value() and (address.scheme not in ("http", "socks5") or not address.hostname):
            raise ValueError("must begin with http:// or socks5:// and name a host")
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _secret_shape(cls, value: SecretStr) -> SecretStr:
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", value.get_secret_value()):
            raise ValueError("must be 1 to 256 of the characters A-Z a-z 0-9 _ -")
        return value

    @model_validator(mode="after")
    def _webhook_complete(self) -> Self:
        if self.mode == "polling":
            return self
        # A stand-in for Telegram on this machine may be called without TLS, Telegram itself may not.
        schemes = ("https",) if self.base_url.startswith(TELEGRAM) else ("https", "http")
        if urlsplit(self.webhook_url).scheme not in schemes:
            raise ValueError('mode = "webhook" needs webhook_url, an address that begins with https://')
        if not self.webhook_secret.get_secret_value():
            raise ValueError('mode = "webhook" needs webhook_secret (or webhook_secret_file)')
        return self


class Database(Section):
    """[database]: where the rows are."""

    url: SecretStr = SecretStr("sqlite:///data/zoufang.db")
    url_file: FilePath = ""

    @field_validator("url")
    @classmethod
    def _known_kind(cls, value: SecretStr) -> SecretStr:
        """SQLite files and PostgreSQL; psycopg 3 is always the driver."""
        url = value.get_secret_value()
        url = re.sub(r"^(postgres|postgresql|postgresql\+psycopg)://", "postgresql+psycopg://", url)
        if not re.match(r"sqlite:///.|postgresql\+psycopg://.", url):
            raise ValueError(
                'must be "sqlite:///PATH" or "postgresql://USER:PASSWORD@HOST/NAME"; no other database is supported'
            )
        return SecretStr(url)

    @property
    def address(self) -> str:
        """The address for SQLAlchemy, password included: never log it."""
        return self.url.get_secret_value()


class Security(Section):
    """[security]: the key that encrypts ID numbers, phones and what people sent."""

    key_file: FilePath = "data/key"


PhotoType = Literal["image/jpeg", "image/png", "image/webp", "image/heic"]


class Photos(Section):
    """[photos]: where originals lie and what is taken."""

    folder: FilePath = "data/photos"
    max_bytes: Annotated[Whole, Field(ge=100_000, le=20 << 20)] = 20 << 20
    max_pixels: Annotated[Whole, Field(ge=1_000_000, le=200_000_000)] = 50_000_000
    types: tuple[PhotoType, ...] = ("image/jpeg", "image/png", "image/webp", "image/heic")

    @field_validator("types")
    @classmethod
    def _some(cls, value: tuple[PhotoType, ...]) -> tuple[PhotoType, ...]:
        if not value:
            raise ValueError("must name at least one type")
        return value


class Web(Section):
    """[web]: the bot's own web server (webhook, health, metrics), and the demo's page."""

    listen: bool = False
    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    port: Annotated[Whole, Field(ge=0, le=65535)] = 8080


class Watch(Section):
    """[watch]: who hears that all is well."""

    heartbeat_url: SecretStr = SecretStr("")

    @field_validator("heartbeat_url")
    @classmethod
    def _address(cls, value: SecretStr) -> SecretStr:
        address = urlsplit(value.get_secret_value())
        if value.get_secret_value() and (address.scheme not in ("http", "https") or not address.hostname):
            raise ValueError("must be an address that begins with http:// or https://")
        return value


class Time(Section):
    """[time]: the zone of every day and hour, quiet hours, the hours of digests."""

    zone: Zone = "Asia/Shanghai"
    quiet_from: TimeOfDay = time(21, 30)
    quiet_until: TimeOfDay = time(7, 30)
    morning: DigestHour = time(7, 50)
    noon: DigestHour = time(12, 20)
    evening: DigestHour = time(19, 20)
    helpers: Literal["morning", "noon", "evening"] = "evening"
    others: Literal["morning", "noon", "evening"] = "morning"

    def is_quiet(self, moment: time) -> bool:
        """Whether that local time of day lies in the quiet hours; equal ends mean there are none."""
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= moment < self.quiet_until
        return moment >= self.quiet_from or moment < self.quiet_until

    @model_validator(mode="after")
    def _hours_are_awake(self) -> Self:
        for name in ("morning", "noon", "evening"):
            if self.is_quiet(getattr(self, name)):
                raise ValueError(
                    f"{name} {getattr(self, name):%H:%M} lies in the quiet hours "
                    f"({self.quiet_from:%H:%M} to {self.quiet_until:%H:%M}), nothing would be sent then"
                )
        return self


class Joining(Section):
    """[joining]: how people come in."""

    link_days: Annotated[Whole, Field(ge=1, le=60)] = 7

    @property
    def valid_for(self) -> timedelta:
        """How long an invitation link can be used."""
        return timedelta(days=self.link_days)


class Messages(Section):
    """[messages]: how many unsolicited messages one person may get on one day."""

    digest_per_day: Annotated[Whole, Field(ge=0, le=3)] = 1
    urgent_per_day: Annotated[Whole, Field(ge=0, le=10)] = 2


class Assignments(Section):
    """[assignments]: who helps which household."""

    approval: bool = False


class Locale(Section):
    """[locale]: the language of people who have not chosen one."""

    default: Literal["zh_CN", "en"] = "zh_CN"


class Township(Section):
    """[township]: the names that head lists and papers."""

    name: Annotated[str, Field(max_length=40)] = ""
    county: Annotated[str, Field(max_length=40)] = ""


def _own_words(value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Every meaning is one of ours, every word can be kept and has one meaning."""
    seen: dict[str, str] = {}
    for meaning, said in value.items():
        if meaning not in words.MEANINGS:
            raise ValueError(f"{meaning}: there is no such meaning; there are {', '.join(words.MEANINGS)}")
        for word in said:
            try:
                plain = words.check_word(word)
            except Refused:
                raise ValueError(f"{word!r}: must be a word of 1 to {words.LONGEST} characters") from None
            if plain in seen:
                raise ValueError(f"{word!r} is given twice, for {seen[plain]} and for {meaning}")
            seen[plain] = meaning
    return value


OwnWords = Annotated[dict[str, tuple[str, ...]], AfterValidator(_own_words)]
"""[words]: what people say here, by what it means."""


class Sending(Section):
    """[sending]: Telegram's limit for one bot, and how close to it we go."""

    per_second: Annotated[Whole, Field(ge=1, le=1000)] = 30
    safety: Share = 0.99


class Logging(Section):
    """[logging]: how much and in which form. Names, texts and tokens are never logged at any level."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["json", "console"] = "console"
