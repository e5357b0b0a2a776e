"""The benchmarks are no part of the package; the tests find them beside it."""

import sys
from pathlib import Path

import pytest

ROOT = str(Path(__file__).resolve().parents[2])
if ROOT not in sys.path:
    sys.path.append(ROOT)


@pytest.fixture(autouse=True)
def working_precision():
    """Baselines set the precision of Arb and mpmath; leave both as they were."""
    import flint
    import mpmath

    from benchmarks.baselines.numbers import precise

    before = flint.ctx.prec, mpmath.mp.prec
    precise()
    yield
    flint.ctx.prec, mpmath.mp.prec = before
