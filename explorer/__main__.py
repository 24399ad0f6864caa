"""The command line of CNN Explorer.

Qt is imported only after the arguments are read and the platform is checked: ``--version`` answers at once,
and a machine without the libraries that Qt needs gets a sentence instead of an abort.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from explorer import __version__, platform_check

TOUR_FOLDER = "cnn-explorer-tour"


def tour_folder(name: str) -> Path:
    """Read the tour's folder; an empty name would mean the current folder, which is hardly meant."""
    if not name.strip():
        raise argparse.ArgumentTypeError("the folder for the tour needs a name")
    return Path(name)


def parser() -> argparse.ArgumentParser:
    """Build the argument parser."""
    result = argparse.ArgumentParser(
        prog="cnn-explorer",
        description="Train a convolutional network on real images, watch it learn, take every number apart.",
        epilog=f"Without a display, the tour runs off screen into ./{TOUR_FOLDER}.",
    )
    result.add_argument("--version", action="version", version=f"CNN Explorer {__version__}")
    result.add_argument(
        "--tour",
        metavar="DIR",
        type=tour_folder,
        help="train for real without a window; write pictures of every page, numbers as CSV and a summary",
    )
    return result


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments without the program's name.

    Returns
    -------
    int
        0 when all went well, 1 when the machine or the run fails, 2 for an argument that cannot be used.
    """
    arguments = parser().parse_args(argv)
    if arguments.tour is not None:
        return run_tour(arguments.tour)
    choice = platform_check.choose()
    if choice.no_display and not choice.missing:
        print(f"{choice.no_display}: running the guided tour off screen into ./{TOUR_FOLDER}", flush=True)
        return run_tour(Path(TOUR_FOLDER))
    if choice.missing:
        print(choice.missing, file=sys.stderr)
        return 1
    if choice.platform:
        os.environ["QT_QPA_PLATFORM"] = choice.platform

    from explorer import app

    return app.main()


def run_tour(folder: Path) -> int:
    """Check the folder and the libraries, then run the tour off screen."""
    problem = folder_problem(folder)
    if problem:
        print(f"cnn-explorer: {problem}", file=sys.stderr)
        return 2
    missing = platform_check.missing_libraries("offscreen")
    if missing:
        print(platform_check.install_message(missing), file=sys.stderr)
        return 1
    os.environ["QT_QPA_PLATFORM"] = "offscreen"

    from explorer import tour

    return tour.main(folder)


def folder_problem(folder: Path) -> str:
    """Make the tour's folder and say, in one sentence, why it cannot be written; empty when it can."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        return f"The tour folder {folder} is a file, not a folder."
    except OSError as error:
        return f"The tour folder {folder} cannot be made: {error.strerror or error}."
    except ValueError:
        return "The tour folder's name is not one that a folder can have."
    probe = folder / ".write-test"
    try:
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        return f"The tour folder {folder} cannot be written: {error.strerror or error}."
    return ""


if __name__ == "__main__":
    raise SystemExit(main())
