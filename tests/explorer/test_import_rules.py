"""Imports run one way, from the command line down to the engine; the table of ranks is the rule."""

import ast
from pathlib import Path

import pytest

import explorer

RANKS = {
    "__main__": 8,
    "tour": 7,
    "app": 6,
    "main_window": 5,
    "workspaces": 4,
    "frame": 4,
    "widgets": 3,
    "workbench": 1,
    "numbers": 0,  # how numbers are written, for sentences of the workbench too
    "": 0,  # the package itself, which holds the version only
}
BASICS = 2  # theme, imaging, digits, numbers, settings and the other single modules
ENGINE_ROOM = tuple(f"explorer.workbench.{name}" for name in ("training", "worker", "live_run", "run"))


ROOT = Path(explorer.__file__).parent


def sources():
    """Give each source file of the program with the parts of its dotted module name."""
    for path in sorted(ROOT.rglob("*.py")):
        parts = ["explorer", *path.relative_to(ROOT).with_suffix("").parts]
        yield pytest.param(path, [part for part in parts if part != "__init__"], id="/".join(parts))


def imported(path, module):
    """List the dotted names that a file imports, wherever in the file; relative ones are made absolute."""
    is_package = path.name == "__init__.py"
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = [node.module] if node.module else []
            if node.level:
                base = module[: len(module) - node.level + is_package] + base
            names += [".".join([*base, alias.name]) for alias in node.names]
    return names


def component(name):
    """Return the part of the program that a dotted name of `explorer` belongs to."""
    second = [*name.split("."), ""][1]
    exists = (ROOT / second).is_dir() or (ROOT / f"{second}.py").exists()
    return second if exists else ""


def rank(part):
    return RANKS.get(part, BASICS)


def violation(path, module, name):
    """Say what is wrong with an import of `explorer`; empty when nothing is."""
    own, other = component(".".join(module)), component(name)
    if any(f"{name}.".startswith(f"{room}.") for room in ENGINE_ROOM) and own != "workbench":
        return "only the workbench may touch the training thread"
    if own == other == "workspaces" and module[2:3] != name.split(".")[2:3]:
        return "a workspace never imports another workspace"
    if own != other and rank(other) >= rank(own) and not rank(own) == rank(other) == BASICS:
        return "imports run the other way"
    return ""


@pytest.mark.parametrize(("path", "module"), list(sources()))
def test_imports_of_the_program_run_one_way(path, module):
    names = [name for name in imported(path, module) if name.split(".")[0] == "explorer"]
    problems = {name: violation(path, module, name) for name in names}
    assert not {name: problem for name, problem in problems.items() if problem}


@pytest.mark.parametrize(
    ("module", "name", "allowed"),
    [
        ("explorer.workspaces.train.loss_panel", "explorer.workspaces.train.legend", True),
        ("explorer.workspaces.train.loss_panel", "explorer.workspaces.network.view", False),
        ("explorer.workspaces.train.loss_panel", "explorer.frame.rail", False),
        ("explorer.workspaces.train.loss_panel", "explorer.workbench.Workbench", True),
        ("explorer.workspaces.train.loss_panel", "explorer.workbench.training.Trainer", False),
        ("explorer.widgets.chart", "explorer.theme.Theme", True),
        ("explorer.theme", "explorer.widgets.chart", False),
        ("explorer.theme", "explorer.tokens", True),
        ("explorer.settings", "explorer.workbench.Hyperparameters", True),
        ("explorer.workbench.run", "explorer.workbench.training.Trainer", True),
        ("explorer.workspaces.train.loss_panel", "explorer.workbench.run", False),
        ("explorer.workspaces.train.loss_panel", "explorer.workbench.runs.Store", True),
        ("explorer.workbench.run", "explorer.theme.Theme", False),
        ("explorer.frame.help_dialog", "explorer.__version__", True),
        ("explorer.main_window", "explorer.workspaces.train.TrainWorkspace", True),
        ("explorer.app", "explorer.tour", False),
    ],
)
def test_the_rules_tell_right_from_wrong(module, name, allowed):
    assert (violation(Path("x.py"), module.split("."), name) == "") is allowed
