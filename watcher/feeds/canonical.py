"""An address -> the one spelling under which its spellings meet: no tracking, no AMP, no fragment, no scheme.

A canonical address is for comparing. It may be none that a server answers to: what is fetched is the feed's link.
"""

from __future__ import annotations

import re
from typing import Final

# Parameters that say where a reader came from and not what is read.
_TRACKING: Final = frozenset((
    "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "ysclid", "twclid", "ttclid",
    "igshid", "igsh", "li_fat_id", "mc_cid", "mc_eid", "mkt_tok", "_ga", "_gl", "_hsenc", "_hsmi", "hsctatracking",
    "vero_id", "vero_conv", "wickedid", "oly_anon_id", "oly_enc_id", "rb_clickid", "s_cid", "icid", "ncid", "ocid",
    "cmpid", "ns_mchannel", "ns_source", "ns_campaign", "ns_linkname", "at_medium", "at_campaign",
    "at_link_id", "at_link_type", "at_format", "at_ptr_name", "at_bbc_team", "smid", "smtyp", "ito",
    "spm", "scid", "sref", "guccounter", "guce_referrer", "guce_referrer_sig", "taid", "__twitter_impression",
    "feedname", "feedtype", "rssfeed", "source_feed", "xtor", "xtref", "wt.mc_id", "wt_mc_id", "wtmc",
    "traffic_source", "traffic_medium", "traffic_campaign", "echobox", "mibextid", "srsltid", "giftcopy",
    "unlocked_article_code", "outputtype", "amp", "amp_js_v", "amp_gsa", "amp_tf", "ampshare", "usqp", "aoh",
))  # fmt: skip
_TRACKING_PREFIXES: Final = ("utm_", "pk_", "piwik_", "mtm_", "matomo_", "hsa_", "at_custom", "ga_", "int_")
_TRACKING_VALUES: Final = {  # names with other uses, which track only with these values
    "ref": ("rss", "feed", "twitter", "facebook", "home"),
    "source": ("rss", "feed", "rssfeed"),
    "src": ("rss", "feed"),
    "from": ("rss", "feed"),
    "feed": ("rss", "rss2", "atom"),
    "cid": ("rss",),
    "rss": ("1", "yes", "true", ""),
    "ftag": None,
}
_AMP_CACHE: Final = re.compile(r"^(?:[\w.-]+\.)?cdn\.ampproject\.org$|^(?:www\.)?google\.[a-z.]{2,6}$")
_AMP_HOST: Final = re.compile(r"^amp\.")
_PORTS: Final = {"http": ":80", "https": ":443"}


def canonical_url(url: str) -> str:
    """The address without scheme, "www." and what does not say what is read; other schemes than http(s) as they are.

    `https://www.Example.org:443/a/amp/?utm_source=rss&id=5#top` -> `example.org/a?id=5`.
    """
    url = url.strip()
    scheme, _, rest = url.partition("://")
    port = _PORTS.get(scheme) or _PORTS.get(scheme.lower())
    if port is None or not rest:
        return url
    rest, _, query = rest.partition("#")[0].partition("?")  # by hand: urlsplit alone costs as much as all of this
    host, _, path = rest.partition("/")
    host = host.rpartition("@")[2].lower().removesuffix(port).rstrip(".")
    if "amp" in rest or "google." in host:
        host, path = _without_amp(host, "/" + path)
    path = path.strip("/")
    address = f"{host.removeprefix('www.')}/{path}" if path else host.removeprefix("www.")
    if query and (kept := sorted(part for part in query.split("&") if part and not _tracks(part))):
        address += "?" + "&".join(kept)
    return address


def same_address(guid: str) -> str | None:
    """The canonical form of a guid that is an address, else None."""
    return canonical_url(guid) if guid.startswith(("http://", "https://")) else None


def _tracks(parameter: str) -> bool:
    name, _, value = parameter.lower().partition("=")
    if name in _TRACKING or name.startswith(_TRACKING_PREFIXES):
        return True
    if name in _TRACKING_VALUES:
        values = _TRACKING_VALUES[name]
        return values is None or value in values
    return False


def _without_amp(host: str, path: str) -> tuple[str, str]:
    """The publisher's own address for one in an AMP cache or viewer, or in the publisher's AMP edition."""
    if _AMP_CACHE.match(host):
        inner = re.match(r"^/(?:amp|[a-z]{1,2})/(?:s/)?([^/]+\.[^/]+)(/.*)?$", path)
        if not inner:
            return host, path
        host, path = inner[1].lower(), inner[2] or ""
    host = _AMP_HOST.sub("", host)
    path = path.rstrip("/")
    if path.startswith("/amp/"):
        path = path[4:]
    if path.endswith(".amp.html"):
        return host, path.removesuffix(".amp.html") + ".html"
    return host, path.removesuffix("/amp").removesuffix(".amp")


__all__ = ["canonical_url", "same_address"]
