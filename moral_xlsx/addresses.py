"""E-mail addresses: which texts are one, and which stand in what people typed."""

from __future__ import annotations

import re
import unicodedata

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")
_LONGEST = 254
_IN_BRACKETS = re.compile(r"[^<>;,\n]*<([^<>]*)>")
_BETWEEN = re.compile(r"[;,\s]+(?:และ\s+)?|/")


def plain_address(text: str) -> str:
    """The one address that a text is, in ASCII and without a name; empty when it is none."""
    address = text.strip(" ")
    ordinary = len(address) <= _LONGEST and _ADDRESS.fullmatch(address)
    return address if ordinary else ""


def addresses_in(typed: str) -> tuple[str, ...]:
    """The addresses that a cell holds, each once: several of them, ``mailto:``, ``name <a@b>``."""
    return tuple(dict.fromkeys(address for _, address in _pieces(typed) if address))


def unusable_in(typed: str) -> tuple[str, ...]:
    """What stands in such a cell and is no address."""
    return tuple(piece for piece, address in _pieces(typed) if not address)


def domain(address: str) -> str:
    """What stands behind the @, in small letters."""
    return address.rpartition("@")[2].casefold()


def _pieces(typed: str) -> list[tuple[str, str]]:
    # Phones and Thai keyboards give the signs other widths, and put spaces about them.
    typed = re.sub(r"\s*@\s*", "@", unicodedata.normalize("NFKC", typed))
    # A name before brackets may hold spaces; what stands in the brackets is the address.
    alone = _IN_BRACKETS.sub(lambda found: f" {found[1].replace(' ', '')} ", typed)
    pieces = (piece for piece in _BETWEEN.split(alone) if piece)
    return [(piece, _address(piece)) for piece in pieces]


def _address(piece: str) -> str:
    text = re.sub(r"\Amailto:", "", piece, flags=re.IGNORECASE).partition("?")[0]
    return plain_address(text.strip(".<>()[]\"'"))
