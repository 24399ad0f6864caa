"""Saving a run and going on with it: model, parameters and optimizer in one ``.npz`` file without pickle."""

import json
import os
import secrets
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cnncore.checks import check_path
from cnncore.errors import ArgumentError, CheckpointError, ShapeError, SpecError
from cnncore.network import Sequential
from cnncore.npz import read_member, read_members, write_arrays
from cnncore.optim import Optimizer
from cnncore.spec import ModelSpec
from cnncore.training_state import TrainingState
from cnncore.windows import Array

MAX_FILE_BYTES = 2**30
MAX_HEADER_BYTES = 16 * 2**20

_FORMAT = "cnn-explorer-checkpoint"
_VERSION = 1
_HEADER = "header"
_LARGEST = np.finfo(np.float32).max


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """What a checkpoint file holds.

    Attributes
    ----------
    spec : ModelSpec
        The model.
    parameters : mapping of str to array
        As ``network.state_dict()`` gave them; they fit `spec`.
    optimizer_name : str
        Class of the optimizer, such as ``"Adam"``.
    optimizer_state : mapping of str to array
        As ``optimizer.state_dict()`` gave it.
    meta : dict
        What else was saved, such as the step and the seed.
    training : TrainingState or None
        Where the run stood, for ``train(..., resume=...)``; None when it was not saved.
    """

    spec: ModelSpec
    parameters: Mapping[str, Array]
    optimizer_name: str
    optimizer_state: Mapping[str, Array]
    meta: dict[str, Any]
    training: TrainingState | None = None

    def restore(self, network: Sequential, optimizer: Optimizer | None = None) -> None:
        """Put the saved parameters into a network, and the saved state into its optimizer.

        Everything is checked before anything changes.

        Parameters
        ----------
        network : Sequential
            A network of the same model.
        optimizer : Optimizer, optional
            An optimizer of the same class for this network. Without it only the network is restored.

        Raises
        ------
        CheckpointError
            When the checkpoint belongs to another model or another optimizer.
        """
        _check_fit(self.parameters, network.state_dict(), "The checkpoint belongs to another model")
        if optimizer is not None:
            name = type(optimizer).__name__
            if name != self.optimizer_name:
                raise CheckpointError(f"The checkpoint was made with {self.optimizer_name}, not with {name}.")
            _check_fit(
                self.optimizer_state,
                optimizer.state_dict(),
                "The checkpoint's optimizer does not fit this one",
            )
            try:
                optimizer.load_state_dict(self.optimizer_state)
            except (ArgumentError, ShapeError) as error:
                raise CheckpointError(f"The checkpoint's optimizer cannot go on: {error}.") from error
        network.load_state_dict(self.parameters)


def _check_fit(saved: Mapping[str, Array], current: Mapping[str, Array], problem: str) -> None:
    if set(saved) != set(current):
        names = ", ".join(sorted(set(saved) ^ set(current))[:4])
        raise CheckpointError(f"{problem}: only one of them has {names}.")
    for name, array in current.items():
        if saved[name].shape != array.shape or saved[name].dtype.kind != array.dtype.kind:
            raise CheckpointError(f"{problem}: {name} has the shape {saved[name].shape}, not {array.shape}.")


def save_checkpoint(
    path: str | os.PathLike[str],
    *,
    spec: ModelSpec,
    network: Sequential,
    optimizer: Optimizer,
    meta: Mapping[str, Any] | None = None,
    training: TrainingState | None = None,
) -> None:
    """Save a run. The file is either complete or as it was before, whatever happens meanwhile.

    Parameters
    ----------
    path : path
        The file, replaced when it exists.
    spec : ModelSpec
        The model that `network` was built from.
    network, optimizer : Sequential, Optimizer
        What to save.
    meta : mapping, optional
        Anything that JSON can hold, such as the step and the seed.
    training : TrainingState, optional
        ``run.state``, so that the run can go on as if it had never stopped.

    Raises
    ------
    CheckpointError
        When the file cannot be written, `network` was not built from `spec`, or JSON cannot hold `meta`.
    """
    state = optimizer.state_dict()
    name = type(optimizer).__name__
    saved = Checkpoint(spec, network.state_dict(), name, state, dict(meta or {}), training)
    write_checkpoint(path, saved)


def write_checkpoint(path: str | os.PathLike[str], checkpoint: Checkpoint) -> None:
    """Save a run of which copies were taken before, as `save_checkpoint` does.

    Parameters
    ----------
    path : path
        The file, replaced when it exists.
    checkpoint : Checkpoint
        What to save.

    Raises
    ------
    CheckpointError
        As for `save_checkpoint`.
    """
    spec, training = checkpoint.spec, checkpoint.training
    _check_fit(checkpoint.parameters, _expected(spec), "The network was not built from this model")
    header = {
        "format": _FORMAT,
        "version": _VERSION,
        "model": spec.to_json(),
        "optimizer": checkpoint.optimizer_name,
        "meta": checkpoint.meta,
        "training": training and training.to_dict(),
    }
    try:
        encoded = json.dumps(header, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise CheckpointError(f"The checkpoint's extra information cannot be saved: {error}.") from error
    if len(encoded) > MAX_HEADER_BYTES:
        raise CheckpointError(
            f"The checkpoint's extra information is longer than {MAX_HEADER_BYTES:,} bytes."
        )
    arrays: dict[str, Array] = {_HEADER: np.frombuffer(encoded, np.uint8)}
    arrays |= {f"parameters/{name}": array for name, array in checkpoint.parameters.items()}
    arrays |= {f"optimizer/{name}": array for name, array in checkpoint.optimizer_state.items()}
    if training is not None and training.best is not None:
        arrays |= {f"best/{name}": array for name, array in training.best.parameters.items()}
    _replace(check_path(path), arrays)


def _replace(path: Path, arrays: Mapping[str, Array]) -> None:
    try:
        # What a link points to is replaced, not the link.
        target = Path(os.path.realpath(path))
        if target.is_symlink() or (target.exists() and not target.is_dir() and not target.is_file()):
            raise CheckpointError(f"{path.name} cannot be written: it is no ordinary file.")
        # Beside the target, because only within one file system a file can take another one's place at once.
        part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
        try:
            with part.open("xb") as file:
                write_arrays(file, arrays)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, target)
        finally:
            part.unlink(missing_ok=True)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise CheckpointError(f"{path.name} cannot be written: {reason or error}.") from error


def load_checkpoint(path: str | os.PathLike[str]) -> Checkpoint:
    """Read what `save_checkpoint` wrote. The file may come from anywhere.

    Parameters
    ----------
    path : path
        The file.

    Raises
    ------
    CheckpointError
        When the file cannot be read, is damaged, is no checkpoint, or holds numbers that are not finite.
    """
    path = check_path(path)
    try:
        # A device or a pipe may have no end.
        if path.exists() and not path.is_file():
            raise CheckpointError(f"{path.name or path} cannot be read: it is no ordinary file.")
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > MAX_FILE_BYTES:
                raise CheckpointError(
                    f"{path.name} is larger than any checkpoint: more than {MAX_FILE_BYTES:,} bytes."
                )
            with zipfile.ZipFile(file) as archive:
                return _read(archive, path.name)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise CheckpointError(f"{path.name} is no checkpoint, or is damaged or cut short.") from error
    except OSError as error:
        raise CheckpointError(f"{path.name} cannot be read: {error.strerror or error}.") from error


def _read(archive: zipfile.ZipFile, name: str) -> Checkpoint:
    members = read_members(archive, name)
    if _HEADER not in members:
        raise CheckpointError(f"{name} is not a checkpoint of CNN Explorer.")
    spec, optimizer_name, meta, training = _read_header(
        read_member(archive, members.pop(_HEADER), name, MAX_HEADER_BYTES), name
    )
    expected = _expected(spec)
    parameter_bytes = sum(array.size for array in expected.values()) * np.dtype(np.float64).itemsize
    # Parameters now and at their best, at most three vectors of an optimizer, and each array has a header.
    if sum(member.file_size for member in members.values()) > 5 * parameter_bytes + 1024 * len(members):
        raise CheckpointError(f"{name} holds more data than its model has.")
    found: dict[str, dict[str, Array]] = {"parameters": {}, "optimizer": {}, "best": {}}
    for key, member in members.items():
        group, _, entry = key.partition("/")
        if group not in found or (group != "optimizer" and entry not in expected):
            raise CheckpointError(f"{name} holds something that is no part of its model.")
        array = read_member(archive, member, name, parameter_bytes + 1024)
        if not (np.abs(array) <= _LARGEST).all():
            raise CheckpointError(f"{name} is damaged: it holds values that are not finite numbers.")
        if entry.endswith(".running_var") and (array < 0).any():
            raise CheckpointError(f"{name} is damaged: it holds a variance below 0.")
        found[group][entry] = array
    _check_fit(found["parameters"], expected, f"The parameters in {name} do not fit its own model")
    state = None if training is None else TrainingState.from_dict(training, found["best"])
    has_best = state is not None and state.best is not None
    if found["best"] or has_best:
        best = expected if has_best else {}
        _check_fit(found["best"], best, f"The best parameters in {name} do not fit its run")
    return Checkpoint(spec, found["parameters"], optimizer_name, found["optimizer"], meta, state)


def _read_header(data: Array, name: str) -> tuple[ModelSpec, str, dict[str, Any], Any]:
    try:
        header = json.loads(data.tobytes().decode())
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{name} is damaged: its header cannot be read.") from error
    if not isinstance(header, dict) or header.get("format") != _FORMAT:
        raise CheckpointError(f"{name} is not a checkpoint of CNN Explorer.")
    if header.get("version") != _VERSION:
        raise CheckpointError(f"{name} was made by another version of CNN Explorer and cannot be read.")
    model, optimizer, meta = header.get("model"), header.get("optimizer"), header.get("meta")
    if not isinstance(model, str) or not isinstance(optimizer, str) or not isinstance(meta, dict):
        raise CheckpointError(f"{name} is damaged: its header is incomplete.")
    try:
        return ModelSpec.from_json(model), optimizer, meta, header.get("training")
    except SpecError as error:
        raise CheckpointError(f"The model in {name} cannot be used: {error}") from error


def _expected(spec: ModelSpec) -> dict[str, Array]:
    return spec.build(np.random.default_rng(0)).state_dict()
