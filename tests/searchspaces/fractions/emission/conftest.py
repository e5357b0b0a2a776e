import shutil
import subprocess
import sys
from fractions import Fraction

import pytest

from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.emission import ExportMeta
from elitemap.searchspaces.fractions.formula import Formula
from elitemap.searchspaces.fractions.relation import Relation
from elitemap.searchspaces.fractions.series.series import Series
from elitemap.searchspaces.fractions.signed import SignedFraction

STRICT = "-std=c99 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror".split()


def formula(a, b, constants, above, below):
    return Formula(ContinuedFraction.of(a, b), Relation.of(constants, above, below))


E_INTERLACED = ContinuedFraction(((1,), (2, 0), (1,)), ((1,), (1,), (1,)))

FORMULAS = {
    "apery": formula((34, 51, 27, 5), (-1, 0, 0, 0, 0, 0, 0), ["zeta(3)"], (6, 0), (0, 1)),
    "four over pi": formula((3, 1), (-2, 3, 0), ["pi"], (4, 0), (0, 1)),
    "two over pi": formula((3, 1), (-2, 1, 0), ["pi"], (2, 0), (0, 1)),
    "two over log 2": formula((6, 3), (-1, 0, 0), ["log(2)"], (2, 0), (0, 1)),
    "three plus pi": formula((6,), (4, -4, 1), ["pi"], (3, 1), (1, 0)),
    "interlaced e": Formula(E_INTERLACED, Relation.of(["e"], (0, 1), (1, 0))),
    "signed e": Formula(
        SignedFraction((1,), (2, 1, 2, 1, 1, 4, 1), (0, 0, 2, 0, 0, -1)),
        Relation.of(["e"], (0, 1), (1, 0)),
    ),
    # Euler's fraction of the sum of (-1)^k (1/(2k+1)^2 + 1/(2k+1)).
    "catalan and pi": formula(
        (4, 12, 7), (16, 64, 88, 56, 17, 2, 0), ["catalan", "pi"], (0, 8, 2), (8, -4, -1)
    ),
}


@pytest.fixture(scope="session")
def formulas():
    return FORMULAS


@pytest.fixture(scope="session")
def make_formula():
    return formula


@pytest.fixture
def certificate():
    return {
        "value": "4.9914442354842448120987576729292",
        "depth": 356,
        "method": "product tree, tail bounded (Worpitzky)",
        "rigorous": True,
        "why": "the limit's error is bounded by a theorem",
        "convergence": {
            "kind": "exponential",
            "rate": 3.0622,
            "theorem": {"name": "Worpitzky", "statement": "abs(r(n)) <= 1/4 for n >= 1"},
        },
        "irrationality": {"delta": 0.0866, "depth": 2000},
        "digits": 1024.9,
        "residual": -1023.71,
        "significance": 1021.6,
        "label": {"name": "known", "reason": "Apéry, Astérisque 61, 1979", "details": {}},
        "statement": "not shown",
        "seconds": 0.026,
    }


@pytest.fixture(scope="session")
def series():
    """A certificate with the series of two over pi."""
    pi = Relation.of(["pi"], (0, 1), (1, 0))
    found = Series(pi, Fraction(0), Fraction(2), (1, 1), (2, 3))
    return {"digits": 1000, "series": {"statement": "not shown", "of": found.to_json()}}


@pytest.fixture(scope="session")
def make_meta():
    def make(name, **changed):
        fields = {
            "space": "fractions",
            "target": "zeta(3)",
            "domain": (0.0, 0.0),
            "error": "relative",
            "program_id": "0123456789abcdef" * 4,
        }
        return ExportMeta(name, **{**fields, **changed})

    return make


@pytest.fixture
def run_python(tmp_path):
    """Write a file, run it without the current folder's packages, return standard output."""

    def run(files, *arguments, code=0):
        ((name, text),) = files.items()
        (tmp_path / name).write_text(text)
        command = [sys.executable, "-W", "error", "-P", tmp_path / name, *map(str, arguments)]
        ran = subprocess.run(command, capture_output=True, text=True)
        assert ran.returncode == code, ran.stdout + ran.stderr
        return ran.stdout

    return run


@pytest.fixture
def build_c(tmp_path):
    """Write files, compile the source with its self-test under strict warnings, return a runner."""
    compiler = shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        pytest.skip("no C compiler")
    probe = [compiler, "-E", "-include", "gmp.h", "-x", "c", "/dev/null"]
    if subprocess.run(probe, capture_output=True).returncode:
        pytest.skip("gmp.h is not installed")

    def build(files, *flags):
        for name, text in files.items():
            (tmp_path / name).write_text(text)
        source = next(name for name in files if name.endswith(".c"))
        command = [compiler, *STRICT, "-DELITEMAP_SELFTEST", *flags, source, "-o", "built", "-lgmp"]
        built = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert built.returncode == 0, built.stderr

        def run(*arguments):
            command = [tmp_path / "built", *map(str, arguments)]
            ran = subprocess.run(command, capture_output=True, text=True)
            assert ran.returncode == 0, ran.stdout + ran.stderr
            return ran.stdout

        return run

    return build


@pytest.fixture
def run_gp(tmp_path):
    gp = shutil.which("gp")
    if gp is None:
        pytest.skip("gp is not installed")

    def run(files):
        ((name, text),) = files.items()
        (tmp_path / name).write_text(text)
        ran = subprocess.run(
            [gp, "-fq", name], cwd=tmp_path, capture_output=True, text=True, input=""
        )
        assert "***" not in ran.stdout + ran.stderr, ran.stdout + ran.stderr
        return ran.stdout

    return run
