"""what the other side answered -> delivered, later or never: the one table of answers, for every channel.

| answer                                              | outcome                                                      |
|-----------------------------------------------------|--------------------------------------------------------------|
| HTTP 2xx                                            | delivered                                                    |
| HTTP 3xx                                            | later: never followed; the address is the owner's to mend    |
| HTTP 408, 425, 429, 5xx                             | later, after Retry-After if it is given                      |
| HTTP 410                                            | never, and the channel is switched off                       |
| HTTP other 4xx                                      | never                                                        |
| no HTTP answer: timeout, refused, cut, TLS          | later                                                        |
| SMTP 2yz to DATA                                    | delivered, for the recipients that RCPT took                 |
| SMTP 4yz, and 552 to RCPT (RFC 5321 4.5.3.1.10)     | later, for that recipient or all that are left               |
| the same, and nobody took the mail                  | later, and it counts against the channel                     |
| SMTP 5yz to MAIL, RCPT, DATA                        | never, for that recipient or all that are left               |
| SMTP 5yz before MAIL, or that asks to log in        | later: it is about the server or the login, not the message  |
| no SMTP answer: timeout, refused, cut, TLS          | later                                                        |
| Apprise: True                                       | delivered                                                    |
| Apprise: False, with a status in what it logged     | as HTTP says, but nothing is switched off                    |
| Apprise: False without one, or too slow             | later                                                        |
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from watcher.model import GIVE_UP_AFTER, Answer, Outcome

GONE = 410
LATER = frozenset({408, 425, 429})
SMTP_TOO_MANY = 552  # to RCPT: an old way to say 452
SMTP_LOGIN = frozenset({530, 534, 535, 538})  # answers about the login, whenever they come
BUSY = frozenset({429, 503})  # said of whoever asks more often than of the message
LONGEST_WAIT = GIVE_UP_AFTER.total_seconds()  # whatever Retry-After says, one more try is made before it is too late
REASON_SHOWN = 300  # characters of an answer: a sentence or two, not a page


def of_http(status: int, *, said: str = "", retry_after: str | None = None, now: datetime) -> Outcome:
    """The outcome of an HTTP answer. said: the start of its body; retry_after: the header as received."""
    reason = shown(f"HTTP {status}", said)
    if 200 <= status < 300:
        return Outcome(answer=Answer.DELIVERED, reason=reason)
    if status == GONE:
        return Outcome(answer=Answer.REJECTED, reason=reason, switch_off=True)
    if 400 <= status < 500 and status not in LATER:
        return Outcome(answer=Answer.REJECTED, reason=reason)
    wait = seconds_to_wait(retry_after, now)
    return Outcome(answer=Answer.DEFERRED, reason=reason, retry_after=wait, down=True, busy=status in BUSY)


def of_silence(reason: str, *, blameless: bool = False) -> Outcome:
    """The outcome where nothing was answered, or nothing about this message; for email, to all recipients again.

    blameless: the other side was not shown any of the message.
    """
    return Outcome(answer=Answer.DEFERRED, reason=shown(reason), down=True, blameless=blameless)


def answer_of_smtp(code: int, *, to_rcpt: bool = False) -> Answer:
    """What an SMTP reply to MAIL, RCPT or DATA says."""
    if 200 <= code < 300:
        return Answer.DELIVERED
    if 500 <= code < 600 and code not in SMTP_LOGIN and not (to_rcpt and code == SMTP_TOO_MANY):
        return Answer.REJECTED
    return Answer.DEFERRED


def of_smtp(
    *, taken: Sequence[str], later: Mapping[str, str], never: Mapping[str, str], said: str, known: bool, rest: bool
) -> Outcome:
    """The outcome of one mail by recipient. later, never: recipient -> the server's words.

    known: MAIL was taken, so the server knows of this mail; rest: it goes only to what is left of its recipients.
    A server that takes a mail for nobody now may be one that takes no mail now: one that is full says 452 to RCPT or
    after the text as well as to MAIL.
    """
    refused = tuple((recipient, shown(why)) for recipient, why in never.items())
    if later:
        reason = "; ".join(f"{recipient}: {why}" for recipient, why in later.items())
        return Outcome(
            answer=Answer.DEFERRED,
            reason=shown(reason),
            left=tuple(later),
            refused=refused,
            down=not taken,
            blameless=not known,
            rest=rest,
        )
    answer = Answer.DELIVERED if taken else Answer.REJECTED
    return Outcome(answer=answer, reason=shown(said) if taken else "", refused=refused)


def of_chat(*, sent: bool, status: int | None, said: str, now: datetime) -> Outcome:
    """The outcome of what Apprise answered. status: the service's, where Apprise logged it."""
    if sent:
        return Outcome(answer=Answer.DELIVERED)
    if status is None or 200 <= status < 300:  # an error under a good status is the service's business, and may pass
        return of_silence(said or "the service did not take it")
    outcome = of_http(status, said=said, now=now)
    return replace(outcome, switch_off=False)


def seconds_to_wait(retry_after: str | None, now: datetime) -> float | None:
    """Retry-After in seconds from now, in either of its forms; None for none or one that cannot be read."""
    if retry_after is None:
        return None
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_WAIT)  # nine digits: 30 years, and no int() of a megabyte
    try:
        until = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):  # what email.utils raises for what is no date
        return None
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max((aware - now).total_seconds(), 0.0), LONGEST_WAIT)


def shown(*parts: str) -> str:
    """What the other side said, on one line and bounded: it is untrusted, and is stored and printed."""
    text = ": ".join(part for part in (" ".join(part.split()) for part in parts) if part)
    text = "".join(c for c in text if c.isprintable())
    return text if len(text) <= REASON_SHOWN else f"{text[: REASON_SHOWN - 1]}…"
