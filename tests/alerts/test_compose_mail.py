"""The mail of an alert: its headers one by one, its two bodies, and what a hostile page cannot do to it."""

from __future__ import annotations

import email
import email.charset
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from email import policy
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from watcher.alerts import words
from watcher.alerts.compose import ChannelFace, alert_message_id, compose_alert, compose_notice
from watcher.alerts.mail import check_address
from watcher.model import Alert, Fault, Field, Hit, MessageType, Problem, Relation

MakeAlert = Callable[..., Alert]
MakeHit = Callable[..., Hit]

HEADERS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Id",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "X-Watcher-Alert",
    "X-Watcher-Watch",
    "X-Watcher-Story",
    "MIME-Version",
    "Content-Type",
]


def parsed(body: bytes) -> EmailMessage:
    message = email.message_from_bytes(body, policy=policy.strict + policy.SMTP)
    assert isinstance(message, EmailMessage)
    for part in message.walk():
        assert part.defects == []
        for _, value in part.items():
            assert value.defects == ()
    return message


def part(body: bytes, kind: str) -> str:
    found = parsed(body).get_body((kind,))
    assert found is not None
    return str(found.get_content()).replace("\r\n", "\n")


def test_every_header_as_promised(make_alert: MakeAlert, desk: ChannelFace, now: datetime) -> None:
    alert = make_alert()
    message = compose_alert(alert, desk, now=now)
    mail = parsed(message.body)
    domain = "example.org"
    assert list(mail.keys()) == HEADERS
    assert mail["From"] == "Watcher <watcher@example.org>"
    assert mail["To"] == "Ada <ada@example.org>, b@example.org"
    assert mail["Subject"] == (
        "[Elon Musk] Taking swipe at US, Russia offers asylum to Elon Musk amid his feud with Donald Trump - NDTV"
    )
    assert mail["Date"] == "Mon, 23 Nov 2026 21:03:29 +0100"
    assert mail["Message-ID"] == f"<{message.id}@{domain}>"
    assert mail["List-Id"] == f"Elon Musk <elon-musk.watcher.{domain}>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Watcher-Alert"] == alert.id
    assert mail["X-Watcher-Watch"] == "Elon Musk"
    assert mail["X-Watcher-Story"] == alert.story.id
    assert mail.get_content_type() == "multipart/alternative"
    assert [one.get_content_type() for one in mail.iter_parts()] == ["text/plain", "text/html"]
    assert message.subject == mail["Subject"]
    assert message.recipients == ("ada@example.org", "b@example.org")
    assert message.type is MessageType.ALERT


def test_the_same_work_gives_the_same_bytes(make_alert: MakeAlert, desk: ChannelFace, now: datetime) -> None:
    assert compose_alert(make_alert(), desk, now=now) == compose_alert(make_alert(), desk, now=now)
    assert compose_alert(make_alert(), desk, now=now).id == alert_message_id(make_alert().id, "desk")
    assert compose_alert(make_alert(), replace(desk, name="boss"), now=now).id != alert_message_id(
        make_alert().id, "desk"
    )


def test_the_bytes_do_not_depend_on_what_else_the_process_has_loaded(
    make_alert: MakeAlert, desk: ChannelFace, now: datetime
) -> None:
    alert = make_alert(title="Илон Маск " * 10)
    before = compose_alert(alert, desk, now=now)
    email.charset.add_charset("utf-8", email.charset.QP, email.charset.QP, "utf-8")  # as Apprise's email plugin does
    try:
        assert compose_alert(alert, desk, now=now) == before
    finally:
        email.charset.add_charset("utf-8", email.charset.SHORTEST, email.charset.BASE64, "utf-8")


def test_a_follow_up_stands_in_the_thread_of_the_first(make_alert: MakeAlert, desk: ChannelFace, now: datetime) -> None:
    alerts = [make_alert(number) for number in range(15)]
    first = parsed(compose_alert(alerts[0], desk, now=now).body)
    last = make_alert(20, group=0, relation=Relation.FOLLOW_UP, thread=[alert.id for alert in alerts])
    mail = parsed(compose_alert(last, desk, now=now).body)
    assert mail["In-Reply-To"] == first["Message-ID"]
    references = mail["References"].split()
    assert references[0] == first["Message-ID"]
    assert references[-1] == f"<{alert_message_id(alerts[-1].id, 'desk')}@example.org>"
    assert len(references) == 10
    assert "This goes on from a story" in part(compose_alert(last, desk, now=now).body, "plain")


def test_what_a_plain_text_reader_sees(
    make_alert: MakeAlert, make_hit: MakeHit, desk: ChannelFace, now: datetime
) -> None:
    alert = make_alert(
        lede="A senior Russian lawmaker has suggested that Elon Musk could be offered political asylum.",
        copies=["BBC News", "example.net"],
        problem=Problem.PAYWALL,
    )
    text = part(compose_alert(alert, desk, now=now).body, "plain")
    assert (
        text
        == """\
https://www.ndtv.com/story-1

Taking swipe at US, Russia offers asylum to *Elon Musk* amid his feud
with Donald Trump
NDTV - 7 June 2025, 14:03 CEST

  Russian lawmaker Dmitry Novikov has suggested that *Musk* could seek
  political asylum in Russia.

A senior Russian lawmaker has suggested that Elon Musk could be offered
political asylum.

Why: “Elon Musk” is in the headline and once in the text.

Not the whole story: the page is behind a paywall. What stands here is
what its feed says.

Also at BBC News and example.net.

--
Watch: Elon Musk
Raised 23 November 2026, 21:03 CET
In the archive: alerts/2026/11/23/story-1.md
""".replace("--\n", "-- \n")
    )


class Page(HTMLParser):
    """What a reader of the HTML would meet: links, what it would load, what stands in bold, the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.bold: list[str] = []
        self.text = ""
        self._in_bold = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append(given["href"])
        self._in_bold = given.get("class") == "found"
        self.loads += [tag] if tag in ("script", "img", "link", "iframe", "object", "form", "base") else []
        self.loads += [name for name in given if name in ("src", "srcset", "background") or name.startswith("on")]

    def handle_data(self, data: str) -> None:
        if self._in_bold:
            self.bold.append(data)
            self._in_bold = False
        self.text += data


def test_what_an_html_reader_sees(make_alert: MakeAlert, desk: ChannelFace, now: datetime) -> None:
    html = part(compose_alert(make_alert(), desk, now=now).body, "html")
    page = Page(html)
    assert page.links == ["https://www.ndtv.com/story-1"]
    assert page.bold == ["Elon Musk", "Musk"]
    assert page.loads == []
    assert "url(" not in html
    assert "@import" not in html


HOSTILE = '<script>alert(1)</script><img src=x onerror="x">{{ 7 * 7 }}{% raw %}'


def test_nothing_of_a_page_is_markup_or_template(
    make_alert: MakeAlert, make_hit: MakeHit, desk: ChannelFace, now: datetime
) -> None:
    hits = [make_hit("<img", HOSTILE), make_hit("alert(1)", HOSTILE, Field.TITLE, term=HOSTILE)]
    alert = make_alert(title=HOSTILE, watch=HOSTILE, hits=hits, site=HOSTILE, lede=HOSTILE + "!", copies=[HOSTILE])
    message = compose_alert(alert, desk, now=now)
    page = Page(part(message.body, "html"))
    assert page.loads == []
    assert page.links == ["https://www.ndtv.com/story-1"]
    assert "{{ 7 * 7 }}" in page.text
    assert "{{ 7 * 7 }}" in part(message.body, "plain")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "https://[x", "", "//x/y"]
)
def test_only_web_addresses_become_links(url: str, make_alert: MakeAlert, desk: ChannelFace, now: datetime) -> None:
    alert = make_alert()
    alert = replace(alert, story=replace(alert.story, extraction=replace(alert.story.extraction, url=url)))
    page = Page(part(compose_alert(alert, desk, now=now).body, "html"))
    assert [link for link in page.links if not link.startswith("https://")] == []


INJECTIONS = [
    "A\r\nBcc: victim@evil.example",
    "A\nBcc: victim@evil.example\n\nbody",
    "A\u2028Bcc: victim@evil.example",
    "A\x85Bcc: victim@evil.example",
    "=?utf-8?q?x=0ABcc=3A_victim=40evil.example?=",
    "=?utf-8?b?eApCY2M6IHZpY3RpbUBldmlsLmV4YW1wbGU=?= and more",
    "\ud800 half a character",
    "\x00\x1b[31m\x7f",
    "\u202egnp.exe",
    "ä" * 300,
    "x" * 1200,
    "字" * 600,
    "“quotes”, <angles> and (brackets); @ all, of them: done.",
]


@pytest.mark.parametrize("text", INJECTIONS)
def test_no_text_becomes_a_header(text: str, make_alert: MakeAlert, desk: ChannelFace, now: datetime) -> None:
    hold_together(text, make_alert, desk, now)


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet=st.one_of(st.characters(), st.sampled_from('=?\r\n \t:qQbB"<>@,')), max_size=300))
def test_no_text_at_all_becomes_a_header(text: str, make_alert: MakeAlert, desk: ChannelFace, now: datetime) -> None:
    hold_together(text, make_alert, desk, now)


def hold_together(text: str, make_alert: MakeAlert, desk: ChannelFace, now: datetime) -> None:
    name = re.sub(r'[\s<>@,;:"()\\=?]|[^\w.\-]', " ", text)
    name = " ".join(name[:12].split()) or "Watcher"  # one encoded word: Python 3.11 reads two with a space between
    watch = text.encode(errors="replace").decode()  # what can be read from a file
    alert = make_alert(title=text, watch=watch, site=text, lede=text, copies=[text])
    face = replace(desk, sender=f"{name} <watcher@example.org>")
    message = compose_alert(alert, face, now=now)
    mail = parsed(message.body)
    assert list(mail.keys()) == HEADERS
    assert (
        list(email.message_from_bytes(mail.as_bytes()).keys()) == HEADERS
    )  # nor once it was taken apart and set again
    assert mail["Subject"] == message.subject.replace("=?", "= ?")
    assert mail["X-Watcher-Watch"] == words.clean(watch).replace("=?", "= ?")
    assert mail["From"].addresses[0].display_name == name
    assert "\n" not in message.subject
    lines = message.body.split(b"\r\n")
    assert max(map(len, lines)) < 998
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert message.body.isascii()


@pytest.mark.parametrize(
    "title",
    [
        "Россия предлагает убежище Илону Маску после ссоры с президентом США Дональдом Трампом в Вашингтоне",
        "ロシア、マスク氏に亡命を提案 トランプ大統領との対立を受け",
        "Peskov: «Это внутреннее дело США» — Bloomberg",
        "روسيا تعرض اللجوء على إيلون ماسك",
        "A tab\tand  two spaces",
        "50 = 50? Yes; a=b",
        "emoji 🚀👩‍🚀 in a headline",
    ],
)
def test_a_headline_in_any_script_arrives_whole(
    title: str, make_alert: MakeAlert, desk: ChannelFace, now: datetime
) -> None:
    message = compose_alert(make_alert(title=title, hits=()), desk, now=now)
    plain = " ".join(title.split())
    assert parsed(message.body)["Subject"] == f"[Elon Musk] {plain} - NDTV"
    assert plain in " ".join(part(message.body, "plain").split())
    assert plain in part(message.body, "html").replace("&amp;", "&")


@pytest.mark.parametrize(
    ("watch", "list_id"),
    [
        ("Elon Musk", "Elon Musk <elon-musk.watcher.example.org>"),
        ("TASS", "TASS <tass.watcher.example.org>"),
        ("Musk, in one line", r'"Musk, in one line" <musk-in-one-line-\w{8}.watcher.example.org>'),
        ("Илон Маск", r"Илон Маск <watch-\w{8}.watcher.example.org>"),
    ],
)
def test_a_watch_is_a_list(watch: str, list_id: str, make_alert: MakeAlert, desk: ChannelFace, now: datetime) -> None:
    mail = parsed(compose_alert(make_alert(watch=watch), desk, now=now).body)
    assert re.fullmatch(list_id, mail["List-Id"])


def test_an_international_domain_and_name(make_alert: MakeAlert, desk: ChannelFace, now: datetime) -> None:
    face = replace(desk, sender="Wächter, der <w@bücher.example>", recipients=("Zoë Ł <zoe@exämple.org>",))
    message = compose_alert(make_alert(), face, now=now)
    mail = parsed(message.body)
    assert mail["From"].addresses[0].display_name == "Wächter, der"
    assert mail["From"].addresses[0].domain == "xn--bcher-kva.example"
    assert message.recipients == ("zoe@xn--exmple-cua.org",)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b@c",
        "a b@example.org",
        "a@exa mple.org",
        "ä@example.org",
        "a@b\r\nBcc: x@y",
        "a@",
        "@b",
        "a@..b",
    ],
)
def test_an_address_that_is_none_is_told(address: str, make_alert: MakeAlert, desk: ChannelFace, now: datetime) -> None:
    assert check_address(address)
    with pytest.raises(ValueError, match="“"):
        compose_alert(make_alert(), replace(desk, recipients=(address,)), now=now)


def test_a_notice(desk: ChannelFace, now: datetime) -> None:
    message = compose_notice(
        "BBC\r\nworld is silent", "No entry <b>since</b>\nFriday.\n\nLook.", desk, key="k", now=now
    )
    mail = parsed(message.body)
    assert mail["Subject"] == "[watcher] BBC world is silent"
    assert mail["List-Id"] == "Notices of watcher about itself <notices.watcher.example.org>"
    assert "No entry <b>since</b> Friday.\n\nLook." in part(message.body, "plain")
    assert "&lt;b&gt;since" in part(message.body, "html")
    assert message.type is MessageType.NOTICE
    assert message.id != compose_notice("x", "y", desk, key="other", now=now).id


def test_a_notice_keeps_the_lines_of_a_fault(desk: ChannelFace, now: datetime) -> None:
    fault = Fault(file="watchlist.yaml", line=3, column=5, message='no setting "whith"', source="    whith: [<b>]")
    message = compose_notice("The watchlist is refused", f"It stays as it was.\n\n{fault}", desk, key="k", now=now)
    lines = '3:5: no setting "whith"\n  3 |     whith: [<b>]\n    |     ^\n'
    assert lines in part(message.body, "plain")
    assert "<pre>watchlist.yaml:3:5" in part(message.body, "html")
    assert "whith: [&lt;b&gt;]\n    |     ^</pre>" in part(message.body, "html")
