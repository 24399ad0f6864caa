"""Make the README's pictures from a guided tour: python assets/make_screenshots.py TOUR_FOLDER

The tour is made by `cnn-explorer --tour TOUR_FOLDER`. Pictures get a palette of 256 colours, which looks the
same and makes them a third as large. The animation is the one that the Scan Lab's GIF button saves, of the
settings and the digit that the page opens with.
"""

import os
import sys
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QEventLoop

from cnncore import load_mnist_5k
from explorer import app
from explorer.theme import Theme, load_fonts
from explorer.widgets.animation.job import AnimationJob, AnimationPlan
from explorer.workspaces.scan.lab_numbers import compute
from explorer.workspaces.scan.lab_state import DEFAULTS
from explorer.workspaces.scan.picture import film_of
from explorer.workspaces.scan.sources import from_image

PICTURES = {
    "train-light": "train-light-1440x900",
    "train-dark": "train-dark-1440x900",
    "build-light": "build-light-1440x900",
    "network-light": "network-light-1440x900",
    "inspect-light": "inspect-light-1440x900",
    "inspect-backward": "inspect-view-backward_conv2d",
    "scan-lab": "scan-light-1440x900",
    "descent-light": "descent-view-several",
}
CELLS_A_SECOND = 2.0
MOST_BYTES = 700_000


def write_pictures(tour: Path, folder: Path) -> None:
    """Write each picture of the tour that the README may show."""
    for name, ending in PICTURES.items():
        (source,) = tour.glob(f"*-{ending}.png")
        with Image.open(source) as picture:
            picture.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE).save(
                folder / f"{name}.png", optimize=True
            )


def write_animation(path: Path) -> None:
    """Write the Scan Lab's first scan as a GIF.

    Raises
    ------
    SystemExit
        When it cannot be written, or is larger than a README should carry.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = app.make_application(["cnn-explorer"])
    load_fonts()
    theme = Theme()
    theme.set_mode("light")
    digit = load_mnist_5k()[1].pixels([0])[0]
    numbers = compute(DEFAULTS, from_image(digit, *DEFAULTS.setup.input_size, DEFAULTS.channels))
    job = AnimationJob(path, AnimationPlan("GIF", CELLS_A_SECOND, 1.0), film_of(numbers, 0, theme), theme)
    loop, reasons = QEventLoop(), []
    job.finished.connect(loop.quit)
    job.failed.connect(lambda reason: (reasons.append(reason), loop.quit()))
    job.start()
    loop.exec()
    del application
    if reasons:
        raise SystemExit(reasons[0])
    if path.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{path.name} has {path.stat().st_size:,} bytes, more than {MOST_BYTES:,}.")


def main(tour: Path) -> None:
    """Write every picture into assets/screenshots."""
    folder = Path(__file__).parent / "screenshots"
    folder.mkdir(exist_ok=True)
    write_pictures(tour, folder)
    write_animation(folder / "scan-lab.gif")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
