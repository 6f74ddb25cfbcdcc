"""A model's files from the model hub, at a pinned revision."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
from huggingface_hub import get_hf_file_metadata, hf_hub_download, hf_hub_url, try_to_load_from_cache
from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

from index.errors import InputError

_LOG = logging.getLogger("pullquote")
PATIENCE = 5
"""Seconds that the hub may take to answer at first. The library itself would try for minutes without a network."""


def from_hub(repository: str, revision: str, names: Sequence[str]) -> Path:
    """Download the files of a model that are not in the hub library's cache yet.

    A download that breaks off is continued a few times, from the last whole 10 MiB. The log `pullquote` gets one line
    when it begins, and a terminal shows a bar for each file. The library's own settings hold: `HF_HOME`,
    `HF_ENDPOINT`, `HF_HUB_OFFLINE`.

    :param repository: The model's name, with its owner.
    :param revision: The commit, all 40 digits: a branch can change.
    :param names: The files.
    :return: The folder that holds them.
    :raises InputError: If a file cannot be downloaded. The message says why; the caller adds what to do next.
    """
    host = urlsplit(hf_hub_url(repository, names[0])).netloc
    missing = [name for name in names if not isinstance(_cached(repository, revision, name), str)]
    try:
        if missing:
            address = hf_hub_url(repository, missing[0], revision=revision)
            get_hf_file_metadata(address, token=False, timeout=PATIENCE)
            _LOG.warning("Downloading %s from %s, once.", repository, host)
        # the files are public: the user's own token is not sent
        found = [hf_hub_download(repository, name, revision=revision, token=False) for name in names]
    except (httpx2.HTTPError, OSError, RuntimeError) as error:  # the last comes from hf_xet, if it is used
        raise InputError(_reason(host, error)) from error
    return Path(found[0]).parent


def _cached(repository: str, revision: str, name: str) -> object:
    return try_to_load_from_cache(repository, name, revision=revision)


def _reason(host: str, error: Exception) -> str:
    match error:
        case OfflineModeIsEnabled():
            return f"HF_HUB_OFFLINE forbids asking {host}"
        case HfHubHTTPError():
            return f"{host} answers with status {error.response.status_code}"
        case httpx2.ConnectError() | httpx2.TimeoutException():
            return f"{host} does not answer"
        case OSError(strerror=str(words)):
            return f"the download from {host} stopped ({words})"
        case _:
            return f"the download from {host} stopped ({type(error).__name__})"
