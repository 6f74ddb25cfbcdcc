"""What the chat's page holds beside Gradio's parts."""

from __future__ import annotations

import json
import re

from index.article import Article
from index.build import build_index
from rag.answering.assistant import Assistant
from rag.chat import markup
from rag.chat.conversations import Conversations
from rag.chat.dialogue import Dialogue
from rag.locale import ENGLISH, LOCALES
from tests.conftest import WordEncoder, last_words

GERMAN = LOCALES["de"]


def _about(*articles: str) -> Dialogue:
    encoder = WordEncoder()
    index = build_index([Article(article) for article in articles], encoder)
    return Dialogue(Assistant(index, encoder, last_words(), 0.5), (), Conversations())


def test_the_head_holds_what_the_scripts_say() -> None:
    """In the reader's language, as JSON that no text can end, before the scripts."""
    head = markup.head(GERMAN, ["history"], ["chat"])
    assert re.findall(r'href="pullquote/(\w+)\.css"', head) == ["chat", "history"]
    said = re.search(r'<script type="application/json" id="pq-messages">(.*?)</script>(<script .*)', head)
    assert said
    assert json.loads(said[1])["chat"]["undo"] == "Rückgängig"
    assert said[2] == '<script src="pullquote/chat.js" type="module"></script>'


def test_what_is_laid_out_in_english_is_said_again() -> None:
    """Labels, acts, the report's title, and the list of several articles; nothing for English."""
    several = _about("Red apples grow in Kent.", "Pears grow in Devon.")
    assert markup.texts(ENGLISH, several, "/evaluation") == {}
    said = markup.texts(GERMAN, several, "/evaluation")
    assert said["Ask"] == "Fragen"
    assert ">Neuer Chat</a>" in said[markup.acts(ENGLISH)]
    assert said['<iframe src="evaluation" title="Evaluation"></iframe>'] == (
        '<iframe src="evaluation" title="Auswertung"></iframe>'
    )
    assert said[several.pane("") or ""].startswith("<p>2 Artikel.")
    alone = _about("Red apples grow in Kent.")
    assert alone.pane("") not in markup.texts(GERMAN, alone, "/evaluation")


def test_the_opening_shows_the_article_as_text() -> None:
    """Without links or ids, and escaped; there is room for what adds a document only where that is there."""
    dialogue = _about("<b>Red</b> apples grow in Kent.")
    opening = markup.opening(GERMAN, dialogue.beginning(GERMAN), taking=True)
    assert opening.startswith('<main id="opening" class="pq-taking"><h1>Pullquote</h1>')
    assert "&#60;b&#62;Red&#60;&#47;b&#62; apples" in opening
    assert GERMAN.message("page.scripts") in opening
    assert re.findall(r"<(a|b)\b| (id)=", opening.removeprefix('<main id="opening"')) == []
    assert 'class=""' in markup.opening(ENGLISH, "", taking=False)
