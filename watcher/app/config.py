"""The configuration folder -> Config: both files, checked each and against each other; secrets where they are used."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from watcher.alerts.mail import check_address
from watcher.app.written import read_text, shown
from watcher.marks import Node, compose
from watcher.matching.watchlist import read_watchlist_marked
from watcher.model import ConfigError, Fault, Watchlist
from watcher.settings import ChannelSettings, Settings, read_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The two files of a configuration folder, read and checked against each other."""

    folder: Path
    settings: Settings
    settings_node: Node
    watchlist: Watchlist
    templates: Mapping[str, str]  # the owner's own: file name -> source
    texts: tuple[str, str] = ("", "")  # of watcher.yaml and watchlist.yaml, as they were read

    @property
    def archive(self) -> Path:
        return (self.folder / self.settings.archive).resolve()

    @property
    def sha256(self) -> str:
        """Of all that it was read from, secrets left out: two with the same are the same configuration."""
        return hashlib.sha256("\0".join((*self.texts, *chain(*sorted(self.templates.items())))).encode()).hexdigest()

    def fault(self, message: str, *path: str | int) -> ConfigError:
        """A fault at this place of watcher.yaml."""
        return ConfigError(self.settings_node.at(path).fault(message))


def read_config(folder: Path) -> Config:
    """Raises ConfigError with every fault of watchlist.yaml and watcher.yaml."""
    faults: list[Fault] = []
    settings, settings_node = Settings(), None
    watchlist, watchlist_node = Watchlist(), None
    settings_file, watchlist_file = folder / "watcher.yaml", folder / "watchlist.yaml"
    settings_text = watchlist_text = ""
    try:
        settings_text = read_text(settings_file)
        settings = read_settings(settings_text, file=shown(settings_file))
        settings_node = compose(settings_text, file=shown(settings_file))
    except ConfigError as error:
        faults += error.faults
    try:
        watchlist_text = read_text(watchlist_file)
        watchlist, watchlist_node = read_watchlist_marked(watchlist_text, file=shown(watchlist_file))
    except ConfigError as error:
        faults += error.faults
    if settings_node is not None:
        faults += _settings_faults(settings, settings_node, folder)
        if watchlist_node is not None:
            faults += _channel_faults(settings, watchlist, watchlist_node)
    templates = _read_templates(folder / "templates", faults)
    if faults or settings_node is None:
        raise ConfigError(*faults)
    return Config(
        folder=folder,
        settings=settings,
        settings_node=settings_node,
        watchlist=watchlist,
        templates=templates,
        texts=(settings_text, watchlist_text),
    )


def _read_templates(folder: Path, faults: list[Fault]) -> dict[str, str]:
    """The owner's own templates, rendered once with examples to see whether they can be."""
    if not folder.is_dir():
        return {}
    try:
        own = {file.name: read_text(file) for file in sorted(folder.glob("*.j2"))}
    except ConfigError as error:
        faults += error.faults
        return {}
    if own:
        from watcher.alerts.checking import check_templates  # with Jinja2, that takes a while to load

        faults += check_templates(own, folder=shown(folder))
    return own


def _channel_faults(settings: Settings, watchlist: Watchlist, node: Node) -> Iterator[Fault]:
    for number, watch in enumerate(watchlist.watches):
        for place, channel in enumerate(watch.channels):
            if channel not in settings.channels:
                yield node.at(("watches", number, "channels", place)).fault(_no_channel(channel, settings))


def _no_channel(channel: str, settings: Settings) -> str:
    known = ", ".join(settings.channels) or "none"
    return f'there is no channel "{channel}" in watcher.yaml (there are: {known})'


def _settings_faults(settings: Settings, node: Node, folder: Path) -> Iterator[Fault]:
    for place, channel in enumerate(settings.notices):
        if channel not in settings.channels:
            yield node.at(("notices", place)).fault(_no_channel(channel, settings))
    for number, seed in enumerate(settings.seed):
        if not (folder / seed.file).is_file():
            yield node.at(("seed", number, "file")).fault(f'there is no seed file "{seed.file}"')
    if settings.websub.public_url is not None and settings.page is None:
        message = "hubs call the page's server, and `page: off` does without one: leave out one of the two"
        yield node.at(("websub", "public_url")).fault(message)
    for name, settings_of in settings.channels.items():
        yield from _address_faults(name, settings_of, node)
        for kind, key, secret in _secret_names(settings_of):
            if _secret_file(secret, folder) is None:
                message = (
                    f'there is no file "{secret}" beside the configuration, and no systemd credential of that name'
                )
                yield node.at(("channels", name, kind, key)).fault(message)


def _address_faults(name: str, channel: ChannelSettings, node: Node) -> Iterator[Fault]:
    if channel.email is None:
        return
    wanted: list[tuple[tuple[str | int, ...], str]] = [(("from",), channel.email.from_)]
    wanted += [(("to", place), address) for place, address in enumerate(channel.email.to)]
    for path, address in wanted:
        wrong = check_address(address)
        if wrong is not None:
            yield node.at(("channels", name, "email", *path)).fault(wrong)


def _secret_names(channel: ChannelSettings) -> Iterator[tuple[str, str, str]]:
    if channel.email is not None and channel.email.password_file is not None:
        yield "email", "password_file", channel.email.password_file
    if channel.webhook is not None:
        yield "webhook", "secret_file", channel.webhook.secret_file
    if channel.apprise is not None:
        yield "apprise", "url_file", channel.apprise.url_file


def _secret_file(name: str, folder: Path) -> Path | None:
    """Where a secret lies: a systemd credential (alone, or of the unit's folder `secrets`), else beside the files."""
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    places = [Path(credentials) / name, Path(credentials) / f"secrets_{name}"] if credentials else []
    return next((place for place in (*places, folder / name, folder / "secrets" / name) if place.is_file()), None)


def read_secret(config: Config, name: str, *path: str) -> tuple[str, ...]:
    """The lines of a secret file, comments left out. Raises ConfigError at the setting that names it."""
    file = _secret_file(name, config.folder)
    if file is None:
        raise config.fault(f'there is no file "{name}"', *path)
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise config.fault(f'the file "{name}" cannot be read: {type(error).__name__}', *path) from None
    found = tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))
    if not found:
        raise config.fault(f'the file "{name}" is empty', *path)
    return found
