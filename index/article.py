"""An article: its text exactly as given, or as read from a document, the digest of the text, and a name that stays."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from index.documents.document import Document, check_length
from index.documents.kind import Kind, kind_of
from index.documents.markdown import read_markdown
from index.documents.text import decoded, read_text
from index.documents.worker import SECONDS, read_apart
from index.errors import InputError
from index.hidden import NO_WIDTH, label
from index.landmarks import Landmarks

TITLE_LENGTH = 150
LONGEST = 5_000_000
"""Code points of an article: a Bible has four million."""
_MOST_BYTES = 4 * LONGEST
MOST_BYTES_OF_DOCUMENT = 100_000_000
"""With its pictures."""
_SHORT = 20_000
"""Code points of Markdown that need no process of its own, which takes longer to start than they to be read."""
ID = "[0-9a-z_]{1,64}"
"""What an article's id looks like: it stands in addresses and in web pages as it is."""
_WEB = re.compile(r"https?://[^\s/]\S*")


@dataclass(frozen=True, slots=True)
class Article:
    r"""A text to ask about. Every offset in Pullquote counts code points into `text`.

    >>> Article("A headline\n\nThe story.").title
    'A headline'

    The title is the first line that shows something, at most `TITLE_LENGTH` long, with '�' for what is hidden in it.

    :param text: The text, never altered.
    :param url: Where the article can be read on the web. The same text elsewhere is the same article.
    :param id: The name used in answers and addresses. By default the first 16 hex digits of the digest; a correction
        that takes an article's place in an index keeps the id that the article had.
    :param landmarks: The pages and headings of the document that it was read from.
    :param document_sha256: SHA-256 of that document; None if the text itself was read.
    :raises InputError: If the text holds no visible character, is longer than `LONGEST`, the address is no web
        address, the id is none, or the landmarks are of another text.
    """

    text: str
    url: str | None = field(default=None, compare=False)
    id: str = field(default="", compare=False, kw_only=True)
    landmarks: Landmarks = field(default=Landmarks(), compare=False, repr=False, kw_only=True)
    document_sha256: str | None = field(default=None, compare=False, kw_only=True)
    title: str = field(init=False)
    digest: str = field(init=False)
    """SHA-256 of the text in UTF-8: for a file of such text, what `sha256sum` prints."""

    def __post_init__(self) -> None:
        """Derive the title and the digest."""
        if is_blank(self.text):
            raise InputError(
                f"The article is empty ({len(self.text)} characters, none visible). "
                "Give a text with at least one sentence."
            )
        if len(self.text) > LONGEST:
            raise InputError(
                f"The article has {len(self.text):,} characters; at most {LONGEST:,} are read. "
                "Give it in several parts, a chapter each."
            )
        try:
            data = self.text.encode()
        except UnicodeEncodeError as error:
            raise InputError(
                f"The article holds {self.text[error.start]!r} at character {error.start}, which is "
                "half of a surrogate pair. Decode the text as UTF-16 or UTF-8 before handing it over."
            ) from error
        if self.url is not None and not is_web_address(self.url):
            raise InputError(
                f"{self.url!r} is no web address. Give one that starts with http:// or https:// and "
                "holds no white space or control characters."
            )
        if not self.landmarks.fits(self.text):
            raise InputError("The landmarks are of another text: they are not in order, or lie beyond its end.")
        object.__setattr__(self, "title", _title(self.text))
        object.__setattr__(self, "digest", hashlib.sha256(data).hexdigest())
        object.__setattr__(self, "id", self.id or self.version)
        if not is_id(self.id):
            raise InputError(
                f"{self.id!r} is no id. Give 1 to 64 of these: small letters from a to z, digits and underscores."
            )

    @property
    def version(self) -> str:
        """The first 16 hex digits of the digest: the id, unless another was given."""
        return self.digest[:16]


def read_article(path: str | Path, url: str | None = None) -> Article:
    """Read a file: PDF, DOCX, EPUB, HTML, e-mail, Markdown or text, told by its content, Markdown by its name as well.

    The text of a UTF-8 file is kept byte for byte: line ends and any byte order mark stay. Documents are what a
    person reads in the document, a line for each paragraph; see `index.documents`.

    :param path: The file.
    :param url: Where the article can be read on the web. By default the address that a web page says is its own.
    :return: The article.
    :raises InputError: If the file is missing, unreadable, empty, too long, damaged or of another kind, or the address
        is no web address.
    """
    return article_of(_bytes(Path(path)), str(path), url)


def article_of(
    data: bytes, name: str, url: str | None = None, seconds: float = SECONDS, longest: int = LONGEST
) -> Article:
    """Read a document that is in memory, as `read_article` reads a file; nothing is written to disk.

    :param data: The document.
    :param name: Its file's name, which messages begin with.
    :param url: Where the article can be read on the web.
    :param seconds: As long as a document may take that is read in a process of its own.
    :param longest: Code points that its text may have.
    :return: The article.
    :raises InputError: As `read_article`.
    """
    with _named(name):
        kind = kind_of(data, name)
        most = _MOST_BYTES if kind in (Kind.TEXT, Kind.MARKDOWN) else MOST_BYTES_OF_DOCUMENT
        if len(data) > most:
            raise InputError(f"has more than {most:,} bytes. Give it in several files, a chapter each.")
        document = _read(kind, data, seconds, longest)
        if is_blank(document.text):
            raise InputError(f"is empty ({len(data)} bytes, no visible character). Give a file with text in it.")
        check_length(document.text, longest)
    # the document's own address is its word only: one that could not be given by hand is left out
    own = document.url if is_web_address(document.url) else None
    digest = None if document.text.encode() == data else hashlib.sha256(data).hexdigest()
    return Article(document.text, own if url is None else url, landmarks=document.landmarks, document_sha256=digest)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            # no more than any article has, for a device may never end
            return file.read(MOST_BYTES_OF_DOCUMENT + 1)
    except FileNotFoundError as error:
        raise InputError(f"No article at {path}. Check the path, or give another file.") from error
    except ValueError as error:
        # a name with a zero in it, which no file has
        raise InputError(f"No article at {str(path)!r}. Check the path, or give another file.") from error
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror}. Give a readable file.") from error


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Put the file's name before what is wrong with it."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{name} {error}") from error


def _read(kind: Kind, data: bytes, seconds: float, longest: int) -> Document:
    match kind:
        case Kind.TEXT:
            return read_text(data)
        case Kind.MARKDOWN:
            text = decoded(data)
            # 20 kB of brackets take a tenth of a second, and ten times as many ten seconds or more
            return read_markdown(text) if len(text) < _SHORT else read_apart(kind, text.encode(), longest, seconds)
        case _:
            return read_apart(kind, data, longest, seconds)


def is_id(text: str) -> bool:
    """Tell whether an article may have this id.

    >>> is_id("riverton_bridge"), is_id("Riverton-Bridge")
    (True, False)
    """
    return re.fullmatch(ID, text) is not None


def is_web_address(text: str | None) -> bool:
    """Tell whether an article may have this address: of the web, printable, without white space."""
    # It is written into Markdown, HTML and terminals: what is not printable, or not seen, could end or disguise it.
    if text is None or not text.isprintable() or NO_WIDTH.search(text):
        return False
    return _WEB.fullmatch(text) is not None


def is_blank(text: str) -> bool:
    """Tell whether nothing of a text is seen: white space, control characters and marks without a width do not count.

    >>> is_blank(" \u200b\ufeff\u3164"), is_blank(" .")
    (True, False)
    """
    return all(
        mark.isspace() or unicodedata.category(mark) in ("Cc", "Cf") or NO_WIDTH.match(mark) is not None
        for mark in text
    )


def _title(text: str) -> str:
    line = next(line for line in text.splitlines() if not is_blank(line)).strip().removeprefix("\ufeff").strip()
    line = label(line[: TITLE_LENGTH + 1])
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1].rstrip() + "…"
