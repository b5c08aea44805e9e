"""How the ledger keeps long texts small, and knows again what it holds already.

A migration that was released uses these functions: what they give is never changed.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import zlib

from moral_xlsx.addresses import addresses_in
from moral_xlsx.wording import receipt_number

_CODEC = "tis-620"
_NEITHER = re.compile(r"[^\x00-\x7f\u0e01-\u0e3a\u0e3f-\u0e5b]")
_BYTES = 16  # of a SHA-256: two contents never share them


def compact(value: object) -> str:
    """A value as JSON text, always written in the same way."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def digest(*values: str | int | None) -> bytes:
    """16 bytes by which a content is known again."""
    return hashlib.sha256(json.dumps(values).encode()).digest()[:_BYTES]


def packed(text: str, dictionary: str | None) -> bytes:
    """A JSON text compressed; of a dictionary that is like it, only what differs is stored."""
    known = _short(dictionary or "")
    packer = zlib.compressobj(9, zdict=known) if known else zlib.compressobj(9)
    return packer.compress(_short(text)) + packer.flush()


def _short(text: str) -> bytes:
    """A JSON text with one byte for a Thai letter, which takes a fifth less when packed; what
    is neither Thai nor ASCII is escaped."""
    return _NEITHER.sub(lambda found: json.dumps(found[0])[1:-1], text).encode(_CODEC)


def receipt_of(sha256: str) -> int | None:
    """The receipt number of a file's bytes as a number; None when they could not be read."""
    if sha256.startswith("unread:"):
        return None
    return int(receipt_number(sha256).replace("-", ""))


def address_of(recipient: str) -> str:
    """The address of a letter's recipient, as addresses are compared."""
    return next(iter(addresses_in(recipient)), "").casefold()


def teach(connection: sqlite3.Connection) -> None:
    """Makes these functions known to the statements of a connection."""
    connection.create_function("packed", 2, packed, deterministic=True)
    connection.create_function("digest", -1, digest, deterministic=True)
    connection.create_function("receipt_of", 1, receipt_of, deterministic=True)
    connection.create_function("address_of", 1, address_of, deterministic=True)
    connection.create_function(
        "compact", 1, lambda text: compact(json.loads(text)), deterministic=True
    )


class Unpacking:
    """Unpacks texts of one ledger; each dictionary is read once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._dictionaries: dict[int | None, bytes] = {None: b""}

    def text(self, stored: bytes, dictionary: int | None) -> str:
        """A JSON text that says what it said before it was packed.

        Raises sqlite3.DatabaseError, as SQLite does for a damaged file, when it cannot be told.
        """
        if dictionary not in self._dictionaries:
            (known,) = self._connection.execute(
                "SELECT text FROM dictionaries WHERE id = ?", (dictionary,)
            ).fetchone() or ("",)
            self._dictionaries[dictionary] = _short(known)
        known = self._dictionaries[dictionary]
        try:
            unpacker = zlib.decompressobj(zdict=known) if known else zlib.decompressobj()
            text = (unpacker.decompress(stored) + unpacker.flush()).decode(_CODEC)
            if not unpacker.eof:
                raise zlib.error("it was cut off")
        except (zlib.error, UnicodeDecodeError) as error:
            damaged = sqlite3.DatabaseError(f"a packed text cannot be read: {error}")
            damaged.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
            raise damaged from error
        return text


def unpack_all(connection: sqlite3.Connection) -> None:
    """Unpacks every text of a ledger; raises what ``Unpacking.text`` raises for one of them."""
    unpacking = Unpacking(connection)
    for table, column in (
        ("answered", "packed"),
        ("judgements", "findings"),
        ("entries", "packed"),
    ):
        for stored, dictionary in connection.execute(f"SELECT {column}, dictionary FROM {table}"):
            unpacking.text(stored, dictionary)
