"""A process of its own for each document: what crashes, hangs or grows in it harms nobody else.

Each reader of `index.documents` that is behind a big parser is also a program, which reads a document from standard
input and writes JSON to standard output. Before it sees a byte, it has given up memory, new processes and the network.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from importlib.util import find_spec
from typing import Any

from index.documents.document import Document, check_length
from index.documents.kind import Kind
from index.errors import InputError
from index.landmarks import Landmarks

if sys.platform == "linux":
    import resource

SECONDS = 120
"""As long as a document may take."""
MEMORY = 2 << 30
"""Bytes of address space that a worker may take, where the system can hold it to that."""
_PROGRAMS = {
    Kind.MARKDOWN: ("index.documents.markdown", "markdown_it"),
    Kind.HTML: ("index.documents.html", "trafilatura"),
    Kind.PDF: ("index.documents.pdf", "pypdf"),
    Kind.DOCX: ("index.documents.docx", "mammoth"),
    Kind.EPUB: ("index.documents.epub", "lxml"),
    Kind.EMAIL: ("index.documents.email", "trafilatura"),
}
_FORBIDDEN = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.startfile", "os.system")
_SHOWN = 120


def read_apart(kind: Kind, data: bytes, longest: int, seconds: float = SECONDS) -> Document:
    """Read a document in a process of its own.

    :param kind: Any but text.
    :param data: The document; Markdown in UTF-8.
    :param longest: Code points that its text may have: no more than that is taken from the process.
    :param seconds: As long as it may take.
    :return: What the reader of the kind gives.
    :raises InputError: If it cannot be read, is too long, takes too much time or memory, or a library is missing; the
        message goes on after the file's name.
    """
    module, library = _PROGRAMS[kind]
    if find_spec(library) is None:
        raise InputError(f'is {kind}, and {library} is not installed. Run: pip install "pullquote[documents]"')
    try:
        # -P: no module is taken from the folder that the user happens to be in
        done = subprocess.run(  # noqa: S603  # our own modules
            [sys.executable, "-P", "-m", module, str(longest)],
            input=data,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise InputError(f"takes more than {seconds:g} s to read. Give it in several parts, or as text.") from error
    if done.returncode:
        lines = done.stderr.decode(errors="replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), f"exit code {done.returncode}")
        shown = "".join(mark for mark in last if mark.isprintable())[:_SHOWN]
        raise InputError(f"is damaged, or no usable {kind} ({shown}). Open it in another program and save it anew.")
    found: dict[str, Any] = json.loads(done.stdout)
    if refusal := found.get("refusal"):
        raise InputError(refusal)
    landmarks = {name: tuple(marks) for name, marks in found.pop("landmarks").items()}
    return Document(**found, landmarks=Landmarks(**landmarks))


def serve(read: Callable[[bytes], Document]) -> None:
    """Be such a process: read a document from standard input, write its text to standard output.

    The program's argument is how many code points the text may have.

    :param read: The reader. Whatever it raises, but for an `InputError`, ends the process.
    """
    output, sys.stdout = sys.stdout, sys.stderr
    logging.disable()
    _confine()
    try:
        document = read(sys.stdin.buffer.read())
        check_length(document.text, int(sys.argv[1]))
        found: dict[str, Any] = asdict(document)
    except InputError as error:
        found = {"refusal": str(error)}
    except MemoryError:
        found = {"refusal": f"needs more than {MEMORY >> 30} GB of memory to be read. Give it in several parts."}
    except RecursionError:
        found = {"refusal": "is nested too deeply to be read. Save its text and give that."}
    json.dump(found, output)


def _confine() -> None:
    """Give up what no reader needs."""
    if sys.platform == "linux":
        # it ends itself, too: whoever started it may be killed
        for limit, wanted in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS)):
            _, most = resource.getrlimit(limit)
            bound = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
            resource.setrlimit(limit, (bound, bound))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def forbid(event: str, _: tuple[object, ...]) -> None:
        if event.startswith(_FORBIDDEN):
            raise PermissionError(f"a document wants {event}")

    sys.addaudithook(forbid)
