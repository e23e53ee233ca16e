"""One written form for addresses, applied alike to what people type and to the directory's own names."""

from __future__ import annotations

import re
import unicodedata

from rules.addresses.numerals import road_digits

LONGEST = 200
"""Characters looked at. No address is longer; a pasted document costs no more than an address."""

_VARIANTS = str.maketrans(
    {"台": "臺", "巿": "市", "双": "雙", "ㄧ": "一", "号": "號", "廿": "二十", "卅": "三十"}
    | dict.fromkeys("‐‑‒–—―−", "-")
)
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[\s,、;]+(?=\d)")
_NOISE = re.compile(
    r"[\s\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]+"
    r"|(?<!\d)[,、;.。]+|[,、;.。]+(?!\d)"
)
_CODE = r"(?:\d{3}(?:-?\d{2,3})?(?!\d))?"
_PREFIX = re.compile(rf"[(\[]?{_CODE}[)\]]?(?:中華民國)?(?:臺灣省|福建省|臺灣(?!大道))?{_CODE}")
_OLD_CITIES = {
    "臺北縣": "新北市",
    "桃園縣": "桃園市",
    "臺中縣": "臺中市",
    "臺南縣": "臺南市",
    "高雄縣": "高雄市",
}


def fold(name: str) -> str:
    """The form in which names are compared: NFKC, no blanks, 臺 for 台, 2段 for 二段."""
    text = unicodedata.normalize("NFKC", name[:LONGEST]).translate(_VARIANTS)
    return road_digits(_NOISE.sub("", _BETWEEN_DIGITS.sub(",", text)))


def normalise(address: str) -> str:
    """The folded address from the city on: no postal code, country or province, today's name of the city."""
    text = fold(address)
    if prefix := _PREFIX.match(text):
        text = text[prefix.end() :]
    return _OLD_CITIES.get(text[:3], text[:3]) + text[3:]
