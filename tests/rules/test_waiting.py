from datetime import UTC, datetime, timedelta

from rules.waiting import ACKNOWLEDGE_WITHIN, GRACE, estimate, queue_from, unanswered, usual_minutes, waited

TEN = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def test_the_table_says_how_long_a_service_takes_until_three_of_today_tell_better():
    assert usual_minutes(20, [5, 5]) == 20
    assert usual_minutes(20, [5, 50, 8]) == 8


def test_services_of_seconds_still_take_a_minute():
    assert usual_minutes(20, [0.1, 0.1, 0.1]) == 1


def test_the_estimate_is_the_rest_of_the_present_service_and_all_who_are_ahead():
    assert estimate(None, 0, []) == 0
    assert estimate(5, 20, [15, 20]) == 15 + 35


def test_a_service_over_its_time_may_end_at_any_moment_yet_not_at_once():
    assert estimate(90, 20, []) == 5


def test_on_time_the_hour_of_the_appointment_decides_the_place_in_the_queue():
    early, late = TEN - timedelta(minutes=40), TEN + GRACE
    assert queue_from(early, TEN) == TEN
    assert queue_from(late, TEN) == TEN


def test_who_comes_too_late_or_without_an_appointment_queues_from_the_arrival():
    late = TEN + GRACE + timedelta(seconds=1)
    assert queue_from(late, TEN) == late
    assert queue_from(TEN, None) == TEN


def test_nobody_waits_before_the_hour_of_his_appointment():
    assert waited(TEN + timedelta(minutes=30), TEN) == 0
    assert waited(TEN - timedelta(minutes=30, seconds=59), TEN) == 30


def test_a_counter_has_sixty_seconds_to_answer():
    soon, then = TEN + ACKNOWLEDGE_WITHIN - timedelta(seconds=1), TEN + ACKNOWLEDGE_WITHIN
    assert not unanswered(TEN, None, soon)
    assert unanswered(TEN, None, then)
    assert not unanswered(TEN, soon, then)
    assert not unanswered(None, None, then)
