"""What typed text goes through before any rule looks at it, and the mark for texts that wait in a table."""

from __future__ import annotations

import unicodedata

from rules.errors import FieldFault

# Control, private use, surrogates, invisible format characters (zero width, bidi), separators of lines.
# Not Cn: Python's tables are older than the newest CJK extensions, with which a name may be written.
_UNPRINTABLE = frozenset({"Cc", "Co", "Cs", "Cf", "Zl", "Zp"})


def N_(text: str) -> str:  # noqa: N802
    """Marks a text for the translators (pybabel looks for this name) where it is kept in Chinese."""
    return text


def tidy_line(text: str) -> str:
    """One line: NFC, blanks of every sort joined into single ones, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def tidy_block(text: str) -> str:
    """Several lines: NFC, `\\n` as the line end, no blanks at a line's end, no empty lines around."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def check_line(text: str, *, field: str, limit: int, missing: str = "") -> str:
    """The tidied line. `limit` counts code points; `missing` is the sentence if it must not be empty."""
    line = tidy_line(text)
    if missing and not line:
        raise FieldFault(field, missing)
    _check_characters(line, field, limit)
    return line


def check_block(text: str, *, field: str, limit: int) -> str:
    """The tidied lines of a text that may be left empty."""
    block = tidy_block(text)
    _check_characters(block, field, limit)
    return block


def has_unprintable(text: str) -> bool:
    """Whether a character stands in it that a printed form can't show; line ends and tabs don't count."""
    return any(unicodedata.category(char) in _UNPRINTABLE and char not in "\n\t" for char in text)


def is_dash(char: str) -> bool:
    """Hyphens of every width and the minus sign, which NFKC leaves apart."""
    return unicodedata.category(char) == "Pd" or char == "\N{MINUS SIGN}"


def _check_characters(text: str, field: str, limit: int) -> None:
    if len(text) > limit:
        raise FieldFault(
            field, "最多%(limit)s個字，目前有%(length)s個字，請縮短。", limit=limit, length=len(text)
        )
    if has_unprintable(text):
        raise FieldFault(field, "含有無法顯示的字元，請刪除後重新輸入。")
