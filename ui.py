"""The chat: a conversation on the left, the article it quotes on the right."""

from __future__ import annotations

import os
import socket
import threading
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported

import gradio as gr
import typer
import uvicorn
from fastapi import FastAPI

from index.errors import InputError
from index.weights import cache_folder
from rag.answer import Answer
from rag.api import create_app
from rag.assistant import Assistant, check_question
from rag.calibration import Caution
from rag.render import answer_markdown, article_markdown, escaped
from rag.starters import starters
from rag.terminal import CautionOption, EncoderOption, IndexOption, ReaderOption, errors, open_assistant, run

HOST = "127.0.0.1"
PORT = 7860
_MESSAGES_KEPT = 100
_ABOUT = (
    "Ask about the article. Every answer is quoted from it word for word; click a citation to stand in front of it. "
    "When the article does not say, I say so."
)

Message = dict[str, str]


def create_chat(assistant: Assistant, questions: list[str]) -> gr.Blocks:
    """Lay out the chat.

    :param assistant: Answers the questions.
    :param questions: Shown as buttons to begin with.
    :return: The page, for `gradio.mount_gradio_app`.
    """

    def respond(question: str, messages: list[Message]) -> Iterator[tuple[Any, list[Message], list[Message]]]:
        for step, exchange in enumerate(_exchange(assistant, question)):
            shown = [*messages, *exchange][-_MESSAGES_KEPT:]
            # The box is emptied once: what is typed while the answer comes is the next question.
            yield "" if step == 0 else gr.skip(), shown, shown

    chat: gr.Blocks
    with gr.Blocks(title="Pullquote", analytics_enabled=False) as chat:
        gr.Markdown(f"# Pullquote\n\n{_ABOUT}", elem_id="about")
        # What was said is kept here, on the server: the copy that a browser sends back is not trusted.
        said: gr.State = gr.State([])
        with gr.Row(equal_height=False):
            with gr.Column(scale=1, min_width=320):
                log = gr.Chatbot(
                    elem_id="chat",
                    label="Conversation",
                    height="min(60vh, 640px)",
                    allow_tags=False,
                    latex_delimiters=[],
                    feedback_options=None,
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
                if questions:
                    gr.Markdown("Questions to begin with:")
                with gr.Row(elem_id="starters"):
                    for starter in questions:
                        button = gr.Button(starter, size="sm", min_width=200)
                        asked = gr.State(starter)
                        button.click(
                            respond, [asked, said], [box, log, said], api_visibility="private", concurrency_id="ask"
                        )
            with gr.Column(scale=1, min_width=320):
                gr.Markdown(_articles(assistant), elem_id="article", latex_delimiters=[])
        log.clear(lambda: [], None, said, api_visibility="private", queue=False)
        box.submit(
            respond,
            [box, said],
            [box, log, said],
            trigger_mode="always_last",
            api_visibility="private",
            concurrency_id="ask",
        )
    # One question at a time: the reader uses all cores, and the next is to see what this one said.
    chat.queue(max_size=64, default_concurrency_limit=1, api_open=False)
    return chat


def create_ui(assistant: Assistant, questions: list[str]) -> FastAPI:
    """Mount the chat on the web application.

    :param assistant: Answers the questions.
    :param questions: Shown as buttons to begin with.
    :return: The application to serve.
    """
    app = create_app(assistant)
    gr.mount_gradio_app(
        app,
        create_chat(assistant, questions),
        path="/",
        server_name=HOST,
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        show_error=False,
        theme=gr.themes.Default(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]),
        head=(
            '<link rel="stylesheet" href="/pullquote/chat.css"><script src="/pullquote/chat.js" type="module"></script>'
        ),
    )
    return app


def _exchange(assistant: Assistant, question: str) -> Iterator[list[Message]]:
    """Give the question with what is known of its answer so far, growing as the work goes on."""
    asked = {"role": "user", "content": escaped(" ".join(question.split()))}
    try:
        check_question(question)
    except InputError as error:
        yield (
            [asked, _reply(f'<div class="pq-refusal">{escaped(str(error))}</div>')]
            if question.strip()
            else [_reply("Type a question about the article first.")]
        )
        return
    yield [asked, _reply('<span class="pq-step">Searching the article …</span>')]
    for step in assistant.steps(question):
        if isinstance(step, Answer):
            yield [asked, _reply(answer_markdown(step))]
        else:
            count = sum(len(passage.sentences) for passage in step.passages)
            yield [asked, _reply(f'<span class="pq-step">Reading the {count} nearest sentences …</span>')]


def _reply(content: str) -> Message:
    return {"role": "assistant", "content": content}


def _articles(assistant: Assistant) -> str:
    return "\n<hr>\n".join(
        article_markdown(article, [stored.sentence for stored in assistant.index.sentences if stored.article == number])
        for number, article in enumerate(assistant.index.articles)
    )


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def serve(
    article: Annotated[list[Path] | None, typer.Argument(help="UTF-8 text files to chat about.")] = None,
    folder: IndexOption = None,
    encoder: EncoderOption = None,
    reader: ReaderOption = None,
    caution: CautionOption = Caution.NORMAL,
    port: Annotated[int | None, typer.Option(help=f"[default: the first free one from {PORT}]")] = None,
    browser: Annotated[bool, typer.Option(help="Open the chat in the browser.")] = True,
) -> None:
    """Open a chat about an article, on this machine only."""
    listener = _listen(port)
    assistant = open_assistant(article, folder, encoder, reader, caution)
    with errors.status("Choosing questions to begin with …"):
        questions = starters(assistant, cache_folder() / "starters")
    server = uvicorn.Server(
        uvicorn.Config(
            create_ui(assistant, questions), log_level="warning", server_header=False, timeout_graceful_shutdown=2
        )
    )
    address = f"http://{HOST}:{listener.getsockname()[1]}"
    errors.print(f"Pullquote (reader: {assistant.readers.name}) at {address} · Ctrl-C to stop", highlight=False)
    if browser:
        threading.Timer(1.0, webbrowser.open, [address]).start()
    server.run(sockets=[listener])


def _listen(port: int | None) -> socket.socket:
    """Take a port before the models are loaded, so that a busy one is known at once."""
    for number in [port] if port is not None else range(PORT, PORT + 20):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, number))
            listener.listen()
        except OSError:
            listener.close()
        else:
            return listener
    tried = port if port is not None else f"{PORT} to {PORT + 19}"
    raise InputError(f"Port {tried} is taken on {HOST}. Choose another: --port 8080, or --port 0 for any.")


def main() -> None:
    """Run the command."""
    run(app)


if __name__ == "__main__":
    main()
