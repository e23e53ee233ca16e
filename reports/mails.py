"""The texts of our mails. Personal data stays out: a number, a masked name, and a link behind the log-in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from rules.calendar import local_time_text
from rules.roc_dates import show


@dataclass(frozen=True)
class Letter:
    subject: str
    body: str


@dataclass(frozen=True)
class Task:
    """What somebody has to do: how much of it, the first of it by number, and the page where it is done."""

    title: str
    number: int
    items: Sequence[str]
    path: str


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


@dataclass(frozen=True)
class TransferredCase:
    """One line of a mail about several transfers at once."""

    case_id: int
    masked_name: str
    due: date
    giver: str
    taker: str


def cases_received(cases: Sequence[TransferredCase], *, base_url: str) -> Letter:
    """To the case manager who takes several cases over at once."""
    lines = "\n".join(
        f"個案服務單號 {each.case_id}　{each.masked_name}　預計應結案日期 {show(each.due)}　原個管員 {each.giver}"
        for each in cases
    )
    return Letter(
        subject=f"個案轉入：{len(cases)} 件",
        body=(
            f"您好：\n\n督導已將下列 {len(cases)} 件個案轉給您：\n\n{lines}\n\n"
            f"個管員服務作業（登入後可查看）：\n{base_url.rstrip('/')}/cases/mine/\n"
        ),
    )


def cases_handed_over(cases: Sequence[TransferredCase], *, base_url: str) -> Letter:
    """To whom several cases were taken from; the link leads to those that remain."""
    lines = "\n".join(
        f"個案服務單號 {each.case_id}　{each.masked_name}　接續服務 {each.taker}" for each in cases
    )
    return Letter(
        subject=f"個案轉出：{len(cases)} 件",
        body=(
            f"您好：\n\n下列 {len(cases)} 件個案已由督導轉給其他個管員接續服務，"
            f"已不在您的個案清單中：\n\n{lines}\n\n"
            f"您目前的個案（登入後可查看）：\n{base_url.rstrip('/')}/cases/mine/\n"
        ),
    )


def cases_left_behind(*, number: int, base_url: str) -> Letter:
    """To the supervisors of a unit whose case manager has left. Names nobody: the list behind the link does."""
    return Letter(
        subject=f"有 {number} 件未結案個案待轉案",
        body=(
            "您好：\n\n系統管理者異動了一位個管員的帳號、單位或角色，"
            f"貴單位因此有 {number} 件未結案的個案需要轉給其他個管員。\n\n"
            f"請假或離職者的個案（登入後可查看並轉案）：\n{base_url.rstrip('/')}/cases/uncovered/\n"
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


def referrals_received(referrals: Sequence[tuple[int, str]], *, referring_unit: str, base_url: str) -> Letter:
    """To the supervisors of a unit that a batch brought new referrals: number and masked name of each."""
    lines = "\n".join(f"轉介單 {number}（個案 {masked_name}）" for number, masked_name in referrals)
    return Letter(
        subject=f"新轉介單 {len(referrals)} 件待收案",
        body=(
            f"您好：\n\n{referring_unit}整批送來下列 {len(referrals)} 件轉介單，請儘速收案並派案：\n\n{lines}\n\n"
            f"收案/派案（登入後可查看）：\n{base_url.rstrip('/')}/intake/\n"
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


def referral_returned(*, referral_id: int, masked_name: str, unit_name: str, base_url: str) -> Letter:
    """To who sent the referral. The reason stands on the page: what people write may name the person."""
    return Letter(
        subject=f"轉介單 {referral_id} 已退回，請補正",
        body=(
            f"您好：\n\n貴單位轉介的個案 {masked_name}（轉介單號 {referral_id}）已由{unit_name}退回。\n"
            "請登入查看退回原因，補正後重新送出。\n\n"
            f"轉介單（登入後可查看、補正）：\n{_referral_page(base_url, referral_id)}\n"
        ),
    )


def referral_sent_again(*, referral_id: int, masked_name: str, referring_unit: str, base_url: str) -> Letter:
    """To the supervisors of the unit that a corrected referral goes to."""
    return Letter(
        subject=f"轉介單 {referral_id} 已補正，待收案",
        body=(
            f"您好：\n\n{referring_unit}已補正並重新送出轉介單 {referral_id}（個案 {masked_name}），"
            "請儘速收案並派案。\n\n"
            f"收案/派案（登入後可查看）：\n{base_url.rstrip('/')}/intake/{referral_id}\n"
        ),
    )


def referral_rerouted_here(
    *, referral_id: int, masked_name: str, referring_unit: str, former_unit: str, base_url: str
) -> Letter:
    """To the supervisors of the unit that another centre passed the referral on to."""
    return Letter(
        subject=f"轉介單 {referral_id} 改派至貴單位，待收案",
        body=(
            f"您好：\n\n{referring_unit}轉介的個案 {masked_name}（轉介單號 {referral_id}）"
            f"已由{former_unit}改派至貴單位，請儘速收案並派案。\n\n"
            f"收案/派案（登入後可查看）：\n{base_url.rstrip('/')}/intake/{referral_id}\n"
        ),
    )


def referral_rerouted(
    *, referral_id: int, masked_name: str, former_unit: str, unit_name: str, base_url: str
) -> Letter:
    """To who sent the referral: another centre has it now."""
    return Letter(
        subject=f"轉介單 {referral_id} 已改派至{unit_name}",
        body=(
            f"您好：\n\n貴單位轉介的個案 {masked_name}（轉介單號 {referral_id}）"
            f"已由{former_unit}改派至{unit_name}，等候收案，您不需要重新送出。\n\n"
            f"轉介單與改派原因（登入後可查看）：\n{_referral_page(base_url, referral_id)}\n"
        ),
    )


def referral_withdrawn(*, referral_id: int, masked_name: str, referring_unit: str, base_url: str) -> Letter:
    """To the supervisors of the unit where the referral waited."""
    return Letter(
        subject=f"轉介單 {referral_id} 已由轉介單位撤回",
        body=(
            f"您好：\n\n{referring_unit}已撤回轉介單 {referral_id}（個案 {masked_name}），不需要再收案。\n\n"
            f"轉介單與撤回原因（登入後可查看）：\n{_referral_page(base_url, referral_id)}\n"
        ),
    )


def case_reopened(*, case_id: int, referral_id: int, masked_name: str, due: date, base_url: str) -> Letter:
    """To the case manager whose closed case the supervisor opened again."""
    return Letter(
        subject=f"重新開案：服務單 {case_id}",
        body=(
            f"您好：\n\n督導已重新開啟個案 {masked_name}（{_numbers(case_id, referral_id)}），"
            f"請繼續服務，預計應結案日期為 {show(due)}。\n\n"
            f"個案服務歷程與原因（登入後可查看）：\n{_case_page(base_url, case_id)}\n"
        ),
    )


def case_reopened_for_referrer(
    *, referral_id: int, masked_name: str, unit_name: str, base_url: str
) -> Letter:
    """To who sent the referral and was told before that the case was closed."""
    return Letter(
        subject=f"轉介單 {referral_id} 已重新開案",
        body=(
            f"您好：\n\n貴單位轉介的個案 {masked_name}（轉介單號 {referral_id}）"
            f"已由{unit_name}重新開案，繼續提供服務。\n\n"
            f"轉介單與原因（登入後可查看）：\n{_referral_page(base_url, referral_id)}\n"
        ),
    )


def support_asked(*, question_id: int, asked_at: datetime, base_url: str) -> Letter:
    """To the support desk. The subject stays out: people write names into it."""
    return Letter(
        subject=f"線上客服提問 {question_id} 待回覆",
        body=(
            f"您好：\n\n{local_time_text(asked_at)} 收到線上客服提問 {question_id}，請登入系統查看並回覆。\n\n"
            f"客服提問（登入後可查看）：\n{base_url.rstrip('/')}/support-desk/{question_id}\n"
        ),
    )


def support_answered(
    *, question_id: int, asked_on: date, answer: str, supplement: bool, base_url: str
) -> Letter:
    """To the asker's mailbox, with the whole answer as the manual promises it."""
    what = "補充回覆" if supplement else "回覆"
    return Letter(
        subject=f"線上客服{what}：提問 {question_id}",
        body=(
            f"您好：\n\n您於 {show(asked_on)} 在線上客服的提問（編號 {question_id}），{what}如下：\n\n"
            f"{answer}\n\n"
            f"────────\n我的提問（登入後可查看，也可以接續提問）：\n{base_url.rstrip('/')}/support/{question_id}\n"
            "本信由系統寄出，請勿直接回信。\n"
        ),
    )


def daily_digest(tasks: Sequence[Task], *, today: date, base_url: str) -> Letter:
    """One person's reminders of the day: numbers and links, no names. Spec 1 §5.8."""
    number = sum(task.number for task in tasks)
    return Letter(
        subject=f"{show(today)} 工作提醒：{number} 件待處理",
        body=(
            f"您好：\n\n今天（{show(today)}）請留意以下工作：\n\n"
            + "\n".join(_told(task, base_url) for task in tasks)
            + "\n本信每個工作天上午由系統寄出，沒有待處理工作時不寄。\n"
        ),
    )


def _told(task: Task, base_url: str) -> str:
    lines = [f"■ {task.title}：{task.number} 件", *(f"　・{item}" for item in task.items)]
    if task.items and task.number > len(task.items):
        lines.append(f"　・另有 {task.number - len(task.items)} 件，請登入查看")
    return "\n".join([*lines, f"　{base_url.rstrip('/')}{task.path}", ""])


def trail_flawed(*, flaws: int, code: str, base_url: str) -> Letter:
    """To the auditors: the daily check of the trail of personal data has found something."""
    return Letter(
        subject="個資存取紀錄驗證異常，請立即查明",
        body=(
            f"您好：\n\n系統驗證個資存取紀錄時，發現 {flaws} 處異常：紀錄可能遭竄改、刪除或插入。"
            f"代碼 {code}，請會同系統管理者查明。\n\n"
            f"個資存取紀錄（登入後可查看）：\n{base_url.rstrip('/')}/audit/trail/\n"
        ),
    )


def _numbers(case_id: int, referral_id: int) -> str:
    return f"個案服務單號 {case_id}，轉介單號 {referral_id}"


def _case_page(base_url: str, case_id: int) -> str:
    return f"{base_url.rstrip('/')}/cases/{case_id}"


def _referral_page(base_url: str, referral_id: int) -> str:
    return f"{base_url.rstrip('/')}/referrals/{referral_id}"
