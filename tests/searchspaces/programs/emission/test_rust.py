"""Exported Rust: compiled without a warning, with the bits of the interpreter."""

import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.searchspaces.programs.emission import export


@pytest.fixture(scope="session")
def rustc():
    found = shutil.which("rustc")
    if found is None:
        pytest.skip("rustc is not installed")
    return found


@pytest.fixture
def tested(rustc, tmp_path):
    """Compile a file with its tests, warnings forbidden; what the tests print."""

    def run(files):
        ((name, text),) = files.items()
        (tmp_path / name).write_text(text)
        command = [rustc, "--test", "--edition=2021", "-Dwarnings", "-O", name, "-o", "program"]
        built = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert built.returncode == 0, built.stderr
        ran = subprocess.run([tmp_path / "program"], capture_output=True, text=True)
        return ran.returncode, ran.stdout

    return run


@pytest.mark.parametrize("title", ["exp2", "every primitive"])
def test_the_cases_match(title, tested, example_programs, make_meta):
    code, told = tested(export(example_programs[title], None, make_meta(title), "rust"))
    assert code == 0 and "1 passed" in told


@pytest.mark.slow
def test_another_result_is_noticed(tested, example_programs, make_meta):
    ((name, text),) = export(example_programs["exp2"], None, make_meta("exp2"), "rust").items()
    first = text.index("(0x")
    digit = text.index(")", first) - 1
    wrong = text[:digit] + ("0" if text[digit] != "0" else "1") + text[digit + 1 :]
    code, told = tested({name: wrong})
    assert code != 0 and "FAILED" in told


@pytest.mark.slow
def test_mended_code_and_keywords(tested, example_programs, make_meta):
    files = export(example_programs["exp2"], None, make_meta("match"), "rust")
    assert list(files) == ["match_approx.rs"]
    assert tested(files)[0] == 0


@given(text=st.text() | st.sampled_from(["*/", "\n//", "\\", "\u2028 evil()", "{}"]))
def test_comments_hold(text, example_programs, make_meta):
    hostile = export(
        example_programs["exp2"], {"method": text}, make_meta("exp2", target=text), "rust"
    )
    plain = export(example_programs["exp2"], None, make_meta("exp2"), "rust")
    code = [[line for line in next(iter(f.values())).splitlines() if not line.startswith("//!")]
            for f in (hostile, plain)]  # fmt: skip
    assert code[0] == code[1]
