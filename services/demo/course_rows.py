"""The rows that a course leaves behind: case, assignment, extensions, service records, and the timeline of all of it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from random import Random
from typing import Any

from rules.due_dates import extended
from rules.referral_flow import Move, State
from rules.service_record import OTHER_SERVICE, TRAINING
from services.demo.courses import Course
from services.demo.ledger import Ledger
from services.demo.network import Office, Person

SUBMIT = "submit"
REASONS = {
    Move.RETURN: (
        "連絡電話為空號,請補正後重新送出。",
        "地址與實際居住地不符,請確認。",
        "附件缺漏,請補上個資同意書。",
    ),
    Move.WITHDRAW: ("個案已自行找到工作。", "個案遷居外縣市,由當地單位續處。", "個案表示暫不需要就業服務。"),
}
REMARKS = (
    "",
    "",
    "電話聯繫並邀約到站。",
    "到站晤談,完成職涯評估。",
    "推介二個職缺,約定下週回報面試結果。",
    "個案配合度佳,持續追蹤。",
)
OTHER_SERVICES = ("協助申請跨域就業津貼", "陪同面試", "轉介社會福利資源")
COURSES = ("照顧服務員班", "烘焙食品班", "電腦文書班", "堆高機操作班", "室內配線班")


def moment(day: date, hour: int, random: Random) -> str:
    """As the databases hold it, in UTC: hours 1 to 9 are office hours of the same day in Taipei."""
    return f"{day.isoformat()} {hour:02}:{int(random.random() * 60):02}:00.000000"


class CourseRows:
    def __init__(self, ledger: Ledger, *, case_id: int, record_id: int) -> None:
        self._ledger = ledger
        self._case_id, self._record_id = case_id, record_id

    def add(
        self, random: Random, course: Course, referral_id: int, sender: Person, office: Office, sent_at: str
    ) -> None:
        self._enter(referral_id, sent_at, sender, SUBMIT, None, State.SUBMITTED)
        if course.taken_in_on is None:
            if course.ended_on is not None:
                self._end_early(
                    random, course, course.ended_on, referral_id, sender, random.choice(office.chiefs)
                )
            return
        case_id = self._case_id
        self._case_id += 1
        chief, manager = random.choice(office.chiefs), random.choice(office.staff)
        taken_at = moment(course.taken_in_on, 3, random)
        closed_at = moment(course.ended_on, 9, random) if course.ended_on else None
        self._ledger.cases.add(
            case_id, referral_id, office.unit_id, chief[0], manager[0], taken_at, _iso(course.due_date),
            _iso(course.ended_on), closed_at, 1,
        )  # fmt: skip
        self._ledger.assignments.add(case_id, manager[0], taken_at, chief[0])
        detail = {"case_id": case_id, "case_manager_id": manager[0], "case_manager": manager[1]}
        self._enter(referral_id, taken_at, chief, Move.TAKE_IN, State.SUBMITTED, State.OPEN, detail=detail)
        self._work(random, course, course.taken_in_on, referral_id, case_id, office.unit_id, manager)
        if closed_at:
            self._enter(referral_id, closed_at, manager, Move.CLOSE, State.OPEN, State.CLOSED)

    def _end_early(
        self, random: Random, course: Course, day: date, referral_id: int, sender: Person, chief: Person
    ) -> None:
        move = Move.RETURN if course.state is State.RETURNED else Move.WITHDRAW
        who = chief if move is Move.RETURN else sender
        reason = random.choice(REASONS[move])
        self._enter(
            referral_id, moment(day, 4, random), who, move, State.SUBMITTED, course.state, reason=reason
        )

    def _work(
        self,
        random: Random,
        course: Course,
        start: date,
        referral_id: int,
        case_id: int,
        unit_id: int,
        manager: Person,
    ) -> None:
        """Service records and extensions, in the order of their days."""
        acts: list[tuple[str, date, date | None]] = [
            (moment(day, 6, random), day, None) for day in course.served_on
        ]
        for put_off in course.extensions:
            day = max(put_off - timedelta(days=5), start)
            acts.append((moment(day, 6, random), day, put_off))
        for at, day, due in sorted(acts, key=lambda act: act[0]):
            if due is None:
                detail: dict[str, Any] = {"record_id": self._record_id}
                self._record(random, day, at, case_id, unit_id, manager)
                self._enter(
                    referral_id, at, manager, Move.RECORD_SERVICE, State.OPEN, State.OPEN, detail=detail
                )
            else:
                after = extended(due).isoformat()
                self._ledger.extensions.add(case_id, due.isoformat(), after, at, manager[0])
                detail = {"due_before": due.isoformat(), "due_after": after}
                self._enter(referral_id, at, manager, Move.EXTEND, State.OPEN, State.OPEN, detail=detail)

    def _record(
        self, random: Random, day: date, at: str, case_id: int, unit_id: int, manager: Person
    ) -> None:
        record_id = self._record_id
        self._record_id += 1
        provided = random.random() < 0.75
        training: tuple[str, str, str | None, str | None, bool | None] = ("", "", None, None, None)
        other = ""
        if provided:
            dice = random.random()
            codes = (1, TRAINING) if dice < 0.1 else (OTHER_SERVICE,) if dice < 0.2 else (1,)
            if TRAINING in codes:
                begins, ends = day + timedelta(days=7), day + timedelta(days=52)
                training = (
                    "勞動力發展署職業訓練場",
                    random.choice(COURSES),
                    begins.isoformat(),
                    ends.isoformat(),
                    dice < 0.06,
                )
            if OTHER_SERVICE in codes:
                other = random.choice(OTHER_SERVICES)
            for code in codes:
                self._ledger.services.add(record_id, code)
        else:
            self._ledger.reasons.add(record_id, random.choice((1, 1, 1, 2, 3, 4, 5)))
        self._ledger.records.add(
            record_id, case_id, unit_id, day.isoformat(), provided, *training, other, random.choice(REMARKS), at,
            manager[0], f"load-{record_id}", 1,
        )  # fmt: skip

    def _enter(
        self,
        referral_id: int,
        at: str,
        who: Person,
        move: str,
        before: State | None,
        after: State,
        *,
        reason: str = "",
        detail: dict[str, Any] | None = None,
    ) -> None:
        said = json.dumps(detail) if detail else "{}"
        self._ledger.timeline.add(
            referral_id, at, *who, str(move), before.value if before else None, after.value, reason, said
        )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
