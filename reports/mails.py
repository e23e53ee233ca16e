"""The texts of our mails. Personal data stays out: a number, a masked name, and a link behind the log-in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rules.roc_dates import show


@dataclass(frozen=True)
class Letter:
    subject: str
    body: str


def case_closed(
    *,
    referral_id: int,
    masked_name: str,
    unit_name: str,
    closed_on: date,
    served: int,
    not_served: int,
    base_url: str,
    case_id: int,
) -> Letter:
    """To who sent the referral, with the outcome and a link to the reply form."""
    return Letter(
        subject=f"轉介單 {referral_id} 已結案",
        body=(
            f"您好：\n\n貴單位轉介的個案 {masked_name}（轉介單號 {referral_id}），"
            f"已由{unit_name}於 {show(closed_on)} 結案。\n\n"
            f"服務結果：{_outcome(served, not_served)}\n"
            f"轉介回覆單（登入後可查看、列印）：\n{base_url.rstrip('/')}/cases/{case_id}/reply-form\n"
        ),
    )


def _outcome(served: int, not_served: int) -> str:
    if not served and not not_served:
        return "結案前沒有服務紀錄。"
    parts = [f"提供服務 {served} 次"] * bool(served) + [f"無法提供服務 {not_served} 次"] * bool(not_served)
    return "、".join(parts) + "。"


def case_assigned(*, case_id: int, referral_id: int, masked_name: str, due: date, base_url: str) -> Letter:
    """To the case manager whom the supervisor gave a new case."""
    return Letter(
        subject=f"新派個案：服務單 {case_id}",
        body=(
            f"您好：\n\n督導已將個案 {masked_name}（{_numbers(case_id, referral_id)}）派給您，"
            f"預計應結案日期為 {show(due)}。\n\n"
            f"個案服務歷程（登入後可查看）：\n{_case_page(base_url, case_id)}\n"
        ),
    )


def case_received(
    *, case_id: int, referral_id: int, masked_name: str, due: date, giver_name: str, base_url: str
) -> Letter:
    """To the case manager who takes a case over from a colleague."""
    return Letter(
        subject=f"個案轉入：服務單 {case_id}",
        body=(
            f"您好：\n\n個案 {masked_name}（{_numbers(case_id, referral_id)}）"
            f"已由督導從 {giver_name} 轉給您，預計應結案日期為 {show(due)}。\n\n"
            f"個案服務歷程（登入後可查看）：\n{_case_page(base_url, case_id)}\n"
        ),
    )


def case_handed_over(*, case_id: int, referral_id: int, masked_name: str, taker_name: str) -> Letter:
    """To whom a case was taken from; without a link, for it is no longer theirs to open."""
    return Letter(
        subject=f"個案轉出：服務單 {case_id}",
        body=(
            f"您好：\n\n個案 {masked_name}（{_numbers(case_id, referral_id)}）"
            f"已由督導轉給 {taker_name} 接續服務，已不在您的個案清單中。\n"
        ),
    )


def referral_received(*, referral_id: int, masked_name: str, referring_unit: str, base_url: str) -> Letter:
    """To the supervisors of the unit that a new referral was routed to."""
    return Letter(
        subject=f"新轉介單 {referral_id} 待收案",
        body=(
            f"您好：\n\n{referring_unit}送來轉介單 {referral_id}（個案 {masked_name}），請儘速收案並派案。\n\n"
            f"收案/派案（登入後可查看）：\n{base_url.rstrip('/')}/intake/{referral_id}\n"
        ),
    )


def referral_routed(*, referral_id: int, masked_name: str, referring_unit: str, base_url: str) -> Letter:
    """To the supervisors of the unit an administrator chose for a referral that no rule could route."""
    return Letter(
        subject=f"待收案轉介單 {referral_id}（人工指定分派）",
        body=(
            f"您好：\n\n{referring_unit}轉介的個案 {masked_name}（轉介單號 {referral_id}）"
            "已由系統管理者指定由貴單位收案，請儘速收案並派案。\n\n"
            f"收案/派案（登入後可查看）：\n{base_url.rstrip('/')}/intake/{referral_id}\n"
        ),
    )


def _numbers(case_id: int, referral_id: int) -> str:
    return f"個案服務單號 {case_id}，轉介單號 {referral_id}"


def _case_page(base_url: str, case_id: int) -> str:
    return f"{base_url.rstrip('/')}/cases/{case_id}"
