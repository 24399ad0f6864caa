"""The way back through pooling: to the winner of each window, or to all its cells in equal parts."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cnncore.explain import explain
from cnncore.explain_gradient import AveragePoolInputTerms, MaxPoolInputTerms
from explorer.imaging import symmetric_range
from explorer.theme import Theme
from explorer.workbench import Hover

from ..bar_list import BarList, BarRow
from ..layer_view import Table
from ..map_view import Frame
from ..parts import Paragraph, TextLine, label
from ..wording import in_words, number, plural
from .base import BackwardView
from .gradient_map import GradientMap, ResultMap, scale_at, scale_of
from .model import INPUT, Backward, Link

_MOST_FRAMES = 16
_MAX_COLUMNS = (
    ("window y, x", "text"),
    ("winner y, x", "window_text"),
    ("upstream", "text"),
    ("passed on", "text"),
)
_MEAN_COLUMNS = (("window y, x", "text"), ("cells", "text"), ("upstream", "text"), ("share", "text"))


class PoolBackwardView(BackwardView):
    """The input map with the windows that read the cell, a row for each of them, and the result."""

    def __init__(self, backward: Backward, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(backward, theme, parent)
        self.upstream = GradientMap(theme, "upstream gradient", "upstream")
        self.upstream.map.setObjectName("backwardUpstream")
        self.source = GradientMap(theme, "input map", "input map", "window_text")
        self.source.map.setObjectName("backwardSource")
        self.lists = {
            "max_pool": BarList(theme, "Windows that read the cell", _MAX_COLUMNS),
            "average_pool": BarList(theme, "Windows that read the cell", _MEAN_COLUMNS),
        }
        self.title = label("", "strong")
        self.total = TextLine(theme, right_style=("output_text", 15, 600))
        self.reason = Paragraph(theme, 3)
        self.result = ResultMap(backward, theme, INPUT, "backwardResult")
        middle = QVBoxLayout()
        middle.setSpacing(4)
        middle.addWidget(self.title)
        for name, found in self.lists.items():
            found.setObjectName(f"backwardWindows_{name}")
            found.hovered.connect(self._hover_term)
            found.left.connect(self.point_away)
            middle.addWidget(found, 1)
        middle.addWidget(self.total)
        middle.addWidget(self.reason)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(14)
        row.addWidget(self.upstream, 2)
        row.addWidget(self.source, 3)
        row.addLayout(middle, 4)
        row.addWidget(self.result, 3)
        self.result.setMinimumWidth(140)
        self.source.pointed.connect(self._hover)
        self.source.chosen.connect(lambda place: self.backward.go_to(INPUT, place))
        self.result.framed.pointed.connect(self._hover)
        self.upstream.pointed.connect(self._hover_upstream)
        for part in (self.source, self.result.framed, self.upstream):
            part.left.connect(self.point_away)

    def set_compact(self, compact: bool) -> None:
        self.result.set_compact(compact)
        for part in (self.upstream, self.source):
            part.level_with(self.result)
        self.source.setVisible(not compact)
        self.reason.setVisible(not compact)

    @property
    def _list(self) -> BarList:
        return self.lists[self.backward.stop.kind]

    def refresh(self) -> None:
        backward, step, channel = self.backward, self.backward.step, self.backward.source
        self.scale = scale_of(backward)
        inspection = backward.inspection
        after = inspection.stops.at(backward.stop.index + 1).name
        r = symmetric_range([step.d_output, step.d_input])
        self.upstream.head.set_texts("upstream", f"from {after}", ("upstream", ""))
        self.upstream.set_values(step.d_output[channel], 1, self.scale, r)
        self.source.head.set_right(f"{inspection.stops.before(backward.stop.index).name}[{channel}]")
        self.source.set_values(step.input[channel], 1)
        self.result.show_values(f"dX of map {channel}", step.d_input[channel], self.scale, r)
        for kind, found in self.lists.items():
            found.setVisible(kind == backward.stop.kind)
        self._show_terms()

    def follow_cell(self) -> None:
        self.result.follow_cell()

    def show_cell(self) -> None:
        self.result.show_cell()
        self._show_terms()

    def _show_terms(self) -> None:
        terms = self.backward.terms(INPUT)
        assert isinstance(terms, MaxPoolInputTerms | AveragePoolInputTerms)
        self.cell_scale = scale_at(self.backward, INPUT, self.scale)
        write = self.cell_scale.write
        largest = float(np.abs(terms.upstream).max(initial=0.0)) or 1.0
        rows = []
        for t, (y, x) in enumerate(terms.windows):
            texts = (
                f"{y}, {x}",
                self._between(terms, t),
                write(float(terms.upstream[t])),
                write(float(terms.products[t])),
            )
            rows.append(BarRow(t, texts, float(terms.products[t]) / largest))
        self._list.set_rows(rows)
        _, y, x = terms.cell
        self.title.setText(
            f"{plural(len(rows), 'window')} read y {y}, x {x}"
            if len(rows) != 1
            else f"one window reads y {y}, x {x}"
        )
        self.total.set_texts(f"in sum{self.scale.note}", write(terms.total))
        self.reason.set_text(self._reason())
        self._show_windows(terms)
        self.setAccessibleDescription(self.sentence())
        self.show_link()

    @staticmethod
    def _between(terms: MaxPoolInputTerms | AveragePoolInputTerms, t: int) -> str:
        if isinstance(terms, AveragePoolInputTerms):
            return str(int(terms.divisors[t]))
        y, x = (int(place) for place in terms.winners[t])
        return "this cell" if terms.winner[t] else f"{y}, {x}" if y >= 0 else "none"

    def _show_windows(self, terms: MaxPoolInputTerms | AveragePoolInputTerms) -> None:
        """Frame the windows that read the cell."""
        channel, y, x = terms.cell
        frames = []
        for place in terms.windows[:_MOST_FRAMES]:
            window = explain(self.backward.step, (channel, *(int(p) for p in place))).window
            rows, columns = window.rows, window.columns
            size = int(rows[-1] - rows[0]) + 1, int(columns[-1] - columns[0]) + 1
            frames.append(Frame("window", int(rows[0]), int(columns[0]), *size))
        self.source.map.set_frames(frames)
        self.source.select(self.backward.place(INPUT))
        value = float(self.backward.step.input[terms.cell])
        self.source.foot.set_texts(f"y {y}, x {x}", number(value, sign=False))

    def _reason(self) -> str:
        terms = self.backward.terms(INPUT)
        count = len(terms.windows)
        if not count:
            return "No window reads this cell: it does not touch the loss through this map."
        if isinstance(terms, AveragePoolInputTerms):
            return "Each window hands its gradient to all its cells in equal parts; what overlaps is added."
        won = int(terms.winner.sum())
        if not won:
            return "Another cell won: a small change here changes nothing, so the gradient is 0."
        if count == 1:
            return "It won its window and gets the whole gradient; the other cells of the window get 0."
        many = "all" if won == count else f"{in_words(won)} of the"
        return f"It won {many} {in_words(count)} windows that read it; where windows overlap, gradients add."

    def _hover(self, place: int) -> None:
        backward = self.backward
        if not backward.transport.playing:
            backward.point_to(INPUT, place)
        cell = backward.cell(INPUT, place)
        step = backward.step
        rows = (
            ("position", f"y {cell[1]}, x {cell[2]}"),
            ("input", number(float(step.input[cell]))),
            ("dX", self.scale.with_unit(float(step.d_input[cell]))),
        )
        name = backward.stop.name
        self.point_at(Link(pixel=cell), Hover(f"{name} backward", rows, f"{name} · y {cell[1]}, x {cell[2]}"))

    def _hover_upstream(self, place: int) -> None:
        backward = self.backward
        output = (backward.source, *divmod(place, self.upstream.map.cells.shape[1]))
        value = float(backward.step.d_output[output])
        rows = (("window", f"y {output[1]}, x {output[2]}"), ("upstream", self.scale.with_unit(value)))
        self.point_at(Link(output=output), Hover(f"{backward.stop.name} backward", rows))

    def _hover_term(self, term: int) -> None:
        terms = self.backward.terms(INPUT)
        if term >= len(terms.windows):
            return
        y, x = (int(place) for place in terms.windows[term])
        rows = (
            ("window", f"y {y}, x {x}"),
            ("upstream", self.scale.with_unit(float(terms.upstream[term]))),
            ("handed on", self.scale.with_unit(float(terms.products[term]))),
        )
        link = Link(output=(terms.cell[0], y, x), term=term)
        self.point_at(link, Hover(f"{self.backward.stop.name} backward", rows, f"window y {y}, x {x}"))

    def show_link(self) -> None:
        """Ring the windows that read the cell on the upstream map; one of them where it is hovered."""
        terms, link = self.backward.terms(INPUT), self.backward.link
        windows = [(int(y), int(x)) for y, x in terms.windows]
        hovered = link.output[1:] if link.output is not None else None
        self.upstream.map.set_partners(windows if hovered is None else [hovered])
        self._list.set_lit(windows.index(hovered) if hovered in windows else None)

    def heading(self) -> tuple[str, str]:
        if self.backward.stop.kind == "max_pool":
            return "Max pooling backward", "each window's gradient goes to the cell that won it"
        return "Average pooling backward", "each window's gradient is shared out among its cells"

    def sentence(self) -> str:
        terms = self.backward.terms(INPUT)
        channel, y, x = terms.cell
        return (
            f"Map {channel}, row {y}, column {x} gets {self.scale.with_unit(terms.total)}. {self._reason()}"
        )

    def tables(self) -> list[Table]:
        step, channel = self.backward.step, self.backward.source
        terms = self.backward.terms(INPUT)
        return [
            Table("dX", step.d_input[channel]),
            Table("upstream gradient", step.d_output[channel]),
            Table(
                "window, upstream, passed on",
                np.column_stack([terms.windows, terms.upstream, terms.products]),
            ),
        ]
