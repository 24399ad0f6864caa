"""Losses, optimizers, schedules and augmentations refuse what makes no sense, and change nothing then."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from cnncore import (
    SCHEDULES,
    SGD,
    Adam,
    AdamW,
    ArgumentError,
    CnnError,
    Compose,
    Elastic,
    Flip,
    Noise,
    RMSprop,
    Rotate,
    Scale,
    ShapeError,
    Shift,
    clip_grad_norm,
    cross_entropy,
    load_checkpoint,
    load_idx_folder,
    log_softmax,
    mse_loss,
    nll_loss,
    one_hot,
    read_idx,
    softmax,
)

LOGITS = np.random.default_rng(0).random((4, 3)).astype(np.float32)
LABELS = np.array([0, 1, 2, 1])
OPTIMIZERS = (SGD, RMSprop, Adam, AdamW)
AUGMENTATIONS = (Shift(), Rotate(), Scale(), Elastic(), Flip(), Noise(), Compose([Shift(), Noise()]))


def weights() -> dict[str, np.ndarray]:
    return {"w": np.ones((3, 3), np.float32)}


@pytest.mark.parametrize("loss", [cross_entropy, nll_loss])
@pytest.mark.parametrize(
    ("scores", "labels", "error"),
    [
        ([[1.0, 2.0]], [0], ArgumentError),
        (None, [0], ArgumentError),
        (LOGITS.astype(int), LABELS, ArgumentError),
        (LOGITS + 1j, LABELS, ArgumentError),
        (LOGITS.astype(object), LABELS, ArgumentError),
        (LOGITS, LABELS.astype(float), ArgumentError),
        (LOGITS, [True, False, True, True], ArgumentError),
        (LOGITS, [0, 1, 2, 3], ArgumentError),
        (LOGITS, [0, 1, 2, -1], ArgumentError),
        (LOGITS, None, ArgumentError),
        (LOGITS, "0121", ArgumentError),
        (LOGITS, [0, 1], ShapeError),
        (LOGITS, [[0], [1, 2], [1], [1]], ShapeError),
        (LOGITS, LABELS[np.newaxis], ShapeError),
        (LOGITS[0], LABELS, ShapeError),
        (LOGITS[:0], [], ShapeError),
    ],
)
def test_scores_and_labels(loss: Callable[..., Any], scores: Any, labels: Any, error: type[CnnError]) -> None:
    with pytest.raises(error):
        loss(scores, labels)


@pytest.mark.parametrize("smoothing", [-0.1, 1.1, 10**400, np.nan, "a", None, True])
def test_label_smoothing(smoothing: Any) -> None:
    with pytest.raises(ArgumentError, match="label_smoothing must be a number from 0 to 1"):
        cross_entropy(LOGITS, LABELS, smoothing)


@pytest.mark.parametrize(
    ("prediction", "target"),
    [
        *((LOGITS, LOGITS[:2]), (LOGITS[:0], LOGITS[:0]), ([[1.0]], [[1.0]]), (LOGITS, None), (LOGITS, "a")),
        (LOGITS, [[1.0], [1.0, 2.0]]),
        *((LOGITS, LOGITS + 1j), (LOGITS.astype(int), LOGITS.astype(int))),
    ],
)
def test_mean_squared_error(prediction: Any, target: Any) -> None:
    with pytest.raises(CnnError):
        mse_loss(prediction, target)


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        ([3], 3),
        ([-1], 3),
        ([0.5], 3),
        ([0], 0),
        ([0], "a"),
        ([0], 2.5),
        ([[0, 1]], 3),
        ("a", 2),
        ([0], 10**12),
    ],
)
def test_one_hot(labels: Any, classes: Any) -> None:
    with pytest.raises(CnnError):
        one_hot(labels, classes)


@pytest.mark.parametrize("function", [softmax, log_softmax])
@pytest.mark.parametrize("z", [[1, 2], None, np.array([]), np.zeros((2, 0)), "a", LOGITS + 1j])
def test_softmax(function: Callable[[Any], Any], z: Any) -> None:
    with pytest.raises(ArgumentError, match="softmax takes"):
        function(z)


@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize("lr", [0, -1, np.nan, np.inf, 100, "a", None, True])
def test_learning_rates(kind: Any, lr: Any) -> None:
    with pytest.raises(ArgumentError, match="learning rate must be more than 0 and at most 10"):
        kind(weights(), lr)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        *((kind, {"weight_decay": value}) for kind in OPTIMIZERS for value in (-1, np.nan, "a", None)),
        *((kind, {"momentum": value}) for kind in (SGD, RMSprop) for value in (-0.1, 1, np.nan, "a", None)),
        *((RMSprop, {"alpha": value}) for value in (-0.1, 1, "a")),
        *((kind, {"eps": value}) for kind in OPTIMIZERS[1:] for value in (0, -1, np.inf, "a", None)),
        *(
            (kind, {"betas": value})
            for kind in OPTIMIZERS[2:]
            for value in (3, None, (0.9,), (0.9, 1), (0.9, "a"))
        ),
        (SGD, {"nesterov": True}),
        (SGD, {"momentum": 0.9, "nesterov": "no"}),
    ],
)
def test_options_of_optimizers(kind: Any, options: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError):
        kind(weights(), 1e-3, **options)


@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize(
    "parameters",
    [
        *({}, None, [np.zeros(3)], {"w": [1.0]}, {"w": np.zeros(3, int)}, {"w": np.array(["a"])}),
        {"w": np.broadcast_to(np.float32(1), (3,))},
        *({"w": np.zeros((4, 4))[:, ::2]}, {"w": np.zeros(3, np.float32), "b": np.zeros(2)}),
    ],
)
def test_parameters_of_optimizers(kind: Any, parameters: Any) -> None:
    with pytest.raises(ArgumentError):
        kind(parameters, 1e-3)


@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize(
    ("grads", "factor"),
    [
        *((grads, 1.0) for grads in (None, {}, [1], {"v": np.ones((3, 3))}, {"w": np.ones((2, 3))})),
        *(
            ({"w": array}, 1.0)
            for array in ([[1.0] * 3] * 3, np.ones((3, 3), complex), np.ones((3, 3), object))
        ),
        *((weights(), factor) for factor in (-1, np.nan, np.inf, "a", None)),
    ],
)
def test_a_step_that_is_refused_changes_nothing(kind: Any, grads: Any, factor: Any) -> None:
    parameters = weights()
    optimizer = kind(parameters, 0.1)
    before = optimizer.state_dict()
    with pytest.raises(CnnError):
        optimizer.step(grads, factor)
    np.testing.assert_array_equal(parameters["w"], weights()["w"])
    for name, array in optimizer.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize("change", [{"lr": 0}, {"lr": "a"}, {"lr": np.zeros(2)}])
def test_a_state_that_is_refused_changes_nothing(kind: Any, change: dict[str, Any]) -> None:
    optimizer = kind(weights(), 0.1)
    optimizer.step(weights())
    state, other = optimizer.state_dict(), kind(weights(), 0.2)
    before = other.state_dict()
    for wrong in (None, {}, state | change, {"lr": state["lr"]} | dict.fromkeys(list(state)[1:], "a")):
        with pytest.raises(CnnError):
            other.load_state_dict(wrong)
    for name, array in other.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


@pytest.mark.parametrize(
    ("grads", "most"),
    [
        *((weights(), most) for most in (0, -1, np.nan, np.inf, "a", None)),
        *(
            (grads, 1.0)
            for grads in (None, [1], {"w": [1.0]}, {"w": np.ones(3, int)}, {"w": np.full(3, np.nan)})
        ),
        *(({"w": np.full(3, size, np.float32)}, 1.0) for size in (np.inf, 1e30)),
    ],
)
def test_clipping(grads: Any, most: Any) -> None:
    with pytest.raises(ArgumentError):
        clip_grad_norm(grads, most)


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize(
    ("index", "steps"), [(0, 0), (0, -3), (-1, 5), (0.5, 5), ("a", 5), (None, None), (0, np.nan)]
)
def test_schedules(name: str, index: Any, steps: Any) -> None:
    with pytest.raises(ArgumentError, match="must be a whole number"):
        SCHEDULES[name](index, steps)


@pytest.mark.parametrize("augment", AUGMENTATIONS, ids=str)
@pytest.mark.parametrize(
    "images",
    [
        *(None, "a", np.zeros((2, 1, 8, 8), np.uint8), np.zeros((1, 8, 8)), np.zeros((2, 1, 0, 8))),
        *(np.full((2, 1, 8, 8), np.nan), np.full((2, 1, 8, 8), np.inf), np.zeros((2, 1, 8, 8), complex)),
    ],
    ids=["None", "text", "uint8", "one image", "no rows", "NaN", "inf", "complex"],
)
def test_images_to_augment(augment: Any, images: Any) -> None:
    with pytest.raises(CnnError, match="an augmentation takes images"):
        augment(images, np.random.default_rng(0))


@pytest.mark.parametrize("augment", AUGMENTATIONS, ids=str)
@pytest.mark.parametrize("rng", [3, None, np.random.RandomState(0)], ids=["number", "None", "old kind"])
def test_generators_of_augmentations(augment: Any, rng: Any) -> None:
    with pytest.raises(ArgumentError, match="Randomness comes from a generator"):
        augment(np.zeros((2, 1, 8, 8), np.float32), rng)


@pytest.mark.parametrize("read", [read_idx, load_idx_folder, load_checkpoint])
@pytest.mark.parametrize("name", [None, 3, ["a"], b"run.npz"])
def test_names_of_files(read: Callable[[Any], Any], name: Any) -> None:
    with pytest.raises(ArgumentError, match="A file is named by a text or a path"):
        read(name)


@pytest.mark.parametrize("steps", [None, 3, [3], [None]])
def test_what_is_composed(steps: Any) -> None:
    with pytest.raises(ArgumentError, match="augmentation"):
        Compose(steps)
