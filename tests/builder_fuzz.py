"""Random use of the Build page through its widgets, with training going on; ``python -m tests.builder_fuzz``.

After every action: no error reached Python's excepthook, what the page calls a network can be built, and the
network in use is a whole one that takes the images and gives a number for each class.
"""

import argparse
import random
import sys
import time
from collections.abc import Callable
from types import TracebackType

import numpy as np
from PySide6.QtCore import QEventLoop, QPoint, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from cnncore import MODELS, ModelSpec, SpecError
from explorer.theme import Theme
from explorer.workbench import Hyperparameters, RunState, Workbench
from explorer.workbench.building import KIND_TITLES
from explorer.workspaces.build import BuildWorkspace

NONE = Qt.KeyboardModifier.NoModifier
CONTROL, ALT, SHIFT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
KEY = Qt.Key
TEXTS = ("0", "1", "2", "3", "5", "28", "1024", "99999", "3×5", "0, 2", "1, 2, 3, 4", "same", "valid", "keep",
         "keep×2", "", "-1", "0.5", "1e-5", "2.5", "nan", "many", "fc", "a1", "x" * 40)  # fmt: skip
KEYS = (
    (KEY.Key_Up, NONE),
    (KEY.Key_Down, NONE),
    (KEY.Key_Up, ALT),
    (KEY.Key_Down, ALT),
    (KEY.Key_Delete, NONE),
    (KEY.Key_D, CONTROL),
    (KEY.Key_Z, CONTROL),
    (KEY.Key_Z, CONTROL),
    (KEY.Key_Z, CONTROL | SHIFT),
    (KEY.Key_Home, NONE),
    (KEY.Key_End, NONE),
)


class BuilderFuzz:
    """Acts on a page at random. `used` counts the networks that were put to use, `impossible` the drafts."""

    def __init__(self, page: BuildWorkspace, seed: int) -> None:
        self.page, self.rng = page, random.Random(seed)
        self.bench = page.model.workbench
        self.used = self.impossible = 0
        self.failures: list[str] = []
        self.bench.failed.connect(lambda title, _: self.failures.append(title))

    def act(self) -> None:
        """Do one thing and look whether all is well."""
        kinds = (self._key, self._key, self._field, self._field, self._field, self._add, self._drag)
        rare = (self._use, self._train, self._preset, self._switch, self._name, self._setting)
        action = self.rng.choice(kinds if self.rng.random() < 0.75 else rare)
        if self.rng.random() < 0.1:
            action = self._suggestion
        if self.page.layers.use_button.isEnabled() and self.rng.random() < 0.2:
            action = self._use
        action()
        self.check()

    def check(self) -> None:
        """Compare the page with the engine."""
        model, bench = self.page.model, self.bench
        rows = [row.text for row in self.page.layers.stack.rows]
        assert [row.name for row in rows] == [layer.name for layer in model.draft.layers]
        if model.spec is None:
            self.impossible += 1
            assert not self.page.layers.use_button.isEnabled()
            try:
                model.draft.spec()
            except SpecError:
                pass
            else:
                raise AssertionError("The page calls a network impossible that can be built.")
        assert isinstance(bench.spec, ModelSpec)
        shapes = bench.spec.shapes()
        assert shapes[-1] == (len(bench.spec.class_names),)
        assert len(bench.network.layers) == len(shapes)
        shape = bench.spec.input_shape
        for layer, expected in zip(bench.network.layers, shapes, strict=True):
            shape = layer.output_shape(shape)
            assert shape == expected

    # What a person does

    def _key(self) -> None:
        key, held = self.rng.choice(KEYS)
        QTest.keyClick(self.page.layers.stack, key, held)

    def _field(self) -> None:
        editor = self.page.layers.stack.editor
        if self.page.model.layer is None:
            return
        field = self.rng.choice([editor.name, *editor.fields.values()])
        if self.rng.random() < 0.3 and field is not editor.name:
            QTest.keyClick(field, self.rng.choice((KEY.Key_Up, KEY.Key_Down)))
            return
        field.setFocus()
        field.setText(self.rng.choice(TEXTS))
        if self.rng.random() < 0.8:
            QTest.keyClick(field, KEY.Key_Return)

    def _switch(self) -> None:
        editor = self.page.layers.stack.editor
        if self.page.model.layer is None:
            return
        for switch in editor.switches.values():
            switch.click()
        for box in editor.choices.values():
            QTest.keyClick(box, self.rng.choice((KEY.Key_Up, KEY.Key_Down)))

    def _add(self) -> None:
        kind = self.rng.choice(list(KIND_TITLES))
        self.page.findChild(QAction, f"add_{kind}").trigger()

    def _drag(self) -> None:
        stack = self.page.layers.stack
        if not stack.rows:
            return
        row = self.rng.choice(stack.rows)
        start = QPoint(16, 10)
        end = row.mapFrom(stack, QPoint(16, self.rng.randrange(-40, stack.height() + 40)))
        QTest.mousePress(row, Qt.MouseButton.LeftButton, NONE, start)
        QTest.mouseMove(row, (start + end) / 2)
        QTest.mouseMove(row, end)
        if self.rng.random() < 0.2:
            QTest.keyClick(stack, KEY.Key_Escape)
        QTest.mouseRelease(row, Qt.MouseButton.LeftButton, NONE, end)

    def _suggestion(self) -> None:
        buttons = self.page.layers.stack.note.buttons
        if buttons and self.page.model.report.problem:
            self.rng.choice(buttons).click()

    def _preset(self) -> None:
        actions = self.page.layers.presets.actions()
        self.rng.choice([action for action in actions if not action.isSeparator()]).trigger()

    def _name(self) -> None:
        self.page.layers.name.setText(self.rng.choice(("Mine", "Another", "", "y" * 100)))
        QTest.keyClick(self.page.layers.name, KEY.Key_Return)

    def _setting(self) -> None:
        settings = self.page.settings
        controls = (settings.dropout_button, settings.apply_button, settings.start.standardise)
        self.rng.choice(controls).click()

    def _train(self) -> None:
        self.rng.choice((self.bench.start, self.bench.pause, self.bench.step_batch, self.bench.reset))()

    def _use(self) -> None:
        actions, before = self.page.actions_of_draft, self.bench.spec
        actions.question = None
        QTest.keyClick(self.page.layers.stack, KEY.Key_Return, CONTROL)
        if actions.question is not None:
            self.rng.choice(actions.question.buttons()).click()
        self.used += self.bench.spec != before


def settle(milliseconds: int) -> None:
    """Let the program go on for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop, loop.quit)
    loop.exec()


def settle_until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Let the program go on until a condition holds. Raises TimeoutError."""
    end = time.perf_counter() + seconds
    while not condition():
        if time.perf_counter() > end:
            raise TimeoutError("What was waited for did not come about.")
        settle(5)


def small_page(theme: Theme) -> BuildWorkspace:
    """Make a page over a workbench that trains on few images for many epochs."""
    bench = Workbench(spec=MODELS["tiny"]())
    bench.train_set = bench.train_set.subset(np.arange(64), "train")
    bench.set_hyperparameters(Hyperparameters(epochs=500, seed=1, batch_size=16))
    page = BuildWorkspace(bench, theme)
    page.resize(1108, 828)
    page.populate()
    return page


def main() -> int:
    """Run the fuzz and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    application = QApplication.instance() or QApplication(sys.argv[:1])
    errors: list[BaseException] = []

    def report(kind: type[BaseException], error: BaseException, place: TracebackType | None) -> None:
        errors.append(error)
        sys.__excepthook__(kind, error, place)

    sys.excepthook = report
    theme = Theme("light")
    theme.install(application)
    page = small_page(theme)
    page.show()
    page.activateWindow()
    fuzz = BuilderFuzz(page, options.seed)
    began = time.perf_counter()
    for edit in range(options.edits):
        fuzz.act()
        if edit % 10 == 0:
            settle(1)
        if errors:
            return 1
    bench = page.model.workbench
    bench.pause()
    settle(500)
    failed = bench.state is RunState.FAILED
    page.close()
    assert bench.close()
    seconds = time.perf_counter() - began
    print(f"{options.edits:,} edits in {seconds:.0f} s, {fuzz.impossible:,} of them left no network.")
    print(f"{fuzz.used:,} networks were put to use; the run failed at the end: {failed}.")
    print(f"Messages: {sorted(set(fuzz.failures))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
