"""The answer to "which postal code has this address?": a code, or what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rules.texts import N_


class Status(StrEnum):
    OK = "ok"
    OK_ROAD = "ok-road"
    OK_SPECIFIC = "ok-specific"
    NEED_NUMBER = "need-number"
    NEED_DETAIL = "need-detail"
    NO_RANGE = "norange"
    AMBIGUOUS = "ambiguous"
    AMBIGUOUS_DISTRICT = "ambiguous-district"
    NO_ROAD = "noroad"
    NO_DISTRICT = "nodistrict"
    NO_CITY = "nocity"
    EMPTY = "empty"


_REASONS = {
    Status.OK: N_("依門牌號碼判定。"),
    Status.OK_ROAD: N_("整條路（街）為同一郵遞區號。"),
    Status.OK_SPECIFIC: N_("有數段投遞範圍包含此門牌，依最明確的一段判定。"),
    Status.NEED_NUMBER: N_("這條路有不只一個郵遞區號，請補上門牌號碼。"),
    Status.NEED_DETAIL: N_("這個門牌各樓層的郵遞區號不同，請補上樓層。"),
    Status.NO_RANGE: N_("門牌號碼不在這條路的任何投遞範圍內，請檢查門牌號碼，或從候選的郵遞區號中選擇。"),
    Status.AMBIGUOUS: N_("這個門牌有不只一個郵遞區號，請從候選的郵遞區號中選擇。"),
    Status.AMBIGUOUS_DISTRICT: N_("這個縣市有幾個鄉鎮市區都有這條路，請補上鄉鎮市區。"),
    Status.NO_ROAD: N_("這個鄉鎮市區查無此路（街）名，請檢查路名。"),
    Status.NO_DISTRICT: N_("請填寫這個縣市的鄉鎮市區。"),
    Status.NO_CITY: N_("請從縣市名稱開始填寫地址。"),
    Status.EMPTY: N_("請填寫地址。"),
}


@dataclass(frozen=True)
class Resolution:
    """`code` has five digits or is None. `candidates` are the codes still possible, of five digits once the
    road is known and of three before. `zip3` is enough to route, and often known without `code`."""

    code: str | None
    status: Status
    candidates: tuple[str, ...] = ()
    zip3: str | None = None

    @property
    def reason(self) -> str:
        """For the user: what the code was derived from, or what to do to get one."""
        return _REASONS[self.status]
