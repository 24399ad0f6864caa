"""What the curves of a chart are like in the region that the person marked."""

from __future__ import annotations

from explorer.numbers import MINUS, format_count, format_rate
from explorer.widgets.chart_axes import Extent
from explorer.widgets.chart_curves import Curve
from explorer.widgets.chart_region import RegionRow, RegionTable
from explorer.workbench.region import Summary, summarise
from explorer.workspaces.train.chart_view import OVERLAY, ChartView
from explorer.workspaces.train.run_axis import RunAxis
from explorer.workspaces.train.series import RunSeries

_UNITS = {"step": (100.0, "100 steps"), "epoch": (1.0, "epoch"), "time": (60.0, "minute")}


def region_table(
    view: ChartView, run: RunSeries, curves: dict[str, Curve], region: Extent
) -> RegionTable | None:
    """Return mean, extremes, standard deviation and slope of each curve in `region`; None without a point."""
    per, unit = _UNITS[run.axis.mode]
    rows = []
    seen: set[str] = set()
    # The present run first, and of it the main curve.
    for name in sorted(curves, key=lambda name: (name.startswith(OVERLAY), name != view.main)):
        curve = curves[name]
        weighted = run.means(view.column) if name == "batch" else None
        summary = summarise(curve.x, curve.y, *region, *(weighted or (None, None)))
        if summary is not None and curve.label not in seen:
            seen.add(curve.label)
            token = curve.token if curve.strength == 1.0 else ""
            rows.append(RegionRow(curve.label, _texts(view, summary, per), token))
    if not rows:
        return None
    headings = ("mean", "min", "max", "std", f"slope/{unit}")
    return RegionTable(region_title(run.axis, region), headings, tuple(rows))


def _texts(view: ChartView, summary: Summary, per: float) -> tuple[str, ...]:
    values = (summary.mean, summary.low, summary.high, summary.deviation)
    mean, low, high, deviation = (view.text(value) for value in values)
    slope = summary.slope * per
    sign = MINUS if slope < 0 else "+"
    return mean, low, high, deviation if summary.exact else f"≥ {deviation}", sign + view.text(abs(slope))


def region_title(axis: RunAxis, region: Extent) -> str:
    """Return "steps 120 to 480", "epochs 1.2 to 3.4", "0:10 to 0:40"."""
    low, high = region
    if axis.mode == "step":
        return f"steps {format_count(round(low))} to {format_count(round(high))}"
    if axis.mode == "epoch":
        return f"epochs {low:.2f} to {high:.2f}"
    return f"{format_rate(round(low, 1))} s to {format_rate(round(high, 1))} s"
