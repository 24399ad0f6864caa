"""Asking for a file or folder, then handing it to the workbench."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from explorer.workbench import Workbench

CHECKPOINTS = "Checkpoints (*.npz)"
TABLES = "Tables (*.csv)"


def _with_suffix(path: str, suffix: str) -> Path:
    chosen = Path(path)
    return chosen if chosen.suffix else chosen.with_suffix(suffix)


def ask_save_checkpoint(parent: QWidget, workbench: Workbench) -> None:
    """Ask where to write a checkpoint and write it."""
    suggestion = f"{workbench.spec.name}.npz"
    path, _ = QFileDialog.getSaveFileName(parent, "Save checkpoint", suggestion, CHECKPOINTS)
    if path:
        workbench.save_checkpoint(_with_suffix(path, ".npz"))


def ask_load_checkpoint(parent: QWidget, workbench: Workbench) -> None:
    """Ask for a checkpoint and begin a run from it."""
    path, _ = QFileDialog.getOpenFileName(parent, "Load checkpoint", "", CHECKPOINTS)
    if path:
        workbench.load_checkpoint(Path(path))


def ask_export_metrics(parent: QWidget, workbench: Workbench) -> None:
    """Ask where to write the run's numbers and write them."""
    path, _ = QFileDialog.getSaveFileName(parent, "Export metrics", "metrics.csv", TABLES)
    if path:
        workbench.export_metrics(_with_suffix(path, ".csv"))


def ask_data_folder(parent: QWidget) -> Path | None:
    """Ask for a folder of IDX files; None when none was chosen."""
    path = QFileDialog.getExistingDirectory(parent, "Open a folder with MNIST's IDX files")
    return Path(path) if path else None
