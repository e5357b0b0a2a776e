"""Errors against integrals and published figures, fits, costs, certificates, refusals."""

import ml_dtypes
import numpy as np
import pytest
from scipy import integrate, optimize, stats

from elitemap.archive.errors import UsageError
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.config import SearchConfig
from elitemap.engine.search.coordinator import search
from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.evaluators.quantizers.formats.confirming import confirm
from elitemap.evaluators.quantizers.formats.cost import costs
from elitemap.evaluators.quantizers.formats.known import known
from elitemap.evaluators.quantizers.formats.measuring import Weights, measure
from elitemap.evaluators.quantizers.formats.sources import SOURCES
from elitemap.evaluators.quantizers.formats.tensors import sampled, tensors
from elitemap.searchspaces.programs.float32 import FLOAT32
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.quantizers.formats.elements import SIGNATURE, Element
from elitemap.searchspaces.quantizers.formats.quantizers import written


class Outliers:
    """99 % normal, 1 % ten times as wide, of variance 1."""

    weights, scales = (0.99, 0.01), (1 / 1.99**0.5, 10 / 1.99**0.5)

    def total(self, name, x):
        parts = zip(self.weights, self.scales, strict=True)
        return sum(w * getattr(stats.norm(scale=s), name)(x) for w, s in parts)

    def pdf(self, x):
        return self.total("pdf", x)

    def logpdf(self, x):
        return np.log(self.pdf(x))

    def cdf(self, x):
        return self.total("cdf", x)

    def ppf(self, p):
        return [optimize.brentq(lambda x, q=q: self.cdf(x) - q, -90, 90, xtol=1e-13) for q in p]


DENSITIES = {
    "normal": stats.norm(),
    "student-t5": stats.t(5, scale=(3 / 5) ** 0.5),
    "laplace": stats.laplace(scale=0.5**0.5),
    "outliers": Outliers(),
}

#: Positive levels of Lloyd and Max for the normal distribution (Max, 1960, to five digits).
MAX = {4: (0.45278, 1.51042), 8: (0.24509, 0.75601, 1.34391, 2.15195)}


def program(rows, output):
    """A program's JSON: instructions over k, c, code, choice."""
    bare = Program.of(SIGNATURE, (), (0,), FLOAT32).to_json()
    return {**bare, "instructions": rows, "outputs": [output]}


def cubic(of):
    """k + a k^3, a table-free companding."""
    rows = [["single", float(np.float32(of)).hex()], ["fmul", 0, 0], ["fmul", 5, 0],
            ["fma", 4, 6, 0]]  # fmt: skip
    return Element.from_json({"program": program(rows, 7)}, None)


@pytest.mark.parametrize("name", SOURCES)
def test_sources_are_what_they_say(name):
    source, density = SOURCES[name], DENSITIES[name]
    p = np.linspace(0.001, 0.999, 41)
    np.testing.assert_allclose(source.quantile(p), density.ppf(p), atol=1e-9)
    assert stats.kstest(source.fresh(20_000, 1), density.cdf).pvalue > 1e-3
    entropy = integrate.quad(lambda x: -density.pdf(x) * density.logpdf(x), -60, 60, points=[0])[0]
    assert source.power == pytest.approx(np.exp(2 * entropy) / (2 * np.pi * np.e), rel=1e-6)
    even = np.sort(source.even(1 << 12, 7))
    assert stats.kstest(even, density.cdf).statistic < 2 / (1 << 12)


@pytest.mark.parametrize("name", SOURCES)
def test_a_scale_per_tensor_has_the_error_of_the_integral(space, layout, uniform, name):
    """The uniform quantizer at its best scale, by quadrature; the tails are what a sample lacks."""
    source, density = SOURCES[name], DENSITIES[name]

    def error(step):
        at = np.clip(np.rint(x / step), -8, 7) * step
        return integrate.trapezoid((x - at) ** 2 * density.pdf(x), x)

    x = np.linspace(-60, 60, 60_001)
    best = min(map(error, np.linspace(0.24, 1.84, 161)))
    batch = space.from_json([written(layout("fp32", block=0), uniform)])
    weights = Weights.of(source.even(1 << 16, 1))
    got = measure(batch, weights, weights, 0).error[0]
    assert got == pytest.approx(best, rel=0.01 if name == "normal" else 0.05)
    assert confirm(space.to_json(batch, 0), space, source)["mse"] == pytest.approx(best, rel=0.06)


@pytest.mark.parametrize(
    "name, kind",
    [
        ("MXFP8 (E4M3), best exponents", ml_dtypes.float8_e4m3fn),
        ("MXFP8 (E5M2), best exponents", ml_dtypes.float8_e5m2),
        ("MXFP6 (E2M3), best exponents", ml_dtypes.float6_e2m3fn),
        ("MXFP6 (E3M2), best exponents", ml_dtypes.float6_e3m2fn),
    ],
)
def test_levels_of_small_floats_are_those_of_ml_dtypes(name, kind):
    """Up to a power of two, which exponents make up for; codes of NaN and infinity apart."""
    rule, element = known()[name]
    levels = element.levels(rule)[0]
    true = np.arange(1 << rule.bits, dtype=np.uint8).view(kind).astype(np.float32)
    normal = np.isfinite(true) & (true != 0)
    np.testing.assert_array_equal(np.sign(levels[normal]), np.sign(true[normal]))
    ratio = levels[normal] / true[normal]
    assert (ratio == ratio[0]).all() and np.frexp(ratio[0])[0] == 0.5
    assert (levels[true == 0] == 0).all()


@pytest.mark.parametrize(
    "name, error", [("SF4, blocks of 64", 0.01083), ("INT8, blocks of 64", 3.51e-5)]
)
def test_formats_of_other_widths_have_their_published_errors(space, name, error):
    found = confirm(written(*known()[name]), space, SOURCES["normal"])
    assert found["mse"] == pytest.approx(error, rel=0.02)


def test_what_outliers_cost_is_seen(space, layout):
    """NF4 by the absolute maximum loses more to them than a searched scale in small blocks."""
    nf4, iq4 = (known()[name] for name in ("NF4, blocks of 64", "IQ4_K-like"))
    errors = {
        name: [confirm(written(*one), space, SOURCES[name])["mse"] for one in (nf4, iq4)]
        for name in ("normal", "outliers")
    }
    ratio = {name: first / second for name, (first, second) in errors.items()}
    assert ratio["outliers"] > ratio["normal"] > 2


def test_published_formats_have_their_errors(space, layout):
    """NF4 in blocks of 64 and a signed cubic in blocks of 16, against figures known of them."""
    positive = [0.0795803, 0.1609302, 0.2461123, 0.3379152, 0.4407098, 0.5626170, 0.7229568, 1.0]
    negative = [1.0, 0.6961928, 0.5250731, 0.3949175, 0.2844414, 0.1847734, 0.0910500]
    nf4 = [-x for x in negative] + [0.0] + positive
    table = Element(1, None, tuple(float(np.float32(x)) for x in nf4))
    found = confirm(written(layout("fp16", block=64, search=0), table), space, SOURCES["normal"])
    assert found["bits_per_weight"] == pytest.approx(4.25, abs=1e-3)
    assert found["mse"] == pytest.approx(0.00845, rel=0.01)
    rule = layout("int", scale_bits=7, signed=1, group=256)
    found = confirm(written(rule, cubic(0.0061)), space, SOURCES["normal"])
    assert found["bits_per_weight"] == 4.5 and found["mse"] < 0.00429


def test_fits_find_levels_of_lloyd_and_max(space, layout):
    """From a bad start, of a table and of a program's constants."""
    weights = Weights.of(SOURCES["normal"].even(1 << 14, 3))
    rule = layout("fp32", block=0, bits=3)
    table = Element(1, None, tuple(np.linspace(-1, 1, 8).astype(np.float32).astype(float)))
    batch = space.from_json([written(rule, table), written(rule, cubic(0.5))])
    before = measure(batch.take(np.arange(2)), weights, weights, 0).error
    after = measure(batch, weights, weights, 60).error
    np.testing.assert_allclose(after, [0.0345478, 0.0391], rtol=0.002)
    assert before[0] > 0.037 and before[1] > 0.07
    scaled = batch.table[0, :8] / batch.table[0, 7] * MAX[8][-1]
    np.testing.assert_allclose(scaled[4:], MAX[8], atol=0.03)


def test_costs_are_those_of_the_entries(space, layout, uniform):
    documents = [
        written(layout("fp16"), uniform),
        written(layout("fp32", block=0), cubic(0.5)),
        written(layout("int", scale_bits=6, group=256, offset=2), uniform),
    ]
    cost, whole = costs(space.from_json(documents))
    assert FLOAT32.opcodes["fma"] and cost.tolist() == [
        1 + 16 / 8 + 1 + 1 / 16,
        3 + 1 + 1,
        1 + 16 / 8 + 2 + 4 / 16,
    ]
    assert whole.tolist() == [True, False, True]


def test_a_certificate_is_made_again_and_a_false_one_found_out(layout, uniform):
    task = load_task(TaskSpec.of("quantizers", "laplace", {}))
    document = written(layout("e4m3"), uniform)
    same, objectives, certificate = task.certify(document, 1.0)
    assert same == document and task.grants(certificate) == "confirmed"
    assert objectives["mse"] == certificate["mse"] > SOURCES["laplace"].least(4.5)
    assert certificate["bytes"] == (1 << 19) * 4.5 / 8 + 4
    assert certificate["exact_zero"] and certificate["monotone"] and not certificate["symmetric"]
    assert task.verify(document, certificate, 1.0).outcome == "verified"
    for name, value in (("mse", 0.001), ("sha256", "0" * 64), ("bits_per_weight", 4.0)):
        verdict = task.verify(document, certificate | {name: value}, 1.0)
        assert verdict.outcome == "failed" and verdict.reason.startswith(name)


@pytest.mark.parametrize(
    "target, options, told",
    [
        ("normal", {"bits": "1.9"}, "expected bits of at least 2.01 per weight, got 1.9"),
        ("normal", {"bits": "nan"}, "bits from 2 to 9"),
        ("normal", {"bits": "10"}, "bits from 2 to 9"),
        ("normal", {"bits": "few"}, "expected bits as a number"),
        ("normal", {"table": "33"}, "expected table as a whole number from 0 to 32"),
        ("normal", {"max_ops": "13"}, "expected max_ops as a whole number from 1 to 12"),
        ("normal", {"mantissa": "4"}, "expected no mantissa with the target normal"),
        ("multiplier", {"bits": "4"}, "expected no bits with the target multiplier"),
        ("weights", {}, "add --set data=FILE"),
        ("gauss", {}, "one of the targets multiplier, softmax-exp"),
    ],
)
def test_what_is_impossible_is_refused(target, options, told):
    with pytest.raises(UsageError, match=told):
        load_task(TaskSpec.of("quantizers", target, options))


@pytest.mark.parametrize(
    "arrays, told",
    [
        ({"w": np.ones(300, np.int32)}, "floating-point type as 'w', got int32"),
        ({"w": np.ones(300, np.complex64)}, "got complex64"),
        ({"w": np.full(300, 1e300)}, "within float32"),
        ({"w": np.ones(255, np.float32)}, "at least 256 weights"),
        ({"w": np.zeros(300, np.float32)}, "not all 0"),
    ],
)
def test_arrays_that_are_no_weights_are_refused(arrays, told):
    with pytest.raises(UsageError, match=told):
        tensors(arrays)


def test_a_sample_has_something_of_every_tensor():
    rng = np.random.default_rng(0)
    found = tensors({"b": rng.normal(0, 9, (40, 1000)), "a": rng.normal(0, 0.01, 300)})
    part = sampled(found, 1 << 12)
    assert np.diff(part.first).tolist() == [256, 16 * 256]
    assert np.std(part.values[:256]) == pytest.approx(1, rel=0.2)
    assert np.std(part.values[256:]) == pytest.approx(1, rel=0.1)


@pytest.mark.slow
def test_a_search_finds_what_is_known(tmp_path):
    """From random programs and tables, in some minutes at most: below NF4 and a signed cubic."""
    config = SearchConfig(seed=2, evaluations=12_000, islands=2, workers=2, batch=512, epoch=4096)
    outcome = search(tmp_path / "a.sqlite", TaskSpec.of("quantizers", "normal", {}), config)
    with ArchiveReader.open(tmp_path / "a.sqlite") as reader:
        elites = list(reader.elites(ElitesQuery(run=outcome.run)))
    confirmed = [e for e in elites if e.status == "confirmed"]
    assert min(e.objectives["mse"] for e in confirmed) < 0.0043
    bare = [e for e in confirmed if "program" in e.program["levels"]]
    assert min(e.objectives["mse"] for e in bare) < 0.0047
