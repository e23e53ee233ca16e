"""What can become of a referral, told around today: each plot says when it was filed and what followed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from models.referral import Referral
from rules.calendar import add_months
from rules.due_dates import TERM_MONTHS, first_due
from rules.service_record import NotProvided, Provided, Training
from services.demo.teller import Teller

Told = Callable[[Teller, Referral, "Stage"], None]


@dataclass(frozen=True)
class Stage:
    """Where a story plays: usernames of the cast, the code of another centre, and today."""

    supervisor: str
    manager: str
    colleague: str
    referrer: str
    next_centre: str
    today: date


@dataclass(frozen=True)
class Plot:
    filed: Callable[[date], date]
    """The day of the referral, from today."""
    tell: Told


def days_ago(days: int) -> Callable[[date], date]:
    return lambda today: today - timedelta(days=days)


def due_in(days: int) -> Callable[[date], date]:
    """Filed so that the first due date is so many days from today; fewer than nothing: past."""
    return lambda today: add_months(today + timedelta(days=days), -TERM_MONTHS)


CONTACT = Provided((1,), remark="電話聯繫並邀約到站,說明求職登記、職訓與津貼資訊。")
COUNSELLING = Provided((1,), remark="到站晤談50分鐘,完成職涯評估,修改履歷。")
MATCHING = Provided((1,), remark="推介二個職缺,陪同面試一場,雇主反應良好。")
EMPLOYED = Provided((1,), remark="個案已錄取並報到,追蹤一週適應情形穩定。")
INTERVIEW_FEE = Provided((3,), other_service="協助申請跨域就業津貼及求職交通補助金")
NO_CONTACT = NotProvided((1,), remark="分別於不同日期上午、下午及晚間去電三次皆未接,已寄發聯繫單。")
HAS_WORK = NotProvided((2,))
NOT_WILLING = NotProvided((4, 5), remark="個案表示需照顧住院家人,暫時無法就業。")
BACK_TO_SCHOOL = NotProvided((3,))


def training(starts: date) -> Provided:
    course = Training(
        "勞動力發展署桃竹苗分署幼獅職業訓練場", "照顧服務員班", starts, starts + timedelta(days=45), True
    )
    return Provided((1, 2), course, remark="參訓期間協助申請職業訓練生活津貼。")


def waiting(_tell: Teller, _referral: Referral, _stage: Stage) -> None:
    """待收案."""


def just_taken_in(tell: Teller, referral: Referral, stage: Stage) -> None:
    tell.take_in(
        referral, by=stage.supervisor, manager=stage.manager, on=referral.referral_date + timedelta(days=2)
    )


def served(*entries: Provided | NotProvided) -> Told:
    """Open, with a service record every eleven days or so."""

    def told(tell: Teller, referral: Referral, stage: Stage) -> None:
        taken = referral.referral_date + timedelta(days=2)
        case = tell.take_in(referral, by=stage.supervisor, manager=stage.manager, on=taken)
        for number, entry in enumerate(entries):
            tell.serve(case, entry, by=stage.manager, on=taken + timedelta(days=3 + 11 * number))

    return told


def extended(tell: Teller, referral: Referral, stage: Stage) -> None:
    case = tell.take_in(
        referral, by=stage.supervisor, manager=stage.manager, on=referral.referral_date + timedelta(days=1)
    )
    tell.serve(case, COUNSELLING, by=stage.manager, on=referral.referral_date + timedelta(days=12))
    starts = referral.referral_date + timedelta(days=70)
    tell.serve(case, training(starts), by=stage.manager, on=starts - timedelta(days=6))
    tell.extend(case, by=stage.manager, on=case.due_date - timedelta(days=4))


def transferred(tell: Teller, referral: Referral, stage: Stage) -> None:
    day = referral.referral_date
    case = tell.take_in(referral, by=stage.supervisor, manager=stage.colleague, on=day + timedelta(days=1))
    tell.serve(case, CONTACT, by=stage.colleague, on=day + timedelta(days=6))
    tell.transfer(case, by=stage.supervisor, to=stage.manager, on=day + timedelta(days=18))
    tell.serve(case, COUNSELLING, by=stage.manager, on=day + timedelta(days=22))


def closed(*entries: Provided | NotProvided) -> Told:
    def told(tell: Teller, referral: Referral, stage: Stage) -> None:
        taken = referral.referral_date + timedelta(days=1)
        case = tell.take_in(referral, by=stage.supervisor, manager=stage.manager, on=taken)
        day = taken
        for entry in entries:
            day += timedelta(days=13)
            tell.serve(case, entry, by=stage.manager, on=day)
        tell.close(case, by=stage.manager, on=day + timedelta(days=4))

    return told


def closed_after_training(tell: Teller, referral: Referral, stage: Stage) -> None:
    extended(tell, referral, stage)
    case = tell.case_of(referral)
    tell.serve(case, EMPLOYED, by=stage.manager, on=first_due(referral.referral_date) + timedelta(days=35))
    tell.close(case, by=stage.manager, on=first_due(referral.referral_date) + timedelta(days=37))


def reopened(tell: Teller, referral: Referral, stage: Stage) -> None:
    closed(NO_CONTACT)(tell, referral, stage)
    case = tell.case_of(referral)
    day = stage.today - timedelta(days=6)
    tell.reopen(case, "個案主動回電,表示更換門號才未接到電話,希望繼續接受服務。", by=stage.supervisor, on=day)
    tell.serve(case, CONTACT, by=stage.manager, on=day + timedelta(days=2))


def returned(tell: Teller, referral: Referral, stage: Stage) -> None:
    reason = "連絡電話為空號,且地址與實際居住地不符,請補正後重新送出。"
    tell.send_back(referral, reason, by=stage.supervisor, on=referral.referral_date + timedelta(days=2))


def sent_again(tell: Teller, referral: Referral, stage: Stage) -> None:
    returned(tell, referral, stage)
    day = referral.referral_date + timedelta(days=4)
    tell.send_again(referral, phone="0900123789", by=stage.referrer, on=day)


def rerouted(tell: Teller, referral: Referral, stage: Stage) -> None:
    """Waits at the next centre."""
    reason = "個案已搬遷,實際居住地由貴中心服務。"
    day = referral.referral_date + timedelta(days=1)
    tell.reroute(referral, stage.next_centre, reason, by=stage.supervisor, on=day)


def withdrawn(tell: Teller, referral: Referral, stage: Stage) -> None:
    reason = "個案已自行找到工作,表示不需轉介。"
    tell.withdraw(referral, reason, by=stage.referrer, on=referral.referral_date + timedelta(days=1))


OF_EACH_CENTRE = (
    Plot(days_ago(0), waiting),
    Plot(days_ago(1), waiting),
    Plot(days_ago(6), waiting),
    Plot(days_ago(9), waiting),
    Plot(days_ago(5), rerouted),
    Plot(days_ago(12), sent_again),
    Plot(days_ago(15), returned),
    Plot(days_ago(33), withdrawn),
    Plot(days_ago(75), closed(CONTACT, MATCHING, EMPLOYED)),
    Plot(days_ago(110), closed(NO_CONTACT)),
    Plot(days_ago(140), closed(CONTACT, HAS_WORK)),
    Plot(days_ago(190), closed(NOT_WILLING)),
    Plot(days_ago(260), closed_after_training),
)
OF_EACH_MANAGER = (
    Plot(days_ago(17), served(CONTACT)),
    Plot(due_in(6), served(CONTACT, COUNSELLING, INTERVIEW_FEE, MATCHING)),
    Plot(due_in(-12), served(CONTACT, NO_CONTACT)),
    Plot(due_in(-25), extended),
    Plot(days_ago(48), transferred),
)
OF_SOME = (
    Plot(days_ago(4), just_taken_in),
    Plot(due_in(9), served(COUNSELLING)),
    Plot(due_in(-3), just_taken_in),
    Plot(days_ago(64), reopened),
    Plot(days_ago(80), closed(BACK_TO_SCHOOL)),
)
