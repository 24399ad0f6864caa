"""How the window behaves: its start, its smoothness while training runs, what it costs, its memory.

    python -m tests.benchmarks.app [--json] [--seconds 10] [--pairs 3] [--memory MINUTES]

Every figure comes from a process of its own. Training with and without a window is measured in turn, so that
a machine whose speed drifts does not favour one of them; both use one BLAS thread, as the program does. Off
screen by default; set QT_QPA_PLATFORM=xcb to measure on a real display.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time

from tests.benchmarks.app_measures import measure_alone, measure_memory, measure_start, measure_window

SCANS = ((28, 3, 1), (64, 11, 3))
"""Side of the input, side of the kernel, channels."""
_LONG = ("after_200000", "after_400000")
WAYS = ("forward", "backward")
"""Through the network on the Inspect page."""


def _child(*arguments: str) -> dict:
    """Run one measurement in a process of its own and return what it found."""
    command = [sys.executable, "-m", "tests.benchmarks.app", "--child", *arguments]
    # An installed program has its modules compiled, so the measured one has, too.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if result.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{result.stderr}")
    return json.loads(result.stdout.splitlines()[-1])


def _pairs(seconds: float, pairs: int) -> dict:
    workspaces = ("network", "train")
    runs: dict[str, list[dict]] = {name: [] for name in ("alone", *workspaces)}
    for _ in range(pairs):
        runs["alone"].append(_child("alone", str(seconds)))
        for workspace in workspaces:
            runs[workspace].append(_child("window", str(seconds), workspace))
    result: dict = {"alone": {"steps_per_second": _median(runs["alone"], "steps_per_second")}}
    for workspace in workspaces:
        shares = [
            window["steps_per_second"] / alone["steps_per_second"]
            for window, alone in zip(runs[workspace], runs["alone"], strict=True)
        ]
        result[workspace] = {key: _median(runs[workspace], key) for key in runs[workspace][0]}
        result[workspace]["share_of_alone"] = statistics.median(shares)
    return result


def _median(runs: list[dict], key: str) -> float:
    return statistics.median(run[key] for run in runs)


def _scans(seconds: float, pairs: int) -> list[dict]:
    result = []
    for side, kernel, channels in SCANS:
        arguments = [str(value) for value in (seconds, side, kernel, channels)]
        runs = [_child("scan", *arguments) for _ in range(pairs)]
        figures = {key: _median(runs, key) for key in runs[0]}
        result.append({"side": side, "kernel": kernel, "channels": channels, **figures})
    return result


def _inspect(seconds: float, pairs: int) -> dict[str, dict]:
    result: dict = {}
    for way in WAYS:
        result[way] = {}
        for arguments in (("inspect-moves", way), ("inspect-play", way, str(seconds))):
            runs = [_child(*arguments) for _ in range(pairs)]
            result[way].update({key: _median(runs, key) for key in runs[0]})
    return result


def _inspect_child(way: str, seconds: str = "") -> dict:
    from tests.benchmarks.app_inspect import measure_moves, measure_play

    return measure_play(way, float(seconds)) if seconds else measure_moves(way)


def _charts_child() -> dict:
    from tests.benchmarks.app_charts import measure_charts

    return measure_charts()


def _scan_child(seconds: str, *sizes: str) -> dict:
    from tests.benchmarks.app_scan import measure_scan

    return measure_scan(float(seconds), *map(int, sizes))


def measure_all(seconds: float, pairs: int, minutes: float) -> dict:
    """Take every measurement and return the medians."""
    _child("start", str(time.time()))  # warms the disk
    starts = [_child("start", str(time.time())) for _ in range(5)]
    result = {
        "start": {key: _median(starts, key) for key in ("shown", "complete")},
        "training": _pairs(seconds, pairs),
        "scan": _scans(seconds, pairs),
        "inspect": _inspect(seconds, pairs),
        "charts": _child("charts"),
    }
    if minutes:
        result["memory"] = _child("memory", str(minutes))
    return result


def report(result: dict) -> str:
    """Put the figures into sentences."""
    start, training = result["start"], result["training"]
    lines = [
        f"first window after {start['shown']:.2f} s, complete after {start['complete']:.2f} s",
        f"training alone       {training['alone']['steps_per_second']:6.1f} steps/s",
    ]
    for workspace in ("network", "train"):
        figures = training[workspace]
        lines.append(
            f"with {workspace:<10} live {figures['steps_per_second']:6.1f} steps/s, "
            f"{figures['share_of_alone']:.0%} of alone; event-loop gaps p50 {figures['gap_p50_ms']:.1f} ms, "
            f"p99 {figures['gap_p99_ms']:.1f} ms, max {figures['gap_max_ms']:.1f} ms"
        )
    lines += [_scan_line(figures) for figures in result["scan"]]
    for way, figures in result["inspect"].items():
        lines += _inspect_lines(f"Inspect {way}", figures)
    lines.append(_charts_line(result["charts"]))
    if "memory" in result:
        megabytes = result["memory"]["each_half_minute_mb"]
        later = megabytes[3:]
        lines.append(f"resident memory at most {max(megabytes):.0f} MB")
        if len(later) > 1:
            lines.append(f"from the 2nd minute on between {min(later):.0f} and {max(later):.0f} MB")
    return "\n".join(lines)


def _scan_line(figures: dict) -> str:
    side, kernel, channels = figures["side"], figures["kernel"], figures["channels"]
    return (
        f"Scan Lab playing, {channels}×{side}×{side}, kernel {kernel}×{kernel}: "
        f"{figures['frames_per_second']:.1f} frames/s, frame time p50 {figures['frame_p50_ms']:.1f} ms, "
        f"p95 {figures['frame_p95_ms']:.1f} ms, its work alone p95 {figures['frame_work_p95_ms']:.1f} ms; "
        f"event-loop gaps p99 {figures['gap_p99_ms']:.1f} ms, max {figures['gap_max_ms']:.1f} ms; "
        f"training {figures['steps_per_second']:.1f} steps/s"
    )


def _charts_line(figures: dict) -> str:
    before, at_200, at_400 = (figures[f"memory_{when}_mb"] for when in ("before", *_LONG))
    return (
        f"two charts with a million points each: {figures['frames_per_second']:.0f} frames/s while they zoom "
        f"and pan, p50 {figures['frame_p50_ms']:.1f} ms, p95 {figures['frame_p95_ms']:.1f} ms; memory "
        f"{before:.0f} MB, after 200,000 steps {at_200:.0f} MB, after 400,000 {at_400:.0f} MB"
    )


def _inspect_lines(page: str, figures: dict) -> list[str]:
    opened, worked = figures["open_ms"], figures["open_work_ms"]
    lines = [f"{page} opens in {opened:.0f} ms ({worked:.0f} ms of work); from a key to the picture:"]
    for name in (key.removesuffix("_p95_ms") for key in figures if key.endswith("_p95_ms")):
        lines.append(
            f"  {name:<9} p50 {figures[f'{name}_p50_ms']:.1f} ms, p95 {figures[f'{name}_p95_ms']:.1f} ms, "
            f"its work alone p50 {figures[f'{name}_work_p50_ms']:.1f} ms"
        )
    before, after = figures["memory_before_mb"], figures["memory_after_mb"]
    lines.append(
        f"{page} playing {figures['cells_per_second']:.0f} cells/s while training runs "
        f"({figures['steps_per_second']:.1f} steps/s): event-loop gaps p50 {figures['gap_p50_ms']:.1f} ms, "
        f"p99 {figures['gap_p99_ms']:.1f} ms, max {figures['gap_max_ms']:.1f} ms; "
        f"{figures['cells_out_of_order']:.0f} cells out of order; "
        f"memory {before:.0f} MB before, {after:.0f} MB after"
    )
    return lines


def main() -> None:
    """Measure, or be one of the measuring processes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--seconds", type=float, default=10.0, help="length of each training measurement")
    parser.add_argument("--pairs", type=int, default=3, help="how often each one is repeated")
    parser.add_argument("--memory", type=float, default=0.0, metavar="MINUTES", help="watch the memory too")
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if options.child:
        kind, *rest = options.child
        measurements = {
            "start": lambda: measure_start(float(rest[0])),
            "window": lambda: measure_window(float(rest[0]), rest[1]),
            "scan": lambda: _scan_child(*rest),
            "inspect-moves": lambda: _inspect_child(*rest),
            "inspect-play": lambda: _inspect_child(*rest),
            "charts": _charts_child,
            "alone": lambda: measure_alone(float(rest[0])),
            "memory": lambda: measure_memory(float(rest[0])),
        }
        print(json.dumps(measurements[kind]()))
        return
    result = measure_all(options.seconds, options.pairs, options.memory)
    print(json.dumps(result, indent=2) if options.json else report(result))


if __name__ == "__main__":
    main()
