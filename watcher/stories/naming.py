"""Title, id and day of a story or alert -> its path in the archive, safe on every file system. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

# ext4, APFS and NTFS allow 255 bytes or characters; eCryptfs 143; 120 leaves room for a backup tool's own ending.
MAX_NAME_BYTES = 120
_SUFFIX = ".md"
_ID = re.compile(r"[^0-9A-Za-z_]")
_MAX_ID = 64  # our own are 32 hex digits
# Names that Windows keeps for devices, whatever their ending.
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)

_PLAIN = str.maketrans(
    {
        "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i",
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "zh", "з": "z", "и": "i", "й": "y",
        "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
        "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu",
        "я": "ya", "і": "i", "ї": "yi", "є": "ye", "ґ": "g", "ў": "u", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c",
        "ђ": "dj", "џ": "dz",
        "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i", "κ": "k", "λ": "l",
        "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t", "υ": "y", "φ": "f",
        "χ": "ch", "ψ": "ps", "ω": "o",
    }
)  # fmt: skip


def slug(title: str, *, max_bytes: int) -> str:
    """Small letters, digits and single hyphens: Latin, Greek and Cyrillic as ASCII, other scripts as they are.

    At most max_bytes in UTF-8, cut between words where a word ends in the second half; never a hyphen at an end.
    """
    letters = unicodedata.normalize("NFC", title.casefold()).translate(_PLAIN)
    plain = "".join(c for c in unicodedata.normalize("NFKD", letters) if not unicodedata.combining(c)).translate(_PLAIN)
    composed = unicodedata.normalize("NFC", plain)  # Hangul was taken apart above
    words = "-".join(re.findall(r"[^\W_]+", re.sub(r"['’ʼ]", "", composed)))
    if len(words.encode()) <= max_bytes:
        return words
    cut = words.encode()[:max_bytes].decode(errors="ignore")
    if words[len(cut)] != "-" and "-" in cut[max_bytes // 2 :]:
        cut = cut.rpartition("-")[0]
    return cut.rstrip("-")


def file_name(title: str, id_: str, *, fallback: str) -> str:
    """`<slug>-<id>.md`, at most 120 bytes; the fallback stands for a title without a letter or digit."""
    tail = f"-{_ID.sub('', id_)[:_MAX_ID] or 'none'}{_SUFFIX}"
    stem = slug(title, max_bytes=MAX_NAME_BYTES - len(tail)) or fallback
    return (f"{fallback}-{stem}" if _RESERVED.fullmatch(stem) else stem) + tail


def story_path(title: str, id_: str, day: date) -> str:
    """Where a story lies, relative to the archive: stories/YYYY/MM/DD/<slug>-<id>.md."""
    return f"stories/{day:%Y/%m/%d}/{file_name(title, id_, fallback='story')}"


def alert_path(title: str, id_: str, day: date) -> str:
    """Where an alert lies, relative to the archive: alerts/YYYY/MM/DD/<slug>-<id>.md. title: that of its story."""
    return f"alerts/{day:%Y/%m/%d}/{file_name(title, id_, fallback='alert')}"
