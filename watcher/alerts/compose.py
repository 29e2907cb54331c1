"""alert (or digest, notice, test) + the face of a channel -> the one message that goes out over it, written once.

The same work gives the same id, and the same id and time the same bytes: the id of a message is derived from what it
tells and its channel, and Message-ID and MIME boundary are made of that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from watcher.alerts import mail, webhook, words
from watcher.alerts.data import alert_data
from watcher.alerts.face import ChannelFace
from watcher.alerts.sample import sample_alert
from watcher.alerts.view import Cause, digest, headline, notice, site, view
from watcher.model import Alert, ChannelKind, Message, MessageType, Tally, derive_id

if TYPE_CHECKING:
    from watcher.alerts.rendering import Templates

__all__ = [
    "Cause",
    "ChannelFace",
    "alert_message_id",
    "compose_alert",
    "compose_digest",
    "compose_notice",
    "compose_test",
    "digest_message_id",
]

SUBJECT_HEADLINE = 250  # characters; a header line may have 998, a longer headline is a fault of the page
SUBJECT_WATCH = 100
NAMED_IN_HEADERS = 100  # alerts, watches, stories of a digest; sendmail takes 32 KB of headers in all


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """What there is to say, before it takes the form of a channel. template: a name without its .txt.j2 or the like."""

    id: str
    type: MessageType
    subject: str
    template: str
    context: Mapping[str, Any]
    data: Mapping[str, Any]
    list_id: tuple[str, str]  # the phrase and the label of List-Id
    headers: tuple[tuple[str, str], ...] = ()
    answers: tuple[str, ...] = ()  # ids of earlier messages of the thread


def alert_message_id(alert_id: str, channel: str) -> str:
    """The id of the message that tells of an alert over a channel."""
    return derive_id("delivery", alert_id, channel)


def digest_message_id(alert_ids: Iterable[str], channel: str) -> str:
    """The id of the message that tells of several alerts in one."""
    return derive_id("delivery", "digest", channel, *sorted(alert_ids))


def compose_alert(
    alert: Alert,
    face: ChannelFace,
    *,
    now: datetime,
    answers: Sequence[str] | None = None,
    templates: Templates | None = None,
) -> Message:
    """The message that tells of one alert. answers: ids of the messages before it in its thread, oldest first.

    None: each alert before it had a message of its own. Raises ValueError for a sender or recipient that is no address.
    """
    draft = _alert_draft(alert, face, MessageType.ALERT)
    if answers is not None:
        draft = replace(draft, answers=tuple(answers))
    return _write(draft, face, now, templates)


def compose_test(face: ChannelFace, *, now: datetime, templates: Templates | None = None) -> Message:
    """A message that looks as an alert will, and says that it is a test; each time a new one. Raises ValueError."""
    alert = sample_alert(now, channels=(face.name,))
    draft = _alert_draft(alert, face, MessageType.TEST, id_=derive_id("delivery", "test", face.name, now.isoformat()))
    return _write(draft, face, now, templates)


def compose_digest(
    alerts: Sequence[Alert],
    face: ChannelFace,
    *,
    now: datetime,
    cause: Cause = Cause.DIGEST,
    tally: Tally | None = None,
    templates: Templates | None = None,
) -> Message:
    """Several alerts in one message, by watch, then story, newest first. Raises ValueError."""
    if not alerts:
        raise ValueError("a digest of no alerts is no message")
    alerts = sorted(alerts, key=lambda alert: (alert.raised, alert.id), reverse=True)
    shown = digest(alerts, face.zone, cause, tally)
    ids = sorted(alert.id for alert in alerts)
    watches = list(dict.fromkeys(words.clip(words.clean(alert.watch), SUBJECT_WATCH) for alert in alerts))
    draft = _Draft(
        id=digest_message_id(ids, face.name),
        type=MessageType.DIGEST,
        subject=f"[watcher] {words.clip(shown.summary, SUBJECT_HEADLINE)}",
        template="digest",
        context={"digest": shown, "test": False},
        data={
            "cause": cause.value,
            "summary": shown.summary,
            "matched": webhook.tally_data(tally) if tally is not None else None,
            "watches": {watch.name: len(watch.stories) for watch in shown.watches},
            "alerts": [alert_data(alert) for alert in alerts],
        },
        list_id=("Digests of watcher", "digest"),
        headers=(
            ("X-Watcher-Alert", ", ".join(ids[:NAMED_IN_HEADERS])),
            ("X-Watcher-Watch", ", ".join(watches[:NAMED_IN_HEADERS])),
            ("X-Watcher-Story", ", ".join(sorted({alert.story.id for alert in alerts})[:NAMED_IN_HEADERS])),
        ),
    )
    return _write(draft, face, now, templates)


def compose_notice(
    subject: str, text: str, face: ChannelFace, *, key: str, now: datetime, templates: Templates | None = None
) -> Message:
    """What the watcher writes about itself. key: its matter; text: paragraphs, empty lines between."""
    shown = notice(subject, text, now, face.zone)
    draft = _Draft(
        id=derive_id("delivery", "notice", face.name, key, now.isoformat()),
        type=MessageType.NOTICE,
        subject=f"[watcher] {words.clip(shown.subject, SUBJECT_HEADLINE)}",
        template="notice",
        context={"notice": shown, "test": False},
        data={"key": key, "subject": shown.subject, "text": "\n\n".join(one.text for one in shown.paragraphs)},
        list_id=("Notices of watcher about itself", "notices"),
    )
    return _write(draft, face, now, templates)


def _alert_draft(alert: Alert, face: ChannelFace, type_: MessageType, *, id_: str | None = None) -> _Draft:
    name = words.clip(words.clean(alert.watch), SUBJECT_WATCH)
    subject = f"[{name}] {words.clip(headline(alert), SUBJECT_HEADLINE)} - {words.clip(site(alert), SUBJECT_WATCH)}"
    test = type_ is MessageType.TEST
    return _Draft(
        id=id_ or alert_message_id(alert.id, face.name),
        type=type_,
        subject=f"[test] {subject}" if test else subject,
        template="alert",
        context={"alert": view(alert, face.zone), "test": test},
        data=alert_data(alert),
        list_id=(name, _label(alert.watch)),
        headers=(
            ("X-Watcher-Alert", alert.id),
            ("X-Watcher-Watch", alert.watch),
            ("X-Watcher-Story", alert.story.id),
        ),
        answers=tuple(alert_message_id(earlier, face.name) for earlier in alert.thread),
    )


def _label(watch: str) -> str:
    """The name of a watch as the label of a host; with a hash where other names could give the same label."""
    label = re.sub(r"[^a-z0-9]+", "-", watch.casefold()).strip("-")[:40]
    faithful = re.fullmatch(r"[a-z0-9 ]{1,40}", watch.casefold())
    return label if faithful else f"{label or 'watch'}-{derive_id('watch', watch)[:8]}"


# ---------------------------------------------------------------------------------------------------- one for each kind


def _write(draft: _Draft, face: ChannelFace, now: datetime, templates: Templates | None) -> Message:
    if templates is None:
        from watcher.alerts.rendering import Templates  # Jinja2 takes a while to load, and most polls find nothing

        templates = Templates()
    context = {**draft.context, "subject": draft.subject}
    recipients: tuple[str, ...] = ()
    if face.kind is ChannelKind.EMAIL:
        body = _mail(draft, context, face, now, templates)
        recipients = tuple(dict.fromkeys(map(mail.bare_address, face.recipients)))
    elif face.kind is ChannelKind.WEBHOOK:
        body = webhook.write_json(draft.type, draft.data, now)
    else:
        text = templates.render(f"{draft.template}.chat.j2", context, message_id=draft.id)
        body = _tidy(text).strip().encode(errors="replace")
    return Message(
        id=draft.id,
        channel=face.name,
        kind=face.kind,
        type=draft.type,
        subject=draft.subject,
        body=body,
        recipients=recipients,
    )


def _mail(draft: _Draft, context: Mapping[str, Any], face: ChannelFace, now: datetime, templates: Templates) -> bytes:
    return mail.write_mail(
        id_=draft.id,
        domain=mail.domain_of(face.sender),
        date=now.astimezone(face.zone),
        sender=face.sender,
        recipients=face.recipients,
        subject=draft.subject,
        list_id=draft.list_id,
        answers=draft.answers,
        headers=draft.headers,
        text=_tidy(templates.render(f"{draft.template}.txt.j2", context, message_id=draft.id)),
        html=templates.render(f"{draft.template}.html.j2", context, message_id=draft.id),
    )


def _tidy(text: str) -> str:
    """At most one empty line in a row, whichever parts of a template had nothing to say."""
    return re.sub(r"\n{3,}", "\n\n", text)
