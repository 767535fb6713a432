"""The settings: the example is the whole truth; a wrong value says where it stands and what is allowed."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from bot.config import Config, ConfigError, Rules, build_config, load_config
from models.rules import Quota, RuleParameters
from models.rules.dates import DATE_RULES

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "config.example.toml"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("ZOUFANG_"):
            monkeypatch.delenv(name)


def problems_of(text: str, folder: Path) -> list[str]:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    return list(caught.value.problems)


def keys_of(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield name
        for inner in models_in(field.annotation):
            yield from keys_of(inner)


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models_in(part)


def keys_in(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict):
        for name, value in tree.items():
            yield name
            yield from keys_in(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from keys_in(value)


def uncommented(text: str) -> str:
    """The example with its optional lines switched on, `url_file` apart: it needs a file."""
    optional = "needed|period|kinds|code|title_zh|title_en|every|days|role|per|evidence|leads|on|until|name|worked"
    text = re.sub(rf"^# ({optional}) =", r"\1 =", text, flags=re.MULTILINE)
    text = re.sub(r"^# (\[\[(?:rules\.rule|rules\.villages|calendar\.day)\]\])", r"\1", text, flags=re.MULTILINE)
    return re.sub(r"^url = .*\n(?:#.*\n)*# url_file = .*$", 'url_file = "url"', text, flags=re.MULTILINE)


def test_the_example_says_exactly_the_defaults() -> None:
    example = load_config(EXAMPLE)
    assert example.model_dump() == Config().model_dump()


def test_the_example_documents_every_key() -> None:
    given = set(keys_in(tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))))
    given |= set(keys_in(tomllib.loads(uncommented(EXAMPLE.read_text(encoding="utf-8")))))
    assert set(keys_of(Config)) <= given


def test_the_optional_lines_of_the_example_load_too(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://a:b@h/n\n")
    (tmp_path / "config.toml").write_text(uncommented(EXAMPLE.read_text(encoding="utf-8")), encoding="utf-8")
    config = load_config(tmp_path / "config.toml")
    assert config.database_url == "postgresql+psycopg://a:b@h/n"
    seed, _ = config.rules.seeds()
    assert seed.parameters.quota_for("exited") == Quota(1, "quarter")


def test_an_unknown_key_is_refused_with_its_line_and_the_nearest_name(tmp_path: Path) -> None:
    assert problems_of('[telegram]\n\ntokn = "x"\n', tmp_path) == [
        "telegram.tokn (config.toml, line 3): there is no such key; did you mean token?"
    ]


def test_an_unknown_section_is_refused_with_what_is_known(tmp_path: Path) -> None:
    [problem] = problems_of("[paper]\nsize = 4\n", tmp_path)
    assert problem.startswith("paper (config.toml, line 1): there is no such key; known here: assignments, ")


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    text = '[web]\nport = 99999\n[telegram]\nmode = "poling"\n[locale]\ndefault = 3\n'
    assert problems_of(text, tmp_path) == [
        'telegram.mode (config.toml, line 4): must be one of "polling", "webhook", not "poling"',
        "web.port (config.toml, line 2): must be at most 65535, not 99999",
        'locale.default (config.toml, line 6): must be one of "zh_CN", "en", not 3',
    ]


def test_a_number_in_the_second_rule_entry_is_found_at_its_line(tmp_path: Path) -> None:
    text = (
        '[[rules.reason]]\ncode = "away"\nzh = "外出"\nen = "Away"\n\n'
        '[[rules.rule]]\ncode = "R1"\ndue_day = 31\n\n'
        '[[rules.rule.ladder]]\nlevel = 1\nwho = "officer"\nafter = 1\n'
        '[[rules.rule.ladder]]\nlevel = 2\nwho = "boss"\nafter = 2\n'
    )
    first, second = problems_of(text, tmp_path)
    assert first == "rules.rule[1].due_day (config.toml, line 8): must be at most 28, not 31"
    assert second.startswith('rules.rule[1].ladder[2].who (config.toml, line 16): must be one of "team_head"')


def test_a_higher_level_may_not_be_told_earlier(tmp_path: Path) -> None:
    text = (
        '[[rules.rule]]\ncode = "R1"\n'
        'ladder = [{level = 1, who = "officer", after = 9}, {level = 2, who = "leader", after = 3}]\n'
    )
    [problem] = problems_of(text, tmp_path)
    assert problem == (
        "rules.rule[1] (config.toml, line 1): level 2 (after 3) comes before level 1 (after 9); "
        "a higher level must not be told earlier"
    )


@pytest.mark.parametrize("hour", ["07:30", "19:00"])
def test_digests_never_go_at_a_full_or_half_hour(tmp_path: Path, hour: str) -> None:
    [problem] = problems_of(f'[time]\nevening = "{hour}"\n', tmp_path)
    assert "time.evening (config.toml, line 2): must not be a full or half hour" in problem


def test_digests_never_go_in_quiet_hours(tmp_path: Path) -> None:
    [problem] = problems_of('[time]\nevening = "22:10"\n', tmp_path)
    assert problem == (
        "time (config.toml, line 1): evening 22:10 lies in the quiet hours (21:30 to 07:30), nothing would be sent then"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "[rules]\n[[rules.rule]]\ncode = 'R1'\nneeded = true\n",
            "must be a whole number, not true or false",
        ),
        ("[time]\nzone = 'Asia/Beijing'\n", 'must be a time zone such as "Asia/Shanghai"'),
        ("[time]\nquiet_from = '25:00'\n", 'must be a time of day in quotes, such as "19:20"'),
        ("[calendar]\nholidays = ['soon']\n", "must be a day such as 2027-02-06"),
        (
            "[calendar]\nholidays = [2026-05-01]\nworkdays = [2026-05-01]\n",
            "2026-05-01 stands in holidays and",
        ),
        (
            "[calendar]\nholidays = [2026-09-03]\n[[calendar.day]]\non = 2026-09-02\nuntil = 2026-09-04\nname = '赶场'\n",
            "2026-09-03 stands there twice",
        ),
        ("[[calendar.day]]\non = 2026-09-02\nname = '1'\n", "name must have letters, 20 characters at most"),
        ("[[calendar.day]]\non = 2026-09-02\nuntil = 2026-09-01\nname = '雪'\n", "until must be on or after on"),
        ("[telegram]\nproxy = 'ftp://x'\n", "must begin with http:// or socks5:// and name a host"),
        ("[telegram]\nmode = 'webhook'\n", "needs webhook_url, an address that begins with https://"),
        ("[photos]\ntypes = ['image/gif']\n", 'must be one of "image/jpeg", "image/png", "image/webp"'),
        ("[database]\nurl = 'mysql://x'\n", "no other database is supported"),
        ("[messages]\nurgent_per_day = -1\n", "must be at least 0, not -1"),
        ("[sending\n", "is not valid TOML"),
    ],
)
def test_a_wrong_value_says_what_is_allowed(tmp_path: Path, text: str, words: str) -> None:
    [problem] = problems_of(text, tmp_path)
    assert words in problem


def test_a_refused_secret_is_not_repeated(tmp_path: Path) -> None:
    [problem] = problems_of('[telegram]\ntoken = "hunter2"\n', tmp_path)
    assert "hunter2" not in problem
    assert "telegram.token (config.toml, line 2)" in problem


def test_secrets_do_not_show_when_the_settings_are_printed() -> None:
    config = build_config({"telegram": {"token": "123:secret"}}, home=Path())
    assert config.token == "123:secret"
    assert "123:secret" not in repr(config)


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.toml").write_text('[web]\nport = 1\nhost = "0.0.0.0"\n')
    monkeypatch.setenv("ZOUFANG_WEB__PORT", "9000")
    web = load_config(tmp_path / "config.toml").web
    assert (web.host, web.port) == ("0.0.0.0", 9000)


def test_a_wrong_variable_is_named_as_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOUFANG_WEB__PORT", "many")
    monkeypatch.setenv("ZOUFANG_WEB__PORTS", "1")
    monkeypatch.setenv("ZOUFANG_WBE__PORT", "1")
    with pytest.raises(ConfigError) as caught:
        load_config()
    assert list(caught.value.problems) == [
        "environment variable ZOUFANG_WBE__PORT: there is no section [wbe]",
        'web.port (environment variable ZOUFANG_WEB__PORT): must be a whole number, not "many"',
        "web.ports (environment variable ZOUFANG_WEB__PORTS): there is no such key; did you mean port?",
    ]


def test_the_token_may_stand_in_a_file_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "token").write_text("123:abc\n")
    monkeypatch.setenv("ZOUFANG_TELEGRAM__TOKEN_FILE", "token")
    assert build_config({}, home=tmp_path).token == "123:abc"


def test_a_secret_file_that_is_missing_or_doubled_is_refused(tmp_path: Path) -> None:
    assert problems_of('[telegram]\ntoken_file = "nowhere"\n', tmp_path) == [
        "telegram.token_file: the file nowhere cannot be read"
    ]
    assert problems_of('[telegram]\ntoken = "1:a"\ntoken_file = "nowhere"\n', tmp_path) == [
        "telegram.token and telegram.token_file: give one of them, not both"
    ]


def test_a_missing_token_is_explained_only_when_it_is_needed() -> None:
    config = build_config({}, home=Path())
    with pytest.raises(ConfigError, match="get one from @BotFather"):
        _ = config.token


def test_paths_count_from_the_folder_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[security]\nkey_file = "secret/key"\n[photos]\nfolder = "/srv/photos"\n')
    config = load_config(tmp_path / "config.toml")
    assert config.key_file == tmp_path / "secret/key"
    assert config.photo_folder == Path("/srv/photos")
    assert config.database_url == f"sqlite:///{tmp_path}/data/zoufang.db"


def test_days_and_hours_come_as_days_and_hours(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[calendar]\nholidays = [2026-09-03]\n[time]\nnoon = "12:10"\n')
    config = load_config(tmp_path / "config.toml")
    assert config.calendar.holidays == (date(2026, 9, 3),)
    assert config.time.noon == time(12, 10)


def test_quiet_hours_go_over_midnight() -> None:
    hours = build_config({}, home=Path()).time
    assert hours.is_quiet(time(21, 30))
    assert hours.is_quiet(time(3, 0))
    assert not hours.is_quiet(time(7, 30))


@pytest.mark.parametrize(
    ("profile", "kind", "needed", "period"),
    [
        ("攻坚期", "general", 2, "month"),
        ("攻坚期", "low_income", 2, "month"),
        ("常态化", "general", 1, "half_year"),
        ("常态化", "monitored", 1, "month"),
        ("常态化", "destitute", 1, "quarter"),
    ],
)
def test_the_profile_decides_how_often(profile: str, kind: str, needed: int, period: str) -> None:
    [seed] = Rules.model_validate({"profile": profile}).seeds()
    assert seed.parameters.quota_for(kind) == Quota(needed, period)


def test_what_the_file_says_replaces_the_profile() -> None:
    rule = {"code": "R1", "needed": 3, "period": "month", "kinds": {"exited": {"needed": 1, "period": "quarter"}}}
    [seed] = Rules.model_validate({"profile": "常态化", "rule": [rule]}).seeds()
    assert seed.parameters.quota_for("monitored") == Quota(3, "month")
    assert seed.parameters.quota_for("exited") == Quota(1, "quarter")


def test_saying_how_often_holds_for_every_kind_of_household() -> None:
    [seed] = Rules.model_validate(
        {"profile": "常态化", "rule": [{"code": "R1", "needed": 1, "period": "month"}]}
    ).seeds()
    assert seed.parameters.quota_for("low_income") == Quota(1, "month")


def test_the_file_left_alone_is_the_rule_that_ships() -> None:
    [seed] = load_config(EXAMPLE).rules.seeds()
    assert seed.parameters == RuleParameters()
    assert seed.on
    assert not seed.locked


def test_a_date_says_only_what_differs_from_what_ships() -> None:
    rules = [{"code": "R1"}, {"code": "R2", "days": ["5-10"]}, {"code": "R8", "on": False, "locked": True}]
    _, check, form = Rules.model_validate({"rule": rules}).seeds()
    assert check.parameters == replace(DATE_RULES["R2"], days=("5-10",))
    assert (form.parameters, form.on, form.locked) == (DATE_RULES["R8"], False, True)


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ('code = "R4"', "rules.rule[1].code (config.toml, line 2): R4 is a template: it cannot be switched on until"),
        ('code = "D1"', "rules.rule[1] (config.toml, line 1): title_zh and title_en are needed"),
        ('code = "R2"\ndays = ["15"]', 'rules.rule[1] (config.toml, line 1): days must be "5-15" (month-day) for year'),
        (
            'code = "R2"\nlead = [3]',
            "rules.rule[1].lead (config.toml, line 3): there is no such key; did you mean leads?",
        ),
        ('code = "R2"\nper = "house"', 'rules.rule[1].per (config.toml, line 3): must be one of "township", "village"'),
    ],
)
def test_a_wrong_date_is_refused_with_its_line(lines: str, why: str, tmp_path: Path) -> None:
    [problem] = problems_of(f"[[rules.rule]]\n{lines}\n", tmp_path)
    assert problem.startswith(why)


@pytest.mark.parametrize("period", ["cron:0 0 1,11,21 * *", "cron:0 7 * * MON", "week"])
def test_an_unusual_period_is_a_cron_expression(period: str) -> None:
    given = {"code": "R1", "period": period, "reminders": {"within_days": 3}, "ladder": []}
    [seed] = build_config({"rules": {"rule": [given]}}, home=Path()).rules.seeds()
    assert isinstance(seed.parameters, RuleParameters)
    assert seed.parameters.periods() == (period,)


@pytest.mark.parametrize("period", ["cron:", "cron:0 0 30 2 *", "cron:0 0 * * *", "cron:0 0 29 2 *", "daily"])
def test_a_period_that_never_or_always_begins_is_refused(period: str, tmp_path: Path) -> None:
    [problem] = problems_of(f'[[rules.rule]]\ncode = "R1"\nperiod = "{period}"\n', tmp_path)
    assert problem.startswith("rules.rule[1].period (config.toml, line 3):")
    assert "cron: and five fields" in problem


def test_a_village_says_only_what_differs_from_the_rule() -> None:
    rules = build_config(
        {
            "rules": {
                "rule": [{"code": "R1", "due_day": 20, "reminders": {"weekday": "monday"}}],
                "villages": [{"name": "青山村", "needed": 1, "reminders": {"within_days": 7}}],
            }
        },
        home=Path(),
    ).rules
    [seed] = rules.village_seeds()
    own = seed.parameters
    assert (own.needed, own.period, own.due_day, own.reminders.weekday, own.reminders.within_days) == (
        1, "month", 20, "monday", 7,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ('name = "青山村"\nneded = 1', "neded"),
        ("needed = 1", "name"),
        ('name = "青山村"\nneeded = 99', "needed"),
        ('name = "青山村"\nperiod = "half_month"\n[rules.villages.reminders]\nwithin_days = 20', "青山村"),
        ('name = "青山村"\n[[rules.villages]]\nname = "青山村"', "青山村"),
        ('name = "青山村"\n[[rules.villages]]\nname = "青山村　"', "青山村 is given twice"),
        ('name = "　"', "name"),
    ],
)
def test_a_wrong_village_is_refused_by_its_key(lines: str, why: str, tmp_path: Path) -> None:
    [problem] = problems_of(f"[[rules.villages]]\n{lines}\n", tmp_path)
    assert why in problem
