"""The progress line: its words in every state, and what gives way when the room is short."""

import pytest

from explorer.frame.run_progress import SEPARATOR, ProgressLine, RunProgress, progress_parts
from explorer.workbench import Progress, RunState, Workbench

RUNNING = Progress(5, 10, 84, 125, 584, 1250, 4870.4, 4.2)


def words(state, progress=RUNNING, accuracy=None):
    return SEPARATOR.join(part.text for part in progress_parts(state, progress, accuracy)).replace("  ", " ")


def test_each_state_has_its_words():
    assert words(RunState.RUNNING) == "epoch 5/10 • batch 84/125 • 4,870 img/s • 0:04 left"
    assert words(RunState.PAUSED) == "Paused • epoch 5/10 • batch 84/125 • step 584 of 1,250"
    assert words(RunState.FAILED).startswith("Stopped • epoch 5/10")
    assert words(RunState.FINISHED, accuracy=0.953) == "Finished • step 584 of 1,250 • validation 95.3 %"
    assert words(RunState.READY, Progress(1, 5, 0, 125, 0, 625, 0.0, None)) == (
        "Ready • 5 epochs • 125 batches each"
    )
    assert "1 epoch •" in words(RunState.READY, Progress(1, 1, 0, 125, 0, 125, 0.0, None))


def test_a_speed_that_is_not_known_yet_is_not_told():
    assert words(RunState.RUNNING, Progress(1, 5, 1, 125, 1, 625, 0.0, None)) == "epoch 1/5 • batch 1/125"


@pytest.fixture
def line(qtbot, theme):
    line = ProgressLine(theme)
    qtbot.addWidget(line)
    line.set_parts(progress_parts(RunState.RUNNING, RUNNING))
    return line


def test_a_short_line_leaves_out_the_least_important_first(line):
    shown = []
    for width in (388, 260, 160, 30):
        line.resize(width, 16)
        shown.append([part.text for part in line.visible_parts()])
    assert shown == [
        ["epoch 5/10", "batch 84/125", "4,870 img/s", "0:04 left"],
        ["epoch 5/10", "4,870 img/s", "0:04 left"],
        ["epoch 5/10", "0:04 left"],
        ["epoch 5/10"],
    ]


def test_the_line_is_drawn_in_both_themes(line, theme):
    line.resize(388, 16)
    for mode in ("light", "dark"):
        theme.set_mode(mode)
        image = line.grab().toImage()
        colors = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(16)}
        assert len(colors) > 10


def test_the_bar_follows_the_run(qtbot, theme):
    workbench = Workbench()
    progress = RunProgress(workbench, theme)
    qtbot.addWidget(progress)
    assert progress.bar.share == 0
    try:
        with qtbot.waitSignal(workbench.state_changed, timeout=20_000):
            workbench.step_batch()
        assert progress.bar.share == 1 / 625
        assert progress.line.accessibleName() == progress.line.text
        assert "step 1 of 625" in progress.line.text
    finally:
        workbench.close()
