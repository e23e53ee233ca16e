"""Names where the whole one must not stand: mail, messages to other units. 「王○毛」 as in the manual."""

from __future__ import annotations

import re
import unicodedata

CIRCLE = "○"
COMPOUND = frozenset(
    [
        "歐陽",
        "司馬",
        "諸葛",
        "上官",
        "司徒",
        "夏侯",
        "皇甫",
        "尉遲",
        "公孫",
        "慕容",
        "令狐",
        "端木",
        "東方",
        "張簡",
        "范姜",
        "周黃",
        "江謝",
        "南宮",
        "司空",
        "長孫",
        "宇文",
    ]
)
# A married woman's name with both surnames has four letters.
MIN_CHINESE, MAX_SIMPLE = 2, 3
_SEPARATORS = re.compile(r"([\s‧．·•・.,\-]+)")


def mask_name(name: str) -> str:
    """`王○毛`, `王○`, `歐○○毛`; of a name in several words the first letters: `T○○ P○○`, `拉○○‧達○○`."""
    parts = _SEPARATORS.split(name.strip())
    words = [part for part in parts[::2] if part]
    if len(words) <= 1:
        return _mask_word(words[0]) if words else ""
    # A fixed number of circles: several words make a name rare, its lengths would give it away.
    return "".join(
        part if index % 2 else f"{_letters(part)[0]}{CIRCLE * 2}" for index, part in enumerate(parts) if part
    )


def same_name(one: str, other: str) -> bool:
    """Whether two spellings mean one name: blanks, width, case and the sort of dot don't count."""
    return _folded(one) == _folded(other)


def suffixes(name: str) -> list[str]:
    """Each tail of the name that a search for a part of it may begin with."""
    return [name[start:] for start in range(len(name)) if not name[start].isspace()]


def surname(name: str) -> str:
    """What a Chinese name is addressed by: two letters of a compound or a married name, else the first one.

    A name with a dot or in another script has none that could be told from it: the whole name.
    """
    if (
        not all("\u3400" <= char <= "\u9fff" or ord(char) > 0x1FFFF for char in name)
        or len(name) < MIN_CHINESE
    ):
        return name
    return name[:2] if len(name) > MAX_SIMPLE or name[:2] in COMPOUND else name[:1]


def _folded(name: str) -> str:
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", name)).casefold()


def _mask_word(word: str) -> str:
    first, *rest = _letters(word)
    if not rest:
        return CIRCLE
    *inner, last = rest
    return first + CIRCLE * len(inner) + last if inner else first + CIRCLE


def _letters(word: str) -> list[str]:
    """What a reader sees as one letter: accents and variation selectors stay with the letter before them."""
    letters: list[str] = []
    for char in word:
        if letters and unicodedata.category(char).startswith("M"):
            letters[-1] += char
        else:
            letters.append(char)
    return letters
