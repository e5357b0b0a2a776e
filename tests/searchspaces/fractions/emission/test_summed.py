"""Series beside the fraction: what exported files add up."""

import subprocess
from fractions import Fraction
from itertools import islice

import pytest

from elitemap.searchspaces.fractions.emission import LANGUAGES, export
from elitemap.searchspaces.fractions.emission.summed import summed
from elitemap.searchspaces.fractions.series.series import Series

COUNT = 40


@pytest.fixture
def total(series):
    return sum(islice(Series.from_json(series["series"]["of"]).terms(), COUNT))


@pytest.mark.parametrize("language", ["python", "sympy", "mpmath"])
def test_partial_sums_of_python(language, formulas, series, make_meta, total):
    files = export(formulas["two over pi"], series, make_meta("two over pi"), language)
    ((name, text),) = files.items()
    scope = {"__name__": "emitted"}
    exec(compile(text, name, "exec"), scope)
    assert scope["partial_sum"](COUNT) == total
    if language == "sympy":
        assert scope["series"]().evalf(30) == scope["sympy"].pi.evalf(30)
    if language == "mpmath":
        assert abs(sum(map(scope["term"], range(COUNT))) - float(total)) < 1e-14


def test_partial_sums_of_c(formulas, series, make_meta, build_c, total, tmp_path):
    files = export(formulas["two over pi"], series, make_meta("two over pi"), "c")
    assert "OK" in build_c(files)()
    main = """
    #include "two_over_pi.h"
    int main(void)
    {
        mpq_t sum;
        mpq_init(sum);
        two_over_pi_partial_sum(sum, %d);
        gmp_printf("%%Qd\\n", sum);
        mpq_clear(sum);
        return 0;
    }
    """
    (tmp_path / "main.c").write_text("#include <stdio.h>\n" + main % COUNT)
    command = ["cc", "-std=c99", "main.c", "two_over_pi.c", "-o", "summed", "-lgmp"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    ran = subprocess.run([tmp_path / "summed"], check=True, capture_output=True, text=True)
    assert Fraction(ran.stdout) == total


def test_pari_adds_up(formulas, series, make_meta, run_gp):
    out = run_gp(export(formulas["two over pi"], series, make_meta("two over pi"), "pari"))
    assert "series    200 terms agree to 60 decimal places" in out


def without(series, **changed):
    return {**series, "series": {**series["series"], "of": {**series["series"]["of"], **changed}}}


@pytest.mark.parametrize("language", LANGUAGES)
def test_false_and_malformed_series_are_left_out(language, formulas, series, make_meta):
    def write(certificate):
        return export(formulas["two over pi"], certificate, make_meta("f"), language)

    plain = write({"digits": 1000})
    assert write(series) != plain or language == "lean"
    for changed in ({"first": "3"}, {"below": [2, 4]}, {"above": "import os"}):
        assert summed(without(series, **changed)) is None
    false = without(series, first="3")
    assert "partial_sum" not in "".join(write(false).values())
