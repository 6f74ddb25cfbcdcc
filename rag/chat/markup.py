"""What the chat's page holds beside Gradio's parts: its head, what it shows first, its acts; in any language."""

from __future__ import annotations

from collections.abc import Sequence

from rag.chat.dialogue import Dialogue
from rag.locale import ENGLISH, Locale, script_json
from rag.rendering.wording import language_warning

FIRST = '<script src="pullquote/appearance.js" type="module" blocking="render"></script>'
"""Markup before the rest of the head: the colours and the size of the text that the reader has chosen."""
_OPENING = (
    '<main id="opening" class="{}"><h1>Pullquote</h1><div><section><p>{}</p>'
    '<p class="pq-scripts">{}</p></section><section class="pq-beginning">{}</section></div></main>'
)
_MESSAGES = '<script type="application/json" id="pq-messages">{}</script>'
_STYLE = '<link rel="stylesheet" href="pullquote/{}.css">'
_SCRIPT = '<script src="pullquote/{}.js" type="module"></script>'
_ACTS = {"new": "new", "save-md": "saveMarkdown", "save-json": "saveJson"}
_KEYS = ("keyQuestion", "keyEdit", "keyCitations", "keySelect", "keyFind", "keyShow")
_SECTIONS = ("chat", "display", "find", "history", "sources", "uploads")


def head(locale: Locale, styles: Sequence[str], scripts: Sequence[str]) -> str:
    """Write the end of a page's head: not as Gradio's own, which it loads only after its parts.

    :param locale: The reader's language.
    :param styles: Names of the style sheets, beside the one that all pages have.
    :param scripts: Names of the scripts.
    :return: HTML.
    """
    own = {name: locale.messages[name] for name in _SECTIONS}
    said = _MESSAGES.format(script_json({**own, "errors": locale.said("errors")}))
    return "".join([*map(_STYLE.format, ["chat", *styles]), said, *map(_SCRIPT.format, scripts)])


def opening(locale: Locale, first: str, *, taking: bool) -> str:
    """Write what the page shows before its scripts have come.

    :param locale: The reader's language.
    :param first: The beginning of what the pane shows first, HTML.
    :param taking: Whether readers may add documents.
    :return: HTML.
    """
    about, scripts = locale.message("page.about"), locale.message("page.scripts")
    return _OPENING.format("pq-taking" if taking else "", about, scripts, first)


def acts(locale: Locale) -> str:
    """Write what stands at the end of the head: links that the page's script acts on, and the keys.

    :param locale: The reader's language.
    :return: Markdown with embedded HTML.
    """
    new, *saving = (
        f'<a class="pq-act" href="#{act}">{locale.message(f"page.{name}")}</a>' for act, name in _ACTS.items()
    )
    keys = "".join(f"<li>{locale.message(f'page.{name}')}</li>" for name in _KEYS)
    # a narrow page has room for one of the two
    folded = _menu("pq-save", locale.message("page.save"), "".join(f"<li>{link}</li>" for link in saving))
    shown = f'<span class="pq-saving">{" ".join(saving)}</span>'
    return f"{new} {shown}\n\n{folded}{_menu('pq-keys', locale.message('page.keys'), keys)}"


def _menu(name: str, summary: str, items: str) -> str:
    return f'<details class="{name}"><summary>{summary}</summary><ul>{items}</ul></details>'


def report(locale: Locale, address: str) -> str:
    """Write the frame with the report of an evaluation.

    :param locale: The reader's language.
    :param address: Path of the report.
    :return: HTML.
    """
    return f'<iframe src="{address.lstrip("/")}" title="{locale.message("page.evaluation")}"></iframe>'


def texts(locale: Locale, dialogue: Dialogue, address: str) -> dict[str, str]:
    """Translate the texts that the chat is laid out with.

    :param locale: The reader's language.
    :param dialogue: Has the articles.
    :param address: Path of the report.
    :return: Each by the English one; nothing for English.
    """
    if locale is ENGLISH:
        return {}
    said = {ENGLISH.message(f"page.{name}"): locale.message(f"page.{name}") for name in ENGLISH.messages["page"]}
    said |= {acts(ENGLISH): acts(locale), report(ENGLISH, address): report(locale, address)}
    held = dialogue.assistant.held
    # what is not held may change before the page is opened, and is brought when it is
    if len(held) > 1 or (held and language_warning(held[0])):
        said[dialogue.pane("") or ""] = dialogue.pane("", (), locale) or ""
    return said
