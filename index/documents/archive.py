"""ZIP archives, as DOCX and EPUB are, bounded before anything is unpacked."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

from index.errors import InputError

MOST_BYTES = 300_000_000
"""Of all files of an archive, unpacked."""
MOST_FILES = 10_000


def open_archive(data: bytes) -> ZipFile:
    """Open an archive that does not unpack to more than a document has.

    :param data: The archive. zipfile never unpacks more of a file than the archive says that it has.
    :return: It, open.
    :raises InputError: If it is a bomb or encrypted; the message goes on after the file's name.
    """
    archive = ZipFile(BytesIO(data))
    files = archive.infolist()
    size = sum(file.file_size for file in files)
    if size > MOST_BYTES or len(files) > MOST_FILES:
        raise InputError(
            f"unpacks to {size:,} bytes in {len(files):,} files; at most {MOST_BYTES:,} in {MOST_FILES:,} are read. "
            "Save its text and give that."
        )
    if any(file.flag_bits & 1 for file in files):
        raise InputError("is encrypted. Save it without a password first.")
    return archive
