"""What happens when a person writes questions about articles. Each action returns what the page then shows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from index.errors import InputError
from rag.annotation.annotation import Annotation, Written
from rag.annotation.form import Form, answers_markdown, around, lines_markdown, name_of
from rag.rendering.escaping import escaped, one_line
from rag.rendering.markdown import article_markdown

_UNDO = '<a class="pq-act" href="#undo-">Undo</a>'
_COMMAND = re.compile(r"(?P<what>keep|drop|delete|edit|remove|undo) (?P<which>[0-9a-f]{0,16}) \d{1,9}")
"""What the page's script sends. It is numbered, so that the same command given twice is a change of the text box."""
_EMPTY_FORM: dict[str, Any] = {"asked": "", "words": "", "unanswerable": False, "kind": "", "notes": ""}


@dataclass(frozen=True, slots=True)
class Step:
    """What a page shows after an action.

    :param answers: The right answers so far, as Markdown.
    :param said: What is told, as Markdown.
    :param offered: Places to choose from: what stands around each, by its name.
    :param values: New values of the page's parts, by the name of the part; the others stay.
    """

    form: Form
    answers: str
    said: str
    offered: Mapping[str, str]
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """What happens when a person writes questions about articles.

    :param annotation: The file and the articles.
    """

    annotation: Annotation

    def select(self, message: str, form: Form) -> Step:
        """Take the words that were selected in the article."""
        try:
            form = form.selected(message, self.annotation.texts)
        except InputError as error:
            return self._shown(form, str(error))
        place = form.chosen
        said = f"Selected: characters {place.start} to {place.end} of the article." if place else ""
        return self._shown(form, said, words=self.annotation.texts.words(place) if place else "")

    def answer(self, form: Form, words: str, article: str, ticked: list[str] | None) -> Step:
        """Add the words to the right answers, or ask which place of several is meant."""
        try:
            form = form.answered(words, article, ticked or [], self.annotation.texts)
        except InputError as error:
            return self._shown(form, str(error))
        if form.offered:
            said = f"These words stand at {len(form.offered)} places. Untick those that are no answer, and add again."
            return self._shown(form, said)
        return self._shown(form, "Added to the right answers.", words="")

    def save(
        self,
        form: Form,
        asked: str,
        words: str,
        article: str,
        ticked: list[str] | None,
        unanswerable: bool,
        kind: str,
        notes: str,
    ) -> Step:
        """Write the question into the file; words that were not added yet are, if they are the only ones."""
        if words.strip() and not unanswerable:
            if form.places:
                return self._shown(form, "These words are not added yet. Add them, or empty their box; then save.")
            step = self.answer(form, words, article, ticked)
            form = step.form
            if not form.places:
                return step
        said = Written(asked, article, form.places, not unanswerable, kind.strip(), notes.strip())
        try:
            name = self.annotation.edit(form.key, said) if form.key else self.annotation.add(said)
            return self._shown(Form(), f"Saved as {name}.", questions=self.listing(), **_EMPTY_FORM)
        except InputError as error:
            return self._shown(form, str(error))

    def obey(self, command: str, form: Form) -> Step:
        """Do what a link in a list says."""
        match = _COMMAND.fullmatch(command)
        what, which = match.group("what", "which") if match else ("", "")
        try:
            if what == "edit":
                return self._edited(which)
            if what == "remove" and which.isdigit():
                return self._shown(form.without(int(which)), "Removed from the right answers.")
            if what == "keep":
                self.annotation.keep(which)
                return self._shown(form, "Kept.", questions=self.listing())
            if what in ("drop", "delete"):
                form = replace(form, dropped=self.annotation.drop(which), key="" if form.key == which else form.key)
                return self._shown(form, "Taken out of the file.", _UNDO, questions=self.listing())
            if what == "undo" and form.dropped:
                self.annotation.put_back(*form.dropped)
                return self._shown(replace(form, dropped=None), "Put back.", questions=self.listing())
        except InputError as error:
            return self._shown(form, str(error))
        return self._shown(form, "")

    def empty(self) -> Step:
        """Empty the form."""
        return self._shown(Form(), "", **_EMPTY_FORM)

    def turn_to(self, article: str) -> str:
        """Write an article for the pane."""
        texts = self.annotation.texts
        return article_markdown(texts.articles[article], texts.sentences[article]) if article in texts.articles else ""

    def listing(self) -> str:
        """List the questions of the file."""
        return lines_markdown(self.annotation.lines(), self.annotation.path.name)

    def _edited(self, key: str) -> Step:
        line, form = self.annotation.line(key), Form.of(key, self.annotation)
        record = line.record
        article = form.places[0].article if form.places else str(record.get("article", ""))
        parts: dict[str, Any] = {
            "asked": str(record["question"]),
            "words": "",
            "unanswerable": record.get("answerable", bool(record.get("answers"))) is False,
            "kind": str(record.get("type", "")),
            "notes": str(record.get("notes", "")),
        }
        if article in self.annotation.texts.articles:
            parts |= {"choice": article, "pane": self.turn_to(article)}
        said = "Editing; what is saved takes the question's place."
        if record.get("answers") and not form.places:
            said += " Its right answers have no exact places; they stay unless you add some."
        return self._shown(form, said, **parts)

    def _shown(self, form: Form, said: str, more: str = "", **values: Any) -> Step:
        texts = self.annotation.texts
        offered = {name_of(place): around(place, texts) for place in form.offered}
        said = f"<p>{escaped(one_line(said))} {more}</p>" if said else ""
        return Step(form, answers_markdown(form, texts), said, offered, values)
