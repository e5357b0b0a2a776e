"""Known rules with the usual constants: where searches start, and what finds are told by.

Learning rates and their schedules stay outside. Weight decay is that of AdamW (Loshchilov and
Hutter, arXiv 1711.05101): it is part of the update.

Sources: Polyak 1964 (momentum), Nesterov as in Sutskever et al. 2013, Duchi et al. 2011 (AdaGrad),
Tieleman and Hinton 2012 (RMSProp), Kingma and Ba, arXiv 1412.6980 (Adam, AdaMax), Dozat 2016
(NAdam), Zhuang et al., arXiv 2010.07468 (AdaBelief), Bernstein et al., arXiv 1802.04434 (signSGD,
Signum), Chen et al., arXiv 2302.06675 (Lion), Bello et al., arXiv 1709.07417 (AddSign, PowerSign),
Shazeer and Stern, arXiv 1804.04235 (Adafactor, without clipping and relative steps), Jordan et al.,
"Muon", 2024, and Liu et al., arXiv 2502.16982 (Muon at the size of Adam's updates).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from elitemap.searchspaces.optimizers.writing import rule
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.tensors.matrices import NAMES


@dataclass(frozen=True)
class Known:
    """A known rule.

    Attributes:
        name: As it is called.
        text: Its lines, as :func:`elitemap.searchspaces.optimizers.writing.rule` reads them, with
            ``{a}`` for a constant and ``{1-a}`` for what it leaves to one.
        slots: Slots that it needs.
        constants: Their usual values, all positive; shares of averages are those of what is new.
    """

    name: str
    text: str
    slots: int
    constants: Mapping[str, float] = field(default_factory=dict, hash=False)

    @property
    def matrices(self) -> bool:
        """Whether it looks at tensors as matrices."""
        return any(f"{name}(" in self.text for name in NAMES)

    def program(self, slots: int, constants: Mapping[str, float] | None = None) -> Program:
        """The rule with room for so many slots.

        Args:
            slots: At least as many as it needs.
            constants: Instead of the usual ones.

        Raises:
            UsageError: If it needs more slots.
        """
        values = {**self.constants, **(constants or {})}
        text = self.text
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", repr(value)).replace(
                f"{{1-{name}}}", repr(1.0 - value)
            )
        return rule(text, slots)


_MOMENTS = "m = interp(m, g, {a})\nv = interp(v, square(g), {b})\n"
_CORRECTED = """
c = s_div(1.0, s_sub(1.0, s_power({1-a}, step)))
d = s_div(1.0, s_sub(1.0, s_power({1-b}, step)))
"""
_ROOT = "shift(sqrt(scale(v, d)), {e})"
_ADAM = {"a": 0.1, "b": 0.001, "e": 1e-8}
_DECAYING = {**_ADAM, "k": 0.01}

#: The second moment as an outer product of means along rows and columns. The slot keeps all of it.
_FACTORED = """
m = interp(m, square(g), {b})
d = s_div(1.0, s_sub(1.0, s_power({1-b}, step)))
f = scale(div(mul(row_mean(m), column_mean(m)), spread(mean(m))), d)
update = div(g, shift(sqrt(f), {e}))
"""

#: Momentum made orthogonal by five steps, at the size of Adam's updates; vectors are left to Adam.
_ORTHOGONAL = f"""
{_MOMENTS}{_CORRECTED}
x = interp(m, g, {{a}})
x = scale(x, s_div(1.0, s_add(norm(x), 1e-30)))
x = schulz(schulz(schulz(schulz(schulz(x)))))
x = scale(x, s_div(0.2, s_add(s_sqrt(mean(square(x))), 1e-30)))
update = add(by_shape(x, scale(div(scale(m, c), {_ROOT}), 0.2)), scale(w, {{k}}))
"""

#: Rules by name.
ZOO = {
    one.name: one
    for one in (
        Known("SGD", "update = g", 0),
        Known("momentum", "m = add(scale(m, {1-a}), g)\nupdate = m", 1, {"a": 0.1}),
        Known(
            "Nesterov",
            "m = add(scale(m, {1-a}), g)\nupdate = add(scale(m, {1-a}), g)",
            1,
            {"a": 0.1},
        ),
        Known(
            "AdaGrad",
            "m = add(m, square(g))\nupdate = div(g, shift(sqrt(m), {e}))",
            1,
            {"e": 1e-8},
        ),
        Known(
            "RMSProp",
            "m = interp(m, square(g), {b})\nupdate = div(g, shift(sqrt(m), {e}))",
            1,
            {"b": 0.1, "e": 1e-8},
        ),
        Known("signSGD", "update = sign(g)", 0),
        Known("Signum", "m = interp(m, g, {a})\nupdate = sign(m)", 1, {"a": 0.1}),
        Known(
            "Lion",
            "update = add(sign(interp(m, g, {a})), scale(w, {k}))\nm = interp(m, g, {b})",
            1,
            {"a": 0.1, "b": 0.01, "k": 0.01},
        ),
        Known(
            "AddSign",
            "m = interp(m, g, {a})\nupdate = mul(g, shift(mul(sign(g), sign(m)), 1.0))",
            1,
            {"a": 0.1},
        ),
        Known(
            "PowerSign",
            "m = interp(m, g, {a})\nupdate = mul(g, exp(mul(sign(g), sign(m))))",
            1,
            {"a": 0.1},
        ),
        Known("Adam", f"{_MOMENTS}{_CORRECTED}update = div(scale(m, c), {_ROOT})", 2, _ADAM),
        Known(
            "AdamW",
            f"{_MOMENTS}{_CORRECTED}update = add(div(scale(m, c), {_ROOT}), scale(w, {{k}}))",
            2,
            _DECAYING,
        ),
        Known(
            "NAdam",
            f"{_MOMENTS}{_CORRECTED}update = div(scale(interp(m, g, {{a}}), c), {_ROOT})",
            2,
            _ADAM,
        ),
        Known(
            "AdaMax",
            "m = interp(m, g, {a})\nv = max(scale(v, {1-b}), abs(g))\n"
            "c = s_div(1.0, s_sub(1.0, s_power({1-a}, step)))\n"
            "update = div(scale(m, c), shift(v, {e}))",
            2,
            _ADAM,
        ),
        Known(
            "AdaBelief",
            "m = interp(m, g, {a})\nv = interp(v, square(sub(g, m)), {b})\n"
            f"{_CORRECTED}update = div(scale(m, c), {_ROOT})",
            2,
            _ADAM,
        ),
        Known("Adafactor", _FACTORED, 1, {"b": 0.01, "e": 1e-8}),
        Known("Muon", _ORTHOGONAL, 2, _DECAYING),
    )
}

#: What else is called by a rule's name: without correction of the bias, with or without decay.
VARIANTS = (
    Known("Adam", f"{_MOMENTS}update = div(m, shift(sqrt(v), {{e}}))", 2, _ADAM),
    Known(
        "AdamW",
        f"{_MOMENTS}update = add(div(m, shift(sqrt(v), {{e}})), scale(w, {{k}}))",
        2,
        _DECAYING,
    ),
    Known(
        "Lion",
        "update = sign(interp(m, g, {a}))\nm = interp(m, g, {b})",
        1,
        {"a": 0.1, "b": 0.01},
    ),
    Known("Signum", "m = interp(m, g, {a})\nupdate = add(sign(m), scale(w, {k}))", 1,
          {"a": 0.1, "k": 0.01}),
    Known("RMSProp", "m = interp(m, square(g), {b})\n"
          "d = s_div(1.0, s_sub(1.0, s_power({1-b}, step)))\n"
          "update = add(div(g, shift(sqrt(scale(m, d)), {e})), scale(w, {k}))", 1,
          {"b": 0.1, "e": 1e-8, "k": 0.01}),
    Known("SGD", "update = add(g, scale(w, {k}))", 0, {"k": 0.01}),
    Known("signSGD", "update = add(sign(g), scale(w, {k}))", 0, {"k": 0.01}),
    Known("momentum", "m = add(scale(m, {1-a}), g)\nupdate = add(m, scale(w, {k}))", 1,
          {"a": 0.1, "k": 0.01}),
)  # fmt: skip

#: Rules that searches may start from, by the value of the option ``start``.
STARTS = {
    "adamw": "AdamW",
    "momentum": "momentum",
    "sgd": "SGD",
    "adafactor": "Adafactor",
    "muon": "Muon",
}


@cache
def known(name: str, slots: int) -> Program:
    """A rule of the zoo with room for so many slots.

    Raises:
        UsageError: If it needs more.
    """
    return ZOO[name].program(slots)
