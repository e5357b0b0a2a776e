import pytest

from elitemap.searchspaces.programs.emission import LANGUAGES, export
from elitemap.searchspaces.programs.emission.provenance import certificate_lines


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_carries_provenance_and_certificate(
    language, example_programs, certificate, make_meta
):
    meta = make_meta("exp2")
    files = export(example_programs["exp2"], certificate, meta, language)
    text = next(text for name, text in files.items() if not name.endswith((".c", ".inc")))
    for wanted in (meta.program_id, "MIT", "elementary", "2^x", "[0, 1]", "10 operations"):
        assert wanted in text
    for key in ("upper", "lower", "argument", "digits", "float64_error", "error", "method"):
        assert str(certificate[key]) in text


def test_a_failed_certificate_claims_nothing(certificate, make_meta):
    failed = {**certificate, "upper": None, "digits": None, "failure": "no value near x = 0.5"}
    title, *rows = certificate_lines(failed, make_meta("f"))
    assert "without a bound (no value near x = 0.5)" in title and "not proved" in title
    assert any(row.split() == "largest error, proved bound none".split() for row in rows)


def test_without_a_certificate_the_file_says_so(make_meta):
    (line,) = certificate_lines(None, make_meta("f", domain=(-1.0, 0.5), error="absolute"))
    assert line == "No certificate: the absolute error on [-1, 0.5] is not proved."
