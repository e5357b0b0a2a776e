"""Names and metadata from a stranger's archive cannot become code."""

import ast
import re
import subprocess

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from elitemap.searchspaces.programs.emission import LANGUAGES, export
from elitemap.searchspaces.programs.emission.naming import identifier

HOSTILE = [
    "*/ int evil = 1; /*",
    '"""\nimport os\n"""',
    "\\",
    "line\\\nbreak",
    "*??/\n/ trigraph ??/",
    "\r\nint evil;",
    "\u2028import os\u2029",
    "%s {name} {0} %(x)s",
    "\\input{/etc/passwd} \\N{BULLET} \\x41 \\u0041",
    "'''",
    '"',
    "*/",
    "/*",
    "//",
    "x" * 10_000,
    "",
    "\x00",
    "\ud800",
    "*\\",
]


def everything(program, text, make_meta, language):
    certificate = {"upper": text, text: text, "notes": {text: text, "list": [text] * 3}}
    meta = make_meta(text, space=text, target=text, error=text, program_id=text)
    return export(program, certificate, meta, language)


def without_comments(text):
    """C source after its comments are removed the way a compiler does."""
    text = text.replace("??/", "\\").replace("\\\n", "")
    return re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL)


def tokens(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return ast.dump(tree)


@given(text=st.text() | st.sampled_from(HOSTILE))
def test_comments_of_c_hold(example_programs, make_meta, text):
    program = example_programs["exp2"]
    hostile = everything(program, text, make_meta, "c")
    name = identifier(text)
    plain = export(program, None, make_meta(text), "c")
    assert hostile.keys() == plain.keys()
    for file in plain:
        assert without_comments(hostile[file]) == without_comments(plain[file])
        assert hostile[file].isascii()
        assert "/*" not in re.sub(r"^/\*", "", hostile[f"{name}.h"].split("*/")[0])


@pytest.mark.parametrize("language", ["python", "numpy", "jax", "sympy"])
@given(text=st.text() | st.sampled_from(HOSTILE))
def test_docstrings_hold(example_programs, make_meta, language, text):
    program = example_programs["exp2"]
    ((_, hostile),) = everything(program, text, make_meta, language).items()
    ((_, plain),) = export(program, None, make_meta(text), language).items()
    assert tokens(ast.parse(hostile)) == tokens(ast.parse(plain))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_exports_compile(text, example_programs, make_meta, compile_and_run):
    files = everything(example_programs["exp2"], text, make_meta, "c")
    source = next(name for name in files if name.endswith(".c"))
    assert "cases match" in compile_and_run(files, [source], "-DELITEMAP_SELFTEST")


@pytest.mark.parametrize("language", LANGUAGES)
@given(text=st.text() | st.sampled_from(HOSTILE))
def test_lines_stay_short_and_printable(example_programs, make_meta, language, text):
    for content in everything(example_programs["exp2"], text, make_meta, language).values():
        assert all(line.isascii() and line.isprintable() for line in content.splitlines())


@given(st.text())
@example("")
@example("exp2")
@example("2^x")
def test_names_are_identifiers_of_c_and_python(text):
    name = identifier(text)
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) and len(name) <= 70
    assert identifier(name) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("exp2", "exp2_approx"),
        ("gelu", "gelu"),
        ("double", "double_approx"),
        ("lambda", "lambda_approx"),
        ("besseli(1/2, x)", "besseli_1_2_x"),
        ("2^x", "f_2_x"),
        ("__init__", "init"),
        ("../../etc/passwd", "etc_passwd"),
        ("t1", "t1_approx"),
        ("numpy", "numpy_approx"),
        ("y1", "y1_approx"),
        ("z", "z_approx"),
        ("sqrtf", "sqrtf_approx"),
    ],
)
def test_names(text, name):
    assert identifier(text) == name


@pytest.mark.parametrize("text", ["exp2", "gamma", "abs", "y1", "sincos", "hypotf", "cexp"])
def test_names_do_not_replace_library_functions(
    text, example_programs, make_meta, compiler, tmp_path
):
    """With <math.h> and GNU extensions visible, the exported declaration must not conflict."""
    files = export(example_programs["exp2"], None, make_meta(text), "c")
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    header = next(name for name in files if name.endswith(".h"))
    headers = ["complex.h", "math.h", "stdio.h", "stdlib.h", "string.h"]
    lines = ["#define _GNU_SOURCE", *(f"#include <{h}>" for h in headers), f'#include "{header}"']
    (tmp_path / "use.c").write_text("\n".join(lines) + f"\ndouble {header[:-2]}(double x);\n")
    command = [compiler, "-std=gnu11", "-Wall", "-Werror", "-c", "use.c"]
    built = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    symbols = [
        line.split("(")[0].split()[-1]
        for line in files[header].splitlines()
        if "(double x)" in line
    ]
    assert symbols == [header[:-2]] and symbols[0] != text
