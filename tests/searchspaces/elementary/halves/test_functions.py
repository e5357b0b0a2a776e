"""What users may ask of 16-bit functions, and reductions that agree where both apply."""

import numpy as np
import pytest

from elitemap.archive.errors import UsageError
from elitemap.evaluators.float32.cores import core_values
from elitemap.evaluators.halves.intervals import reducing, rest, run
from elitemap.searchspaces.elementary.halves.formats import BFLOAT16, EVERY, FLOAT16, FORMATS
from elitemap.searchspaces.elementary.halves.functions import resolve
from elitemap.searchspaces.elementary.halves.known import KNOWN
from elitemap.searchspaces.elementary.halves.reductions import EXP2


@pytest.mark.parametrize(
    ("name", "domain", "reduction", "said"),
    [
        ("exp2", "3,2", "usual", "domain"),
        ("exp2", "-1000,1", "usual", r"within \[-151"),
        ("exp2", "1,1.0001", "usual", "several bfloat16"),
        ("exp2", None, "quick", "unknown reduction"),
        ("foo", None, "usual", "unknown target"),
    ],
)
def test_impossible_functions_are_refused(name, domain, reduction, said):
    with pytest.raises(UsageError, match=said):
        resolve(name, BFLOAT16, domain, reduction)


@pytest.mark.parametrize("number", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("name", KNOWN)
def test_named_functions_take_every_number(name, number):
    half = resolve(name, number, None, "usual")
    assert half.complete == (name not in ("sin", "cos") or number is FLOAT16)
    assert half.fast is None or half.complete
    low, high = half.domain
    assert low < high and np.isfinite([low, high]).all()


@pytest.mark.parametrize("degree", EXP2)
def test_powers_of_two_inside_of_reductions_are_as_good_as_is_said(degree):
    x = np.linspace(-0.50025, 0.50025, 4001)
    value = np.polyval([float.fromhex(c) for c in reversed(EXP2[degree])], x)
    assert np.abs(value / np.exp2(x) - 1).max() < {4: 2.0**-18, 5: 2.0**-22.5}[degree]


@pytest.mark.parametrize(
    ("name", "number"),
    [(name, number) for name in KNOWN for number in FORMATS.values()],
    ids=lambda value: getattr(value, "name", value),
)
def test_the_smaller_reduction_gives_the_same_results(name, number):
    half = resolve(name, number, None, "usual")
    if half.fast_reduction is None:
        return
    words = EVERY[half.plain(EVERY)]
    words = words[np.random.default_rng(0).choice(len(words), 2000)].astype(np.int32)
    bits = words.view(np.float32)
    reduced = [run(reducing(r), bits[None]) for r in (half.reduction, half.fast_reduction)]
    np.testing.assert_array_equal(*reduced)
    core = core_values(half.reduction.core, reduced[0]).astype(np.float32)
    core *= np.random.default_rng(1).uniform(0.999, 1.001, len(core)).astype(np.float32)
    got = [
        run(rest(r), np.stack([bits, core])).view(np.int32)
        for r in (half.reduction, half.fast_reduction)
    ]
    # Ties apart: the core is not at one but by chance.
    assert np.mean(got[0] == got[1]) > 0.999


def test_a_part_of_the_domain_takes_the_smaller_reduction():
    whole = resolve("silu", BFLOAT16, None, "usual")
    part = resolve("silu", BFLOAT16, "-8,8", "usual")
    assert part.inner == whole.fast[1] and not part.complete and part.domain == (-8.0, 8.0)
    assert resolve("silu", BFLOAT16, "-100,8", "usual").inner == whole.inner
    assert resolve("exp2", BFLOAT16, "-8,8", "none").inner.name == "none"
