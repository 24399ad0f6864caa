"""The README's own words, tried."""

import re
from pathlib import Path

import pytest

README = Path(__file__).parents[1] / "README.md"


def _blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)


def test_the_ten_lines_of_python_train_a_network(capsys):
    (code,) = _blocks("python")
    exec(compile(code, "README.md", "exec"), {})
    accuracies = [
        float(percent) for percent in re.findall(r"([\d.]+)% of the validation", capsys.readouterr().out)
    ]
    assert len(accuracies) == 2
    assert accuracies[-1] > 90


def test_there_is_one_test_command_and_it_runs_pytest():
    text = README.read_text(encoding="utf-8")
    assert text.count("<!-- test command -->") == 1
    command = text.split("<!-- test command -->")[1].split("```")[1]
    assert "-m pytest" in command


@pytest.mark.parametrize("link", re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README.read_text(encoding="utf-8")))
def test_every_picture_is_there(link):
    assert (README.parent / link).is_file()
