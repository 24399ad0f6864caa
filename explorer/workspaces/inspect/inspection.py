"""What the page looks at: a network and its trace, a layer, a map, a cell. All parts of the page read it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from cnncore import Sequential, Trace, trace
from cnncore.explain import Explanation, explain, explain_loss, explain_softmax
from cnncore.explain_cells import flat_index
from explorer.widgets.transport import Transport
from explorer.workbench import Focus, RunState, Workbench

from .stops import Cell, Stop, Stops, stops_of

LIVE_MS = 100
"""While parameters change by themselves, the page takes them ten times a second: numbers are to be read."""


@dataclass(frozen=True)
class Link:
    """What is under the mouse, named so that every part can light its partners.

    `tap` is a place (channel, row, column) of the window, where the channel counts those that are read;
    `pixel` an input cell; `term` a place in a sum: a channel that is read (or the bias), a unit, a class.
    """

    tap: tuple[int, int, int] | None = None
    pixel: tuple[int, int, int] | None = None
    term: int | None = None


NO_LINK = Link()


class Inspection(QObject):
    """The place in the network that the page shows, the cell that is taken apart, and what is hovered.

    The network is a copy of the page's own, taken from the workbench whenever that has new parameters, unless
    it is frozen. Place and cell are the workbench's focus while the page is in view.
    """

    spec_changed = Signal()
    trace_changed = Signal()
    stop_changed = Signal()
    """Another layer, or another map of it."""
    cell_changed = Signal()
    source_changed = Signal()
    link_changed = Signal()
    numbers_changed = Signal()
    frozen_changed = Signal()

    def __init__(self, workbench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.workbench = workbench
        self.transport = Transport(parent=self)
        self.link = NO_LINK
        self.numbers_shown = True
        self.frozen = False
        self.step = 0
        self.source = 0
        self._active = False
        self._stale = True
        self._adopting = False
        self._entering = False
        self._terms: Explanation | None = None
        self._rest = QTimer(self, singleShot=True, interval=LIVE_MS)
        self._rest.timeout.connect(self._after_rest)
        self._build()
        self.transport.moved.connect(self._on_moved)
        workbench.spec_changed.connect(self._on_spec)
        workbench.trace_changed.connect(self._on_trace)
        workbench.focus_changed.connect(self._adopt_focus)

    def _build(self) -> None:
        bench = self.workbench
        self.transport.pause()
        self.network: Sequential = bench.spec.build(bench.hyperparameters.rng("initialisation"))
        self.stops: Stops = stops_of(bench.spec, self.network)
        self.index = next((s.index for s in self.stops if s.kind == "conv"), 0)
        self._channel = 0
        self.source = 0
        self._take_parameters()
        self._take_trace()
        self._enter(self.stop.count // 2 + self.stop.row // 2 if self.stop.is_maps else 0)

    # Reading

    @property
    def stop(self) -> Stop:
        """The stop in view."""
        return self.stops.at(self.index)

    @property
    def channel(self) -> int:
        """The map in view; the number is kept over stops that have fewer maps or none."""
        return min(self._channel, self.stop.channels - 1)

    @property
    def cell(self) -> Cell:
        """The cell that is taken apart."""
        return self.stop.cell(self.channel, self.transport.index)

    @property
    def terms(self) -> Explanation | None:
        """The terms of the cell; None for the input image, and for a loss without a label."""
        if self._terms is None:
            self._terms = self._explain()
        return self._terms

    def _explain(self) -> Explanation | None:
        if self.index < 0:
            return None
        if self.index == self.stops.loss:
            return None if self.trace.loss is None else explain_loss(self.trace)
        if self.index == self.stops.softmax:
            return explain_softmax(self.trace, self.cell[0])
        return explain(self.trace.layers[self.index], self.cell)

    def output_of(self, index: int):
        """Return what a stop gives: pixels, a layer's output, probabilities."""
        if index < 0:
            return self.trace.input
        if index == self.stops.softmax:
            return self.trace.probabilities
        return self.trace.layers[index].output

    @property
    def input_of_stop(self):
        """Return what the present layer read."""
        return self.trace.layers[self.index].input

    # Moving

    def go_to(self, index: int, cell: Cell | None = None) -> None:
        """Show a stop, at a cell, or at the present place where that fits."""
        index = min(max(index, -1), self.stops.loss)
        stop = self.stops.at(index)
        place = self.transport.index
        wanted = self._channel
        if cell is None and self.stop.kind == "flatten" and index == self.index - 1 and stop.is_maps:
            cell = self.terms.source
        if cell is not None:
            wanted = cell[0] if stop.is_maps else wanted
            place = stop.index_of(cell)
        elif index != self.index:
            place = self._same_place(stop)
        if index == self.index and min(wanted, stop.channels - 1) == self.channel:
            if place != self.transport.index:  # to seek where it stands would end the playing
                self.transport.seek(place)
            return
        self.transport.pause()  # while the cell is still one of the stop that is left
        self.index, self._channel = index, wanted
        self._terms = None
        self._enter(place)
        self.source = max(0, min(self.source, self.source_count - 1))
        self.set_link(NO_LINK)
        self.stop_changed.emit()
        self._tell_focus()

    def _same_place(self, stop: Stop) -> int:
        """Keep to the same relative place from map to map; else begin at a telling one."""
        now = self.stop
        if stop.kind == "flatten" and stop.index == now.index + 1:
            return flat_index(now.shape, self.cell)
        if stop.is_maps and now.is_maps:
            _, y, x = self.cell
            row = round((y + 0.5) / now.shape[1] * stop.shape[1] - 0.5)
            return row * stop.shape[2] + round((x + 0.5) / now.shape[2] * stop.shape[2] - 0.5)
        if stop.is_maps:
            return stop.count // 2 + stop.row // 2
        if stop.count == now.count and not now.is_maps:
            return self.transport.index
        if stop.index >= self.stops.softmax - 1:
            return self.trace.predicted
        return 0

    def _enter(self, place: int) -> None:
        """Play the cells of the present stop from here on."""
        self._entering = True
        self.transport.set_count(self.stop.count, self.stop.row)
        self.transport.seek(place)
        self._entering = False

    def set_channel(self, channel: int) -> None:
        """Show another map of the layer at the same cell."""
        stop = self.stop
        if stop.is_maps:
            self.go_to(self.index, (min(max(channel, 0), stop.channels - 1), *self.cell[1:]))

    def set_source(self, source: int) -> None:
        """Look at one of the channels that are read."""
        count = self.source_count
        source = min(max(source, 0), count - 1)
        if source != self.source and count:
            self.source = source
            self.source_changed.emit()

    @property
    def source_count(self) -> int:
        """How many channels are read by one output map."""
        terms = self.terms
        return len(getattr(terms, "channels", ()))

    def set_link(self, link: Link) -> None:
        """Tell what is under the mouse."""
        if link != self.link:
            self.link = link
            self.link_changed.emit()

    def set_numbers_shown(self, shown: bool) -> None:
        """Write numbers into cells, or colours only."""
        if shown != self.numbers_shown:
            self.numbers_shown = shown
            self.numbers_changed.emit()

    def _on_moved(self) -> None:
        if self._entering:
            return
        self._terms = None
        self.cell_changed.emit()
        self._tell_focus()

    # The workbench's side

    def set_active(self, active: bool) -> None:
        """Follow the workbench while the page is in view; out of view nothing is computed."""
        if active == self._active:
            return
        self._active = active
        if active:
            self._refresh()
            self._adopt_focus()
        else:
            self.transport.pause()
            self._rest.stop()

    def set_frozen(self, frozen: bool) -> None:
        """Keep the present parameters while training goes on, or follow it again."""
        if frozen != self.frozen:
            self.frozen = frozen
            self.frozen_changed.emit()
            if not frozen:
                self._stale = True
                self._refresh()

    def retrace(self) -> None:
        """The network's parameters were changed here: run the sample through it again."""
        self._take_trace()
        self.trace_changed.emit()

    def _on_spec(self) -> None:
        self.frozen = False
        self._stale = False
        self._build()
        self.frozen_changed.emit()
        self.spec_changed.emit()

    def _on_trace(self) -> None:
        self._stale = True
        if self._active and not self._rest.isActive():
            self._refresh()
            # Past moments may follow one another as a film.
            if self.workbench.state is RunState.RUNNING or self.workbench.shown_moment is not None:
                self._rest.start()

    def _after_rest(self) -> None:
        if self._stale and self._active:
            self._on_trace()

    def _refresh(self) -> None:
        if self._stale:
            self._stale = False
            if not self.frozen:
                self._take_parameters()
            self._take_trace()
            self.trace_changed.emit()

    def _take_parameters(self) -> None:
        self.network.load_state_dict(self.workbench.network.state_dict())
        self.step = self.workbench.snapshot_step

    def _take_trace(self) -> None:
        sample = self.workbench.sample
        self.trace: Trace = trace(self.network, sample.image, sample.label, backward=False)
        self._terms = None

    def _tell_focus(self) -> None:
        if not self._active or self._adopting:
            return
        cell = self.cell
        channel = cell[0] if cell else None
        y, x = cell[1:] if self.stop.is_maps else (None, None)
        self.workbench.set_focus(Focus(self.index, channel, y, x))

    def _adopt_focus(self) -> None:
        """Go to where another page, or this one, has put the focus."""
        focus = self.workbench.focus
        if not self._active or focus.layer is None or not -1 <= focus.layer <= self.stops.loss:
            return
        stop = self.stops.at(focus.layer)
        self._adopting = True
        self.go_to(focus.layer, stop.cell_at(focus.channel, focus.y, focus.x, self.channel))
        if focus.source is not None:
            self.set_source(focus.source)
        self._adopting = False
