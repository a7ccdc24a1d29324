"""What `import hiss` offers to Python programs."""

from __future__ import annotations

import ast
import textwrap
from pathlib import Path

import pytest

import hiss


def example() -> str:
    """The example in the module's docstring."""
    assert hiss.__doc__ is not None
    lines = hiss.__doc__.splitlines()
    return textwrap.dedent("\n".join(line for line in lines if not line or line.startswith(" ")))


def test_the_example_of_the_docstring_works(capsys: pytest.CaptureFixture[str]) -> None:
    code = example().replace("epochs=50", "epochs=2")
    code = code.replace("repeats=5", "repeats=2").replace('find("article")', 'find("article")[::2]')
    assert "epochs=2" in code and "repeats=2" in code and "[::2]" in code
    exec(compile(code, "docstring", "exec"), {})
    out = capsys.readouterr().out
    assert "| article/hidden-before | 2 |" in out
    assert out.count("n = 2") == 1


def test_every_public_name_can_be_imported() -> None:
    assert dir(hiss) == sorted(hiss.__all__)
    for name in hiss.__all__:
        assert getattr(hiss, name) is not None
    assert hiss.__version__[0].isdigit()


def test_type_checkers_see_the_names_that_programs_get() -> None:
    assert hiss.__file__ is not None
    tree = ast.parse(Path(hiss.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    typed = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert typed == {name: f"hiss.{source}" for name, source in hiss._SOURCES.items()}
    assert {*typed, "__version__"} == set(hiss.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'runn_study'"):
        _ = hiss.runn_study
