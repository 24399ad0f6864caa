"""Jobs on a thread of their own."""

import threading

import pytest

from explorer.workbench.jobs import Jobs, sentence_of


@pytest.fixture
def jobs(qtbot):
    made = Jobs()
    yield made
    assert made.close(2)


def test_results_and_errors_come_back_here_in_order(qtbot, jobs):
    told = []

    def note(outcome):
        told.append((outcome, threading.current_thread() is threading.main_thread()))

    jobs.run(lambda: 1, note, note)
    jobs.run(lambda: 1 // 0, note, note)
    jobs.run(lambda: threading.current_thread() is threading.main_thread(), note, note)
    qtbot.waitUntil(lambda: len(told) == 3)
    assert told[0] == (1, True)
    assert isinstance(told[1][0], ZeroDivisionError)
    assert told[2] == (False, True)


def test_closing_does_not_wait_for_a_job_that_hangs(qtbot):
    jobs, begun, go_on, told = Jobs(), threading.Event(), threading.Event(), []
    jobs.run(lambda: (begun.set(), go_on.wait(20)), told.append, told.append)
    jobs.run(lambda: 2, told.append, told.append)
    assert begun.wait(20)
    assert not jobs.close(0.05)
    go_on.set()
    assert jobs.close(5)
    assert told == []


def test_the_systems_errors_are_told_in_its_words(tmp_path):
    with pytest.raises(OSError, match="No such file") as caught:
        (tmp_path / "nowhere" / "a").write_text("")
    assert sentence_of(caught.value) == "No such file or directory."
    assert sentence_of(ValueError("The third digit is wrong.")) == "The third digit is wrong."


def test_waiting_jobs_are_done_before_the_end_when_asked(qtbot):
    made, done = Jobs(), []
    gate = threading.Event()
    made.run(lambda: gate.wait(5), lambda result: None, lambda error: None)
    for number in range(3):
        made.run(lambda number=number: done.append(number), lambda result: None, lambda error: None)
    gate.set()
    assert made.finish(5)
    assert done == [0, 1, 2]
