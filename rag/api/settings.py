"""What whoever runs the server decides."""

from __future__ import annotations

from dataclasses import dataclass, field

from index.errors import InputError
from rag.api.hosts import Hosts


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """What the server allows.

    :param hosts: Web sites that may ask from their own pages.
    :param per_minute: Questions that one client may ask in a minute.
    :param waiting: Questions that may wait for their turn; more are turned away.
    :param at_once: Questions that are answered at the same time; more of them share the reading, but each takes longer.
    :param metrics_token: The word that opens `/metrics` from afar; without it only this machine may look.
    :raises InputError: If a number is too small or the token is no word.
    """

    hosts: Hosts = field(default_factory=Hosts)
    per_minute: int = 60
    waiting: int = 16
    at_once: int = 8
    metrics_token: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Check the numbers and the word."""
        if self.per_minute < 1:
            raise InputError(f"{self.per_minute} questions per minute are none at all. Allow at least 1.")
        if self.waiting < 0:
            raise InputError(f"{self.waiting} questions cannot wait. Allow 0 or more.")
        if self.at_once < 1:
            raise InputError(f"{self.at_once} questions at once are none at all. Answer at least 1.")
        token = self.metrics_token
        # an empty word would open the door to everybody, a blank cannot be sent
        if token is not None and not (token.isascii() and token.isprintable() and token and " " not in token):
            raise InputError("The metrics token is empty or holds a blank or a mark beyond ASCII. Give a long word.")
