"""What the chat does when a person acts, and how it shows a conversation: as messages that grow with the answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from index.errors import InputError
from index.sentences import split
from index.store import SentenceIndex
from rag.answer import Answer, Status, Turn
from rag.answering.answerer import Answerer
from rag.answering.edition import Retrieved
from rag.answering.several import steps_of_all
from rag.chat.conversations import LONGEST as MOST_TURNS
from rag.chat.conversations import Conversations, Speaker
from rag.chat.feedback import Feedback
from rag.chat.starters import Starter, following
from rag.chat.uploads import Uploads, is_own
from rag.locale import ENGLISH, Locale
from rag.rendering.bubble import bubble, helpful, thanks
from rag.rendering.escaping import escaped
from rag.rendering.markdown import article_markdown, contents_markdown
from rag.understanding.interpretation import check_characters

MINE = "my-documents"
"""In the place of an article's id, which has no hyphen: all documents of the conversation."""
EVERYTHING = "all-together"
"""Likewise: these, and the articles that everybody may read."""
_LIBRARY = "the-articles"
"""Likewise: the articles that everybody may read."""
_BEGINNING = 100
"""Sentences of an article that the first HTML has: more than a window shows."""
_ONCE = re.compile(r'</?a\b[^>]*>| id="[^"]*"')
"""Links and ids, which the pane brings again."""
_LONGEST = 1_000
"""Code points of a question that are kept: enough to see that it is too long."""
_COMMAND = re.compile(
    r"(?P<what>resume|open|show|new|undo|end|helped|failed) (?P<which>[\w-]{1,64}) (?P<number>[0-9]{1,9})"
)
"""What the page's script sends. It is numbered, so that the same command given twice is a change of the text box, and
so that the page knows which command a pane answers."""
_NUMBER = re.compile(r"(?P<number>[0-9]{1,9})(?: .*)?")

Message = dict[str, str]
Show = Callable[[list[Message]], None]
"""Is called with the whole conversation, each time that more of the answer is known."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page is to show; what is None stays as it is.

    :param messages: The conversation.
    :param pane: The article, as Markdown.
    """

    messages: list[Message] | None = None
    pane: str | None = None


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Answers the questions of conversations and keeps what was said; several threads may use it.

    :param assistant: Answers the questions.
    :param pool: Questions to go on with.
    :param conversations: What was said.
    :param feedback: Where it is recorded which answers helped; without it nobody is asked.
    :param uploads: Documents that people have brought; without it they bring none.
    """

    assistant: Answerer
    pool: Sequence[Starter]
    conversations: Conversations
    feedback: Feedback | None = None
    uploads: Uploads | None = None

    def ask(self, speaker: Speaker, question: str, article: str, edited: str, show: Show) -> Answer:
        """Answer a question at the end of a conversation, or in the place of an earlier question.

        :param speaker: Who asks.
        :param question: The question.
        :param article: Id of the only article or document to look in, ids of some articles with commas between, `MINE`
            for all documents of the conversation, or `EVERYTHING`; all articles if empty.
        :param edited: Number of the question, from 0, that this one takes the place of: it goes, with all that came
            after it. Nothing is replaced if it is no number.
        :param show: Shows the conversation.
        :return: The answer.
        :raises InputError: If no article or document has that id, or the question holds half of a surrogate pair.
        """
        check_characters(question)
        with self.conversations.locked(speaker.key):
            before = self.conversations.of(speaker.key)[: _number(edited)]
            return self._answered(speaker, question[:_LONGEST], article, before, (), show)

    def ask_again(self, speaker: Speaker, command: str, article: str, show: Show) -> Answer:
        """Ask a question once more in its place, and search for exactly what was typed.

        :param speaker: Who asks.
        :param command: Number of the question, from 0, and the number of the command.
        :param article: Id of the only article or document to look in, ids of some articles with commas between, `MINE`
            for all documents of the conversation, or `EVERYTHING`; all articles if empty.
        :param show: Shows the conversation.
        :return: The answer.
        :raises InputError: If there is no such question, or no article or document has that id.
        """
        with self.conversations.locked(speaker.key):
            place, turns = _number(command), self.conversations.of(speaker.key)
            if place is None or place >= len(turns):
                raise InputError("This question is no longer in the conversation. Type it again.")
            before, after = turns[:place], turns[place + 1 :]
            return self._answered(speaker, turns[place].question, article, before, after, show, literally=True)

    def obey(self, speaker: Speaker, command: str) -> Shown:
        """Do what the page's script asks for: go on after a reload, open an article, or show all as it is now.

        A new chat puts what was said aside, under another id, until it is undone or ended.

        :param speaker: Whose page it is.
        :param command: As the script sends it.
        :return: What to show; nothing for an unknown command.
        :raises InputError: If what a reader says of an answer cannot be recorded.
        """
        match = _COMMAND.fullmatch(command)
        what, which, number = match.group("what", "which", "number") if match else ("", "", "")
        if what == "new":
            self._set_aside(speaker, which)
            return Shown(self.messages(self.conversations.of(speaker.key), locale=speaker.locale))
        if what in ("resume", "undo"):
            if self.uploads:
                self.uploads.share(which, speaker)
            # what is asked for once more is there already
            turns = self.conversations.resume(which, speaker) or self.conversations.of(speaker.key)
            if what == "undo":
                self._forget(which)
            return Shown(self.messages(turns, locale=speaker.locale))
        if what == "end":
            self._forget(which)
            return Shown()
        if what in ("helped", "failed"):
            return Shown(self._judged(speaker, _number(which), what == "helped"))
        if not what:
            return Shown()
        turns = self.conversations.of(speaker.key)
        article = "" if which == _LIBRARY else which
        pane = self._chosen(speaker, which) or self.pane(article, turns, speaker.locale)
        numbered = pane and f'{pane}\n<div id="pq-pane-{int(number)}"></div>'
        return Shown(self.messages(turns, locale=speaker.locale) if what == "show" else None, numbered)

    def messages(self, turns: Sequence[Turn], first: int = 0, locale: Locale = ENGLISH) -> list[Message]:
        """Write what was said; the last answer offers questions to go on with.

        :param turns: What was said.
        :param first: Number of its first turn in the whole conversation.
        :param locale: The language of all that is not quoted.
        :return: The messages, two for each turn.
        """
        messages: list[Message] = []
        # a person's own documents too: where there are several articles, each answer names the one that it quotes
        known = {article.id: article for turn in turns for article in turn.answer.versions}
        known |= {article.id: article for article in self.assistant.held}
        for number, turn in enumerate(turns, start=first):
            last = turn is turns[-1] and turn.answer.given
            suggestions = following(self.pool, turns) if last else ()
            # what it quotes as it was, whatever the others are now
            articles = known | {article.id: article for article in turn.answer.versions}
            linked = not any(is_own(version.id) for version in turn.answer.versions)
            judging = thanks(locale) if turn.helped is not None else helpful(number, locale) if self._asks(turn) else ""
            text = bubble(
                turn.answer,
                tuple(articles.values()),
                number,
                suggestions,
                judging,
                linked=linked,
                titled=self.assistant.several,
                locale=locale,
            )
            messages += [_asked(turn.question), _reply(text)]
        return messages

    def pane(self, article: str, turns: Sequence[Turn] = (), locale: Locale = ENGLISH) -> str | None:
        """Write an article for the pane beside the conversation.

        :param article: Its id or version; without one it is the only article, or the list of them.
        :param turns: A conversation whose earlier versions of articles may be shown, too.
        :param locale: The language of all that is not the article's.
        :return: Markdown; None if no article has that id.
        """
        if not article:
            return self._first(locale)
        index = self.assistant.holding([article])
        place = index.place_of(article) if index else None
        if index and place is not None:
            return _written(index, place, locale)
        quoted = (version for turn in turns for version in turn.answer.versions)
        earlier = next((version for version in quoted if version.version == article), None)
        if earlier is None:
            return None
        return article_markdown(earlier, split(earlier), locale.message("pane.earlier"), locale)

    def beginning(self, locale: Locale = ENGLISH) -> str:
        """Write the beginning of what the pane shows first, for a page whose scripts have not come.

        :param locale: The language of all that is not the article's.
        :return: HTML without a link or an id; all text of others is escaped.
        """
        return _ONCE.sub("", self._first(locale, _BEGINNING))

    def _first(self, locale: Locale, most: int | None = None) -> str:
        """Write what the pane shows first: the list of the articles, or the only one, so many sentences of it."""
        listing = self.assistant.listed()
        index = self.assistant.holding([listing.entries[0].id]) if listing.total == 1 else None
        if index is None:
            return contents_markdown(listing.entries, locale, listing.total)
        return _written(index, index.places[listing.entries[0].id], locale, most)

    def _asks(self, turn: Turn) -> bool:
        """Whether it is asked if an answer helped."""
        small_talk = turn.answer.status is Status.SMALL_TALK
        own = any(is_own(version.id) for version in turn.answer.versions)
        return not (self.feedback is None or turn.helped is not None or turn.told or small_talk or own)

    def _judged(self, speaker: Speaker, number: int | None, helped: bool) -> list[Message] | None:
        """Record whether an answer helped; what is not asked for is not recorded."""
        # an answer that is under way is kept first, and stays
        with self.conversations.locked(speaker.key):
            turns = self.conversations.of(speaker.key)
            if self.feedback is None or number is None or number >= len(turns):
                return None
            turn = turns[number]
            if not self._asks(turn):
                return None
            self.feedback.record(turn.answer, helped, speaker.client)
            turns = (*turns[:number], replace(turn, helped=helped), *turns[number + 1 :])
            self.conversations.keep(speaker, turns)
        return self.messages(turns, locale=speaker.locale)

    def _set_aside(self, speaker: Speaker, aside: str) -> None:
        """Move what was said, and the documents that it was said about, to another id."""
        other = Speaker(aside, speaker.client)
        if self.uploads:
            self.uploads.share(speaker.key, other)
            # the page may be closed before it is undone
            self.uploads.leave(aside)
            self.uploads.drop(speaker.key)
        # an answer that is under way is kept first, and then goes, too
        with self.conversations.locked(speaker.key):
            if self.conversations.of(aside):
                return  # asked for once more
            self.conversations.resume(speaker.key, other)
            self.conversations.keep(speaker, ())

    def _forget(self, key: str) -> None:
        if self.uploads:
            self.uploads.drop(key)
        self.conversations.forget(key)

    def _chosen(self, speaker: Speaker, article: str) -> str | None:
        """Write a document of the conversation for the pane; None if it has none of that id or version."""
        own = self.uploads.of(speaker.key) if self.uploads else None
        place = own.index.place_of(article) if own else None
        return _written(own.index, place, speaker.locale) if own and place is not None else None

    def _steps(
        self, speaker: Speaker, question: str, before: Sequence[Turn], article: str, *, literally: bool
    ) -> Iterator[Retrieved | Answer]:
        """Ask about articles, or about documents of the conversation."""
        if article not in (MINE, EVERYTHING) and not is_own(article):
            wanted = article.split(",") if article else []
            # an article may be removed while a page still has it chosen
            index = self.assistant.holding(wanted) if wanted else None
            here = [one for one in wanted if index and index.place_of(one) is not None]
            if wanted and not here:
                raise InputError("What you ask about is no longer here. Choose another article.")
            return self.assistant.steps(question, before, here or None, literally=literally)
        own = self.uploads.of(speaker.key) if self.uploads else None
        if own is None or article not in (MINE, EVERYTHING, *own.index.places):
            raise InputError("Your document is no longer here. Add it again, or ask about another one.")
        if article == EVERYTHING:
            return steps_of_all((own, self.assistant), question, before, literally=literally)
        return own.steps(question, before, None if article == MINE else article, literally=literally)

    def _answered(
        self,
        speaker: Speaker,
        question: str,
        article: str,
        before: tuple[Turn, ...],
        after: tuple[Turn, ...],
        show: Show,
        *,
        literally: bool = False,
    ) -> Answer:
        """Answer a question between other turns, show each step, and keep what was said."""
        locale = speaker.locale
        earlier, later = self.messages(before, 0, locale), self.messages(after, len(before) + 1, locale)
        asked, steps = _asked(question), self._steps(speaker, question, before, article, literally=literally)
        show([*earlier, asked, _step(locale.message("bubble.searching")), *later])
        for step in steps:
            if isinstance(step, Answer):
                # what went with its document meanwhile stays gone
                left = {id(turn) for turn in self.conversations.of(speaker.key)}
                still = [[turn for turn in part if id(turn) in left] for part in (before, after)]
                # what is kept, no more: the page names a question by its number
                turns = (*still[0], Turn(question, step), *still[1])[-MOST_TURNS:]
                self.conversations.keep(speaker, turns)
                show(self.messages(turns, locale=locale))
                return step
            count = sum(len(passage.sentences) for passage in step.passages)
            show([*earlier, asked, _step(locale.message("bubble.reading", count=count)), *later])
        raise TypeError("the assistant gave no answer")


def _written(index: SentenceIndex, place: int, locale: Locale, most: int | None = None) -> str:
    sentences = [index.sentences[row].sentence for row in index.rows_of(place)[:most]]
    return article_markdown(index.articles[place], sentences, locale=locale)


def _number(text: str) -> int | None:
    """Read the number that a text of the page begins with."""
    match = _NUMBER.fullmatch(text)
    return int(match["number"]) if match else None


def _asked(question: str) -> Message:
    return {"role": "user", "content": escaped(" ".join(question.split())) or "…"}


def _reply(content: str) -> Message:
    return {"role": "assistant", "content": content}


def _step(said: str) -> Message:
    return _reply(f'<span class="pq-step">{said}</span>')
