"""An article: its text exactly as given, and the digest that names it."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from index.errors import InputError

TITLE_LENGTH = 150
LONGEST = 5_000_000
"""Code points of an article: a Bible has four million."""
_MOST_BYTES = 4 * LONGEST
_WEB = re.compile(r"https?://[^\s/]\S*")


@dataclass(frozen=True, slots=True)
class Article:
    r"""A text to ask about. Every offset in Pullquote counts code points into `text`.

    >>> Article("A headline\n\nThe story.").title
    'A headline'

    :param text: The text, never altered.
    :param url: Where the article can be read on the web. The same text elsewhere is the same article.
    :raises InputError: If the text holds no visible character, is longer than `LONGEST`, or the address is no web
        address.
    """

    text: str
    url: str | None = field(default=None, compare=False)
    title: str = field(init=False)
    digest: str = field(init=False)
    """SHA-256 of the text in UTF-8: for a file, what `sha256sum` prints."""

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
        # The address is written into Markdown, HTML and terminals: what is not printable could end or disguise it.
        if self.url is not None and not (_WEB.fullmatch(self.url) and self.url.isprintable()):
            raise InputError(
                f"{self.url!r} is no web address. Give one that starts with http:// or https:// and "
                "holds no white space or control characters."
            )
        object.__setattr__(self, "title", _title(self.text))
        object.__setattr__(self, "digest", hashlib.sha256(data).hexdigest())

    @property
    def id(self) -> str:
        """The name used in answers and addresses: the first 16 hex digits of the digest."""
        return self.digest[:16]


def read_article(path: str | Path, url: str | None = None) -> Article:
    """Read a UTF-8 text file, byte for byte: line ends and any byte order mark stay.

    :param path: The file.
    :param url: Where the article can be read on the web.
    :return: The article.
    :raises InputError: If the file is missing, unreadable, empty, too long or not UTF-8 text, or the address is no web
        address.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            # no more than any article has, for a device may never end
            data = file.read(_MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise InputError(f"No article at {path}. Check the path, or give another file.") from error
    except ValueError as error:
        # a name with a zero in it, which no file has
        raise InputError(f"No article at {str(path)!r}. Check the path, or give another file.") from error
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror}. Give a readable text file.") from error
    if len(data) > _MOST_BYTES:
        raise InputError(f"{path} has more than {_MOST_BYTES:,} bytes. Give it in several files, a chapter each.")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path} is not UTF-8 text: byte {error.start} is 0x{data[error.start]:02x}. "
            f"Save it as UTF-8 (for example: iconv -f WINDOWS-1252 -t UTF-8 {path.name})."
        ) from error
    if is_blank(text):
        raise InputError(f"{path} is empty ({len(data)} bytes, no visible character). Give a file with text in it.")
    return Article(text, url)


def is_blank(text: str) -> bool:
    """Tell whether nothing of a text is seen: white space, control characters and marks without a width do not count.

    >>> is_blank(" \u200b\ufeff"), is_blank(" .")
    (True, False)
    """
    return all(mark.isspace() or unicodedata.category(mark) in ("Cc", "Cf") for mark in text)


def _title(text: str) -> str:
    line = next(line for line in text.splitlines() if not is_blank(line)).strip().removeprefix("\ufeff").strip()
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1].rstrip() + "…"
