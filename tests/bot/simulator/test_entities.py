"""Parse modes: what people see, and where Telegram says a text breaks."""

from typing import Any

import pytest
import telegram
from hypothesis import given
from hypothesis import strategies as st

from bot.simulator import Person
from bot.simulator.entities import format_text
from bot.simulator.errors import ApiError


def shown(text: str, mode: str) -> list[tuple[str, str]]:
    """Entities as (kind, the text they cover)."""
    plain, entities = format_text(text, mode, None)
    wide = plain.encode("utf-16-le")
    return [
        (one["type"], wide[2 * one["offset"] : 2 * (one["offset"] + one["length"])].decode("utf-16-le"))
        for one in entities
    ]


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("<b>走访</b>", [("bold", "走访")]),
        ("😀<i>斜</i>", [("italic", "斜")]),
        ("<b>粗<i>斜</i></b>", [("bold", "粗斜"), ("italic", "斜")]),
        ('<a href="https://e.cn/?a=1&amp;b">看</a>', [("text_link", "看")]),
        ("<pre><code class='language-py'>x</code></pre>", [("pre", "x")]),
        ("<code>&lt;b&gt;</code>", [("code", "<b>")]),
        ('<tg-spoiler>藏</tg-spoiler><span class="tg-spoiler">也</span>', [("spoiler", "藏"), ("spoiler", "也")]),
        ("<blockquote expandable>长</blockquote>", [("expandable_blockquote", "长")]),
        ("  <b> 空 </b>  ", [("bold", "空")]),
        (
            "/start 与 #走访 https://e.cn/a",
            [("bot_command", "/start"), ("hashtag", "#走访"), ("url", "https://e.cn/a")],
        ),
    ],
)
def test_html_marks_what_it_covers(text: str, marks: list[tuple[str, str]]) -> None:
    found = shown(text, "HTML")
    assert [(kind, covered.strip()) for kind, covered in found] == marks


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("走<x>", 'Unsupported start tag "x" at byte offset 3'),
        ("<b>走", 'Can\'t find end tag corresponding to start tag "b"'),
        ("走</b>", "Unexpected end tag at byte offset 3"),
        ("<b>走</i>", 'Unmatched end tag at byte offset 6, expected "</b>", found "</i>"'),
        ("a<b", "Unclosed start tag at byte offset 1"),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_broken_html_names_the_byte(text: str, words: str) -> None:
    with pytest.raises(ApiError) as refused:
        format_text(text, "HTML", None)
    assert refused.value.description == f"Bad Request: can't parse entities: {words}"


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("*粗* _斜_ __下__ ~删~ ||藏||", ["bold", "italic", "underline", "strikethrough", "spoiler"]),
        ("`a_b` ```py\nx=1```", ["code", "pre"]),
        (r"1\. [看](https://e.cn/\))", ["text_link"]),
        (">引\n>用\n后", ["blockquote"]),
    ],
)
def test_markdown_marks(text: str, marks: list[str]) -> None:
    assert [kind for kind, _ in shown(text, "MarkdownV2")] == marks


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("走.", r"Character '.' is reserved and must be escaped with the preceding '\'"),
        ("走*粗", "Can't find end of Bold entity at byte offset 3"),
        ("[a](http://e.cn", "Can't find end of a URL at byte offset 4"),
        ("a>b", r"Character '>' is reserved and must be escaped with the preceding '\'"),
    ],
)
def test_broken_markdown_names_the_fault(text: str, words: str) -> None:
    with pytest.raises(ApiError) as refused:
        format_text(text, "MarkdownV2", None)
    assert refused.value.description == f"Bad Request: can't parse entities: {words}"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
def test_escaped_text_survives_both_modes(text: str) -> None:
    html = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    plain = format_text(text, "", None)[0]
    assert format_text(html, "HTML", None)[0] == plain
    assert format_text(telegram.helpers.escape_markdown(text, version=2), "MarkdownV2", None)[0] == plain


async def test_entities_arrive_at_the_bots_side(bot: telegram.Bot, li: Person) -> None:
    sent = await bot.send_message(li.id, "😀<b>走访</b>", parse_mode="HTML")
    assert sent.parse_entities() == {sent.entities[0]: "走访"}
    listed: list[Any] = [telegram.MessageEntity("italic", 0, 2)]
    again = await bot.send_message(li.id, "走访", entities=listed)
    assert again.parse_entities() == {again.entities[0]: "走访"}
    with pytest.raises(telegram.error.BadRequest, match="Can't parse entities: unsupported start tag"):
        await bot.send_message(li.id, "<h1>走访</h1>", parse_mode="HTML")
    with pytest.raises(telegram.error.BadRequest, match="Unsupported parse_mode"):
        await bot.send_message(li.id, "走访", parse_mode="RTF")
