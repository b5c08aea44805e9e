"""Links to files that lie elsewhere: in a letter's text, or as a shortcut that was attached.

Only the host is kept: whoever knows the whole of such a link may open what it leads to.
"""

from __future__ import annotations

import re
from html import unescape

from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.mail import LINK_ONLY
from moral_xlsx.model.findings import Finding

_URL = re.compile(r"https?://([A-Za-z0-9.-]{3,253})(?::[0-9]{1,5})?([^\s\"'<>]{0,2000})")
# Where people share files; elsewhere a link leads to a file when its path ends as one does.
_SHARES = re.compile(
    r"(?:.+\.)?(?:(?:drive|docs|forms|storage)\.google\.com|1drv\.ms|onedrive\.live\.com"
    r"|sharepoint\.com|dropbox\.com|box\.com|icloud\.com|we\.tl|wetransfer\.com|mega\.nz"
    r"|mediafire\.com|4shared\.com|forms\.gle|goo\.gl)"
)
_LEADS_TO_FILE = re.compile(
    r"[^?#]*\.(?:xls[xmb]?|ods|csv|docx?|odt|pdf|zip|rar|7z|numbers|pages)(?:[?#].*)?",
    re.IGNORECASE,
)
_SHORTCUTS = (".url", ".webloc", ".desktop", ".lnk", ".gsheet", ".gdoc", ".gslides", ".gform")
_PAGES = (".html", ".htm", ".mht", ".mhtml")
_MOST_HOSTS = 3


def hosts_in(text: str) -> tuple[str, ...]:
    """The hosts of the shared files that a text or a page links to, each once, in order."""
    if "http" not in text:
        return ()
    hosts = (
        host.lower().strip(".")
        for host, path in _URL.findall(unescape(text))
        if _SHARES.fullmatch(host.lower()) or _LEADS_TO_FILE.fullmatch(path)
    )
    return tuple(dict.fromkeys(hosts))[:_MOST_HOSTS]


def shortcut(name: str, data: bytes) -> Finding | None:
    """What is said of an attached file that only leads to another one; None for any other."""
    lower = name.lower()
    if not lower.endswith((*_SHORTCUTS, *_PAGES)):
        return None
    text = data[:100_000].decode("utf-8", "replace")
    hosts = hosts_in(text)
    if not hosts and not lower.endswith(_SHORTCUTS):
        return None
    return link_only(hosts or tuple(dict.fromkeys(host for host, _ in _URL.findall(text)))[:1])


def link_only(hosts: tuple[str, ...] = ()) -> Finding:
    """There is a link and no file."""
    named = f" ({', '.join(hosts)})" if hosts else ""
    return finding(LINK_ONLY, where=named)
