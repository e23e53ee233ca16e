"""Extension, closing and reopening, on both databases and under concurrent presses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.extensions import db
from models.case import Case, Extension, ServiceRecord
from models.outbox import Mail
from models.timeline import TimelineEntry
from rules.actor import Actor
from rules.errors import AlreadyDone, FieldFault, NotFound, RuleBroken, StaleVersion
from rules.referral_flow import Move, State
from rules.service_record import NotProvided, Provided
from services import cases
from services.service_records import record_service
from services.transaction import transaction
from services.transfer import transfer
from tests.factories import AT, make_case

URL = "https://jieli.example"
DUE = date(2027, 2, 20)
# Ten days before the due date: the first day on which it may be put off.
WINDOW = datetime(2027, 2, 10, 2, 0, tzinfo=UTC)

Cast = Callable[[str], Actor]


@pytest.fixture
def case(session: Session) -> Case:
    with transaction(session):
        return make_case(session)


def moves(session: Session, case: Case) -> list[str]:
    entries = select(TimelineEntry.move).where(TimelineEntry.referral_id == case.referral_id)
    return list(session.scalars(entries.order_by(TimelineEntry.id)))


def close(session: Session, case: Case, by: Actor, at: datetime = AT) -> Mail:
    with transaction(session):
        return cases.close(session, case.id, base_url=URL, by=by, at=at)


def extend(
    session: Session, case: Case, by: Actor, at: datetime = WINDOW, due_before: date = DUE
) -> Extension:
    with transaction(session):
        return cases.extend(session, case.id, due_before=due_before, by=by, at=at)


class TestExtension:
    def test_ten_days_before_the_due_date_it_is_put_off_by_three_months(
        self, session: Session, case: Case, act_as: Cast
    ) -> None:
        extension = extend(session, case, act_as("manager"))
        assert (extension.due_before, extension.due_after) == (DUE, date(2027, 5, 20))
        assert case.due_date == date(2027, 5, 20)
        assert moves(session, case) == ["submit", Move.TAKE_IN, Move.EXTEND]

    def test_a_day_earlier_it_is_refused_and_nothing_changes(
        self, session: Session, case: Case, act_as: Cast
    ) -> None:
        with pytest.raises(RuleBroken, match=r"^未達成延長日期條件$"):
            extend(session, case, act_as("manager"), at=WINDOW - timedelta(days=1))
        session.refresh(case)
        assert case.due_date == DUE
        assert session.scalar(select(func.count(Extension.id))) == 0
        assert Move.EXTEND not in moves(session, case)

    def test_an_overdue_case_pressed_twice_is_extended_once(
        self, session: Session, case: Case, act_as: Cast
    ) -> None:
        """A year late, the new due date has passed as well: the second press must not count for it."""
        late = WINDOW + timedelta(days=365)
        first = extend(session, case, act_as("manager"), at=late)
        again = extend(session, case, act_as("manager"), at=late)
        assert again.id == first.id
        assert case.due_date == date(2027, 5, 20)

    def test_a_colleague_who_comes_second_is_told_who_was_first(
        self, session: Session, case: Case, act_as: Cast
    ) -> None:
        extend(session, case, act_as("manager"))
        with pytest.raises(AlreadyDone, match="此個案已由 王大毛 延期至 116/5/20"):
            extend(session, case, act_as("supervisor"))

    def test_a_due_date_the_case_never_had_is_refused(
        self, session: Session, case: Case, act_as: Cast
    ) -> None:
        with pytest.raises(StaleVersion, match="116/2/20"):
            extend(session, case, act_as("manager"), due_before=DUE - timedelta(days=1))

    def test_it_can_be_put_off_again_when_the_new_due_date_comes_near(
        self, session: Session, case: Case, act_as: Cast
    ) -> None:
        extend(session, case, act_as("manager"))
        later = datetime(2027, 5, 10, 2, 0, tzinfo=UTC)
        assert extend(
            session, case, act_as("manager"), at=later, due_before=date(2027, 5, 20)
        ).due_after == date(2027, 8, 20)

    def test_the_day_is_that_of_taipei(self, session: Session, case: Case, act_as: Cast) -> None:
        """17:00 UTC on 9 February is already the 10th in Taipei."""
        assert extend(session, case, act_as("manager"), at=datetime(2027, 2, 9, 17, 0, tzinfo=UTC))


class TestClosing:
    def test_a_closed_case_has_its_day_and_one_mail_without_personal_data(
        self, session: Session, case: Case, act_as: Cast
    ) -> None:
        person = case.referral.person
        with transaction(session):
            record_service(session, case.id, Provided((1,)), submission_key="a", by=act_as("manager"), at=AT)
            record_service(
                session, case.id, NotProvided((1,)), submission_key="b", by=act_as("manager"), at=AT
            )
        mail = close(session, case, act_as("manager"), at=datetime(2026, 11, 30, 17, 0, tzinfo=UTC))
        assert case.closed_on == date(2026, 12, 1), "17:00 UTC is the next day in Taipei"
        session.refresh(case.referral)
        assert case.referral.state == State.CLOSED
        assert mail.recipient == "referrer@demo.jieli.example"
        text = mail.subject + mail.body
        for told in (
            str(case.referral_id),
            "唐○藏",
            "提供服務 1 次、無法提供服務 1 次",
            f"{URL}/cases/{case.id}/reply-form",
        ):
            assert told in text
        for private in (person.name, person.national_id, person.phone, person.address):
            assert private not in text

    def test_a_case_closed_in_the_meantime_names_who_closed_it(
        self, session: Session, case: Case, act_as: Cast
    ) -> None:
        close(session, case, act_as("supervisor"))
        with pytest.raises(AlreadyDone, match="此個案已由 郭玲巧 結案"):
            close(session, case, act_as("manager"))

    def test_a_closed_case_takes_no_service_record_no_extension_and_no_transfer(
        self, session: Session, case: Case, act_as: Cast
    ) -> None:
        close(session, case, act_as("manager"))
        with pytest.raises(AlreadyDone), transaction(session):
            record_service(session, case.id, Provided((1,)), submission_key="x", by=act_as("manager"), at=AT)
        with pytest.raises(AlreadyDone):
            extend(session, case, act_as("manager"))
        giver, taker = act_as("manager").user_id, act_as("manager2").user_id
        with pytest.raises(AlreadyDone), transaction(session):
            transfer(
                session, case.id, from_id=giver, to_id=taker, by=act_as("supervisor"), at=AT, base_url=URL
            )
        session.refresh(case)
        assert case.case_manager_id == giver
        assert session.scalar(select(func.count(ServiceRecord.id))) == 0
        assert session.scalar(select(func.count(Extension.id))) == 0

    @pytest.mark.parametrize("stranger", ["manager2", "manager3", "supervisor3", "referrer", "admin"])
    def test_who_does_not_serve_the_case_cannot_act_on_it(
        self, session: Session, case: Case, act_as: Cast, stranger: str
    ) -> None:
        with pytest.raises(NotFound):
            close(session, case, act_as(stranger))
        with pytest.raises(NotFound):
            extend(session, case, act_as(stranger))
        session.refresh(case)
        assert (case.closed_on, case.due_date) == (None, DUE)


class TestReopening:
    def test_a_supervisor_reopens_with_a_reason_and_the_due_date_stays(
        self, session: Session, case: Case, act_as: Cast
    ) -> None:
        close(session, case, act_as("manager"))
        with transaction(session):
            cases.reopen(
                session, case.id, reason="個案再度求職", base_url=URL, by=act_as("supervisor"), at=AT
            )
        assert (case.closed_on, case.closed_at, case.due_date) == (None, None, DUE)
        with transaction(session):
            record_service(session, case.id, Provided((1,)), submission_key="y", by=act_as("manager"), at=AT)

    def test_the_case_manager_and_who_sent_the_referral_get_a_mail_without_the_reason(
        self, session: Session, case: Case, act_as: Cast
    ) -> None:
        close(session, case, act_as("manager"))
        with transaction(session):
            cases.reopen(
                session, case.id, reason="唐三藏換了門號", base_url=URL, by=act_as("supervisor"), at=AT
            )
        mails = session.scalars(select(Mail).where(Mail.key.startswith("case-reopened"))).all()
        assert {mail.recipient for mail in mails} == {
            "manager@demo.jieli.example",
            "referrer@demo.jieli.example",
        }
        assert not any("唐三藏" in mail.body or "門號" in mail.body for mail in mails)

    def test_a_case_manager_who_has_left_gets_no_mail_and_the_case_is_not_served(
        self, session: Session, case: Case, act_as: Cast
    ) -> None:
        close(session, case, act_as("manager"))
        with transaction(session):
            case.case_manager.active = False
        with transaction(session):
            cases.reopen(
                session, case.id, reason="個案再度求職", base_url=URL, by=act_as("supervisor"), at=AT
            )
        assert not cases.is_served(session, case)
        mails = select(Mail.recipient).where(Mail.key.startswith("case-reopened"))
        assert list(session.scalars(mails)) == ["referrer@demo.jieli.example"]

    def test_closing_it_again_writes_another_mail(self, session: Session, case: Case, act_as: Cast) -> None:
        first = close(session, case, act_as("manager"))
        with transaction(session):
            cases.reopen(
                session, case.id, reason="個案再度求職", base_url=URL, by=act_as("supervisor"), at=AT
            )
        assert close(session, case, act_as("manager")).id != first.id

    def test_a_reason_is_needed(self, session: Session, case: Case, act_as: Cast) -> None:
        close(session, case, act_as("manager"))
        with pytest.raises(FieldFault), transaction(session):
            cases.reopen(session, case.id, reason=" ", base_url=URL, by=act_as("supervisor"), at=AT)

    def test_the_case_manager_cannot(self, session: Session, case: Case, act_as: Cast) -> None:
        close(session, case, act_as("manager"))
        with pytest.raises(NotFound), transaction(session):
            cases.reopen(session, case.id, reason="個案再度求職", base_url=URL, by=act_as("manager"), at=AT)


class TestAtTheSameMoment:
    """Eight presses at once, each with a connection of its own."""

    @pytest.fixture
    def together(self, both: Flask) -> Iterator[Callable[[Callable[[Session], object]], list[object]]]:
        start = Barrier(8)

        def press(what: Callable[[Session], object]) -> object:
            with both.app_context():
                start.wait()
                try:
                    with transaction(db.session):
                        return what(db.session())
                except RuleBroken as refusal:
                    return refusal
                finally:
                    db.session.remove()

        with ThreadPoolExecutor(8) as pool:
            yield lambda what: list(pool.map(lambda _: press(what), range(8)))

    def test_one_closes_and_the_others_read_who_did(
        self,
        session: Session,
        case: Case,
        act_as: Cast,
        together: Callable[[Callable[[Session], object]], list[object]],
    ) -> None:
        by, case_id = act_as("manager"), case.id
        session.commit()
        results = together(lambda own: cases.close(own, case_id, base_url=URL, by=by, at=AT))
        assert sum(isinstance(result, Mail) for result in results) == 1
        assert sum(isinstance(result, AlreadyDone) for result in results) == 7
        assert session.scalar(select(func.count(Mail.id))) == 1
        assert moves(session, case).count(Move.CLOSE) == 1

    def test_the_due_date_is_put_off_once(
        self,
        session: Session,
        case: Case,
        act_as: Cast,
        together: Callable[[Callable[[Session], object]], list[object]],
    ) -> None:
        by, case_id = act_as("manager"), case.id
        session.commit()
        late = WINDOW + timedelta(days=365)
        together(lambda own: cases.extend(own, case_id, due_before=DUE, by=by, at=late))
        session.refresh(case)
        assert case.due_date == date(2027, 5, 20)
        assert session.scalar(select(func.count(Extension.id))) == 1
        assert moves(session, case).count(Move.EXTEND) == 1

    def test_one_form_sent_eight_times_makes_one_record(
        self,
        session: Session,
        case: Case,
        act_as: Cast,
        together: Callable[[Callable[[Session], object]], list[object]],
    ) -> None:
        by, case_id = act_as("manager"), case.id
        session.commit()

        def send(own: Session) -> int:
            return record_service(own, case_id, Provided((1,)), submission_key="one", by=by, at=AT).id

        assert len(set(together(send))) == 1
        assert session.scalar(select(func.count(ServiceRecord.id))) == 1
        assert moves(session, case).count(Move.RECORD_SERVICE) == 1
