"""Optimizers that people use, as rules with constants to be tuned.

Sources: Polyak 1964 with decoupled decay (momentum); Loshchilov and Hutter, arXiv 1711.05101
(AdamW); Dozat 2016 (NAdam); Chen et al., arXiv 2302.06675 (Lion); Taniguchi et al., arXiv
2411.02853 (ADOPT, with clipping); Liang et al., arXiv 2411.16085 (Cautious); Yuan et al., arXiv
2411.10438 (MARS-AdamW, approximate: with the gradient of the step before); Defazio et al., arXiv
2405.15682 (Schedule-Free AdamW, without warmup); Vyas et al., arXiv 2409.11321 (SOAP); Muon is
that of the zoo.
"""

from elitemap.engine.protocols import Missing
from elitemap.evaluators.optimizers.bench.soap import soap_loss
from elitemap.evaluators.optimizers.bench.tuning import Contender
from elitemap.searchspaces.optimizers.zoo import ZOO, Known

#: Constants that the peers have: shares of averages, decay, what keeps from dividing by zero, and
#: how much of the change of gradients MARS adds. The values are where nobody looks: all are tuned.
_SHARES = {"a": 0.1, "b": 0.01, "k": 0.01}
_ADAM = {**_SHARES, "e": 1e-8}

_MOMENTS = "m = interp(m, g, {a})\nv = interp(v, square(g), {b})\n"
_FACTORS = """
c = s_div(1.0, s_sub(1.0, s_power({1-a}, step)))
d = s_div(1.0, s_sub(1.0, s_power({1-b}, step)))
"""
_PLAIN = "c = s_sub(1.0, 0.0)\nd = c\n"
_ROOT = "shift(sqrt(scale(v, d)), {e})"
_DECAYED = "update = add(u, scale(w, {k}))"


def _adam(name: str, first: str, more: str = "", before: str = _MOMENTS) -> tuple[Known, ...]:
    """With and without correction of the bias."""
    return tuple(
        Known(
            name,
            f"{before}{factors}u = div(scale({first}, c), {_ROOT})\n{more}{_DECAYED}",
            3,
            _ADAM,
        )
        for factors in (_FACTORS, _PLAIN)
    )


_CAUTIOUS = """
p = max(sign(mul(u, g)), spread(0.0))
u = scale(mul(u, p), s_div(1.0, s_max(mean(p), 0.001)))
"""

_MARS = """
r = s_mul(s_div({1-a}, {a}), s_mul({y}, s_min(1.0, s_sub(step, 1.0))))
h = add(g, scale(sub(g, s), r))
h = scale(h, s_div(1.0, s_max(1.0, norm(h))))
s = g
m = interp(m, h, {a})
v = interp(v, square(h), {b})
"""

_ADOPT = """
u = clip(div(g, max(sqrt(v), spread({e}))), s_power(s_sub(step, 1.0), 0.25))
m = interp(m, u, {a})
v = interp(v, square(g), s_max({b}, s_sub(2.0, step)))
u = m
"""

#: The parameters are y, between z and their average x; the slot m has (z - x) / rate, which is all
#: that is to be known. The last step goes to x, where the loss is taken. What the schedule of the
#: rate takes away is put back: this rule has a constant one.
_SCHEDULE_FREE = """
v = interp(v, square(g), {b})
d = s_div(1.0, s_sub(1.0, s_power({1-b}, step)))
u = add(div(g, shift(sqrt(scale(v, d)), {e})), scale(w, {k}))
n = scale(sub(m, u), s_sub(1.0, s_div(1.0, step)))
l = s_max(0.0, s_min(1.0, s_add(s_sub(step, {steps}), 1.0)))
h = add(sub(u, scale(m, {1-a})), scale(n, s_add({1-a}, s_mul({a}, l))))
update = scale(h, s_div({steps}, s_add(s_sub({steps}, step), 1.0)))
m = n
"""

#: Variants of each peer by name; which one is a choice of the tuning.
PEERS: dict[str, tuple[Known, ...]] = {
    "SGD-momentum": (
        Known("SGD-momentum", f"m = add(scale(m, {{1-a}}), g)\nu = m\n{_DECAYED}", 1,
              {"a": 0.1, "k": 0.01}),
    ),
    "AdamW": _adam("AdamW", "m"),
    "NAdamW": _adam("NAdamW", "interp(m, g, {a})"),
    "Lion": (
        Known("Lion", f"u = sign(interp(m, g, {{a}}))\nm = interp(m, g, {{b}})\n{_DECAYED}", 1,
              _SHARES),
    ),
    "ADOPT": (Known("ADOPT", f"{_ADOPT}{_DECAYED}", 2, _ADAM),),
    "Cautious AdamW": _adam("Cautious AdamW", "m", _CAUTIOUS),
    "MARS-AdamW": tuple(
        Known(one.name, one.text, one.slots, {**_ADAM, "y": 0.025})
        for one in _adam("MARS-AdamW", "m", before=_MARS)
    ),
    "Schedule-Free AdamW": (Known("Schedule-Free AdamW", _SCHEDULE_FREE, 2, _ADAM),),
    "Muon": (ZOO["Muon"],),
}  # fmt: skip

#: The peer that all are compared with.
USUAL = "AdamW"

#: Which is no rule of this space; its constants are those of AdamW, and its updates are as large.
SOAP = Contender("SOAP", PEERS["AdamW"], own=soap_loss)

#: Where models are differentiated by JAX.
MISSING = (Missing("SOAP", "is trained in NumPy, where gradients are compiled"),)
