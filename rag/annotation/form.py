"""The form of the annotation page: its state between two clicks, and how it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.errors import InputError
from rag.annotation.annotation import Annotation, Line
from rag.annotation.selection import Selection, Texts
from rag.question_sets.question import Place
from rag.rendering.escaping import escaped, one_line

SHOWN = 200
"""Questions of each sort that a page lists."""
_AROUND = 40
"""Code points shown on each side of words that stand at several places."""


@dataclass(frozen=True, slots=True)
class Form:
    """The state of a form.

    :param key: Of the line that is edited; empty for a new question.
    :param places: The right answers so far.
    :param chosen: The place of the words that were selected last.
    :param offered: Places of typed words that the article has more than once.
    :param dropped: The line that was taken out last, with its number, so that it can be put back.
    """

    key: str = ""
    places: tuple[Place, ...] = ()
    chosen: Place | None = None
    offered: tuple[Place, ...] = ()
    dropped: tuple[int, Line] | None = None

    @classmethod
    def of(cls, key: str, annotation: Annotation) -> Form:
        """Open a line for editing.

        :param key: Its key.
        :param annotation: The file.
        :raises InputError: If it is no longer there.
        """
        return cls(key, annotation.places(annotation.line(key)))

    def selected(self, message: str, texts: Texts) -> Form:
        """Take what was selected in the article.

        :param message: What the page's script sent.
        :param texts: The articles.
        :raises InputError: If the article has other words there.
        """
        return replace(self, chosen=texts.selected(Selection.parse(message)), offered=())

    def answered(self, words: str, article: str, ticked: Sequence[str], texts: Texts) -> Form:
        """Add words to the right answers.

        :param words: As they stand in the box.
        :param article: Id of the article that is shown.
        :param ticked: Of the places offered for these very words, those that are meant.
        :param texts: The articles.
        :return: The form with one more answer; or with places on offer, where the words stand at several.
        :raises InputError: If the article does not have the words, or none of the places is ticked.
        """
        if self.chosen and words.split() == texts.words(self.chosen).split():
            return self._with((self.chosen,))
        found = tuple(texts.found(article, words))
        if len(found) > 1 and found != self.offered:
            return replace(self, chosen=None, offered=found)
        meant = found if len(found) == 1 else tuple(one for one in found if name_of(one) in ticked)
        if not meant:
            raise InputError("None of the places is ticked. Tick those that answer the question, or empty the words.")
        return self._with(meant)

    def without(self, number: int) -> Form:
        """Take an answer out again.

        :param number: Its number, from 0.
        """
        return replace(self, places=self.places[:number] + self.places[number + 1 :])

    def _with(self, places: tuple[Place, ...]) -> Form:
        return replace(self, places=tuple(dict.fromkeys(self.places + places)), chosen=None, offered=())


def name_of(place: Place) -> str:
    """Name a place within its article."""
    return f"{place.start}-{place.end}"


def around(place: Place, texts: Texts) -> str:
    """Show words with what stands around them, on one line.

    :param place: Where they stand.
    :param texts: The articles.
    :return: Plain text.
    """
    text = texts.articles[place.article].text
    before, after = text[max(0, place.start - _AROUND) : place.start], text[place.end : place.end + _AROUND]
    return one_line(f"…{before}[{text[place.start : place.end]}]{after}…")


def answers_markdown(form: Form, texts: Texts) -> str:
    """List the right answers of a form, each with a link `#remove-<number>`.

    :param form: The form.
    :param texts: The articles.
    :return: HTML that Markdown leaves alone.
    """
    items = "".join(
        f"<li><mark>{_shown(texts.words(place))}</mark> characters {place.start} to {place.end} "
        f"{_action('remove', str(number), 'Remove', texts.words(place))}</li>"
        for number, place in enumerate(form.places)
    )
    return f"<p>Right answers:</p><ul>{items}</ul>" if items else ""


def lines_markdown(lines: Sequence[Line], name: str) -> str:
    """List the questions of a file: those that a machine made and nobody has looked at come first.

    :param lines: The lines.
    :param name: Of the file.
    :return: HTML that Markdown leaves alone, with links `#keep-<key>`, `#drop-`, `#edit-` and `#delete-`.
    """
    review = [line for line in lines if line.to_review]
    others = [line for line in reversed(lines) if not line.to_review]
    parts = [_list(f"To keep or drop, made by a machine: {len(review)}", review)] if review else []
    return "\n".join([*parts, _list(f"Questions in {name}: {len(others)}", others)])


def _list(title: str, lines: Sequence[Line]) -> str:
    more = f"<p>{len(lines) - SHOWN} more are in the file.</p>" if len(lines) > SHOWN else ""
    items = "".join(f"<li>{_item(line)}</li>" for line in lines[:SHOWN])
    return f"<h2>{escaped(one_line(title))}</h2><ul>{items}</ul>{more}"


def _item(line: Line) -> str:
    record = line.record
    if line.is_conversation:
        return f"<em>A conversation of {len(record['turns'])} turns; change it in the file.</em>"
    question = str(record["question"])
    answers = " · ".join(map(str, record.get("answers", ())))
    told = [answers or "The article does not answer this."]
    if line.to_review:
        told += [f"In: {proof}" for proof in record.get("evidence", ())]
    if line.to_review and "checked" in record:
        told.append(f"The assistant {record['checked']}: {record.get('note', '')}")
    actions = [("keep", "Keep"), ("drop", "Drop"), ("edit", "Edit")] if line.to_review else _OWN
    links = " ".join(_action(what, line.key, label, question) for what, label in actions)
    facts = "".join(f"<br>{_shown(text)}" for text in told)
    return f"<strong>{_shown(question)}</strong>{facts}<br>{links}"


_OWN = [("edit", "Edit"), ("delete", "Delete")]


def _action(what: str, which: str, label: str, about: str) -> str:
    aside = f'<span class="pq-aside">: {_shown(about)}</span>'
    return f'<a class="pq-act" href="#{what}-{which}">{label}{aside}</a>'


def _shown(text: str) -> str:
    return escaped(one_line(text))
