"""The settings of one installation: one TOML file, overridden by the environment, checked as a whole.

`load_config` reads a file, `build_config` takes plain values (tests, the demo). Keys may be overridden by
environment variables: `ZOUFANG_TELEGRAM__TOKEN` is `token` of `[telegram]`. Secrets may come from files of
their own (`token_file`). Paths count from the folder of the configuration file.
"""

import os
import tomllib
from pathlib import Path
from typing import Any

from pydantic import PrivateAttr, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from bot.config.calendar import Calendar, LocalDay
from bot.config.ladders import Level
from bot.config.problems import ConfigError, describe
from bot.config.rules import Quota, Reason, Reminders, Rule, Rules
from bot.config.sections import (
    Assignments,
    Database,
    Joining,
    Locale,
    Logging,
    Messages,
    OwnWords,
    Photos,
    Security,
    Sending,
    Telegram,
    Time,
    Township,
    Watch,
    Web,
)

PREFIX = "ZOUFANG_"
SECRET_FILES = (
    ("telegram", "token", "token_file"),
    ("telegram", "webhook_secret", "webhook_secret_file"),
    ("database", "url", "url_file"),
)


class Config(BaseSettings):
    """Everything that can be configured, checked. Frozen; made by `load_config` or `build_config`."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, env_prefix=PREFIX, env_nested_delimiter="__")

    telegram: Telegram = Telegram()
    database: Database = Database()
    security: Security = Security()
    photos: Photos = Photos()
    web: Web = Web()
    watch: Watch = Watch()
    time: Time = Time()
    calendar: Calendar = Calendar()
    joining: Joining = Joining()
    messages: Messages = Messages()
    assignments: Assignments = Assignments()
    locale: Locale = Locale()
    township: Township = Township()
    rules: Rules = Rules()
    words: OwnWords = {}
    sending: Sending = Sending()
    logging: Logging = Logging()
    _home: Path = PrivateAttr(default_factory=Path.cwd)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `build_config` has merged: it must know which value came from where."""
        return (init_settings,)

    @property
    def home(self) -> Path:
        """The folder that relative paths count from."""
        return self._home

    @property
    def key_file(self) -> Path:
        return self._home / self.security.key_file

    @property
    def photo_folder(self) -> Path:
        return self._home / self.photos.folder

    @property
    def database_url(self) -> str:
        """The address for SQLAlchemy, a SQLite path made absolute; it holds the password: never log it."""
        url = self.database.address
        return url if self.database_file is None else f"sqlite:///{self.database_file}"

    @property
    def database_file(self) -> Path | None:
        """The SQLite file, None on PostgreSQL."""
        kind, _, path = self.database.address.partition(":///")
        return self._home / path if kind == "sqlite" else None

    @property
    def token(self) -> str:
        """The bot's token. Raises ConfigError when none is configured."""
        token = self.telegram.token.get_secret_value()
        if not token:
            raise ConfigError(
                [
                    "telegram.token: is needed; get one from @BotFather in Telegram and set token, "
                    f"token_file or the environment variable {PREFIX}TELEGRAM__TOKEN"
                ]
            )
        return token


def load_config(path: Path | None = None) -> Config:
    """The checked settings of that file; without a file the defaults and the environment.

    Raises ConfigError with every problem at once.
    """
    if path is None:
        return build_config({}, home=Path.cwd())
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError([f"{path}: is not UTF-8 text; save it as UTF-8"]) from None
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read ({error.strerror})"]) from None
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{path}: is not valid TOML: {error}"]) from None
    return build_config(values, home=path.resolve().parent, text=text, name=path.name)


def build_config(values: dict[str, Any], *, home: Path, text: str = "", name: str = "configuration") -> Config:
    """The checked settings from plain values, overridden by the environment.

    Paths count from `home`; `text` and `name` are those of the file, to name lines. Raises ConfigError.
    """
    problems = _stray_variables()
    try:
        environment = EnvSettingsSource(Config)()
    except SettingsError as error:
        raise ConfigError([*problems, f"environment: {error}; lists are written as JSON"]) from None
    merged = _merged(values, environment)
    problems += _read_secrets(merged, home)
    try:
        config = Config(**merged)
    except ValidationError as error:
        raise ConfigError([*problems, *describe(error, Config, text, name, environment)]) from None
    if problems:
        raise ConfigError(problems)
    config._home = home
    return config


def _merged(lower: dict[str, Any], upper: dict[str, Any]) -> dict[str, Any]:
    """Both trees in a new one; where both have a value, the upper one's."""
    tree = {name: _merged(value, {}) if isinstance(value, dict) else value for name, value in lower.items()}
    for name, value in upper.items():
        inner = tree.get(name)
        if isinstance(value, dict):
            tree[name] = _merged(inner if isinstance(inner, dict) else {}, value)
        else:
            tree[name] = value
    return tree


def _stray_variables() -> list[str]:
    """Variables with our prefix and no section of ours, which the library would pass over in silence."""
    return [
        f"environment variable {name}: there is no section [{section}]"
        for name in sorted(os.environ)
        if name.upper().startswith(PREFIX)
        for section in [name[len(PREFIX) :].lower().partition("__")[0]]
        if section not in Config.model_fields and not section.startswith("test_")
    ]


def _read_secrets(values: dict[str, Any], home: Path) -> list[str]:
    """Puts the secrets that stand in files of their own into `values`; returns what is wrong with them."""
    problems = []
    for section, key, file_key in SECRET_FILES:
        settings = values.get(section)
        if not isinstance(settings, dict) or not isinstance(settings.get(file_key), str):
            continue
        path = settings[file_key]
        if path and settings.get(key):
            problems.append(f"{section}.{key} and {section}.{file_key}: give one of them, not both")
        elif path:
            try:
                settings[key] = (home / path).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError, ValueError):
                problems.append(f"{section}.{file_key}: the file {path} cannot be read")
    return problems


__all__ = [
    "Calendar",
    "Config",
    "ConfigError",
    "Database",
    "Joining",
    "Level",
    "LocalDay",
    "Locale",
    "Logging",
    "Messages",
    "Photos",
    "Quota",
    "Reason",
    "Reminders",
    "Rule",
    "Rules",
    "Security",
    "Sending",
    "Telegram",
    "Time",
    "Township",
    "Watch",
    "Web",
    "build_config",
    "load_config",
]
