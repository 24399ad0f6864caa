"""The lab's pure parts: kernels, inputs, state, numbers, neighbours."""

from dataclasses import replace

import numpy as np
import pytest

from cnncore.scan_setup import OPERATIONS, ScanSetup, diagnose
from explorer.workspaces.scan import sources
from explorer.workspaces.scan.compare import SWAPPED, choices, compare
from explorer.workspaces.scan.formula_text import rows_of
from explorer.workspaces.scan.lab_numbers import compute
from explorer.workspaces.scan.lab_state import DEFAULTS, LabState, cube
from explorer.workspaces.scan.notes import NOTES, facts, sentence, stacked_sentence
from explorer.workspaces.scan.presets import BY_KEY, PRESETS, centred, responds_at, responds_of, title_of
from explorer.workspaces.scan.what_if import comparisons, size_formula, variants


def numbers_of(state: LabState, seed: int = 0):
    x = np.random.default_rng(seed).integers(0, 10, (state.channels, *state.setup.input_size))
    return compute(state, x.astype(float))


# Kernels


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)
def test_every_kernel_exists_at_every_size(preset):
    for kh in range(1, 12):
        for kw in range(1, 12):
            weights = preset.make(kh, kw)
            assert weights.shape == (kh, kw)
            assert np.isfinite(weights).all()
            assert weights.any()
    assert preset.responds.endswith(".")


def test_known_kernels():
    assert BY_KEY["sobel_x"].make(3, 3).tolist() == [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
    assert BY_KEY["sobel_y"].make(3, 3).tolist() == [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]
    assert BY_KEY["prewitt_x"].make(3, 3).tolist() == [[-1, 0, 1]] * 3
    assert (BY_KEY["gaussian"].make(3, 3) * 16).tolist() == [[1, 2, 1], [2, 4, 2], [1, 2, 1]]
    assert BY_KEY["blur"].make(2, 5).sum() == pytest.approx(1)


@pytest.mark.parametrize(
    "key", ["edge", "sobel_x", "sobel_y", "prewitt_x", "prewitt_y", "line_h", "line_v", "line_d"]
)
@pytest.mark.parametrize("size", [3, 5, 7])
def test_edge_kernels_do_not_answer_to_an_even_surface(key, size):
    assert BY_KEY[key].make(size, size).sum() == pytest.approx(0)


def test_names_of_kernels_that_are_no_presets():
    assert (title_of("custom"), title_of("trained")) == ("Custom", "Trained")
    assert responds_of("custom") != responds_of("trained")


def test_centring_cuts_and_fills_evenly():
    assert centred(np.ones((1, 1)), 3, 3).tolist() == [[0, 0, 0], [0, 1, 0], [0, 0, 0]]
    assert centred(np.arange(9.0).reshape(3, 3), 1, 1).tolist() == [[4]]
    assert centred(np.arange(4.0).reshape(1, 4), 1, 2).tolist() == [[1, 2]]


# Inputs


@pytest.mark.parametrize("kind", ["random", "ramp", "checkerboard", "point", "edges"])
@pytest.mark.parametrize("size", [(1, 1), (7, 7), (5, 9), (64, 64)])
def test_patterns_are_small_whole_numbers(kind, size):
    for channels in (1, 2, 3):
        x = sources.pattern(kind, *size, channels, 4)
        assert x.shape == (channels, *size)
        assert np.array_equal(x, np.rint(x))
        assert x.min() >= 0
        assert x.max() <= 9


def test_the_same_seed_gives_the_same_numbers():
    a, b = (sources.pattern("random", 5, 5, 1, seed) for seed in (3, 3))
    assert np.array_equal(a, b)
    assert not np.array_equal(a, sources.pattern("random", 5, 5, 1, 4))


def test_a_digit_is_cropped_and_written_from_0_to_9():
    image = np.zeros((1, 28, 28), np.float32)
    image[0, 10:18, 12:14] = 1
    x = sources.from_image(image, 7, 7, 3)
    assert x.shape == (3, 7, 7)
    assert x[0].max() == 9
    assert np.array_equal(x, np.rint(x))
    assert np.array_equal(x[1], 9 - x[0])
    assert np.array_equal(x[2], x[0][:, ::-1])
    assert sources.from_image(image, 28, 28, 1)[0] == pytest.approx(9 * image[0])
    assert not sources.from_image(np.zeros((1, 28, 28)), 5, 5, 1).any()


def test_resampling_keeps_the_mean():
    maps = np.random.default_rng(1).random((2, 12, 8))
    for size in ((3, 4), (12, 8), (24, 16), (5, 7)):
        assert sources.resample(maps, *size).mean() == pytest.approx(maps.mean())


def test_feature_maps_go_round():
    maps = np.arange(3.0)[:, None, None] * np.ones((3, 4, 4))
    assert sources.from_maps(maps, 2, 2, 2, 3)[:, 0, 0].tolist() == [2, 0, 1]


def test_own_numbers_keep_their_corner():
    own = cube(np.arange(4.0).reshape(1, 2, 2))
    assert sources.own_numbers(own, 3, 1, 2).tolist() == [[[0], [2], [0]], [[0], [0], [0]]]
    assert not sources.own_numbers(None, 2, 2, 1).any()


# State


def test_the_lab_begins_as_designed():
    numbers = numbers_of(DEFAULTS)
    assert numbers.setup.result_size == (4, 4)
    assert DEFAULTS.padding_kind == "same"
    assert DEFAULTS.preset == "sobel_x"


def test_same_padding_follows_the_kernel_and_custom_stays():
    state = DEFAULTS.with_setup(kernel_size=(5, 5))
    assert state.setup.padding == (2, 2, 2, 2)
    assert np.array_equal(state.weights[0], BY_KEY["sobel_x"].make(5, 5))
    custom = DEFAULTS.with_setup(padding=(0, 1, 2, 3)).with_setup(kernel_size=(4, 4))
    assert (custom.padding_kind, custom.setup.padding) == ("custom", (0, 1, 2, 3))
    assert DEFAULTS.with_padding_kind("full").setup.padding == (2, 2, 2, 2)
    assert DEFAULTS.with_padding_kind("custom") == DEFAULTS


def test_weights_cells_and_channels():
    state = DEFAULTS.with_weight(0, 1, 1, 7.5)
    assert (state.preset, state.weights[0, 1, 1]) == ("custom", 7.5)
    wide = state.with_channels(3)
    assert wide.weights.shape == (3, 3, 3)
    assert wide.weights[2, 1, 1] == 7.5
    assert wide.with_channels(1).kernel == state.kernel
    grown = state.with_setup(kernel_size=(5, 5))
    assert (grown.weights[0, 2, 2], grown.weights[0, 0, 0]) == (7.5, 0)
    own = DEFAULTS.with_cell(np.zeros((1, 7, 7)), 0, 3, 2, 5)
    assert (own.source, own.pattern) == ("numbers", "own")
    assert own.own[0][3][2] == 5


# Numbers


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("changes", [{}, {"dilation": (2, 1)}, {"mode": "reflect"}, {"stride": (1, 3)}])
def test_what_is_shown_of_a_position_gives_its_output(operation, changes):
    state = DEFAULTS.with_channels(2).with_setup(operation=operation, **changes)
    state = replace(state, bias=0.0 if not state.uses_kernel else 1.5)
    numbers = numbers_of(state)
    total = np.full(numbers.setup.result_size, state.bias)
    for index in range(numbers.count):
        products = [numbers.products(index, channel) for channel in range(2)]
        assert [term.product for term in numbers.terms(index, 1)] == pytest.approx(
            products[1].ravel().tolist()
        )
        value = numbers.value(index, 0) if not numbers.transposed else None
        if operation == "max_pool":
            assert products[0][numbers.winner(index, 0)] == value
        elif operation == "average_pool":
            assert products[0].mean() == pytest.approx(value)
        elif not numbers.transposed:
            assert sum(p.sum() for p in products) + state.bias == pytest.approx(value)
        else:
            window, cut = numbers.window(index), numbers.patch_padding(index)
            for (i, j), product in np.ndenumerate(products[0] + products[1]):
                if not cut[i, j]:
                    total[window.rows[i], window.columns[j]] += product
            values, done = numbers.output_after(index, 0)
            assert values == pytest.approx(total)
            assert (total[~done] == state.bias).all()
    if numbers.transposed:
        assert done.sum() <= done.size
        assert total == pytest.approx(numbers.output_map(0))


def test_cells_are_done_in_order():
    numbers = numbers_of(DEFAULTS)
    for index in range(numbers.count):
        _, done = numbers.output_after(index, 0)
        assert done.sum() == index + 1
        assert done.flat[index]


def test_masks_of_the_padded_input():
    numbers = numbers_of(DEFAULTS.with_setup(padding=(1, 0, 1, 0)))
    assert numbers.padding_mask.sum() == 15
    assert numbers.unvisited.sum() == 13
    assert not (numbers.padding_mask & numbers.unvisited).any()


# Neighbours, comparison, words


def test_the_designed_cards():
    cards = variants(DEFAULTS)
    assert [card.title for card in cards] == ["No padding", "Pad top, left", "Stride 3", "Dilation 2"]
    sizes = [size_formula(card.state.setup, 0) for card in cards]
    assert sizes == ["(7 − 3) / 2 + 1", "⌊(8 − 3) / 2⌋ + 1", "(9 − 3) / 3 + 1", "(9 − 5) / 2 + 1"]
    missed = [numbers_of(card.state).plan.unvisited.sum() for card in cards]
    assert missed == [0, 13, 0, 40]


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("size", [(1, 1), (3, 2), (7, 7), (64, 64)])
def test_cards_always_work_and_differ(operation, size):
    kernel = (min(3, size[0]), min(2, size[1]))
    state = DEFAULTS.with_setup(
        operation=operation, input_size=size, kernel_size=kernel, padding=(0, 0, 0, 0)
    )
    for card in variants(state):
        assert card.state.setup != state.setup
        assert diagnose(card.state.setup) is None


@pytest.mark.parametrize("operation", OPERATIONS)
def test_comparing_visits_both_scans_in_order(operation):
    state = DEFAULTS.with_setup(operation=operation)
    numbers = numbers_of(state)
    for choice in choices(state):
        found = compare(state, numbers, choice, numbers_of)
        places = [found.positions(index) for index in range(found.count)]
        for scan, which in zip(found.numbers, (0, 1), strict=True):
            rows = [scan.plan.cell(place[which])[0] for place in places]
            assert rows == sorted(rows)
        assert places[0] == (0, 0)
        assert found.verdict.endswith(".")
    assert comparisons(state)[0].title == "Stride 1"


def test_stride_one_costs_more():
    numbers = numbers_of(DEFAULTS)
    found = compare(DEFAULTS, numbers, "Stride 1", numbers_of)
    assert found.verdict == "Stride 1 takes 3.1 times as much work, gives 33 more numbers."
    assert found.count == 49


def test_convolution_commutes_and_cross_correlation_does_not():
    for operation, verdict in (
        ("convolution", "Both outputs are equal, convolution commutes: input and kernel may change places."),
        ("correlation", "Each output is the other turned by 180°: cross-correlation does not commute."),
    ):
        state = DEFAULTS.with_setup(operation=operation)
        found = compare(state, numbers_of(state), SWAPPED, numbers_of)
        assert found.verdict == verdict
        assert found.numbers[0].setup.result_size == found.numbers[1].setup.result_size == (9, 9)


def text(row):
    return ["".join(piece.text for piece in form) for form in row.forms]


def test_the_formulas_say_the_numbers():
    state = replace(DEFAULTS, source="numbers")
    x = np.zeros((1, 7, 7))
    x[0, 1:4, 5:] = [[9, 3], [6, 0], [1, 0]]
    numbers = compute(state, x)
    size, value = rows_of(numbers, 7, 0)
    assert text(size)[1] == "⌊(7 + 1 + 1 − 3) / 2⌋ + 1 = 4"
    assert text(value)[0] == "(−1)·9 + 0·3 + 1·0 + (−2)·6 + 0·0 + 2·0 + (−1)·1 + 0·0 + 1·0  =  −22"
    assert [p.hatched for p in value.forms[0] if p.text == "·"] == [False, False, True] * 3
    assert text(value)[1] == "(−1)·9 + (−2)·6 + (−1)·1 + 6 × 0  =  −22"
    assert sentence(numbers, 7).startswith("The right column is padding: this strong response")
    assert facts(numbers) == ("width: same formula, 4", "remainder 6 mod 2 = 0")


def test_a_width_with_numbers_of_its_own_has_a_formula_of_its_own():
    state = DEFAULTS.with_setup(input_size=(7, 9), stride=(2, 3), padding=(1, 1, 2, 0), dilation=(1, 2))
    height, width, _ = rows_of(numbers_of(state), 0, 0)
    assert (height.label, text(height)[-1]) == ("output height", "⌊(7 + 1 + 1 − 3) / 2⌋ + 1 = 4")
    assert (width.label, text(width)) == ("output width", ["⌊(9 + 2 + 0 − 2 · (3 − 1) − 1) / 3⌋ + 1 = 3"])
    colours = {piece.text: piece.token for piece in width.forms[0] if piece.strong}
    kept = {piece.text: piece.token for piece in height.forms[-1] if piece.strong}
    assert (colours["9"], colours["3"]) == (kept["7"], "output_text")
    transposed = replace(state, setup=replace(state.setup, operation="transposed"))
    width = rows_of(numbers_of(transposed), 0, 0)[1]
    assert text(width) == ["(9 − 1) · 3 + 5 − 2 = 27"]


def test_bias_and_activation_are_part_of_the_formula():
    state = replace(DEFAULTS, bias=-2.0, activation="relu")
    numbers = compute(state, np.ones((1, 7, 7)))
    assert text(rows_of(numbers, 0, 0)[1])[-1] == "sum of 9 products  =  3 − 2 bias = 1, relu  = 1"


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
def test_there_is_a_sentence_and_a_formula_for_every_position(operation, mode):
    state = DEFAULTS.with_setup(operation=operation, mode=mode, dilation=(2, 2))
    numbers = numbers_of(state)
    for index in range(numbers.count):
        assert sentence(numbers, index).endswith(".")
        assert all(text(row)[0] for row in rows_of(numbers, index, 0))


def test_notes_are_there_for_every_setting():
    assert set(NOTES) == {"operation", "kernel", "stride", "padding", "dilation"}
    setup = ScanSetup((7, 7), (3, 3), (2, 2))
    assert stacked_sentence(setup) == "One such layer sees 3×3 cells, two stacked 7×7, three 15×15."


def test_a_preset_of_which_too_little_is_left_claims_nothing():
    assert "identity" in responds_at("sobel_x", 1, 1)
    assert "another kernel" in responds_at("edge", 1, 3)
    for key in BY_KEY:
        assert responds_at(key, 3, 3) == responds_of(key)
    assert responds_at("sobel_y", 5, 5) == responds_of("sobel_y")
