"""The transport visits every cell once and in order, however time passes."""

import math

import pytest

from explorer.widgets.transport_state import FASTEST, SLOWEST, Transport


@pytest.fixture
def visited():
    return []


@pytest.fixture
def transport(qapp, visited):
    transport = Transport(16, 4)
    transport.index_changed.connect(visited.append)
    return transport


@pytest.mark.parametrize("speed", [1.0, 2.5, 8.0, 59.9, 60.0, 61.0, 144.0, 333.0, 500.0])
def test_playing_visits_every_cell_once_and_in_order_at_every_speed(qapp, visited, speed):
    transport = Transport(400, 20)
    transport.index_changed.connect(visited.append)
    transport.set_speed(speed)
    seconds = 0.0
    while not transport.at_end:
        transport.advance(1 / 60)
        seconds += 1 / 60
    assert visited == list(range(1, 400))
    assert seconds == pytest.approx(399 / speed, abs=0.03)


def test_irregular_ticks_lose_and_repeat_nothing(qapp, visited):
    transport = Transport(300, 10)
    transport.index_changed.connect(visited.append)
    transport.set_speed(500)
    ticks = (0.001, 0.05, 0.0, 0.017, 0.2, -1.0, 0.0009)
    for tick in ticks * 40:
        transport.advance(tick)
    assert visited == list(range(1, 300))


def test_a_tick_of_many_cells_moves_the_picture_once(qtbot, transport, visited):
    transport.set_speed(100)
    with qtbot.waitSignals([transport.moved], timeout=1000):
        transport.advance(0.05)
    assert visited == [1, 2, 3, 4, 5]


def test_after_a_hang_it_goes_on_from_where_it_stood(transport):
    transport.set_speed(20)
    transport.advance(60.0)
    assert transport.index == 2


def test_the_timer_plays_to_the_end_and_stops_there(qtbot, visited):
    clock = iter(0.016 * i for i in range(10_000))
    transport = Transport(30, 10, clock=lambda: next(clock))
    transport.index_changed.connect(visited.append)
    transport.set_speed(500)
    with qtbot.waitSignal(transport.finished, timeout=5000):
        transport.play()
    assert visited == list(range(1, 30))
    assert not transport.playing


def test_playing_again_from_the_end_begins_at_the_first_cell(transport, visited):
    transport.last()
    visited.clear()
    transport.play()
    assert (transport.playing, transport.index, visited) == (True, 0, [0])
    transport.pause()


def test_in_a_loop_the_first_cell_follows_the_last(transport, visited):
    transport.set_loop(True)
    transport.set_speed(200)
    for _ in range(40):
        transport.advance(0.005)
    assert visited == [(i + 1) % 16 for i in range(40)]


def test_a_listener_may_pause_at_any_cell(transport, visited):
    transport.index_changed.connect(lambda index: transport.pause() if index == 3 else None)
    transport.set_speed(500)
    transport.play()
    transport.advance(0.1)
    assert visited == [1, 2, 3]
    assert not transport.playing


def test_steps_rows_and_ends(transport):
    transport.step()
    assert transport.index == 1
    transport.step_row(1)
    assert transport.index == 5
    transport.step_row(-1)
    transport.step_row(-1)
    assert transport.index == 1
    transport.last()
    transport.step_row(1)
    transport.step()
    assert transport.index == 15
    transport.first()
    transport.step(-1)
    assert transport.index == 0
    transport.seek(99)
    assert transport.index == 15


def test_a_step_by_hand_pauses(qtbot, transport):
    transport.play()
    with qtbot.waitSignal(transport.playing_changed, timeout=1000) as signal:
        transport.step()
    assert signal.args == [False]
    assert transport.index == 1


def test_fewer_cells_keep_the_place_inside(qtbot, transport):
    transport.last()
    with qtbot.waitSignals([transport.count_changed, transport.moved], timeout=1000):
        transport.set_count(9, 3)
    assert (transport.index, transport.count, transport.row) == (8, 9, 3)
    with qtbot.assertNotEmitted(transport.count_changed):
        transport.set_count(9, 3)


def test_with_no_cells_nothing_plays(transport):
    transport.play()
    transport.set_count(0)
    assert not transport.playing
    transport.play()
    transport.advance(1.0)
    assert (transport.playing, transport.index) == (False, 0)


@pytest.mark.parametrize("count", [(-1, 1), (4, 0)])
def test_counts_that_cannot_be(transport, count):
    with pytest.raises(ValueError, match="cannot be"):
        transport.set_count(*count)


def test_speeds_stay_between_the_slowest_and_the_fastest(transport):
    transport.set_speed(0.01)
    assert transport.speed == SLOWEST
    transport.set_speed(1e6)
    assert transport.speed == FASTEST
    for speed in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(ValueError, match="positive"):
            transport.set_speed(speed)
