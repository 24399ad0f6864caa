"""The benchmark of the engine: what it compares is the same, and its table is the README's."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

import cnncore
from tests.benchmarks import engine, engine_loops
from tests.benchmarks.engine_torch import torch_call

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
RATIOS = ("step_ratio", "forward_ratio")


@pytest.mark.parametrize(
    ("layer", "name", "options"),
    [
        (
            cnncore.Conv2d(4, 8, (3, 5), 2, (1, 2), 1, groups=2, bias=False, padding_mode="reflect"),
            "Conv2d",
            {
                **{"in_channels": 4, "out_channels": 8, "kernel_size": (3, 5), "stride": (2, 2)},
                **{"padding": (1, 2), "dilation": (1, 1), "groups": 2, "bias": False},
                "padding_mode": "reflect",
            },
        ),
        (
            cnncore.MaxPool2d(3, 2, 1, 2, ceil_mode=True),
            "MaxPool2d",
            {
                **{"kernel_size": (3, 3), "stride": (2, 2), "padding": (1, 1), "dilation": (2, 2)},
                "ceil_mode": True,
            },
        ),
        (
            cnncore.AvgPool2d(2, count_include_pad=False),
            "AvgPool2d",
            {
                **{"kernel_size": (2, 2), "stride": (2, 2), "padding": (0, 0), "ceil_mode": False},
                "count_include_pad": False,
            },
        ),
        (
            cnncore.BatchNorm2d(3, 1e-3, 0.2, affine=False),
            "BatchNorm2d",
            {"num_features": 3, "eps": 1e-3, "momentum": 0.2, "affine": False},
        ),
        (cnncore.Linear(4, 2, bias=False), "Linear", {"in_features": 4, "out_features": 2, "bias": False}),
        (cnncore.Dropout(0.3), "Dropout", {"p": 0.3}),
        (cnncore.LeakyReLU(0.2), "LeakyReLU", {"negative_slope": 0.2}),
        (cnncore.Softmax(), "Softmax", {"dim": 1}),
        (cnncore.Tanh(), "Tanh", {}),
    ],
)
def test_each_option_of_a_layer_reaches_pytorch(layer, name, options):
    assert torch_call(layer) == (name, options)


def test_the_uneven_padding_of_same_is_left_to_pytorch():
    assert torch_call(cnncore.Conv2d(1, 1, (4, 3), padding="same"))[1]["padding"] == "same"


@pytest.mark.parametrize(
    "layer",
    [
        cnncore.Conv2d(1, 1, 3, padding=(1, 0, 0, 0)),
        cnncore.MaxPool2d(2, padding=(1, 0, 0, 0)),
        cnncore.Arctan(),
    ],
)
def test_what_pytorch_has_not_is_refused(layer):
    with pytest.raises(ValueError, match="is not compared: PyTorch"):
        torch_call(layer)


def test_the_loops_compute_what_the_engine_does():
    rng = np.random.default_rng(5)
    network = engine.MODELS["reference"]().build(rng, np.float64)
    image = rng.random((1, 28, 28))
    logits, caches = network.forward(image[np.newaxis], training=True)
    _, dlogits = cnncore.cross_entropy(logits, [7])
    _, wanted = network.backward(dlogits, caches)
    found = engine_loops.gradients(network.parameters(), image, 7)
    assert found.keys() == wanted.keys()
    for name, gradient in wanted.items():
        np.testing.assert_allclose(found[name], gradient, rtol=1e-9, atol=1e-12, err_msg=name)


def test_json_has_the_figures_of_each_row(monkeypatch, capsys):
    monkeypatch.setattr(engine, "ROUND_SECONDS", 0.0)
    arguments = ["--models", "tiny", "mlp", "--batches", "1", "3", "--rounds", "2", "--threads", "1"]
    assert engine.main([*arguments, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert [(row["model"], row["batch"]) for row in result["rows"]] == [
        *(("tiny", 1), ("tiny", 3)),
        *(("mlp", 1), ("mlp", 3)),
    ]
    assert result["numpy"] == np.__version__
    with_torch = importlib.util.find_spec("torch") is not None
    assert (result["torch"] is not None) == with_torch
    for row in result["rows"]:
        assert row["engine_step_ms"] > 0
        assert row["engine_forward_ms"] > 0
        assert all((ratio in row) == with_torch for ratio in RATIOS)


def test_the_table_shows_each_figure_in_its_column():
    row = {"model": "tiny", "title": "Tiny network", "batch": 8, "engine_step_ms": 1.5, "torch_step_ms": 3.0}
    row |= {"step_ratio": 2.0, "engine_forward_ms": 0.25, "torch_forward_ms": 0.5, "forward_ratio": 2.01}
    result = {"rows": [row], "machine": "a computer, 2 cores", "threads": 2, "python": "3", "numpy": "2"}
    text = engine.markdown(result | {"torch": "2.13"})
    assert "| Tiny network | 8 | 1.50 | 3.00 | 2.00 | 0.25 | 0.50 | 2.01 |" in text.splitlines()
    assert "a computer, 2 cores" in text
    assert "PyTorch 2.13" in text


def test_the_readme_has_the_table_that_the_benchmark_prints():
    lines = README.splitlines()
    start = lines.index(engine.HEADER.splitlines()[0])
    assert lines[start + 1] == engine.HEADER.splitlines()[1]
    wanted = [
        f"| {engine.MODELS[model]().title} | {batch} |"
        for model in engine.DEFAULT_MODELS
        for batch in engine.BATCHES
    ]
    rows = lines[start + 2 : start + 2 + len(wanted)]
    assert all(row.startswith(begin) for row, begin in zip(rows, wanted, strict=True))
    assert "python -m tests.benchmarks.engine --loops --markdown" in README
