"""The pages, laid out with Gradio: the chat beside the article that it quotes, and the page of annotation."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial, wraps
from types import SimpleNamespace
from typing import Any
from weakref import ref

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported
os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = "1000000000"  # else it counts all events with pandas at each one
os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"  # else it keeps the last 10,000
# else it is /tmp/gradio, which another user of the machine can make first, and fill with pages that we would show
os.environ["GRADIO_TEMP_DIR"] = tempfile.mkdtemp(prefix="pullquote-")
atexit.register(shutil.rmtree, os.environ["GRADIO_TEMP_DIR"], ignore_errors=True)
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")  # read by what gradio imports

import gradio as gr
import gradio.queueing
import gradio.routes
import typer
from fastapi import FastAPI
from gradio.events import api

from index.errors import InputError
from index.fetching import fetched
from rag.annotation.desk import Desk, Step
from rag.annotation.form import Form
from rag.answering.answerer import Answerer
from rag.api import create_app, mounting
from rag.api.admission import AdmissionQueue
from rag.api.allowance import client_of
from rag.api.command import annotate_command, chat_command
from rag.api.listener import HOST
from rag.api.metrics import Metrics
from rag.api.middleware.log import log_current_error
from rag.api.middleware.opening import Beginning
from rag.api.page import create_page_app
from rag.api.problems import ServerBusyError, TurnedAwayError
from rag.api.routes.embed import STATIC
from rag.api.routes.report import EVALUATION
from rag.api.sessions import MOST as SESSIONS
from rag.api.settings import ApiSettings
from rag.api.standing import Standing
from rag.api.tool import ask_tool, list_tool
from rag.chat import markup
from rag.chat.conversations import Conversations, Speaker
from rag.chat.dialogue import Dialogue, Message
from rag.chat.feedback import Feedback
from rag.chat.starters import SHOWN, Starter
from rag.chat.uploads import Uploads
from rag.locale import ENGLISH, Locale
from rag.terminal import run

_ANNOTATING = (
    "Write questions about the article: select the words that answer each, or type them. "
    "Every change is written into the file at once."
)
_WORDS = "Select them in the article, or type them. Several may be right: add one after the other."
_DEFAULTS = ApiSettings()
_SAID = ENGLISH.message
"""Gradio lays a page out once; `Opening` puts the reader's language in the places of these texts."""

_PARTS = ("asked", "words", "unanswerable", "kind", "notes", "questions", "choice", "pane")
"""Of the page of annotation: what an act may change."""

Updates = tuple[Any, ...]
"""New values of components."""


@dataclass(frozen=True, slots=True)
class Events:
    """Takes Gradio's events to the dialogue and to the tool, and their replies back to Gradio's components.

    :param dialogue: Answers, and keeps what was said.
    :param queue: Where questions wait for their turn.
    :param choose: Chooses a reader's language by the header Accept-Language.
    """

    dialogue: Dialogue
    queue: AdmissionQueue
    choose: Callable[[str], Locale]

    async def ask(
        self, question: str, article: str, conversation: str, edited: str, own: str, request: gr.Request
    ) -> AsyncIterator[Updates]:
        """Answer a question, or ask it in the place of an earlier one; what came after that goes."""
        speaker = self._speaker(conversation, request)
        work = partial(self.dialogue.ask, speaker, question, own or article, edited)
        box: Any = ""  # emptied once: what is typed while the answer comes is the next question
        with _told(speaker.locale):
            async for messages in self.queue.steps(speaker.client, work):
                yield box, messages
                box = gr.skip()

    async def ask_again(
        self, command: str, article: str, conversation: str, own: str, request: gr.Request
    ) -> AsyncIterator[list[Message]]:
        """Ask a question again, as it was typed, in its place."""
        speaker = self._speaker(conversation, request)
        work = partial(self.dialogue.ask_again, speaker, command, own or article)
        with _told(speaker.locale):
            async for messages in self.queue.steps(speaker.client, work):
                yield messages

    def obey(self, command: str, conversation: str, request: gr.Request) -> Updates:
        """Do what the page's script asks for."""
        speaker = self._speaker(conversation, request)
        with _told(speaker.locale):
            shown = self.dialogue.obey(speaker, command)
        return _or_skip(shown.messages), _or_skip(shown.pane)

    def identify(self, conversation: str, request: gr.Request) -> None:
        """Take the conversation id that the page's script has just made."""
        self.dialogue.conversations.identify(request.session_hash or "", conversation)

    async def ask_article(self, question: str, request: gr.Request, article: str = "") -> str:  # noqa: D417  # Gradio gives it
        """Answer a question about an article in the article's own words, or tell that it does not say.

        The reply is JSON: status (answered, unsure, not_in_article, overview or small_talk), text (words of the
        article), confidence, spans and citations (the sentences that prove it, with offsets), closest (the sentences
        nearest to a question that the article does not answer). Where the status is unsure the words may be wrong:
        say so, and quote the sentence.

        Args:
            question: A question in English, at most 500 characters. It stands alone: nothing before it is remembered.
            article: Id of the only article to look in, or ids of some with commas between; all articles if empty.

        """
        with _told():
            return await ask_tool(self.dialogue.assistant, self.queue, client_of(request.client), question, article)

    def list_articles(self, words: str = "", offset: int = 0) -> str:  # Gradio gives the rest
        """List the articles that can be asked about, or search their titles.

        The reply is JSON: articles (id, title, url, and sha256, the digest of the text), total (how many there are, or
        are found), next (the offset of those that come next; null behind the last). At most 100 come at once.

        Args:
            words: Words of the title, or their beginnings; all articles if empty.
            offset: How many to leave out first.

        """
        with _told():
            return list_tool(self.dialogue.assistant, words, offset)

    def _speaker(self, conversation: str, request: gr.Request) -> Speaker:
        """Who asks: by the conversation id, or by Gradio's session, until the page's script has made the id."""
        key = self.dialogue.conversations.key(conversation, request.session_hash or "", request.state.arrived)
        return Speaker(key, client_of(request.client), self.locale(request))

    def locale(self, request: gr.Request) -> Locale:
        """Choose the language of the page that asks."""
        return self.choose(request.headers.get("accept-language", ""))


def _or_skip(value: Any) -> Any:
    return gr.skip() if value is None else value


@contextmanager
def _told(locale: Locale = ENGLISH) -> Iterator[None]:
    """Show the page, in its language, or tell the program, why something cannot be done."""
    try:
        yield
    except (InputError, TurnedAwayError) as error:
        # without the traceback, which may quote a question
        raise gr.Error(locale.translated(str(error)), print_exception=False) from error


def create_chat(events: Events, evaluated: bool = False) -> gr.Blocks:
    """Lay out the chat.

    :param events: What happens when a person does something.
    :param evaluated: Whether the report of an evaluation stands in a tab beside it.
    :return: The page, for `gradio.mount_gradio_app`.
    """
    blocks: gr.Blocks
    with gr.Blocks(title="Pullquote", analytics_enabled=False) as blocks:
        with gr.Row(elem_id="head"):
            gr.Markdown("# Pullquote", elem_id="about")
            gr.Markdown(markup.acts(ENGLISH), elem_id="more")
        # what the page's script tells the server: the conversation id, the question that is edited, the article and the
        # document that are asked about, what is to be done
        conversation, edited, choice, own, raw, command = (
            gr.Textbox(elem_id=f"pq-{name}", visible="hidden", show_label=False)
            for name in ("conversation", "edited", "choice", "own", "raw", "command")
        )
        lay_out = _tabs if evaluated else _columns
        log, box, buttons, pane = lay_out(events.dialogue)
        # Gradio's own signs of progress say it in the browser's language, and one of an error covers what was said.
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        asking: dict[str, Any] = {"concurrency_limit": None, **private}  # our own queue has a limit
        told = [choice, conversation, edited, own]
        box.submit(events.ask, [box, *told], [box, log], trigger_mode="always_last", **asking)
        for button in buttons:
            button.click(events.ask, [button, *told], [box, log], **asking)
        raw.change(events.ask_again, [raw, choice, conversation, own], log, trigger_mode="multiple", **asking)
        # Not queued: Gradio's page may lose the reply to an event that joins its queue while another one leaves it.
        unqueued: dict[str, Any] = {"queue": False, **private}
        conversation.change(events.identify, conversation, None, **unqueued)
        command.change(events.obey, [command, conversation], [log, pane], trigger_mode="multiple", **unqueued)
        # the page is laid out once, and the articles may change
        laid_out = ref(events.dialogue.assistant.state)

        def news(request: gr.Request) -> dict[Any, Any]:
            return _news(events.dialogue, laid_out, pane, buttons, events.locale(request))

        blocks.load(news, None, [pane, *buttons], **unqueued)
        # Not queued: for a queued tool, Gradio would call itself at the address that the client's Host header names.
        api(events.ask_article, api_name="ask_article", queue=False)
        api(events.list_articles, api_name="list_articles", queue=False)
    blocks.queue(max_size=64, api_open=False)
    return blocks


_Parts = tuple[gr.Chatbot, gr.Textbox, list[gr.Button], gr.Markdown]


def _tabs(dialogue: Dialogue) -> _Parts:
    with gr.Tabs():
        with gr.Tab(_SAID("page.chat")):
            parts = _columns(dialogue)
        with gr.Tab(_SAID("page.evaluation")):
            # Markdown, for Gradio's HTML would evaluate a script, which our policy forbids
            gr.Markdown(markup.report(ENGLISH, EVALUATION), elem_id="evaluation", sanitize_html=False)
    return parts


def _columns(dialogue: Dialogue) -> _Parts:
    with gr.Row(equal_height=False, elem_id="panes"):
        with gr.Column(scale=1, min_width=320, elem_id="asking"):
            log, box, buttons = _conversation(dialogue)
        with gr.Column(scale=1, min_width=320, elem_id="reading"):
            pane = gr.Markdown(dialogue.pane(""), elem_id="article", latex_delimiters=[])
    return log, box, buttons, pane


def _conversation(dialogue: Dialogue) -> tuple[gr.Chatbot, gr.Textbox, list[gr.Button]]:
    log = gr.Chatbot(
        elem_id="chat",
        label=_SAID("page.conversation"),
        height=None,  # the style gives it what is left of the window
        allow_tags=False,
        latex_delimiters=[],
        buttons=[],  # its copy button copies markup
        show_label=False,
        placeholder=_SAID("page.about"),
        autoscroll=False,  # the page's script scrolls: to the beginning of an answer, not to its end
    )
    # of articles that are not held, questions come when a page is opened; several servers lay out the same page
    begins = [one.question for one in dialogue.pool[:SHOWN]] if dialogue.assistant.held else [""] * SHOWN
    if begins:
        gr.Markdown(_SAID("page.begin"), elem_id="begin")
    with gr.Row(elem_id="starters"):
        buttons = [gr.Button(question, size="sm", visible=bool(question)) for question in begins]
    box = gr.Textbox(
        elem_id="question",
        label=_SAID("page.question"),
        placeholder=_SAID("page.example"),
        max_lines=4,
        submit_btn=_SAID("page.ask"),
        autofocus=True,
    )
    return log, box, buttons


def _news(
    dialogue: Dialogue, laid_out: ref[object], pane: gr.Markdown, buttons: Sequence[gr.Button], locale: Locale
) -> dict[Any, Any]:
    """Give a page that is opened the article and questions as they are, if the articles may have changed since."""
    if laid_out() is dialogue.assistant.state:
        return {pane: gr.skip()}
    questions = [gr.Button(starter.question, visible=True) for starter in dialogue.pool]
    hidden = [gr.Button(visible=False)] * len(buttons)
    shown = dialogue.pane("", (), locale)
    return {pane: shown, **dict(zip(buttons, [*questions, *hidden], strict=False))}


def _showing(act: Callable[..., Step]) -> Callable[..., Updates]:
    """Give what an act gives to the page's components."""

    @wraps(act)
    def shown(*given: Any) -> Updates:
        step = act(*given)
        choices = [(around, name) for name, around in step.offered.items()]
        offered = gr.CheckboxGroup(choices, value=list(step.offered), visible=bool(choices))
        return step.form, step.answers, step.said, offered, *(step.values.get(part, gr.skip()) for part in _PARTS)

    return shown


def create_annotation(desk: Desk) -> gr.Blocks:
    """Lay out the page on which a person writes questions.

    :param desk: What happens when they do something.
    :return: The page, for `gradio.mount_gradio_app`.
    """
    blocks: gr.Blocks
    with gr.Blocks(title="Pullquote: questions", analytics_enabled=False) as blocks:
        gr.Markdown(f"# Questions\n\n{_ANNOTATING}", elem_id="about")
        selected, command = (
            gr.Textbox(elem_id=f"pq-{name}", visible="hidden", show_label=False) for name in ("selected", "command")
        )
        form = gr.State(Form())
        with gr.Row(equal_height=False):
            with gr.Column(scale=1, min_width=320):
                choice, pane = _annotated(desk)
            with gr.Column(scale=1, min_width=320):
                part, buttons = _form()
        questions = gr.Markdown(elem_id="questions", latex_delimiters=[])
        part |= {"questions": questions, "choice": choice, "pane": pane}
        shown = [form, part["answers"], part["said"], part["offered"], *(part[name] for name in _PARTS)]
        # Not queued: Gradio's page may lose the reply to an event that joins its queue while another one leaves it.
        unqueued: dict[str, Any] = {"api_visibility": "private", "queue": False, "show_progress": "hidden"}
        blocks.load(desk.listing, None, questions, **unqueued)
        selected.change(_showing(desk.select), [selected, form], shown, trigger_mode="multiple", **unqueued)
        command.change(_showing(desk.obey), [command, form], shown, trigger_mode="multiple", **unqueued)
        answer = [form, part["words"], choice, part["offered"]]
        buttons["add"].click(_showing(desk.answer), answer, shown, **unqueued)
        saved = [form, part["asked"], *answer[1:], part["unanswerable"], part["kind"], part["notes"]]
        gr.on([buttons["save"].click, part["asked"].submit], _showing(desk.save), saved, shown, **unqueued)
        buttons["empty"].click(_showing(desk.empty), None, shown, **unqueued)
        choice.input(desk.turn_to, choice, pane, **unqueued)
    blocks.queue(api_open=False)
    return blocks


def _annotated(desk: Desk) -> tuple[gr.Dropdown, gr.Markdown]:
    articles = desk.annotation.articles
    choice = gr.Dropdown(
        [(article.title, article.id) for article in articles],
        value=articles[0].id,
        label="Article",
        elem_id="choice",
        visible=len(articles) > 1,
    )
    return choice, gr.Markdown(desk.turn_to(articles[0].id), elem_id="article", latex_delimiters=[])


def _form() -> tuple[dict[str, Any], dict[str, gr.Button]]:
    """Lay out the form: its parts by their names, and its buttons."""
    part: dict[str, Any] = {
        "asked": gr.Textbox(label="Question", elem_id="pq-asked", autofocus=True),
        "words": gr.Textbox(label="Words of the article that answer it", info=_WORDS, elem_id="pq-words", max_lines=4),
        "offered": gr.CheckboxGroup(label="Which of these places answer it?", visible=False, elem_id="pq-offered"),
    }
    buttons = {"add": gr.Button("Add to the right answers", elem_id="pq-add")}
    part["answers"] = gr.Markdown(elem_id="answers", latex_delimiters=[])
    part["unanswerable"] = gr.Checkbox(label="The article does not answer this", elem_id="pq-unanswerable")
    with gr.Row():
        part["kind"] = gr.Textbox(label="Type, if any", placeholder="who, when, list …", elem_id="pq-kind")
        part["notes"] = gr.Textbox(label="Notes, if any", elem_id="pq-notes")
    with gr.Row():
        buttons["save"] = gr.Button("Save", variant="primary", elem_id="pq-save")
        buttons["empty"] = gr.Button("Empty the form", elem_id="pq-empty")
    part["said"] = gr.Markdown(elem_id="said", latex_delimiters=[])
    return part, buttons


def create_annotator(desk: Desk, settings: ApiSettings = _DEFAULTS) -> FastAPI:
    """Mount the page of annotation on a web application of its own.

    :param desk: What happens when a person does something.
    :param settings: Who may use it, and from where.
    :return: The application to serve.
    """
    app = create_page_app(settings)
    head = markup.head(ENGLISH, ["annotate"], ["annotate"])
    _mount(app, create_annotation(desk), timedelta(days=1), lambda _: ENGLISH, lambda _: Beginning(head))
    return app


def _mount(
    app: FastAPI,
    blocks: gr.Blocks,
    idle: timedelta,
    choose: Callable[[str], Locale],
    beginning: Callable[[Locale], Beginning],
    mcp_server: bool = False,
) -> None:
    blocks.state_session_capacity = SESSIONS
    gr.mount_gradio_app(
        app,
        blocks,
        path="/",
        mcp_server=mcp_server,
        server_name=HOST,
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        show_error=False,
        favicon_path=str(STATIC / "favicon.svg"),
        theme=gr.themes.Default(
            primary_hue="blue", font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]
        ),
    )
    mounting.finish(app, blocks, idle, choose, beginning)
    for module in (gradio.queueing, gradio.routes):
        # else it prints the traceback of an error, and with it what a client sent
        module.traceback = SimpleNamespace(print_exc=log_current_error)  # type: ignore[attr-defined]


def create_ui(
    assistant: Answerer,
    pool: Sequence[Starter],
    feedback: Feedback | None = None,
    settings: ApiSettings = _DEFAULTS,
    evaluation: str = "",
    standing: Standing | None = None,
) -> FastAPI:
    """Mount the chat on the web application.

    :param assistant: Answers the questions.
    :param pool: Questions to begin with and to go on with.
    :param feedback: Where it is recorded which answers helped; without it nobody is asked.
    :param settings: What the server allows.
    :param evaluation: A page about an evaluation, shown in a tab; without it there are no tabs.
    :param standing: Whether the server takes questions; by default it does.
    :return: The application to serve.
    """
    queue = AdmissionQueue(settings.waiting, settings.at_once, settings.per_minute, Metrics(), settings.shared)
    conversations = Conversations()
    get = fetched if settings.fetch else None
    uploads = Uploads(assistant, conversations, settings.uploads, get=get) if settings.uploads else None
    dialogue = Dialogue(assistant, pool, conversations, feedback, uploads)
    app = create_app(assistant, conversations, queue, pool, settings, evaluation, uploads, standing)
    styles = ["history"] if settings.history else []
    scripts = ["chat", *(["uploads"] if uploads else []), *styles]

    def beginning(locale: Locale) -> Beginning:
        try:
            first = dialogue.beginning(locale)
        except ServerBusyError:
            # the page brings it when the articles can be reached again
            first = ""
        body = markup.opening(locale, first, taking=uploads is not None)
        head = markup.FIRST + markup.head(locale, styles, scripts)
        return Beginning(head, body, markup.texts(locale, dialogue, EVALUATION))

    chat = create_chat(Events(dialogue, queue, settings.locale), bool(evaluation))
    _mount(app, chat, timedelta(hours=1), settings.locale, beginning, mcp_server=True)
    return app


serve, annotate = chat_command(create_ui), annotate_command(create_annotator)
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.command()(serve)


def main() -> None:
    """Run the command."""
    run(app)


if __name__ == "__main__":
    main()
