"""The texts of the front desk's mails. Personal data stays out: officers, tickets and links behind the log-in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from reports.appointment_rate import Rate
from reports.mails import Letter
from rules.desk import KIND_TEXT
from rules.roc_dates import show


def services_open(lines: Sequence[str], *, base_url: str) -> Letter:
    """To the supervisors before closing: who has what open."""
    told = "\n".join(f"　・{line}" for line in lines)
    return Letter(
        subject=f"下班前仍有到訪未結束：{len(lines)} 位就服員",
        body=(
            f"您好：\n\n下列櫃台同仁還有到訪未點選「服務結束」，系統已通知本人：\n\n{told}\n\n"
            f"未結束服務（登入後可查看）：\n{base_url.rstrip('/')}/desk/unended/\n"
        ),
    )


def stayed_open(lines: Sequence[str], *, base_url: str) -> Letter:
    """To the supervisors in the morning: what stayed open over night."""
    told = "\n".join(f"　・{line}" for line in lines)
    return Letter(
        subject=f"未點選服務結束、留到隔天：{len(lines)} 位就服員待說明",
        body=(
            f"您好：\n\n下列到訪留到隔天仍未點選「服務結束」，系統已請本人說明當日情形：\n\n{told}\n\n"
            f"說明送出後請核章（登入後可查看）：\n{base_url.rstrip('/')}/desk/unended/\n"
        ),
    )


def rate_below(rates: Sequence[Rate], *, day: date, base_url: str) -> Letter:
    """To the supervisors on the 15th and 25th: which appointment rates have not reached their targets."""
    told = "\n".join(
        f"　・{KIND_TEXT[rate.kind]}　{rate.percent}%（目標 {rate.target}%，舊案 {rate.served} 件中預約 {rate.kept} 件）"
        for rate in rates
    )
    return Letter(
        subject=f"{show(day)} 預約率未達目標",
        body=(
            f"您好：\n\n本月截至 {show(day)} 的預約率未達目標：\n\n{told}\n\n"
            "請知會分流及櫃台同仁另行因應。\n\n"
            f"預約率（登入後可查看）：\n{base_url.rstrip('/')}/desk/appointment-rate/\n"
        ),
    )
