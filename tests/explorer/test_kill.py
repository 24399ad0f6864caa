"""A program that is killed loses nothing; `tests.kill_sweep` does it twenty times, with the window."""

from tests.kill_sweep import sweep


def test_a_run_that_was_killed_goes_on_bit_for_bit(tmp_path):
    assert sweep(tmp_path, times=1, epochs=3, window=False, seed=0, longest=1.0) == 375
