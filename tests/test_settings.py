"""watcher.yaml: what it may say, and each fault at its place with a sentence that helps."""

from __future__ import annotations

from datetime import timedelta

import jsonschema
import pytest

from watcher.model import ChannelKind, ConfigError
from watcher.settings import Settings, duration, read_settings, settings_schema

CONTRACT = """\
archive: ../archive
seed:
  - file: seed/000_6063b363d31ad2d8.txt
    title: Taking swipe at US
page: {listen: "127.0.0.1:8642"}
polling: {every: auto, per_host: 1, gap: 5s, contact: you@example.org}
retention: {entries: 90d, stories: forever, pages: 365d}
allow_private: []
alerts:
  revisions: false
  follow_up_every: 6h
  copies: fold
notices: [desk]
channels:
  desk:
    email: {to: [desk@example.org], from: "Watcher <watcher@example.org>", host: localhost, port: 25, tls: none}
  boss:
    email:
      {to: [b@example.org], from: w@example.org, host: h.example.org, tls: implicit, user: watcher, password_file: p}
    digest: "07:30"
    timezone: Europe/Berlin
    quiet: "22:00-07:00"
    default: false
  hook:
    webhook: {url: https://example.org/hooks/watcher, secret_file: hook-secret}
  chat:
    apprise: {url_file: slack-url}
    limit: 20/h
"""


def test_the_contract_reads_as_written() -> None:
    settings = read_settings(CONTRACT, file="watcher.yaml")
    assert settings.polling.every is None
    assert settings.polling.gap == timedelta(seconds=5)
    assert settings.retention.stories is None
    assert settings.alerts.first_poll_alerts == timedelta(hours=24)
    assert [(name, channel.kind) for name, channel in settings.channels.items()] == [
        ("desk", ChannelKind.EMAIL),
        ("boss", ChannelKind.EMAIL),
        ("hook", ChannelKind.WEBHOOK),
        ("chat", ChannelKind.CHAT),
    ]
    assert settings.channels["boss"].digest == ["07:30"]
    assert not settings.channels["boss"].default


def test_everything_has_a_default() -> None:
    assert read_settings("archive: a\n", file="watcher.yaml").polling == Settings().polling


@pytest.mark.parametrize("text", ["", "# nothing\n"])
def test_an_emptied_file_is_no_settings(text: str) -> None:
    with pytest.raises(ConfigError, match="the file is empty"):
        read_settings(text, file="watcher.yaml")


def test_a_page_can_be_off() -> None:
    assert read_settings("page: off", file="f").page is None
    assert read_settings("page: false", file="f").page is None
    assert read_settings("page: {listen: /run/watcher.sock}", file="f").page is not None


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("archiv: x\n", "1:1", 'no setting "archiv" in watcher.yaml. Did you mean "archive"?'),
        ("polling: {gap: soon}\n", "1:16", '"soon" is no length of time'),
        ("polling:\n  per_host: many\n", "2:13", "not a whole number"),
        ("alerts: {copies: maybe}\n", "1:18", "not one of fold or alert"),
        ("alerts: {revisions: maybe}\n", "1:21", "neither true nor false"),
        ("allow_private: [here]\n", "1:17", "no network"),
        ("channels:\n  a: {email: {to: [x], from: w@x.org, host: h}}\n", "2:20", "no mail address"),
        ("channels:\n  a: {email: {to: [x@y.org], host: h}}\n", "2:7", '"from" is missing'),
        ("channels:\n  a: {default: true}\n", "2:3", "exactly one of email, webhook and apprise"),
        ("channels:\n  a: {webhook: {url: ftp://x, secret_file: s}}\n", "2:22", "no web address"),
        ("channels:\n  a: {apprise: {url_file: u}, quiet: night}\n", "2:38", "no span of the day"),
        ("channels:\n  a: {apprise: {url_file: u}, timezone: Berlin}\n", "2:41", "no time zone"),
        ("channels:\n  a: {apprise: {url_file: u}, digset: x}\n", "2:31", 'Did you mean "digest"?'),
        ("- a\n", "1:1", "settings are wanted"),
        ("page: {listen: here}\n", "1:16", "nothing to listen on"),
        ("websub: {public_url: watcher.example.org}\n", "1:22", "no web address that a hub could call"),
        ("websub: {public_url: https://w.example/?a}\n", "1:22", "no web address that a hub could call"),
        ("websub: {public_url: https://u:p@w.example}\n", "1:22", "no web address that a hub could call"),
        ("websub: {publicurl: https://w.example}\n", "1:10", 'Did you mean "public_url"?'),
    ],
)
def test_a_fault_is_told_at_its_place(text: str, place: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_settings(text, file="watcher.yaml")
    fault = str(caught.value)
    assert words in fault
    assert fault.startswith(f"watcher.yaml:{place}:"), fault


def test_a_password_is_never_sent_in_the_clear() -> None:
    mail = "{to: [a@b.org], from: c@d.org, host: h, tls: none, user: u, password_file: p}"
    with pytest.raises(ConfigError, match="never sent without TLS"):
        read_settings(f"channels: {{a: {{email: {mail}}}}}", file="f")


def test_all_faults_of_a_file_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        read_settings("polling: {gap: soon}\narchiv: x\nalerts: {copies: maybe}\n", file="f")
    assert [fault.line for fault in caught.value.faults] == [1, 2, 3]


@pytest.mark.parametrize("text", ["5", "1y", "", "five minutes", "-3h", "9" * 30 + "d"])
def test_no_length_of_time(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        duration(text)


def test_the_schema_takes_what_the_reader_takes() -> None:
    validator = jsonschema.Draft202012Validator(settings_schema())
    validator.validate({"archive": "a", "page": False, "polling": {"gap": "5s"}, "retention": {"stories": "forever"}})
    assert not validator.is_valid({"archiv": "a"})
