"""Make the README's pictures from a guided tour: python assets/make_screenshots.py TOUR_FOLDER

The tour is made by `cnn-explorer --tour TOUR_FOLDER`. Pictures get a palette of 256 colours, which looks the
same and makes them a third as large.
"""

import sys
from pathlib import Path

from PIL import Image

PICTURES = {
    "train-light": "train-light-1440x900",
    "train-dark": "train-dark-1440x900",
    "network-light": "network-light-1440x900",
}


def main(tour: Path) -> None:
    """Write each picture into assets/screenshots."""
    folder = Path(__file__).parent / "screenshots"
    folder.mkdir(exist_ok=True)
    for name, ending in PICTURES.items():
        (source,) = tour.glob(f"*-{ending}.png")
        with Image.open(source) as picture:
            picture.convert("RGB").quantize(256).save(folder / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
