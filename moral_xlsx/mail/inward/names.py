"""Words of message headers and names of attachments, as Thai mail programs write them.

Headers are taken as bytes and decoded here: RFC 2047 (also where it is forbidden), RFC 2231
with continuations, and letters that were never encoded. Nothing here raises.
"""

from __future__ import annotations

import binascii
import codecs
import re
import string
import unicodedata
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

LONGEST_NAME = 100
_LONGEST_SUFFIX = 10

# Thai Outlook writes windows-874, which Python does not know; phones call the same letters
# by older names, and use signs that only cp874 has.
_THAI = re.compile(r"(?:x[-_])?(?:windows|cp|ms|ibm|tis|iso[-_]?8859)[-_]?(?:874|620|11)(?:-.*)?")
_NO_LETTERS = frozenset(
    {"ansi", "dbcs", "idna", "mbcs", "oem", "punycode"}
    | {"raw-unicode-escape", "undefined", "unicode-escape"}
)
# Old Thai webmail calls its letters Latin; no Latin word has four accented letters in a row.
_LATIN = frozenset({"iso-8859-1", "iso-8859-15", "latin1", "windows-1252", "cp1252"})
_FOUR_THAI_LETTERS = re.compile(rb"[\xa1-\xda\xdf-\xfb]{4}|(?:\xe0[\xb8\xb9][\x80-\xbf]){2}")
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?(.{0,3000}?)\?=", re.DOTALL)
_PARAMETER = re.compile(r';\s*([^=;\s]+)\s*=\s*("(?:[^"\\]|\\.)*"?|[^;]*)', re.DOTALL)
_SECTION = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")
_QUOTED_PAIR = re.compile(r'\\(["\\])')
_BASE64 = (string.ascii_letters + string.digits + "+/").encode()
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64))
_BASE64_TEXT = _BASE64 + b"=\r\n\t "
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
# What computers keep beside people's files: hidden ones and those that begin with a tilde or end
# as unfinished ones do, streams of a file (``แบบ.xlsx:Zone.Identifier``), folders' own notes.
_SYSTEM_FILE = re.compile(
    # A name of which only the suffix is left is somebody's file all the same.
    r"(?:.*/)?(?:__MACOSX/.*|~[^/]*|\.(?!\.|$|(?:xls[xmb]?|ods|csv|pdf|docx?|zip|eml|msg)$)[^/]*"
    r"|[^/]*\.(?:tmp|temp|part|partial|(?:cr)?download|opdownload)"
    r"|[^/]*(?::|\.|_|\uf03a)Zone\.Identifier|Thumbs\.db|desktop\.ini|Icon\r?)",
    re.IGNORECASE | re.DOTALL,
)


def _find_thai(name: str) -> codecs.CodecInfo | None:
    return codecs.lookup("cp874") if _THAI.fullmatch(name.replace("_", "-")) else None


# Known codecs keep their meaning: a search function is asked only for unknown names.
codecs.register(_find_thai)


def decoded(raw: bytes, charset: str = "") -> str:
    """The text of bytes that are said to be in that character set; guessed when they are not."""
    name = charset.partition("*")[0].strip("\"' ").lower().replace("_", "-")
    if _THAI.fullmatch(name):
        name = "cp874"
    if name in _LATIN and _FOUR_THAI_LETTERS.search(raw):
        name = ""
    if name and name not in _NO_LETTERS:
        try:
            return raw.decode(name)
        except (LookupError, ValueError):
            pass
    return _guessed(raw)


def _guessed(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp874", "replace")


def header_text(value: bytes) -> str:
    """A header's words, decoded, on one line, without control or direction marks."""
    return one_line(_words(value.decode("latin-1")))


def one_line(text: str) -> str:
    """The text on one line, without what cannot be seen."""
    spaced = "".join(" " if letter.isspace() else letter for letter in text)
    seen = "".join(letter for letter in spaced if not unicodedata.category(letter).startswith("C"))
    return " ".join(seen.split())


def _words(value: str) -> str:
    """Text (bytes as latin-1) with its encoded words decoded.

    Programs cut a letter of several bytes between two words, so neighbours of the same
    character set are joined before they are decoded.
    """
    pieces: list[str] = []
    charset, held, end = "", b"", 0
    for found in _ENCODED_WORD.finditer(value):
        between = value[end : found.start()]
        if held and (between.strip() or found[1].lower() != charset):
            pieces.append(decoded(held, charset))
            held = b""
        if between.strip() or not end:
            pieces.append(_plain(between))
        charset = found[1].lower()
        held += _word_bytes(found[2], found[3])
        end = found.end()
    if held:
        pieces.append(decoded(held, charset))
    return "".join((*pieces, _plain(value[end:])))


def _plain(value: str) -> str:
    return _guessed(value.encode("latin-1", "replace"))


def _word_bytes(encoding: str, text: str) -> bytes:
    raw = text.encode("latin-1", "replace")
    if encoding in "bB":
        return from_base64(raw)
    return binascii.a2b_qp(raw, header=True)


def from_base64(raw: bytes) -> bytes:
    """What base64 says, up to where it is cut off.

    Some programs encode a file in chunks and pad each of them: after padding, lines go on that
    are whole by themselves. Anything else behind it is a footer that a mailing list added.
    """
    first, padding, rest = raw.partition(b"=")
    pieces = [_from_unpadded(first)]
    if padding:
        for line in rest.lstrip(b"=").split(b"\n"):
            stripped = line.strip()
            if len(stripped) % 4 or stripped.translate(None, _BASE64_TEXT):
                break
            pieces += (_from_unpadded(chunk) for chunk in stripped.split(b"="))
    return b"".join(pieces)


def _from_unpadded(raw: bytes) -> bytes:
    kept = raw.translate(None, _NOT_BASE64)
    if len(kept) % 4 == 1:
        kept = kept[:-1]
    return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))


def is_base64(raw: bytes) -> bool:
    """Whether what is said to be base64 can be: its first line is neither a header nor bytes."""
    first = raw[:4096].lstrip().partition(b"\n")[0]
    return b":" not in first and len(first.translate(None, _BASE64_TEXT)) * 20 <= len(first)


def parameters(value: bytes) -> Mapping[str, str]:
    """A header's parameters such as ``filename``, decoded; lower-cased names.

    Where both ways of writing stand, RFC 2231 (``filename*=``) wins, unless it is garbled.
    """
    found: dict[str, dict[int, tuple[bool, str]]] = {}
    plain: dict[str, str] = {}
    for name, text in _PARAMETER.findall(value.decode("latin-1")):
        section = _SECTION.fullmatch(name.lower())
        if section is None:
            continue
        if section[2] is None and section[3] is None:
            plain.setdefault(section[1], _unquoted(text))
        else:
            parts = found.setdefault(section[1], {})
            parts.setdefault(int(section[2] or 0), (section[3] is not None, _unquoted(text)))
    result = {name: _written(text) for name, text in plain.items()}
    for name, parts in found.items():
        text = _continued(parts)
        if name not in result or "\N{REPLACEMENT CHARACTER}" not in text:
            result[name] = text
    return result


def _unquoted(text: str) -> str:
    text = re.sub(r"\r?\n[ \t]+", " ", text)
    if not text.startswith('"'):
        return text.strip()
    inner = text[1:-1] if len(text) > 1 and text.endswith('"') else text[1:]
    return _QUOTED_PAIR.sub(r"\1", inner)


def _written(text: str) -> str:
    """A parameter outside RFC 2231: encoded words, percent signs, or plain letters."""
    if "=?" in text:
        return _words(text)
    if _PERCENT.search(text):
        raw = unquote_to_bytes(text.encode("latin-1"))
        try:
            named = raw.decode("utf-8")
        except UnicodeDecodeError:
            named = ""
        if named and not named.isascii():
            return named
    return _plain(text)


def _continued(parts: Mapping[int, tuple[bool, str]]) -> str:
    encoded, first = parts.get(0, (False, ""))
    charset = ""
    if encoded and first.count("'") >= 2:
        charset, _, rest = first.split("'", 2)
        parts = {**parts, 0: (True, rest)}
    raw = b"".join(
        unquote_to_bytes(text.encode("latin-1")) if percent else text.encode("latin-1")
        for _, (percent, text) in sorted(parts.items())
    )
    if not charset and b"=?" in raw:
        return _words(raw.decode("latin-1"))
    return decoded(raw, charset)


def is_system_file(name: str) -> bool:
    """Whether a computer made the file for itself: ``.DS_Store``, ``~$แบบ.xlsx``, ``~WRL1.tmp``.

    ``name`` may have folders before it, with ``/`` between them.
    """
    return _SYSTEM_FILE.fullmatch(name) is not None


def clean_name(text: str, longest: int = LONGEST_NAME) -> str:
    """A supplied name as people may be shown it: one line, no separators, its suffix kept."""
    name = one_line(re.sub(r"[/\\]", "_", text)).strip("\"'")
    if name.strip("._ ") == "":
        return ""
    if len(name) <= longest:
        return name
    stem, dot, suffix = name.rpartition(".")
    if not dot or len(suffix) > _LONGEST_SUFFIX:
        return name[: longest - 1] + "…"
    return stem[: longest - len(suffix) - 2] + "…" + dot + suffix
