"""The command line of the engine: ``python -m cnncore`` trains a network without a window."""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryFile
from typing import NoReturn

from cnncore.blas import use_one_thread
from cnncore.checkpoint import load_checkpoint
from cnncore.checks import check_count
from cnncore.errors import ArgumentError, CnnError, NonFiniteLossError
from cnncore.models import ALL_MODELS
from cnncore.report import MetricsFile, Report, duration
from cnncore.schedules import SCHEDULES
from cnncore.windowless import BUILT_IN, Settings, WindowlessRun, load_data

PROGRAM = "python -m cnncore"
DEFAULTS = Settings()
READER_GONE = 141
"""What a shell reports of a program that the signal of a broken pipe, number 13, has ended: 128 more."""


class Parser(argparse.ArgumentParser):
    """An argument parser that says what is wrong in one sentence."""

    def error(self, message: str) -> NoReturn:
        """End the program with status 2."""
        self.exit(2, f"{self.prog}: {message[:1].upper()}{message[1:].rstrip('.')}.\n")


def parser() -> Parser:
    """Build the argument parser. A setting that is not given is absent from the result."""
    result = Parser(
        prog=PROGRAM,
        description="Train a network without a window: progress on the terminal, a checkpoint and a CSV file "
        "on request. Ctrl+C ends the run after the present step.",
        argument_default=argparse.SUPPRESS,
    )
    add = result.add_argument
    add(
        "--data",
        metavar="DIR",
        default="digits",
        help="folder with MNIST's four IDX files, or built in: digits (default, 5,000) or shapes (colour)",
    )
    add("--model", help=f"{', '.join(ALL_MODELS)} (default: {DEFAULTS.model})")
    add("--epochs", type=_whole, metavar="N", help=f"default: {DEFAULTS.epochs}")
    add("--batch-size", type=_whole, metavar="N", help=f"default: {DEFAULTS.batch_size}")
    add("--lr", type=_number, metavar="RATE", help=f"base learning rate of Adam (default: {DEFAULTS.lr:g})")
    add("--schedule", help=f"of the learning rate: {', '.join(SCHEDULES)} (default: {DEFAULTS.schedule})")
    add("--seed", type=_whole, metavar="N", help=f"default: {DEFAULTS.seed}")
    add(
        "--train-images",
        type=_whole,
        metavar="N",
        help=f"train on the first N training images (default: {DEFAULTS.train_images:,}, or all if fewer)",
    )
    add("--standardise", action="store_true", help="give the pixels mean 0 and deviation 1 first")
    add(
        "--augment",
        action="store_true",
        help="change each image a little, anew each time it is shown",
    )
    add("--threads", type=_whole, metavar="N", default=os.cpu_count() or 1, help="default: one for each core")
    add("--checkpoint", type=Path, metavar="FILE", default=None, help="save the run here after each epoch")
    add("--csv", type=Path, metavar="FILE", default=None, help="write the figures of each step here")
    add(
        "--resume",
        type=Path,
        metavar="FILE",
        default=None,
        help="go on with the run of a checkpoint, with its own settings, as if it had never stopped",
    )
    return result


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a whole number, not {text!r}") from None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a number, not {text!r}") from None


def main(argv: Sequence[str] | None = None) -> int:
    """Train as the arguments say.

    Returns
    -------
    status : int
        0 when all went well, 1 when the run failed, 2 for arguments that cannot be used, 130 after Ctrl+C,
        141 when the reader of the output has gone.
    """
    arguments = parser().parse_args(argv)
    use_one_thread()
    try:
        try:
            run, metrics = _prepare(arguments)
        except BrokenPipeError:
            raise
        except (CnnError, OSError) as error:
            # The system's own words for a name that is no file's, such as one that is too long.
            words = f"{error.strerror or error}." if isinstance(error, OSError) else error
            print(f"{PROGRAM}: {words}", file=sys.stderr)
            return 2
        status = _train(run, metrics, arguments.checkpoint or arguments.resume)
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # Nobody reads on, as behind "| head". What is still to be written must not fail when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return READER_GONE
    except NonFiniteLossError as error:
        print(f"{PROGRAM}: The run failed: {error}.", file=sys.stderr)
        return 1
    except CnnError as error:
        print(f"{PROGRAM}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130


def _prepare(arguments: argparse.Namespace) -> tuple[WindowlessRun, MetricsFile | None]:
    """Check and load everything before any file is written."""
    given = {
        field.name: getattr(arguments, field.name) for field in fields(Settings) if field.name in arguments
    }
    checkpoint = None
    if arguments.resume is not None:
        if given:
            option = f"--{next(iter(given)).replace('_', '-')}"
            raise ArgumentError(f"{option} cannot be changed: a run goes on with the settings it has.")
        checkpoint = load_checkpoint(arguments.resume)
    settings = Settings(**given) if checkpoint is None else Settings.of(checkpoint)
    _check_places(arguments)
    threads = check_count(arguments.threads, "The number of threads", 1, 1024)
    data = load_data(arguments.data, settings.train_images)
    run = WindowlessRun(settings, *data, checkpoint)
    run.network.threads = threads
    metrics = arguments.csv and MetricsFile(arguments.csv, going_on=checkpoint is not None)
    print(
        f"{run.spec.title}: {run.network.parameter_count:,} parameters. "
        f"{data[0].name}: {len(data[0]):,} images. Tested on {len(data[1]):,}.",
        flush=True,
    )
    return run, metrics


def _check_places(arguments: argparse.Namespace) -> None:
    """Raise if a file of the run would take the place of something that is no file of a run."""
    checkpoint, figures = arguments.checkpoint or arguments.resume, arguments.csv
    data = [] if arguments.data in BUILT_IN else list(Path(arguments.data).glob("*ubyte*"))
    for path in (checkpoint, figures):
        if path is None:
            continue
        if path.is_dir() or not _takes_files(path.resolve().parent):
            raise ArgumentError(f"{path} cannot be written: it is a folder, or in none that can be written.")
        if path.exists() and not path.is_file():
            raise ArgumentError(f"{path} cannot be written: it is a device or a pipe, no ordinary file.")
        if any(_same(path, file) for file in data):
            raise ArgumentError(f"{path} cannot be written: it is one of the files with the data.")
    if checkpoint is not None and figures is not None and _same(checkpoint, figures):
        raise ArgumentError(f"{figures} cannot take both the checkpoint and the figures.")


def _takes_files(folder: Path) -> bool:
    """Whether a file can be made there: only trying tells, whoever asks and whatever the folder is."""
    try:
        with TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _same(one: Path, other: Path) -> bool:
    both = one.exists() and other.exists()
    return one.samefile(other) if both else one.resolve() == other.resolve()


def _train(run: WindowlessRun, metrics: MetricsFile | None, checkpoint: Path | None) -> int:
    report = Report(sys.stdout, run.settings.epochs)
    start = time.perf_counter()
    try:
        finished = run.follow(report, metrics, checkpoint)
    finally:
        report.end_line()
    took = duration(time.perf_counter() - start)
    state = run.run.state
    if not finished:
        print(f"Stopped after step {state.step:,} in {took}.", end=" " if checkpoint else "\n")
        if checkpoint is not None:
            print(f"Go on with --resume {checkpoint}")
        return 130
    best = state.best
    result = f" Best: epoch {best.epoch}, test accuracy {best.accuracy:.2%}." if best else ""
    print(f"Trained {state.step:,} step{'s' if state.step != 1 else ''}; this took {took}.{result}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
