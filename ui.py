"""The chat: a conversation on the left, the article it quotes on the right."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported
os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = "1000000000"  # else it counts all events with pandas at each one

import gradio as gr
import typer
from fastapi import FastAPI
from gradio.events import api

from index.errors import InputError
from index.weights import cache_folder
from rag.annotation.annotation import Annotation
from rag.annotation.desk import Desk, Step
from rag.annotation.form import Form
from rag.answer import Turn
from rag.answering.assistant import Assistant
from rag.api import create_app
from rag.api.hosts import Hosts
from rag.api.line import Tool
from rag.api.listener import HOST, PORT, address_of, listen, run_server
from rag.api.middleware.log import log_to_stderr
from rag.api.page import create_page_app
from rag.api.routes.report import EVALUATION
from rag.api.settings import ApiSettings
from rag.chat.conversations import Conversations
from rag.chat.dialogue import Dialogue
from rag.chat.feedback import Feedback
from rag.chat.starters import SHOWN, Starter, starters
from rag.evaluation import report
from rag.evaluation.saved import read_run
from rag.reading.calibration import Caution
from rag.terminal import (
    CautionOption,
    EncoderOption,
    IndexOption,
    ReaderOption,
    errors,
    find_source,
    open_assistant,
    read_articles,
    run,
)

_ABOUT = (
    "Ask about the article. Every answer is quoted from it word for word; click a citation to stand in front of it. "
    "When the article does not say, I say so."
)
_KEYS = (
    '<details class="pq-keys"><summary>Keyboard</summary><ul>'
    "<li><kbd>Alt</kbd>+<kbd>Q</kbd> to the question</li>"
    "<li><kbd>↑</kbd> in the empty box: edit the last question</li>"
    "<li><kbd>Alt</kbd>+<kbd>J</kbd>, <kbd>Alt</kbd>+<kbd>K</kbd> next and previous citation</li>"
    "<li><kbd>Enter</kbd> on a citation shows it in the article, <kbd>Esc</kbd> leads back</li></ul></details>"
)
_SAVE = '<a class="pq-act" href="#save-md">Save as Markdown</a> <a class="pq-act" href="#save-json">Save as JSON</a>'
_ANNOTATING = (
    "Write questions about the article: select the words that answer each, or type them. "
    "Every change is written into the file at once."
)
_WORDS = "Select them in the article, or type them. Several may be right: add one after the other."
_STYLE = '<link rel="stylesheet" href="/pullquote/{}.css">'
_SCRIPT = '<script src="/pullquote/{}.js" type="module"></script>'
_KEPT = 1_000
"""Code points of what was typed that are kept: enough to see that it was too long."""
_ORDER = re.compile(r"(?P<what>resume|open) (?P<which>[\w-]{1,64}) \d{1,9}")
"""What the page's script passes on, numbered: an order that is given twice is another one."""
_DEFAULTS = ApiSettings()
_REMEMBERED = 200

_PARTS = ("asked", "words", "unanswerable", "kind", "notes", "questions", "choice", "pane")
"""Of the page of annotation: what an act may change."""

Updates = tuple[Any, ...]
"""New values of components."""


@dataclass(frozen=True, slots=True)
class Chat:
    """What happens when a reader does something. A page is known by its word, and what was said is looked up by it.

    :param dialogue: Answers, and keeps what was said.
    :param tool: Answers programs.
    :param feedback: Where thumbs are recorded; without it there are none.
    """

    dialogue: Dialogue
    tool: Tool
    feedback: Feedback | None = None

    def ask(self, question: str, article: str, page: str, edited: str, request: gr.Request) -> Iterator[Updates]:
        """Answer a question, or ask it in the place of an earlier one; what came after that goes."""
        name = page or str(request.session_hash)
        with self.dialogue.conversations.turn(name):
            turns = self._turns(page, request)
            if edited.isdigit():
                turns = turns[: int(edited)]
            for step, messages in enumerate(self.dialogue.answered(question[:_KEPT], turns, (), article, name)):
                # The box is emptied once: what is typed while the answer comes is the next question.
                yield "" if step == 0 else gr.skip(), messages

    def ask_as_typed(self, order: str, article: str, page: str, request: gr.Request) -> Iterator[Any]:
        """Ask a question again, as it was typed, in its place."""
        with self.dialogue.conversations.turn(page):
            number, turns = order.partition(" ")[0], self._turns(page, request)
            if not number.isdigit() or int(number) >= len(turns):
                yield gr.skip()
                return
            place = int(number)
            yield from self.dialogue.answered(
                turns[place].question, turns[:place], turns[place + 1 :], article, page, literally=True
            )

    def obey(self, order: str, page: str) -> Updates:
        """Do what the page's script passes on: go on after a reload, open an article."""
        match = _ORDER.fullmatch(order)
        what, which = match.group("what", "which") if match else ("", "")
        if what == "resume":
            return self.dialogue.messages(self.dialogue.conversations.resume(which, page)), gr.skip()
        return gr.skip(), self.pane(which) if what == "open" else gr.skip()

    def forget(self, page: str, request: gr.Request) -> None:
        """Forget what was said."""
        self.dialogue.conversations.keep(page or str(request.session_hash), ())

    def introduce(self, page: str, request: gr.Request) -> None:
        """Know a page by its word, which its script has just made."""
        self.dialogue.conversations.introduce(str(request.session_hash), page)

    def judge(self, page: str, thumb: gr.LikeData, request: gr.Request) -> None:
        """Record a thumb."""
        turns = self._turns(page, request)
        place = thumb.index if isinstance(thumb.index, int) else thumb.index[0]
        if self.feedback is None or not thumb.value or not place // 2 < len(turns):
            return
        try:
            kept = self.feedback.record(turns[place // 2].answer, bool(thumb.liked))
        except InputError as error:
            raise gr.Error(str(error)) from error
        if not kept:
            gr.Warning(f"{self.feedback.path.name} is full; this was not recorded.")

    def pane(self, article: str) -> Any:
        """Write an article for the pane; with none chosen the only one, or the list of them."""
        written = self.dialogue.pane(article)
        return gr.skip() if written is None else written

    async def ask_article(self, question: str, article: str = "") -> str:
        """Answer a question about an article in the article's own words, or tell that it does not say.

        The reply is JSON: status (answered, not_in_article, overview or small_talk), text (the article's words),
        confidence, spans and citations (the sentences that prove it, with offsets), closest (the sentences nearest to
        a question that the article does not answer).

        Args:
            question: A question in English, at most 500 characters. It stands alone: nothing before it is remembered.
            article: Id of the only article to look in; all articles if empty.

        """
        try:
            return await self.tool.ask(question, article)
        except InputError as error:
            raise gr.Error(str(error)) from error

    def _turns(self, page: str, request: gr.Request) -> tuple[Turn, ...]:
        """What was said on a page; until its script has run, it is known by its session."""
        return self.dialogue.conversations.of(page or str(request.session_hash))


def create_chat(chat: Chat, at_once: int = 1, evaluated: bool = False) -> gr.Blocks:
    """Lay out the chat.

    :param chat: What happens when a reader does something.
    :param at_once: Questions that are answered at the same time, each of another page.
    :param evaluated: Whether the report of an evaluation stands in a tab beside it.
    :return: The page, for `gradio.mount_gradio_app`.
    """
    blocks: gr.Blocks
    with gr.Blocks(title="Pullquote", analytics_enabled=False) as blocks:
        gr.Markdown(f"# Pullquote\n\n{_ABOUT}", elem_id="about")
        # The script's lines to the server: which page this is, which question is edited, what is to be done.
        page, edited, raw, order = (
            gr.Textbox(elem_id=f"pq-{name}", visible="hidden", show_label=False)
            for name in ("page", "edited", "raw", "order")
        )
        if evaluated:
            with gr.Tabs():
                with gr.Tab("Chat"):
                    log, box, buttons, choice, pane = _both(chat)
                with gr.Tab("Evaluation"):
                    # Markdown, for Gradio's HTML would evaluate a script, which our policy forbids
                    frame = f'<iframe src="{EVALUATION}" title="Evaluation"></iframe>'
                    gr.Markdown(frame, elem_id="evaluation", sanitize_html=False)
        else:
            log, box, buttons, choice, pane = _both(chat)
        asking: dict[str, Any] = {"api_visibility": "private", "concurrency_id": "ask", "concurrency_limit": at_once}
        box.submit(chat.ask, [box, choice, page, edited], [box, log], trigger_mode="always_last", **asking)
        for button in buttons:
            button.click(chat.ask, [button, choice, page, edited], [box, log], **asking)
        raw.change(chat.ask_as_typed, [raw, choice, page], log, trigger_mode="multiple", **asking)
        # Not queued: Gradio's page may lose what comes of an event that joins the queue while another leaves it.
        unqueued: dict[str, Any] = {"api_visibility": "private", "queue": False}
        page.change(chat.introduce, page, None, **unqueued)
        order.change(chat.obey, [order, page], [log, pane], trigger_mode="multiple", **unqueued)
        choice.input(chat.pane, choice, pane, **unqueued)
        log.clear(chat.forget, page, None, **unqueued)
        if chat.feedback:
            log.like(chat.judge, page, None, **unqueued)
        # Not queued: for a queued tool Gradio calls itself over HTTP, at the address that a client's Host header names.
        api(chat.ask_article, api_name="ask_article", queue=False)
    blocks.queue(max_size=64, api_open=False)
    return blocks


def _both(chat: Chat) -> tuple[gr.Chatbot, gr.Textbox, list[gr.Button], gr.Dropdown, gr.Markdown]:
    with gr.Row(equal_height=False):
        with gr.Column(scale=1, min_width=320):
            log, box, buttons = _conversation(chat)
        with gr.Column(scale=1, min_width=320):
            choice, pane = _article(chat)
    return log, box, buttons, choice, pane


def _conversation(chat: Chat) -> tuple[gr.Chatbot, gr.Textbox, list[gr.Button]]:
    log = gr.Chatbot(
        elem_id="chat",
        label="Conversation",
        height="min(60vh, 640px)",
        allow_tags=False,
        latex_delimiters=[],
        feedback_options=("Like", "Dislike") if chat.feedback else None,
        buttons=[],  # its copy button copies markup
        show_label=False,
        placeholder="Ask a question about the article.",
    )
    box = gr.Textbox(
        elem_id="question",
        label="Your question",
        placeholder="Who, what, when, where, why, how many …",
        max_lines=4,
        submit_btn="Ask",
        autofocus=True,
    )
    if chat.dialogue.pool:
        gr.Markdown("Questions to begin with:")
    with gr.Row(elem_id="starters"):
        buttons = [gr.Button(starter.question, size="sm", min_width=200) for starter in chat.dialogue.pool[:SHOWN]]
    gr.Markdown(f"{_SAVE}\n\n{_KEYS}", elem_id="more")
    return log, box, buttons


def _article(chat: Chat) -> tuple[gr.Dropdown, gr.Markdown]:
    articles = chat.dialogue.assistant.index.articles
    choice = gr.Dropdown(
        [("All articles", ""), *((article.title, article.id) for article in articles)],
        value="",
        label="Article (type to search the titles)",
        elem_id="choice",
        filterable=True,
        visible=len(articles) > 1,
    )
    return choice, gr.Markdown(chat.pane(""), elem_id="article", latex_delimiters=[])


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
    articles = desk.annotation.articles
    blocks: gr.Blocks
    with gr.Blocks(title="Pullquote: questions", analytics_enabled=False) as blocks:
        gr.Markdown(f"# Questions\n\n{_ANNOTATING}", elem_id="about")
        selected, order = (
            gr.Textbox(elem_id=f"pq-{name}", visible="hidden", show_label=False) for name in ("selected", "order")
        )
        form = gr.State(Form())
        with gr.Row(equal_height=False):
            with gr.Column(scale=1, min_width=320):
                choice = gr.Dropdown(
                    [(article.title, article.id) for article in articles],
                    value=articles[0].id,
                    label="Article",
                    elem_id="choice",
                    visible=len(articles) > 1,
                )
                pane = gr.Markdown(desk.turn_to(articles[0].id), elem_id="article", latex_delimiters=[])
            with gr.Column(scale=1, min_width=320):
                asked = gr.Textbox(label="Question", elem_id="pq-asked", autofocus=True)
                words = gr.Textbox(
                    label="Words of the article that answer it", info=_WORDS, elem_id="pq-words", max_lines=4
                )
                offered = gr.CheckboxGroup(
                    label="Which of these places answer it?", visible=False, elem_id="pq-offered"
                )
                add = gr.Button("Add to the right answers", elem_id="pq-add")
                answers = gr.Markdown(elem_id="answers", latex_delimiters=[])
                unanswerable = gr.Checkbox(label="The article does not answer this", elem_id="pq-unanswerable")
                with gr.Row():
                    kind = gr.Textbox(label="Type, if any", placeholder="who, when, list …", elem_id="pq-kind")
                    notes = gr.Textbox(label="Notes, if any", elem_id="pq-notes")
                with gr.Row():
                    save = gr.Button("Save", variant="primary", elem_id="pq-save")
                    afresh = gr.Button("Empty the form", elem_id="pq-afresh")
                said = gr.Markdown(elem_id="said", latex_delimiters=[])
        questions = gr.Markdown(elem_id="questions", latex_delimiters=[])
        shown = [form, answers, said, offered, asked, words, unanswerable, kind, notes, questions, choice, pane]
        # Not queued: Gradio's page may lose what comes of an event that joins the queue while another leaves it.
        at_once: dict[str, Any] = {"api_visibility": "private", "queue": False, "show_progress": "hidden"}
        blocks.load(desk.listing, None, questions, **at_once)
        selected.change(_showing(desk.select), [selected, form], shown, trigger_mode="multiple", **at_once)
        order.change(_showing(desk.obey), [order, form], shown, trigger_mode="multiple", **at_once)
        add.click(_showing(desk.answer), [form, words, choice, offered], shown, **at_once)
        saved = [form, asked, words, choice, offered, unanswerable, kind, notes]
        gr.on([save.click, asked.submit], _showing(desk.save), saved, shown, **at_once)
        afresh.click(_showing(desk.afresh), None, shown, **at_once)
        choice.input(desk.turn_to, choice, pane, **at_once)
    blocks.queue(api_open=False)
    return blocks


def create_annotator(desk: Desk) -> FastAPI:
    """Mount the page of annotation on a web application of its own.

    :param desk: What happens when a person does something.
    :return: The application to serve.
    """
    app = create_page_app()
    _mount(app, create_annotation(desk), _STYLE.format("annotate") + _SCRIPT.format("annotate"))
    return app


def _mount(app: FastAPI, blocks: gr.Blocks, head: str, mcp_server: bool = False) -> None:
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
        theme=gr.themes.Default(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]),
        head=_STYLE.format("chat") + head,
    )


def create_ui(
    assistant: Assistant,
    pool: Sequence[Starter],
    feedback: Feedback | None = None,
    settings: ApiSettings = _DEFAULTS,
    evaluation: str = "",
) -> FastAPI:
    """Mount the chat on the web application.

    :param assistant: Answers the questions.
    :param pool: Questions to begin with and to go on with.
    :param feedback: Where thumbs are recorded; without it there are none.
    :param settings: What the server allows.
    :param evaluation: A page about an evaluation, shown in a tab; without it there are no tabs.
    :return: The application to serve.
    """
    conversations = Conversations()
    app = create_app(assistant, conversations, pool, settings, evaluation)
    chat = Chat(Dialogue(assistant, pool, conversations), Tool(assistant, settings.waiting, settings.at_once), feedback)
    _mount(app, create_chat(chat, settings.at_once, bool(evaluation)), _SCRIPT.format("chat"), mcp_server=True)
    return app


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def serve(
    article: Annotated[list[Path] | None, typer.Argument(help="UTF-8 text files to chat about.")] = None,
    folder: IndexOption = None,
    encoder: EncoderOption = None,
    reader: ReaderOption = None,
    caution: CautionOption = Caution.NORMAL,
    url: Annotated[
        list[str] | None, typer.Option(help="Where the article is on the web; once for each article, in their order.")
    ] = None,
    feedback: Annotated[
        Path | None, typer.Option(help="File for thumbs up and down, JSON lines, at most 1 MB. [default: no thumbs]")
    ] = None,
    evaluation: Annotated[
        Path | None,
        typer.Option(
            help="A run saved by `pullquote evaluate --save`, to be shown in a tab. Whoever can open the chat sees it. "
            "[default: no tab]"
        ),
    ] = None,
    allow_origin: Annotated[
        list[str] | None,
        typer.Option(help="A web site that may embed the chat, such as https://news.example. May be repeated."),
    ] = None,
    per_minute: Annotated[
        int, typer.Option(help="Questions that one client may ask in a minute.")
    ] = _DEFAULTS.per_minute,
    waiting: Annotated[
        int, typer.Option(help="Questions to the API that may wait; more are turned away.")
    ] = _DEFAULTS.waiting,
    at_once: Annotated[
        int, typer.Option(help="Questions that are answered at the same time, their passages read together.")
    ] = _DEFAULTS.at_once,
    remember: Annotated[
        int, typer.Option(min=0, help="Answers that are kept, to be given again at once; 0 keeps none.")
    ] = _REMEMBERED,
    metrics_token: Annotated[
        str | None,
        typer.Option(
            envvar="PULLQUOTE_METRICS_TOKEN",
            help="Word that opens /metrics to other machines. [default: this machine only]",
        ),
    ] = None,
    log: Annotated[bool, typer.Option(help="Write a line of JSON for each request; no question is in it.")] = False,
    port: Annotated[int | None, typer.Option(help=f"[default: the first free one from {PORT}]")] = None,
    browser: Annotated[bool, typer.Option(help="Open the chat in the browser.")] = True,
) -> None:
    """Open a chat about an article, on this machine only."""
    thumbs = Feedback(feedback) if feedback else None
    settings = ApiSettings(Hosts.parse(allow_origin or ()), per_minute, waiting, at_once, metrics_token)
    if log:
        log_to_stderr()
    measured = [read_run(evaluation)] if evaluation else []
    listener = listen(port)
    assistant = open_assistant(find_source(article, folder, url), encoder, reader, caution, remembered=remember)
    with errors.status("Choosing questions to begin with …"):
        pool = starters(assistant, cache_folder() / "starters")
    by_id = {one.id: one for one in assistant.index.articles}
    page = report.write_report(measured, (), by_id) if measured else ""
    errors.print(
        f"Pullquote (reader: {assistant.readers.name}) at {address_of(listener)} · Ctrl-C to stop", highlight=False
    )
    run_server(create_ui(assistant, pool, thumbs, settings, page), listener, browser)


def annotate(
    paths: Annotated[list[Path], typer.Argument(help="UTF-8 text files.", metavar="ARTICLE...")],
    output: Annotated[Path, typer.Option(help="The questions, JSON lines; an existing file is continued.")],
    port: Annotated[int | None, typer.Option(help=f"[default: the first free one from {PORT}]")] = None,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
) -> None:
    """Open a page on which questions about articles are written, kept and dropped, on this machine only."""
    articles = list({article.id: article for article in read_articles(paths, None)}.values())
    annotation = Annotation(output, articles)
    listener = listen(port)
    errors.print(f"Questions for {output} at {address_of(listener)} · Ctrl-C to stop", highlight=False, soft_wrap=True)
    run_server(create_annotator(Desk(annotation)), listener, browser)


def main() -> None:
    """Run the command."""
    run(app)


if __name__ == "__main__":
    main()
