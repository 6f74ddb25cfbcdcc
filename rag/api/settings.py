"""The limits of the server, and who may use it."""

from __future__ import annotations

from dataclasses import dataclass, field

from index.errors import InputError
from rag.api.host_names import HostNames
from rag.api.hosts import Hosts
from rag.api.proxies import Proxies
from rag.api.shared_counts import SharedCounts
from rag.chat.uploads import UploadLimits
from rag.locale import AUTO, LOCALES, Locale, preferred


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """What the server allows.

    :param hosts: Web sites that may ask from their own pages.
    :param per_minute: Questions that one client may ask in a minute.
    :param waiting: Questions that may wait for their turn, whichever way they came in; more are turned away.
    :param at_once: Questions that are answered at the same time, whichever way they came in. With more of them the
        server answers more in a minute, but each takes longer.
    :param metrics_token: Bearer token that other machines need for `/metrics`; without it only this machine may read
        them.
    :param host_names: Names by which the server may be called, beside those of this machine.
    :param proxies: Whose word about the client is taken.
    :param uploads: How much people may bring to their conversations; without it they bring nothing.
    :param fetch: Whether they may name a document of the web by its address.
    :param history: Whether their browsers keep conversations, to be opened again.
    :param shared: Counts with other servers what each client does; without it this server counts alone.
    :param language: Code of the language of the pages, or `AUTO`: of each reader's browser.
    :raises InputError: If a number is too small, the token cannot be sent in a header, or nobody knows the language.
    """

    hosts: Hosts = field(default_factory=Hosts)
    per_minute: int = 60
    waiting: int = 16
    at_once: int = 8
    metrics_token: str | None = field(default=None, repr=False)
    host_names: HostNames = field(default_factory=HostNames)
    proxies: Proxies = field(default_factory=Proxies)
    uploads: UploadLimits | None = None
    fetch: bool = False
    history: bool = True
    language: str = AUTO
    shared: SharedCounts | None = None

    def __post_init__(self) -> None:
        """Check the numbers and the token."""
        for option, number, least in (
            ("--per-minute", self.per_minute, 1),
            ("--waiting", self.waiting, 0),
            ("--at-once", self.at_once, 1),
        ):
            if number < least:
                raise InputError(f"{option} must be at least {least}, not {number}.")
        if self.language not in (AUTO, *LOCALES):
            known = ", ".join((AUTO, *LOCALES))
            raise InputError(f"--language {self.language!r} is not known here. Give one of {known}.")
        token = self.metrics_token
        # an empty token would let everybody in, and one with a blank cannot be sent
        if token is not None and not (token.isascii() and token.isprintable() and token and " " not in token):
            raise InputError(
                "The metrics token is empty, or has a blank or a character beyond ASCII. Give a long random one."
            )

    def locale(self, accept_language: str = "") -> Locale:
        """Choose the language of a page.

        :param accept_language: The header of this name, with which the page was asked for.
        """
        return preferred(accept_language) if self.language == AUTO else LOCALES[self.language]
