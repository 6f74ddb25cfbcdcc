"""The tables of languages: the same everywhere, used whole, and nothing said beside them."""

from __future__ import annotations

import ast
import gzip
import json
import re
from time import perf_counter

import pytest

from index.errors import InputError
from rag.api.problems import ServerBusyError
from rag.api.routes.embed import widget_script
from rag.api.settings import ApiSettings
from rag.language.identification import LANGUAGES
from rag.locale import ENGLISH, LOCALES, Locale, preferred, script_json
from rag.understanding.small_talk import LONGEST, SmallTalk
from tests.conftest import ROOT

STATIC = ROOT / "rag" / "api" / "static"
SCRIPTS = {path.name: path.read_text(encoding="utf-8") for path in STATIC.glob("*.js")}
NAMED = re.compile(r"\{(\w+)\}")
FOREIGN = [name for name in LOCALES if name != "en"]
NO_WORDS = {
    "ArrowDown", "ArrowLeft", "ArrowRight", "ArrowUp", "Content-Type", "Enter", "Esc", "Escape", "Files", "KeyA",
    "KeyJ", "KeyK", "KeyQ", "Retry-After",
    "Attempting reconnection", "Error",  # Gradio's
    "What is “${asked}”?",  # a question, which is asked in English
    "SyntaxError", "TypeError", "Pullquote: ${message}", "the reply has no end",  # for the console
}  # fmt: skip
"""Literals of the scripts that look like words for readers, and are none."""


def _literals(script: str) -> list[str]:
    """What a script has in quotes, without comments; of a template, also what stands in its braces."""
    code = re.sub(r"^\s*//.*|/\*.*?\*/|(?<=[;,({ ]) // .*", "", script, flags=re.MULTILINE)
    return [
        literal[1:-1] for literal in re.findall(r""""(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`""", code)
    ]


def _forms(locale: Locale, section: str) -> list[str]:
    """All texts of a section, each in all its forms by number."""
    texts = locale.messages[section].values()
    return [form for text in texts for form in ([text] if isinstance(text, str) else text.values())]


@pytest.mark.parametrize("language", FOREIGN)
def test_each_language_says_all_that_english_says(language: str) -> None:
    """Section by section, in the same order, with the same placeholders; no sentence is left in English."""
    table = LOCALES[language].messages
    assert list(table) == list(ENGLISH.messages)
    plural = {"zero", "one", "two", "few", "many", "other"}
    for section, english in ENGLISH.messages.items():
        assert list(table[section]) == list(english), section
        for key, message in english.items():
            told = table[section][key]
            assert type(told) is type(message), key
            forms = [told] if isinstance(told, str) else list(told.values())
            assert isinstance(told, str) or ("other" in told and set(told) <= plural), key
            expected = NAMED.findall(message if isinstance(message, str) else message["other"])
            assert [sorted(NAMED.findall(form)) for form in forms] == [sorted(expected)] * len(forms), key
            assert all(form.strip() == form for form in forms), key
            if isinstance(message, str) and len(re.findall(r"[a-z]{3,}", message)) > 2:
                assert told != message, key


def test_every_text_is_used() -> None:
    """By the scripts, the frame's page or the server; and what they ask for is there."""
    code = [path.read_text(encoding="utf-8") for path in [ROOT / "ui.py", *(ROOT / "rag").rglob("*.py")]]
    code = [text for text in code if "rag.locale" in text]
    page = (STATIC / "embed.html").read_text(encoding="utf-8")
    asked = set(re.findall(rf"\b(?:{'|'.join(ENGLISH.messages)})\.\w+", "\n".join([*SCRIPTS.values(), page])))
    quoted = set(re.findall(r"[\"'{](\w+)[\"'}]", "\n".join(code)))
    labels = set(re.findall(r'"(\w+)"', SCRIPTS["widget.js"]))
    errors = set(ENGLISH.messages["errors"])  # they are looked for by their text
    listed = {"errors": errors, "languages": set(LANGUAGES.values()), "talk": {str(kind) for kind in SmallTalk}}
    for section, messages in ENGLISH.messages.items():
        called = {key.split(".")[1] for key in asked if key.startswith(f"{section}.")}
        server = set(re.findall(rf"\b{section}\.(\w+)", "\n".join(code)))
        used = called | server | quoted | (labels if section in ("answer", "widget") else set())
        assert set(messages) - used - listed.get(section, set()) == set(), section
        # `text.length` and the like are no texts of a table
        said = set(re.findall(rf'"{section}\.(\w+)"', "\n".join(SCRIPTS.values())))
        assert (said | listed.get(section, set())) - set(messages) == set(), section


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_no_script_says_anything_beside_the_tables(name: str) -> None:
    """A literal with a capital or three words in a row is taken for words; what speaks to owners is in the console."""
    script = SCRIPTS[name]
    if name == "widget.js":
        # its style, and what it tells the owners of a page
        script = re.sub(
            r"const STYLE = `.*?`;|^  function refusal\(.*?^  // What a request", "", script, flags=re.M | re.S
        )
        script = re.sub(r"throw new Failure\(.*|tell\(`.*", "", script)
    literals = [one for one in _literals(script) if re.match(r"[A-Z][a-z]|.*\b[a-z]+ [a-z]+ [a-z]+\b", one, re.S)]
    assert [one for one in literals if one not in NO_WORDS] == []
    assert not re.search(r"content: \"[^\"]*[a-z]{2}", "".join(path.read_text() for path in STATIC.glob("*.css")))


def test_the_reader_chooses_the_language() -> None:
    """By what their browser likes best of what there is; whatever else a header holds does no harm."""
    for header, language in {
        "de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7": "de",
        "xx-CH, de-AT;q=0.9, en;q=0.8": "de",
        "en-GB,de;q=0.9": "en",
        "de;q=0.3, en;q=0.4": "en",
        "de;q=0, en;q=0.1": "en",
        "DE": "de",
        "": "en",
        "*": "en",
        "xx, ../../de, de;q=9": "en",
        ",;q=" * 10_000 + "de": "en",
    }.items():
        assert preferred(header).language == language, header
    assert ApiSettings().locale("de").language == "de"
    assert ApiSettings(language="de").locale("en").language == "de"
    known = ", ".join(("auto", *LOCALES))
    with pytest.raises(InputError, match=rf"--language 'xx' is not known here\. Give one of {known}\."):
        ApiSettings(language="xx")


def test_what_is_part_of_an_answer_is_said_again() -> None:
    """Small talk is sealed in English; other words stay as they are."""
    german = LOCALES["de"]
    replies = [ENGLISH.message(f"talk.{kind}") for kind in SmallTalk]
    assert [german.translated(reply) for reply in replies] == [german.message(f"talk.{kind}") for kind in SmallTalk]
    assert [ENGLISH.translated(reply) for reply in replies] == replies
    assert german.translated("Kent") == "Kent"
    assert german.said("talk")["Goodbye!"] == "Auf Wiedersehen!"
    assert ENGLISH.said("talk") == {}
    assert all(str(LONGEST) in locale.message("talk.too_long") for locale in LOCALES.values())
    assert german.message("languages.French") == "Französisch"
    with pytest.raises(TypeError, match=r"embed\.later depends on a number"):
        german.message("embed.later", count=1)


def test_errors_are_said_as_they_are_raised() -> None:
    """Each English text stands in the code, where `index` does not know this table; its other languages follow it."""
    raised = set()
    for path in [*(ROOT / "index").rglob("*.py"), *(ROOT / "rag").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                parts = [part.value if isinstance(part, ast.Constant) else "{}" for part in node.values]
                raised.add("".join(map(str, parts)))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                raised.add(node.value)
    texts = [re.sub(r"\{\w+\}", "{}", str(text)) for text in ENGLISH.messages["errors"].values()]
    # what is wrong with a file is told behind its name
    assert [text for text in texts if not {text, text.removeprefix("{} ")} & raised] == []
    german = LOCALES["de"].translated
    assert german(str(ServerBusyError("Too many questions are waiting."))) == (
        "Gerade warten zu viele Fragen. Versuchen Sie es in 5 s noch einmal."
    )
    assert german("My\nfile is an Excel workbook. Save it as PDF.") == (
        "My\nfile ist eine Excel-Arbeitsmappe. Speichern Sie die Datei als PDF."
    )
    assert german(
        "These 3 articles have 30,100 sentences together; of some articles, at most 30,000 are searched. Ask about "
        "fewer, or about all."
    ) == (
        "Diese 3 Artikel haben zusammen 30.100 Sätze; bei einer Auswahl werden höchstens 30.000 durchsucht. Fragen Sie "
        "zu weniger Artikeln oder zu allen."
    )


def test_a_hostile_text_is_not_looked_up() -> None:
    """It would fit the beginnings of several patterns at each place, which takes minutes."""
    hostile = "x is damaged, or no usable (" * 2_200
    assert len(hostile) > 60_000
    began = perf_counter()
    assert LOCALES["de"].translated(hostile) == hostile
    assert LOCALES["de"].translated(hostile[:1_000]) == hostile[:1_000]
    assert perf_counter() - began < 1
    ours = [form for locale in LOCALES.values() for section in ("errors", "talk") for form in _forms(locale, section)]
    assert max(map(len, ours)) < 500


def test_the_widget_stays_small() -> None:
    """With all languages in it."""
    assert len(gzip.compress(widget_script())) <= 30_000


def test_a_table_ends_no_script() -> None:
    """Whatever stands in it."""
    written = script_json({"a": "</script><script>"})
    assert "<" not in written
    assert json.loads(written) == {"a": "</script><script>"}
    for locale in LOCALES.values():
        for section in locale.messages:
            forms = _forms(locale, section)
            plain = [re.sub("</?kbd>", "", form) for form in forms] if section == "page" else forms
            assert [form for form in plain if re.search("[<>&]", form)] == [], locale.language
