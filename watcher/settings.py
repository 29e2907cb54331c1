"""config/watcher.yaml -> Settings; every fault with its line and column. Secrets are named here, never held."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import GenerateJsonSchema

from watcher.marks import Kind, Node, compose, did_you_mean, duration_text
from watcher.marks import duration as read_duration
from watcher.model import ChannelKind, ConfigError, Fault

_NOTHING = re.compile(r"0+\s*[smhdw]?")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):[0-5]\d\Z")
_HOST = re.compile(r"[A-Za-z0-9._:-]+\Z")


def duration(text: object) -> timedelta:
    """`0s`, `5s`, `10m`, `6h`, `90d`, `2w`. Raises ValueError with what to write instead."""
    written = str(text).strip()
    found = timedelta(0) if _NOTHING.fullmatch(written) else read_duration(written)
    if found is None:
        raise ValueError(f'"{text}" is no length of time. Write a number and a unit: 30s, 10m, 6h, 90d')
    return found


def _forever(text: object) -> timedelta | None:
    return None if str(text).strip() == "forever" else duration(text)


def _pace(text: object) -> timedelta | None:
    return None if str(text).strip() == "auto" else duration(text)


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text.strip(), strict=False))
    except ValueError:
        raise ValueError(f'"{text}" is no network. Write it like 10.0.0.0/8 or 192.168.1.7/32') from None


def _address(text: str) -> str:
    address = text.strip().rsplit("<", 1)[-1].rstrip(">")
    if address.count("@") != 1 or not all(address.split("@")) or re.search(r"[\s\x00-\x1f,;<>]", address):
        raise ValueError(f'"{text}" is no mail address. Write it like desk@example.org')
    return text.strip()


def _listen(text: str) -> str:
    if text.startswith("unix:/") or text.startswith("/"):
        return text
    host, _, port = text.rpartition(":")
    if not host or not _HOST.match(host.strip("[]")) or not port.isdigit() or not 0 <= int(port) < 65536:
        raise ValueError(
            f'"{text}" is nothing to listen on. Write it like 127.0.0.1:8642, or the path of a Unix socket'
        )
    return text


def _public_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or not text.isprintable() or " " in text or "@" in text or "?" in text or "#" in text:
        raise ValueError(f'"{text}" is no web address that a hub could call. Write it like https://watcher.example.org')
    return text


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise ValueError(f'there is no time zone "{text}". Write it like Europe/Berlin') from None
    return text


def _digest(times: list[str]) -> list[str]:
    for text in times:
        if _CLOCK.match(text):
            continue
        try:
            CronSim(text, datetime(2026, 1, 1, tzinfo=UTC))
        except CronSimError:
            message = f'"{text}" is no time of day. Write it like "07:30", a list of such, or a cron line'
            raise ValueError(message) from None
    return times


def _quiet(text: str) -> str:
    start, _, end = text.partition("-")
    if not _CLOCK.match(start.strip()) or not _CLOCK.match(end.strip()) or start.strip() == end.strip():
        raise ValueError(f'"{text}" is no span of the day. Write it like "22:00-07:00"')
    return text


def _limit(text: str) -> str:
    if not re.match(r"[1-9]\d*\s*/\s*(\d+\s*)?[smhd]\Z", text):
        raise ValueError(f'"{text}" is no limit. Write how many in what time: 20/h')
    return text


_TEXT = WithJsonSchema({"type": "string"})
Duration = Annotated[timedelta, BeforeValidator(duration), _TEXT]
Retention = Annotated[timedelta | None, BeforeValidator(_forever), _TEXT]
Network = Annotated[str, AfterValidator(_network)]
MailAddress = Annotated[str, AfterValidator(_address)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SeedSettings(_Part):
    """An article that the archive starts from."""

    file: Path
    title: str | None = None
    site: str | None = None
    url: str | None = None


class PollingSettings(_Part):
    """How publishers are asked. gap: between two starts at one host, feeds and pages alike.

    pages_per_hour: of one host, for feeds with read: page; further entries wait, but not what a feed's words match.
    """

    every: Annotated[timedelta | None, BeforeValidator(_pace), _TEXT] = None
    per_host: Annotated[int, Field(ge=1, le=16)] = 1
    gap: Duration = timedelta(seconds=5)
    pages_per_hour: Annotated[int, Field(ge=1, le=100_000)] = 600  # five sixths of what the gap allows one host
    contact: str = ""


class RetentionSettings(_Part):
    entries: Retention = timedelta(days=90)
    stories: Retention = None
    pages: Retention = timedelta(days=365)


class AlertSettings(_Part):
    """first_poll_alerts: how old an entry of a feed's first poll may be to be told all the same."""

    revisions: bool = False
    follow_up_every: Duration = timedelta(hours=6)
    copies: Literal["fold", "alert"] = "fold"
    first_poll_alerts: Duration = timedelta(hours=24)


class EmailSettings(_Part):
    to: Annotated[list[MailAddress], Field(min_length=1), BeforeValidator(lambda v: [v] if isinstance(v, str) else v)]
    from_: Annotated[MailAddress, Field(alias="from")]
    host: str
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    tls: Literal["none", "starttls", "implicit"] = "starttls"
    user: str | None = None
    password_file: str | None = None
    ca_file: Path | None = None

    @property
    def effective_port(self) -> int:
        return self.port or {"none": 25, "starttls": 587, "implicit": 465}[self.tls]

    @model_validator(mode="after")
    def _login_whole(self) -> Self:
        if (self.user is None) != (self.password_file is None):
            raise ValueError("user and password_file go together: give both or neither")
        if self.user is not None and self.tls == "none":
            raise ValueError("a password is never sent without TLS: write tls: starttls or tls: implicit")
        return self


class WebhookSettings(_Part):
    url: Annotated[str, Field(pattern=r"^https?://[^\s/]+")]
    secret_file: str


class AppriseSettings(_Part):
    url_file: str


class ChannelSettings(_Part):
    """One way to reach a person: email, webhook or apprise. default: it is for watches that name no channels."""

    email: EmailSettings | None = None
    webhook: WebhookSettings | None = None
    apprise: AppriseSettings | None = None
    digest: Annotated[
        list[str], BeforeValidator(lambda v: [v] if isinstance(v, str) else v), AfterValidator(_digest)
    ] = []
    quiet: Annotated[str, AfterValidator(_quiet)] | None = None
    limit: Annotated[str, AfterValidator(_limit)] | None = None
    timezone: Annotated[str, AfterValidator(_zone)] = "UTC"
    default: bool = True

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if sum(kind is not None for kind in (self.email, self.webhook, self.apprise)) != 1:
            raise ValueError("a channel is exactly one of email, webhook and apprise")
        return self

    @property
    def kind(self) -> ChannelKind:
        if self.email is not None:
            return ChannelKind.EMAIL
        return ChannelKind.WEBHOOK if self.webhook is not None else ChannelKind.CHAT


class PageSettings(_Part):
    listen: Annotated[str, AfterValidator(_listen)] = "127.0.0.1:8642"


class WebSubSettings(_Part):
    """public_url: where hubs on the internet reach the page's server; without it nothing is subscribed to."""

    public_url: Annotated[str, AfterValidator(_public_url)] | None = None


class Settings(_Part):
    """watcher.yaml as a whole; relative paths are relative to the file. page: None where it is switched off."""

    archive: Path = Path("../archive")
    seed: list[SeedSettings] = []
    page: Annotated[
        PageSettings | None,
        BeforeValidator(lambda value: None if value in ("false", "off", "no") else value),
        WithJsonSchema({"anyOf": [PageSettings.model_json_schema(), {"enum": [False, "off"]}]}),
    ] = PageSettings()
    polling: PollingSettings = PollingSettings()
    websub: WebSubSettings = WebSubSettings()
    retention: RetentionSettings = RetentionSettings()
    allow_private: list[Network] = []
    alerts: AlertSettings = AlertSettings()
    notices: list[str] = []
    channels: dict[str, ChannelSettings] = {}


def read_settings(text: str, *, file: str) -> Settings:
    """The settings in the text of a watcher.yaml. Raises ConfigError with all its faults in file order."""
    node = compose(text, file=file)
    plain = node.plain()
    if not isinstance(plain, dict):
        raise ConfigError(node.fault("settings are wanted here, each on a line of its own, like `archive: ../archive`"))
    try:
        return Settings.model_validate(plain)
    except ValidationError as error:
        raise ConfigError(*sorted(_faults(node, error), key=lambda fault: (fault.line, fault.column))) from None


class _Schema(GenerateJsonSchema):
    """Defaults are told as a person writes them: 6h, not PT6H."""

    def encode_default(self, dft: Any) -> Any:
        if isinstance(dft, BaseModel):
            return {name: self.encode_default(getattr(dft, name)) for name in type(dft).model_fields}
        return duration_text(dft) if isinstance(dft, timedelta) else super().encode_default(dft)


def settings_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of watcher.yaml."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Settings.model_json_schema(by_alias=True, schema_generator=_Schema),
        "title": "watcher.yaml",
    }


def _faults(node: Node, error: ValidationError) -> Iterator[Fault]:
    for one in error.errors():
        path = one["loc"]
        place = node.at(path) if node.at(path).kind is Kind.SCALAR else node.key_at(path)
        if one["type"] == "extra_forbidden":
            place = node.key_at(path)
            name = str(path[-1])
            help_ = did_you_mean(name, _settings_at(path[:-1]))
            yield place.fault(f'there is no setting "{name}" {_where(path[:-1])}.{help_}')
        elif one["type"] == "missing":
            place = node.key_at(path[:-1])
            yield place.fault(f'the setting "{path[-1]}" is missing {_where(path[:-1])}')
        else:
            yield place.fault(_sentence(one))


def _where(path: tuple[int | str, ...]) -> str:
    return f'in "{".".join(map(str, path))}"' if path else "in watcher.yaml"


def _sentence(error: Any) -> str:
    found = error.get("input")
    match error["type"]:
        case "value_error":
            return str(error["ctx"]["error"])
        case "bool_parsing":
            return f'"{found}" is neither true nor false'
        case "int_parsing" | "int_from_float":
            return f'"{found}" is not a whole number'
        case "literal_error":
            return f'"{found}" is not one of {error["ctx"]["expected"].replace(chr(39), "")}'
        case "string_pattern_mismatch":
            return f'"{found}" is no web address. Write it like https://example.org/hooks/watcher'
        case "dict_type" | "model_type" | "model_attributes_type":
            return "settings are wanted here, each with a name and a colon"
        case _:
            return str(error["msg"])


def _settings_at(path: tuple[int | str, ...]) -> list[str]:
    """The names of the settings that may stand at this place of the file."""
    part: Any = Settings
    for step in path:
        if isinstance(step, int):
            continue
        if isinstance(part, type) and issubclass(part, _Part):
            field = next((f for n, f in part.model_fields.items() if step in (n, f.alias)), None)
            part = _inner(field.annotation) if field else None
        elif part == "channels":
            part = ChannelSettings
    if part == "channels" or not (isinstance(part, type) and issubclass(part, _Part)):
        return []
    return [field.alias or name for name, field in part.model_fields.items()]


def _inner(annotation: Any) -> Any:
    """The settings class in an annotation such as `list[SeedSettings]`; "channels" for the mapping of channels."""
    if annotation == dict[str, ChannelSettings]:
        return "channels"
    for one in (annotation, *getattr(annotation, "__args__", ())):
        if isinstance(one, type) and issubclass(one, _Part):
            return one
    return None
