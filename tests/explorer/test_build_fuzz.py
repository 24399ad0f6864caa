"""Thousands of random edits: none raises, and what is called a network is one."""

import random

import pytest

from cnncore import INITIALISERS, MODELS, SpecError
from cnncore.layer_spec import KINDS
from explorer.workbench.building import Draft, Editor, check, suggestions

EDITS = 5_000
VALUES = (0, 1, 2, 3, 5, 8, 28, 1024, 100_000, (1, 3), (0, 2), (1, 2, 3, 4), "same", "valid", "reflect",
          "circular", "zeros", None, True, False, 0.5, 1e-5, -1, 2.5, "text")  # fmt: skip


def edit(editor, rng):
    """Make one random edit; return the sentence of one that was refused."""
    draft = editor.draft
    count = len(draft.layers)
    place = rng.randrange(count) if count else 0
    kinds = ["insert", "undo", "redo", "preset", "initialiser", "suggestion"]
    kinds += ["option"] * 4 + ["remove", "remove", "move", "move", "duplicate", "rename"] if count else []
    match rng.choice(kinds):
        case "insert":
            return editor.attempt(lambda: draft.inserted(rng.randint(0, count), rng.choice(list(KINDS))))
        case "remove":
            return editor.attempt(lambda: draft.removed(place))
        case "move":
            return editor.attempt(lambda: draft.moved(place, rng.randrange(count)))
        case "duplicate":
            return editor.attempt(lambda: draft.duplicated(place))
        case "rename":
            name = rng.choice(["conv", "a1", "", "1", "x" * 33, draft.layers[0].name])
            return editor.attempt(lambda: draft.renamed(place, name))
        case "option":
            key = rng.choice([*draft.layers[place].options, "unknown"])
            return editor.attempt(lambda: draft.with_options(place, **{key: rng.choice(VALUES)}))
        case "initialiser":
            return editor.attempt(lambda: draft.with_initialiser(rng.choice([*INITIALISERS, "none"])))
        case "preset":
            if rng.random() < 0.1:
                editor.change(Draft.of(MODELS[rng.choice(list(MODELS))]()))
        case "suggestion":
            for one in suggestions(draft)[:1]:
                editor.change(one.draft)
        case "undo":
            editor.undo()
        case "redo":
            editor.redo()
    return ""


@pytest.mark.parametrize("seed", [7])
def test_random_edits_never_raise_and_the_report_agrees_with_the_engine(seed):
    rng = random.Random(seed)
    editor = Editor(Draft.of(MODELS["lenet5"]()))
    valid = refused = 0
    for _ in range(EDITS):
        refused += bool(edit(editor, rng))
        report = check(editor.draft)
        assert len(report.standings) == len(editor.draft.layers)
        if report.valid:
            valid += 1
            assert editor.draft.spec().shapes() == tuple(one.shape for one in report.standings)
        else:
            with pytest.raises(SpecError):
                editor.draft.spec()
    assert valid > EDITS / 20
    assert refused > EDITS / 20
    assert EDITS - valid > EDITS / 20


def test_whatever_is_wrong_there_is_a_suggestion_and_the_first_ones_lead_to_a_network():
    rng = random.Random(3)
    editor = Editor(Draft.of(MODELS["reference"]()))
    repaired = 0
    for _ in range(300):
        edit(editor, rng)
        draft = editor.draft
        for _ in range(2 * len(draft.layers) + 3):
            if check(draft).valid:
                repaired += draft is not editor.draft
                break
            draft = suggestions(draft)[0].draft
        else:
            pytest.fail("The suggestions went in a circle.")
    assert repaired > 30


def test_all_edits_can_be_taken_back_and_made_again():
    rng = random.Random(5)
    first = Draft.of(MODELS["tiny"]())
    editor = Editor(first)
    seen = [first]
    while len(seen) < 100:
        if editor.attempt(lambda: editor.draft.inserted(0, rng.choice(list(KINDS)))):
            editor.change(editor.draft.removed(rng.randrange(len(editor.draft.layers))))
        seen.append(editor.draft)
    for draft in reversed(seen[:-1]):
        editor.undo()
        assert editor.draft is draft
    for draft in seen[1:]:
        editor.redo()
        assert editor.draft is draft
