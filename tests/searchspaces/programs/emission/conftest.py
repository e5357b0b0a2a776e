import shutil
import subprocess

import pytest
from own_primitives import OWN

from elitemap.searchspaces.programs.emission import ExportMeta
from elitemap.searchspaces.programs.program import Instruction, Program

OPCODES = OWN.opcodes

STRICT = (
    "-std=c99 -ffp-contract=off -Wall -Wextra -Wconversion -Wpedantic -Wdouble-promotion "
    "-Wshadow -Werror"
).split()
SANITIZED = "-g -fsanitize=undefined,address -fno-sanitize-recover=all".split()


def build(*rows):
    """A program of one input from rows of (name, operands...) or ("const", hi, lo)."""
    instructions = [
        Instruction(0, (), operands) if name == "const" else Instruction(OPCODES[name], operands)
        for name, *operands in ((row[0], *row[1:]) for row in rows)
        for operands in [tuple(operands)]
    ]
    return Program(("x",), tuple(instructions), (len(instructions),), dialect=OWN)


def fraction_for_exp2():
    """The published shape for 2^x on (0, 1]: 14.66 digits, a removable point at 0."""
    return build(
        ("const", 5783.524908832227, -2.5018654662609103e-13),
        ("div", 1, 0),
        ("add", 0, 2),
        ("const", 15141.930665689653, -6.161096998143196e-13),
        ("div", 4, 3),
        ("const", -250.55212401166767, 7.0626376748651264e-15),
        ("add", 5, 6),
        ("add", 3, 7),
        ("const", 501.10424803197134, -2.2821722468197347e-14),
        ("div", 9, 8),
        ("const", -0.9999999999999998, 5.192829507496869e-17),
        ("sub", 10, 11),
        ("square", 12),
        ("square", 13),
        ("square", 14),
    )


def every_primitive():
    """One use of each primitive, and a dead instruction."""
    return build(
        ("const", -0.75, 0.0),
        ("add", 0, 1),
        ("abs", 2),
        ("sqrt", 3),
        ("mul", 4, 0),
        ("max", 5, 1),
        ("const", 1.1e-7, 0.0),
        ("min", 6, 0),
        ("square", 8),
        ("add", 9, 9),
        ("sub", 8, 7),
        ("fma", 11, 9, 4),
        ("div", 12, 9),
    )


@pytest.fixture(scope="session", name="build")
def build_fixture():
    return build


@pytest.fixture(scope="session")
def example_programs():
    return {"exp2": fraction_for_exp2(), "every primitive": every_primitive()}


@pytest.fixture
def certificate():
    return {
        "upper": 2.1919e-15,
        "lower": 2.1918e-15,
        "argument": 0.73125,
        "digits": 14.6591,
        "digits_limit": 14.6592,
        "float64_error": 4.0e-15,
        "float64_extra": 2.1e-15,
        "target": "exp2(x)",
        "domain": ["0", "1"],
        "error": "relative",
        "method": "adaptive Taylor models in ball arithmetic",
        "precision_bits": 128,
        "subintervals": 37,
        "seconds": 0.25,
        "failure": "",
    }


@pytest.fixture(scope="session")
def make_meta():
    def make(name, **changed):
        fields = {
            "space": "elementary",
            "target": "2^x",
            "domain": (0.0, 1.0),
            "error": "relative",
            "program_id": "0123456789abcdef" * 4,
        }
        return ExportMeta(name, **{**fields, **changed})

    return make


@pytest.fixture(scope="session", params=["gcc", "clang"])
def compiler(request):
    found = shutil.which(request.param)
    if found is None:
        pytest.skip(f"{request.param} is not installed")
    return found


@pytest.fixture
def compile_and_run(compiler, tmp_path):
    """Write files, compile the sources under strict warnings, run, return standard output."""

    def run(files, sources, *flags):
        for name, text in files.items():
            (tmp_path / name).write_text(text)
        command = [compiler, *STRICT, *flags, *sources, "-o", "program", "-lm"]
        built = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert built.returncode == 0, built.stderr
        ran = subprocess.run([tmp_path / "program"], capture_output=True, text=True)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    return run


@pytest.fixture(scope="session")
def sanitized(compiler, tmp_path_factory):
    """Options that make undefined behaviour an error; some compilers come without their library."""
    program = tmp_path_factory.mktemp("sanitized") / "program"
    command = [compiler, *SANITIZED, "-x", "c", "-", "-o", program]
    probe = subprocess.run(command, input=b"int main(void) { return 0; }", capture_output=True)
    if probe.returncode:
        pytest.skip(f"{compiler} has no sanitizers")
    return SANITIZED
