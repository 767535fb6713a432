"""办好了 and 没办成 of a fixed date: what is asked, what was done."""

from handlers.locales import Words
from handlers.reply import Choice, Reply
from handlers.screens import Values, back, screen
from handlers.screens.date_lines import done_button, evidence_lines
from handlers.screens.duties import item_facts
from handlers.screens.duty_lines import place, reason_words, todo_button


@screen("date.ask", facts=item_facts)
def ask(values: Values, t: Words) -> Reply:
    """What is still wanted as evidence: a line, a photo or document, or both."""
    item, lacks = values["item"], values["lacks"]
    key = "both" if len(lacks) > 1 else lacks[0]
    return Reply(t(f"date.ask_{key}", place=place(item, t)), (back(t, "duty:page:1"),))


@screen("date.done", facts=item_facts)
def done(values: Values, t: Words) -> Reply:
    """It is done: with what, and undo for a day."""
    item = values["item"]
    if item["state"] != "done":
        return Reply(t("date.not_done_any_more", place=place(item, t)), (todo_button(t),))
    late = item["closed_on"] > item["grace_ends_on"]
    text = t("date.done_late" if late else "date.done", place=place(item, t), day=t.day(item["due_on"]))
    evidence = values.get("evidence")
    lines = [text, *evidence_lines(evidence, t)[1:]]
    undo = Choice(t("date.undo"), f"date:undo:{item['duty_id']}", t.several("date.undo_words"))
    return Reply("\n".join(lines), (undo, todo_button(t)))


@screen("date.reason", facts=item_facts)
def reason(values: Values, t: Words) -> Reply:
    """没办成: why, in one's own words."""
    return Reply(t("date.ask_reason", place=place(values["item"], t)), (back(t, "duty:page:1"),))


@screen("date.explained", facts=item_facts)
def explained(values: Values, t: Words) -> Reply:
    """The reason stands, nothing more is said; it can still be done."""
    item = values["item"]
    text = t("date.explained", place=place(item, t), reason=reason_words(item, t))
    undo = Choice(t("duty.unexplain"), f"date:unexplain:{item['duty_id']}", t.several("duty.unexplain_words"))
    return Reply(text, (done_button(item, t), undo, todo_button(t)))
