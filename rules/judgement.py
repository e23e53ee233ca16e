"""Old or new: what the evidence says, asked in the order of 接待台 rule 一, with the basis and the words for it.

History, introduction cards and the phone check come first; the transferred records count only when all three give
nothing; then the case is new. A record counts if it is a service within the months of the business type's new-case rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rules.calendar import add_months
from rules.desk import Basis
from rules.dispatch import Sentence
from rules.errors import FieldFault
from rules.roc_dates import show
from rules.texts import N_, check_line

MAX_NOTE = 200

HISTORY = N_("舊案：歷史紀錄顯示 %(on)s 曾由 %(who)s 服務。")
CARD = N_("舊案：介紹卡紀錄 %(on)s，承辦 %(who)s。")
TRANSFERRED = N_("舊案：資料移轉紀錄 %(on)s，承辦 %(who)s。")
PHONE_CHECK = N_("舊案：去電 %(who)s 核對，確認為其個案。")
NOTHING = N_("新案：歷史紀錄、介紹卡紀錄、去電核對及資料移轉皆查無紀錄。")
NOTHING_YET = N_("新案：目前查無紀錄，尚未去電櫃台核對。")
TOO_LONG_AGO = N_("新案：最近一次服務為 %(on)s，已超過新案判別表的 %(months)s 個月。")
RECEPTION_OLD = N_("舊案：接待台判定（%(note)s）。")
RECEPTION_NEW = N_("新案：接待台判定（%(note)s）。")
WITHOUT_NOTE = N_("您的判定與系統查得的紀錄不同，請填寫原因。")
UNKNOWN_OFFICER = N_("未記載")
ASKED_YES = N_("去電 %(who)s 核對：是其個案。")
ASKED_NO = N_("去電 %(who)s 核對：不是其個案。")


@dataclass(frozen=True)
class Record:
    """A service that some record tells of. `officer` is empty where the record names none."""

    on: date
    officer: str = ""
    officer_id: int | None = None


@dataclass(frozen=True)
class PhoneCheck:
    """去電櫃台核對: whom reception asked, and whether the officer knew the person as a case."""

    officer_id: int
    officer: str
    known: bool

    @property
    def words(self) -> Sentence:
        """For whoever reads the visit's history, whether or not the judgement came to rest on it."""
        return Sentence(ASKED_YES if self.known else ASKED_NO, {"who": self.officer})


@dataclass(frozen=True)
class Evidence:
    """The latest record of each sort about one person and one business type. `months` 0: a record never gets too old."""

    months: int
    history: Record | None = None
    introduction_card: Record | None = None
    phone_check: PhoneCheck | None = None
    transferred: Record | None = None


@dataclass(frozen=True)
class Judgement:
    """`officer_id`: whose case it is by the evidence. `unasked`: new for now, but no counter has been asked yet."""

    new_case: bool
    basis: Basis
    reason: Sentence
    officer_id: int | None = None
    unasked: bool = False


def judge(evidence: Evidence, day: date) -> Judgement:
    """What the evidence says on the day."""
    since = add_months(day, -evidence.months) if evidence.months else date.min
    for basis, template, record in (
        (Basis.HISTORY, HISTORY, evidence.history),
        (Basis.INTRODUCTION_CARD, CARD, evidence.introduction_card),
    ):
        if record and record.on >= since:
            return _old(basis, template, record)
    asked = evidence.phone_check
    if asked and asked.known:
        reason = Sentence(PHONE_CHECK, {"who": asked.officer})
        return Judgement(False, Basis.PHONE_CHECK, reason, asked.officer_id)
    if evidence.transferred and evidence.transferred.on >= since:
        return _old(Basis.TRANSFERRED_RECORDS, TRANSFERRED, evidence.transferred)
    return Judgement(True, Basis.NOTHING_FOUND, _nothing(evidence), unasked=asked is None)


def settle(proposed: Judgement, new_case: bool | None, note: str) -> tuple[Judgement, str]:
    """What reception decided, with its note: None follows the evidence and needs none. Raises a fault at `note` if it must
    say why not."""
    tidied = check_line(note, field="note", limit=MAX_NOTE)
    if new_case is None:
        return proposed, ""
    if new_case == proposed.new_case:
        return proposed, tidied
    if not tidied:
        raise FieldFault("note", WITHOUT_NOTE)
    template = RECEPTION_NEW if new_case else RECEPTION_OLD
    return Judgement(new_case, Basis.RECEPTION, Sentence(template, {"note": tidied})), tidied


def _old(basis: Basis, template: str, record: Record) -> Judgement:
    who = record.officer or UNKNOWN_OFFICER
    return Judgement(False, basis, Sentence(template, {"on": show(record.on), "who": who}), record.officer_id)


def _nothing(evidence: Evidence) -> Sentence:
    records = (evidence.history, evidence.introduction_card, evidence.transferred)
    days = [record.on for record in records if record]
    if days:
        return Sentence(TOO_LONG_AGO, {"on": show(max(days)), "months": evidence.months})
    return Sentence(NOTHING if evidence.phone_check else NOTHING_YET, {})
