"""Names, constants and certificates from a stranger's archive cannot become code."""

import ast
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elitemap.archive.errors import UsageError
from elitemap.searchspaces.fractions.emission import LANGUAGES, export

HOSTILE = [
    "*/ int evil = 1; /*",
    '"""\nimport os\n"""',
    "\\",
    "line\\\nbreak",
    "??/\n",
    "\u2028import os\u2029",
    "%s {name} {0} @NAME@ %(x)s",
    "\\input{/etc/passwd} \\N{BULLET} \\x41",
    '"',
    "-/ theorem evil : False := by sorry /-",
    "/-/-/",
    "-//-",
    'system("rm")',
    "}\n}\nquit",
    "x" * 10_000,
    "",
    "\x00",
    "\ud800",
    "../../etc/passwd",
    "gmpy2",
    "sympy",
    "mpz_init",
    "gmp_printf",
    "product",
    "limit",
    "digits",
    "main",
    "result",
    "a",
    "DIGITS",
    "end",
]

CONSTANTS = [
    "__import__('os').system('true')",
    "pi; import os",
    "pi\nimport os",
    "pi) + (e",
    "1/0",
    "x",
    "zeta(1)",
    "",
    "\\pi",
    "pi # comment",
]

TEXTS = st.text() | st.sampled_from(HOSTILE)


def everything(formula, text, make_meta, language):
    certificate = {
        "digits": text,
        "label": {"name": text, "reason": text},
        "method": text,
        text: text,
        "rigorous": text,
        "why": text,
        "convergence": {text: text, "theorem": {text: [text] * 3}},
    }
    meta = make_meta(text, space=text, target=text, error=text, program_id=text)
    return export(formula, certificate, meta, language)


def without_comments(text):
    text = text.replace("??/", "\\").replace("\\\n", "")
    return re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL)


def tokens(text):
    tree = ast.parse(text)
    tree.body = tree.body[1:]
    return ast.dump(tree)


@pytest.mark.parametrize("language", ["python", "sympy", "mpmath"])
@settings(max_examples=25)
@given(text=TEXTS)
def test_docstrings_hold(formulas, make_meta, language, text):
    ((name, hostile),) = everything(formulas["apery"], text, make_meta, language).items()
    ((other, plain),) = export(formulas["apery"], None, make_meta(text), language).items()
    assert name == other and tokens(hostile) == tokens(plain)


@settings(max_examples=25)
@given(text=TEXTS)
def test_comments_of_c_hold(formulas, make_meta, text):
    hostile = everything(formulas["apery"], text, make_meta, "c")
    plain = export(formulas["apery"], None, make_meta(text), "c")
    assert hostile.keys() == plain.keys()
    for file in plain:
        assert without_comments(hostile[file]) == without_comments(plain[file])


def lean_code(text):
    """A Lean file after its comments, which nest, are removed."""
    depth, kept = 0, []
    for part in re.split(r"(/-|-/)", text):
        if part == "/-":
            depth += 1
        elif part == "-/":
            depth -= 1
            assert depth >= 0
        elif depth == 0:
            kept.append(part)
    assert depth == 0
    return "".join(kept)


@settings(max_examples=25)
@given(text=TEXTS)
def test_comments_of_lean_hold(formulas, make_meta, text):
    ((_, hostile),) = everything(formulas["apery"], text, make_meta, "lean").items()
    ((_, plain),) = export(formulas["apery"], None, make_meta(text), "lean").items()
    assert lean_code(hostile) == lean_code(plain)


@pytest.mark.parametrize(("language", "mark"), [("pari", r"\\"), ("latex", "%")])
@settings(max_examples=25)
@given(text=TEXTS)
def test_line_comments_hold(formulas, make_meta, language, mark, text):
    def code(found):
        return [line for line in found.splitlines() if not line.startswith(mark)]

    ((_, hostile),) = everything(formulas["apery"], text, make_meta, language).items()
    ((_, plain),) = export(formulas["apery"], None, make_meta(text), language).items()
    kept = code(hostile)
    if language == "latex":
        # The status is part of the text; nothing in it is a command.
        assert len(kept) == len(code(plain))
        assert not re.search(r"\\(input|N|x41)", "\n".join(kept))
    else:
        assert kept == code(plain)


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=25)
@given(text=TEXTS)
def test_file_names_are_plain(formulas, make_meta, language, text):
    for name, content in everything(formulas["apery"], text, make_meta, language).items():
        assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,90}\.(py|c|h|gp|tex|lean)", name)
        assert all(line.isprintable() for line in content.splitlines())
        assert language == "lean" or content.isascii()


@pytest.mark.parametrize("text", HOSTILE[::2] + ["gmpy2", "mpz_init", "product", "main"], ids=repr)
def test_hostile_names_still_work(text, formulas, make_meta, build_c, run_python):
    assert build_c(everything(formulas["apery"], text, make_meta, "c"), "-O0")().startswith("OK")
    assert run_python(everything(formulas["apery"], text, make_meta, "python")).startswith("OK")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", CONSTANTS)
def test_hostile_constants_are_refused(language, text, make_formula, make_meta):
    if not text:
        text = " "
    f = make_formula((34, 51, 27, 5), (-1, 0, 0, 0, 0, 0, 0), [text], (6, 0), (0, 1))
    with pytest.raises(UsageError):
        export(f, None, make_meta("f"), language)


def test_unknown_language(formulas, make_meta):
    with pytest.raises(UsageError, match="choose one of latex"):
        export(formulas["apery"], None, make_meta("f"), "cobol")
