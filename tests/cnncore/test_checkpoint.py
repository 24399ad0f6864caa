"""Checkpoints: what was saved goes on bit for bit, and a file from anywhere does no harm."""

import io
import json
import os
import pickle
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnncore import (
    SGD,
    Adam,
    AdamW,
    Checkpoint,
    CheckpointError,
    Dataset,
    LayerSpec,
    ModelSpec,
    Optimizer,
    RMSprop,
    Sequential,
    TrainingRun,
    load_checkpoint,
    load_mnist_5k,
    load_shapes,
    mlp,
    save_checkpoint,
    tiny,
    train,
    write_checkpoint,
)

META = {"step": 7, "seed": 3, "history": [0.5, 0.25], "name": "é"}


def run(
    spec: ModelSpec | None = None, optimizer: type[Optimizer] = Adam, seed: int = 0
) -> tuple[Sequential, Optimizer]:
    network = (spec or tiny()).build(np.random.default_rng(seed))
    return network, optimizer(network.parameters(), lr=0.01)


def advance(network: Sequential, optimizer: Optimizer, steps: int = 3) -> None:
    rng = np.random.default_rng(steps)
    for _ in range(steps):
        optimizer.step({name: rng.normal(size=a.shape) for name, a in network.parameters().items()})


def state_of(network: Sequential, optimizer: Optimizer) -> dict[str, bytes]:
    arrays = network.state_dict() | {f"optimizer {key}": a for key, a in optimizer.state_dict().items()}
    return {name: np.asarray(array).tobytes() for name, array in arrays.items()}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    network, optimizer = run()
    advance(network, optimizer)
    path = tmp_path / "digits.npz"
    save_checkpoint(path, spec=tiny(), network=network, optimizer=optimizer, meta=META)
    return path


def edited(file: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """Write the checkpoint again after a change of its arrays."""
    with np.load(file) as archive:
        arrays = dict(archive)
    change(arrays)
    np.savez(file, **arrays)
    return file


def header_with(**entries: Any) -> Callable[[dict[str, Any]], object]:
    def change(arrays: dict[str, Any]) -> None:
        header = json.loads(arrays["header"].tobytes()) | entries
        arrays["header"] = np.frombuffer(json.dumps(header).encode(), np.uint8)

    return change


def array_with(name: str, value: Any) -> Callable[[dict[str, Any]], object]:
    return lambda arrays: arrays.update({name: value})


@pytest.mark.parametrize("kind", [Adam, SGD])
def test_a_restored_run_goes_on_bit_for_bit(tmp_path: Path, kind: type[Optimizer]) -> None:
    network, optimizer = run(optimizer=kind)
    advance(network, optimizer)
    path = tmp_path / "here.npz"
    save_checkpoint(path, spec=tiny(), network=network, optimizer=optimizer, meta=META)
    saved = load_checkpoint(path)
    assert (saved.spec, saved.optimizer_name, saved.meta) == (tiny(), kind.__name__, META)
    other, its_optimizer = run(optimizer=kind, seed=5)
    saved.restore(other, its_optimizer)
    assert state_of(other, its_optimizer) == state_of(network, optimizer)
    for pair in ((network, optimizer), (other, its_optimizer)):
        advance(*pair)
    assert state_of(other, its_optimizer) == state_of(network, optimizer)


def test_a_network_alone_can_be_restored(file: Path) -> None:
    network, optimizer = run(seed=5)
    before = optimizer.state_dict()["mean"].tobytes()
    saved = load_checkpoint(file)
    saved.restore(network)
    np.testing.assert_array_equal(network.state_dict()["0.weight"], saved.parameters["0.weight"])
    assert optimizer.state_dict()["mean"].tobytes() == before


def test_the_file_can_be_read_by_numpy_alone(file: Path) -> None:
    with np.load(file, allow_pickle=False) as archive:
        assert archive["parameters/0.weight"].shape == (4, 1, 3, 3)
        assert set(archive.files) >= {"header", "optimizer/mean", "optimizer/step"}


def test_nothing_is_left_beside_the_file(file: Path) -> None:
    network, optimizer = run()
    save_checkpoint(file, spec=tiny(), network=network, optimizer=optimizer)
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert load_checkpoint(file).meta == {}


@pytest.mark.parametrize(
    ("spec", "optimizer", "message"),
    [
        (mlp(), Adam, "belongs to another model: only one of them has 0.bias, 0.weight"),
        (tiny(), SGD, "made with Adam, not with SGD"),
    ],
)
def test_another_run_is_refused_and_stays_as_it_was(
    file: Path, spec: ModelSpec, optimizer: type[Optimizer], message: str
) -> None:
    network, its_optimizer = run(spec, optimizer, seed=5)
    before = state_of(network, its_optimizer)
    with pytest.raises(CheckpointError, match=message):
        load_checkpoint(file).restore(network, its_optimizer)
    assert state_of(network, its_optimizer) == before


@pytest.mark.parametrize(
    "change",
    [
        array_with("optimizer/lr", np.array(1e9)),
        array_with("optimizer/lr", np.array(-1.0)),
        array_with("optimizer/mean", np.zeros(5, np.float32)),
        array_with("optimizer/mean", np.zeros(6810, np.int64)),
        array_with("optimizer/extra", np.zeros(5)),
        lambda arrays: arrays.pop("optimizer/step"),
    ],
)
def test_an_optimizer_that_does_not_fit_changes_nothing(
    file: Path, change: Callable[[dict[str, Any]], object]
) -> None:
    network, optimizer = run(seed=5)
    before = state_of(network, optimizer)
    with pytest.raises(CheckpointError, match="optimizer"):
        load_checkpoint(edited(file, change)).restore(network, optimizer)
    assert state_of(network, optimizer) == before


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda arrays: arrays.pop("header"), "not a checkpoint of CNN Explorer"),
        (header_with(format="other"), "not a checkpoint of CNN Explorer"),
        (header_with(version=2), "another version"),
        (header_with(meta=[]), "header is incomplete"),
        (header_with(model={}), "header is incomplete"),
        (header_with(model="{}"), "model in digits.npz cannot be used: This is not the description"),
        (header_with(model=mlp().to_json()), "no part of its model"),
        (array_with("header", np.frombuffer(b"\xff{", np.uint8)), "header cannot be read"),
        (array_with("header", np.frombuffer(b"[" * 100_000, np.uint8)), "header cannot be read"),
        (array_with("extra", np.zeros(3)), "no part of its model"),
        (array_with("parameters/9.weight", np.zeros(3)), "no part of its model"),
        (array_with("parameters/0.weight", np.zeros((4, 1, 3, 4), np.float32)), r"\(4, 1, 3, 4\)"),
        (array_with("parameters/0.weight", np.full((4, 1, 3, 3), np.nan)), "not finite"),
        (array_with("parameters/0.weight", np.full((4, 1, 3, 3), 1e300)), "not finite"),
        (array_with("parameters/0.weight", np.zeros((4, 1, 3, 3), complex)), "no array of numbers"),
        (array_with("parameters/0.weight", np.array(["a"])), "no array of numbers"),
        (array_with("parameters/0.weight", np.zeros(10**6)), "more data than its model"),
        (lambda arrays: arrays.update({f"optimizer/{i}": np.zeros(6000) for i in range(9)}), "more data"),
        (lambda arrays: arrays.pop("parameters/0.bias"), "only one of them has 0.bias"),
    ],
)
def test_a_wrong_file_is_explained(
    file: Path, change: Callable[[dict[str, Any]], object], message: str
) -> None:
    with pytest.raises(CheckpointError, match=message) as info:
        load_checkpoint(edited(file, change))
    assert "digits.npz" in str(info.value)


class Dangerous:
    """What unpickling would run."""

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, ("exit 1",)


def test_nothing_is_ever_unpickled(file: Path) -> None:
    objects = np.empty((4, 1, 3, 3), object)
    objects[...] = Dangerous()
    with pytest.raises(CheckpointError, match="no array of numbers"):
        load_checkpoint(edited(file, array_with("parameters/0.weight", objects)))
    file.write_bytes(pickle.dumps(Dangerous()))
    with pytest.raises(CheckpointError, match="is no checkpoint"):
        load_checkpoint(file)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_file_is_refused(file: Path, data: st.DataObject) -> None:
    content = file.read_bytes()
    damaged = file.with_name("damaged.npz")
    if data.draw(st.booleans()):
        changed = content[: data.draw(st.integers(0, len(content) - 1))]
    else:
        place = data.draw(st.integers(0, len(content) - 1))
        changed = bytearray(content)
        changed[place] ^= data.draw(st.integers(1, 255))
    damaged.write_bytes(changed)
    try:
        checkpoint = load_checkpoint(damaged)
    except CheckpointError:
        return
    # Some bytes of a zip file, such as a date, mean nothing here.
    assert same(checkpoint, load_checkpoint(file))


def same(one: Checkpoint, other: Checkpoint) -> bool:
    return (one.spec, one.meta, one.optimizer_name) == (other.spec, other.meta, other.optimizer_name) and all(
        one.parameters[name].tobytes() == other.parameters[name].tobytes() for name in other.parameters
    )


def member(shape: tuple[int, ...], data: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    header = {"descr": "<f4", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(buffer, header)
    return buffer.getvalue() + data


@pytest.mark.parametrize(
    "content",
    [
        member((10**9, 10**9)),
        member((2**40,)),
        member((-1,)),
        member((4, 1, 3, 3), bytes(10)),
        b"\x93NUMPY\x09\x00",
    ],
)
def test_a_lie_about_a_size_takes_no_memory(file: Path, content: bytes) -> None:
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["parameters/0.weight.npy"] = content
    with zipfile.ZipFile(file, "w") as archive:
        for name, value in members.items():
            archive.writestr(name, value)
    refuses_without_memory(file)


@pytest.mark.parametrize("name", ["header.npy", "parameters/0.weight.npy"])
def test_a_zip_bomb_is_not_unpacked(file: Path, name: str) -> None:
    with zipfile.ZipFile(file) as archive:
        members = {key: archive.read(key) for key in archive.namelist()}
    members[name] = member((2**24,), bytes(2**26))
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for key, value in members.items():
            archive.writestr(key, value)
    refuses_without_memory(file)


def refuses_without_memory(file: Path) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(CheckpointError):
            load_checkpoint(file)
        assert tracemalloc.get_traced_memory()[1] < 4 * 2**20
    finally:
        tracemalloc.stop()


def test_other_kinds_of_zip_files_are_refused(file: Path) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("header.npy", member((1,), bytes(4)))
    with pytest.raises(CheckpointError, match="packed in a way"):
        load_checkpoint(file)
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(CheckpointError, match="not an archive of arrays"):
        load_checkpoint(file)
    with zipfile.ZipFile(file, "w") as archive:
        for index in range(1001):
            archive.writestr(f"{index}.npy", b"")
    with pytest.raises(CheckpointError, match="not an archive of arrays"):
        load_checkpoint(file)


def test_what_is_no_file_is_explained(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"missing\.npz cannot be read: No such file"):
        load_checkpoint(tmp_path / "missing.npz")
    with pytest.raises(CheckpointError, match="cannot be read"):
        load_checkpoint(tmp_path)


def test_saving_that_fails_leaves_the_old_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = file.read_bytes()

    def full(*arguments: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np.lib.format, "write_array", full)
    network, optimizer = run()
    with pytest.raises(CheckpointError, match=r"digits\.npz cannot be written: No space left on device"):
        save_checkpoint(file, spec=tiny(), network=network, optimizer=optimizer)
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


def test_saving_through_a_link_keeps_the_link(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "elsewhere" / "latest.npz"
    link.parent.mkdir()
    link.symlink_to(file)
    network, optimizer = run()
    save_checkpoint(link, spec=tiny(), network=network, optimizer=optimizer, meta={"step": 8})
    assert link.is_symlink()
    assert load_checkpoint(file).meta == {"step": 8}
    assert list(link.parent.iterdir()) == [link]


def test_what_is_no_ordinary_file_is_not_replaced(tmp_path: Path) -> None:
    pipe, loop = tmp_path / "pipe.npz", tmp_path / "loop.npz"
    os.mkfifo(pipe)
    loop.symlink_to(loop)
    network, optimizer = run()
    for path in (pipe, loop):
        with pytest.raises(CheckpointError, match=f"^{path.name} cannot be written: it is no ordinary file"):
            save_checkpoint(path, spec=tiny(), network=network, optimizer=optimizer)
    assert pipe.is_fifo()
    assert loop.is_symlink()


def test_a_place_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    network, optimizer = run()
    for path in (tmp_path / "none" / "x.npz", tmp_path):
        with pytest.raises(CheckpointError, match="cannot be written"):
            save_checkpoint(path, spec=tiny(), network=network, optimizer=optimizer)


@pytest.mark.parametrize("meta", [{"rng": object()}, {"loss": float("nan")}, {"text": "x" * 2**24}])
def test_information_that_cannot_be_saved_is_refused(tmp_path: Path, meta: dict[str, Any]) -> None:
    network, optimizer = run()
    with pytest.raises(CheckpointError, match="extra information"):
        save_checkpoint(tmp_path / "x.npz", spec=tiny(), network=network, optimizer=optimizer, meta=meta)
    assert list(tmp_path.iterdir()) == []


def test_a_network_of_another_model_is_not_saved(tmp_path: Path) -> None:
    network, optimizer = run()
    with pytest.raises(CheckpointError, match="was not built from this model"):
        save_checkpoint(tmp_path / "x.npz", spec=mlp(), network=network, optimizer=optimizer)


def trained(tmp_path: Path) -> tuple[Path, TrainingRun]:
    network, optimizer = run()
    data = load_shapes(16, 8)[0]
    digits = Dataset(data.images[:, :1, :28, :28], data.labels, tuple("0123456789"), "few")
    training = train(network, digits, digits, optimizer, epochs=2, batch_size=8, rng=np.random.default_rng(1))
    for _ in range(4):
        next(training)
    path = tmp_path / "trained.npz"
    save_checkpoint(path, spec=tiny(), network=network, optimizer=optimizer, training=training.state)
    return path, training


def test_the_state_of_a_run_and_its_best_parameters_come_back(tmp_path: Path) -> None:
    path, training = trained(tmp_path)
    state, best = load_checkpoint(path).training, training.best
    assert state is not None
    assert state.to_dict() == training.state.to_dict()
    assert state.best is not None
    assert best is not None
    assert state.best.parameters.keys() == best.parameters.keys()
    for name, array in best.parameters.items():
        assert state.best.parameters[name].tobytes() == array.tobytes()


def test_a_checkpoint_without_the_state_of_a_run_is_read(file: Path) -> None:
    assert load_checkpoint(file).training is None
    with np.load(file) as archive:
        header = json.loads(archive["header"].tobytes())
    del header["training"]  # as files were written before there was one
    edited(file, array_with("header", np.frombuffer(json.dumps(header).encode(), np.uint8)))
    assert load_checkpoint(file).training is None


@pytest.mark.parametrize(
    "change",
    [
        header_with(training={"epoch": 1}),
        header_with(training="state"),
        header_with(training=None),
        lambda arrays: arrays.pop("best/0.weight"),
        array_with("best/0.weight", np.zeros(3, np.float32)),
        array_with("best/9.weight", np.zeros(3, np.float32)),
        lambda arrays: arrays["best/0.weight"].fill(np.nan),
    ],
)
def test_a_damaged_state_is_refused(tmp_path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path, _ = trained(tmp_path)
    edited(path, change)
    with pytest.raises(CheckpointError):
        load_checkpoint(path)


def normalising() -> ModelSpec:
    """A model that measures its batches and draws random numbers."""
    layers = list(tiny().layers)
    layers[1:1] = [LayerSpec("batchnorm2d", "norm"), LayerSpec("dropout", "drop", {"p": 0.3})]
    return replace(tiny(), layers=tuple(layers))


@pytest.mark.parametrize("kind", [SGD, RMSprop, Adam, AdamW])
def test_running_statistics_and_dropout_go_on_bit_for_bit(kind: type[Optimizer], tmp_path: Path) -> None:
    sets = [data.subset(range(60), "some") for data in load_mnist_5k()]

    def begin(network: Sequential, optimizer: Optimizer, **resume: Any) -> TrainingRun:
        return train(
            network, *sets, optimizer, epochs=2, batch_size=25, rng=np.random.default_rng(2), **resume
        )

    network, optimizer = run(normalising(), kind)
    whole = begin(network, optimizer)
    path = tmp_path / "run.npz"
    for _ in range(5):
        next(whole)
    save_checkpoint(path, spec=normalising(), network=network, optimizer=optimizer, training=whole.state)
    list(whole)

    checkpoint = load_checkpoint(path)
    restored, again = run(normalising(), kind, seed=9)
    checkpoint.restore(restored, again)
    list(begin(restored, again, resume=checkpoint.training))
    assert state_of(restored, again) == state_of(network, optimizer)


def test_a_variance_below_zero_is_refused(tmp_path: Path) -> None:
    network, optimizer = run(normalising())
    path = tmp_path / "digits.npz"
    save_checkpoint(path, spec=normalising(), network=network, optimizer=optimizer)
    with pytest.raises(CheckpointError, match="variance below 0"):
        load_checkpoint(edited(path, array_with("parameters/1.running_var", np.full(4, -1.0, np.float32))))


def test_what_was_read_is_written_again_as_it_was(tmp_path: Path) -> None:
    original, copy = tmp_path / "original.npz", tmp_path / "copy.npz"
    network, optimizer = run()
    images = load_mnist_5k()[1].subset(np.arange(40), "few")
    steps = train(network, images, images, optimizer, epochs=1, batch_size=8, rng=np.random.default_rng(1))
    assert len(list(steps)) == 6
    assert steps.best is not None
    save_checkpoint(
        original, spec=tiny(), network=network, optimizer=optimizer, meta=META, training=steps.state
    )
    write_checkpoint(copy, load_checkpoint(original))
    assert copy.read_bytes() == original.read_bytes()


def test_copies_that_do_not_fit_the_model_are_not_saved(tmp_path: Path) -> None:
    network, optimizer = run()
    wrong = Checkpoint(mlp(), network.state_dict(), "Adam", optimizer.state_dict(), {})
    with pytest.raises(CheckpointError, match="not built from this model"):
        write_checkpoint(tmp_path / "run.npz", wrong)
    assert not list(tmp_path.iterdir())
