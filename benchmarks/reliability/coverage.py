"""Inputs guided by coverage: ``python -m benchmarks.reliability.coverage NAME -runs=N``.

Wants atheris, which is installed on its own (``pip install atheris``); further options are those of
libFuzzer. NAME is the first word of a reader that :mod:`benchmarks.reliability.targets` knows.
"""

import sys

import atheris

with atheris.instrument_imports(include=["elitemap"]):
    from benchmarks.reliability.fuzz import tried
    from benchmarks.reliability.targets import targets


def main() -> None:
    """Fuzz one reader until the runs that are asked for are done, or something is found."""
    name, target = next(
        (name, target) for name, target in targets().items() if name.split()[0] == sys.argv[1]
    )
    atheris.Setup([sys.argv[0], *sys.argv[2:]], lambda data: void(tried(name, target, data)))
    atheris.Fuzz()


def void(fine: bool) -> None:
    """Nothing: libFuzzer takes no other answer."""


if __name__ == "__main__":
    main()
