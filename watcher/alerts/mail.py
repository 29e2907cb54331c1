"""subject, addresses, headers, text and HTML -> the bytes of one mail (RFC 5322), the same for the same input.

The bytes are set out here rather than by email.message: a title that somebody else wrote must never become a header,
and in Python 3.11 an encoded word in a Subject can. Every value is cleaned to one line, `=?` in it is broken, and what
is not plain ASCII is encoded as a whole. Lines end in CRLF and stay under 78 characters, so that the mail is 7 bit and
needs nothing of the servers on its way.
"""

from __future__ import annotations

import base64
import quopri
import re
from collections.abc import Sequence
from datetime import datetime
from email.charset import SHORTEST, Charset
from email.header import Header
from email.utils import format_datetime, formataddr

from watcher.alerts import words

_EOL = "\r\n"
REFERENCES = 10  # the first of the thread and the latest of it, which is what readers thread by
_ADDRESS = re.compile(r'(?P<local>[^\s@,;:<>()\[\]"\\]+)@(?P<domain>[^\s@,;:<>()\[\]"\\]+)')
_LONGEST_WORD = 500  # characters: a line of a mail may have 998
_UTF8 = Charset("utf-8")
_UTF8.header_encoding = SHORTEST  # said here, since libraries change the default for the whole process
_HEADER_LINE = 76  # characters: RFC 2047 allows no longer line with an encoded word


def write_mail(
    *,
    id_: str,
    domain: str,
    date: datetime,
    sender: str,
    recipients: Sequence[str],
    subject: str,
    list_id: tuple[str, str],
    answers: Sequence[str] = (),
    headers: Sequence[tuple[str, str]] = (),
    text: str,
    html: str,
) -> bytes:
    """One multipart/alternative mail.

    list_id: the phrase, and the label before the domain. answers: ids of the earlier mails of its thread, oldest first.
    headers: further ones, their values any text.

    Raises ValueError for an address that check_address refuses.
    """
    boundary = f"=_{id_}"  # `=_` cannot occur in quoted-printable or base64
    lines = [
        _folded("From", address(sender)),
        _folded("To", ", ".join(map(address, recipients))),
        _encoded("Subject", subject),
        f"Date: {format_datetime(date)}",
        f"Message-ID: {message_id(id_, domain)}",
        *_thread(answers, domain),
        _folded("List-Id", _named(list_id[0], f"{list_id[1]}.watcher.{domain}")),
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",  # what Exchange heeds instead of the line before
        *(_encoded(name, value) for name, value in headers),
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative;{_EOL} boundary="{boundary}"',
        "",
        *_part(boundary, "text/plain", text),
        *_part(boundary, "text/html", html),
        f"--{boundary}--",
        "",
    ]
    return _EOL.join(lines).encode("ascii")


def message_id(id_: str, domain: str) -> str:
    return f"<{id_}@{domain}>"


def _thread(answers: Sequence[str], domain: str) -> list[str]:
    if not answers:
        return []
    ids = [message_id(answer, domain) for answer in answers]
    kept = dict.fromkeys([ids[0], *ids[1 - REFERENCES :]])
    return [f"In-Reply-To: {ids[0]}", _folded("References", " ".join(kept))]


def domain_of(sender: str) -> str:
    """The domain of the sender's address, in ASCII: what Message-IDs and List-Ids end in."""
    return bare_address(sender).rpartition("@")[2]


def bare_address(text: str) -> str:
    """The address in `Name <address>` or `address`, its domain in ASCII. Raises ValueError for what is none."""
    return _split(text)[1]


def check_address(text: str) -> str | None:
    """What is wrong with an address that a person wrote, as a sentence, or None."""
    try:
        _split(text)
    except ValueError as error:
        return str(error)
    return None


def address(text: str) -> str:
    """The address as a header writes it: a name that is not plain ASCII as encoded words, special signs quoted."""
    return _named(*_split(text))


def _split(text: str) -> tuple[str, str]:
    """The name, which may be empty, and the address with its domain in ASCII. Raises ValueError."""
    if any(c != " " and words.clean(c) != c for c in text):
        raise ValueError(f"“{words.clean(text)}” holds characters that no address can hold")
    name, opened, rest = text.strip().partition("<")
    found = _ADDRESS.fullmatch(rest.removesuffix(">") if opened else name)
    if found is None or bool(opened) != text.strip().endswith(">"):
        raise ValueError(f"“{text}” is no email address; write name@example.org or Name <name@example.org>")
    if not found["local"].isascii():
        raise ValueError(f"“{text}” has letters before the @ that many mail servers do not take")
    try:
        domain = found["domain"].encode("idna").decode("ascii")
    except UnicodeError:
        raise ValueError(f"“{found['domain']}” is not the name of a host") from None
    name = name.strip() if opened else ""
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return name, f"{found['local']}@{domain}"


def _named(name: str, target: str) -> str:
    name = _harmless(name)
    if name.isascii():
        return formataddr((name, target))
    return f"{Header(name, _UTF8, _HEADER_LINE, 'From').encode(linesep='')} <{target}>"


def _harmless(value: str) -> str:
    """The value on one line and without the opening of an encoded word, which some readers decode twice."""
    return words.clean(value).replace("=?", "= ?")


def _encoded(name: str, value: str) -> str:
    """A header whose value is text: as it is if it is ASCII that folds, else encoded words."""
    value = _harmless(value)
    if value.isascii() and max(map(len, value.split(" "))) <= _LONGEST_WORD:
        return _folded(name, value)
    return f"{name}: {Header(value, _UTF8, _HEADER_LINE, name).encode(linesep=_EOL)}"


def _folded(name: str, value: str) -> str:
    """A header of ASCII words, folded before each word that would make its line too long."""
    lines = [f"{name}:"]
    for word in value.split(" "):
        if len(lines[-1]) + 1 + len(word) > _HEADER_LINE and lines[-1] != f"{name}:":
            lines.append("")
        lines[-1] += f" {word}"
    return _EOL.join(lines)


def _part(boundary: str, content_type: str, content: str) -> list[str]:
    """One body part, in whichever of quoted-printable and base64 is the shorter."""
    raw = "\n".join(content.splitlines()).encode(errors="replace") + b"\n"
    quoted = quopri.encodestring(raw).decode("ascii")
    packed = base64.encodebytes(raw.replace(b"\n", b"\r\n")).decode("ascii")
    encoding, body = ("quoted-printable", quoted) if len(quoted) <= len(packed) else ("base64", packed)
    return [
        f"--{boundary}",
        f"Content-Type: {content_type}; charset=utf-8",
        f"Content-Transfer-Encoding: {encoding}",
        "",
        *body.splitlines(),
        "",  # the line end before the boundary is the boundary's
    ]
