"""What users ask of quantizers: options, and what they mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from elitemap.archive.errors import UsageError
from elitemap.engine.protocols import ArrayFile, Option
from elitemap.evaluators.quantizers.formats.counting import ERRORS
from elitemap.evaluators.quantizers.formats.readers import READERS
from elitemap.evaluators.quantizers.options import whole
from elitemap.searchspaces.quantizers.formats.elements import MOST_ENTRIES
from elitemap.searchspaces.quantizers.formats.menu import affordable
from elitemap.searchspaces.quantizers.formats.quantizers import QuantizerSpace
from elitemap.searchspaces.quantizers.formats.rule import ROUNDINGS

#: Most operations of a program, and the default.
MOST_OPS, OPS = 12, 8

#: What layouts are searched, the default first.
LAYOUTS = ("all", "plain")

#: Millions of weights that certificates encode: the default, and the most that may be asked for.
CONFIRMED, MOST_CONFIRMED = 64, 1 << 20

OPTIONS = (
    Option("bits", "4.5", "most bits per weight, scales and tables included (not multiplier)"),
    Option(
        "data",
        "",
        "weights of the target weights: .npy, .npz, .safetensors or .gguf; with a distribution, "
        "weights on which certificates tell the error as well",
        brings=ArrayFile(readers=READERS),
    ),
    Option(
        "importance",
        "",
        "what squared errors of those weights count, for each weight or each column: arrays by the "
        "tensors' names in such a file, also an imatrix in GGUF",
        brings=ArrayFile(readers=READERS),
    ),
    Option(
        "activations",
        "",
        "what those weights are multiplied with, [samples, columns] by the tensors' names in such "
        "a file: errors of the products are told",
        brings=ArrayFile(readers=READERS),
    ),
    Option(
        "error",
        "",
        "which error is to be least: of weights (by importance, if there is one; the default), or "
        "of the product with activations",
        values=ERRORS,
    ),
    Option(
        "layouts",
        "",
        "plain for codes and scales alone: no outliers apart, no rotations (of formats; default "
        "all)",
        values=LAYOUTS,
    ),
    Option(
        "confirm",
        "",
        "most weights of data that certificates encode, in millions (default 64): of larger files "
        "evenly spaced pieces",
    ),
)


#: Options of the target weights alone.
OF_WEIGHTS = ("importance", "activations", "error")


@dataclass(frozen=True)
class Asked:
    """Options as values.

    Attributes:
        bits: The budget per weight.
        room: Most entries of a table.
        max_ops: Most operations of a program.
        plain: Whether only layouts of codes and scales are searched.
        rounding: How weights become codes.
        error: Which error is to be least, one of :data:`.counting.ERRORS`.
        confirm: Millions of weights that certificates encode.
    """

    bits: float
    room: int
    max_ops: int
    plain: bool
    rounding: str
    error: str
    confirm: int

    @staticmethod
    def of(options: Mapping[str, str]) -> "Asked":
        """Read options.

        Raises:
            UsageError: If one is unknown or impossible.
        """
        layouts = options.get("layouts", LAYOUTS[0])
        if layouts not in LAYOUTS:
            raise UsageError(f"expected layouts as {' or '.join(LAYOUTS)}, got {layouts[:40]!r}")
        rounding = options.get("rounding", ROUNDINGS[0])
        if rounding not in ROUNDINGS:
            raise UsageError(
                f"expected rounding as {' or '.join(ROUNDINGS)}, got {rounding[:40]!r}"
            )
        error = options.get("error", ERRORS[0])
        if error not in ERRORS:
            raise UsageError(f"expected error as {' or '.join(ERRORS)}, got {error[:40]!r}")
        return Asked(
            _budget(options),
            whole(options, "table", MOST_ENTRIES, 0, MOST_ENTRIES),
            whole(options, "max_ops", OPS, 1, MOST_OPS),
            layouts != LAYOUTS[0],
            rounding,
            error,
            whole(options, "confirm", CONFIRMED, 1, MOST_CONFIRMED),
        )

    def space(self, sizes: Sequence[int]) -> QuantizerSpace:
        """The space for tensors of these sizes.

        Raises:
            UsageError: If no layout is within the budget.
        """
        menu = affordable(self.bits, sizes, self.plain, ROUNDINGS.index(self.rounding))
        return QuantizerSpace(menu, self.max_ops, self.room)

    @property
    def options(self) -> dict[str, Any]:
        """What is recorded."""
        base = {"bits": self.bits, "table": self.room, "max_ops": self.max_ops}
        return base | self._unusual

    @property
    def _unusual(self) -> dict[str, str]:
        """What is asked of layouts and errors that is not the default."""
        layouts = {"layouts": LAYOUTS[1]} if self.plain else {}
        rounding = {} if self.rounding == ROUNDINGS[0] else {"rounding": self.rounding}
        return layouts | rounding | ({} if self.error == ERRORS[0] else {"error": self.error})

    @property
    def problem(self) -> tuple[str, ...]:
        """The names of those that change what is asked."""
        return ("bits", "table", *self._unusual)

    @property
    def words(self) -> dict[str, str]:
        """The problem in words, by option."""
        unusual = self._unusual
        said = {name: f"with {text} {name}" for name, text in unusual.items()}
        return {"bits": f"at {self.bits:g} bits", **said}

    def command(self, target: str) -> str:
        """Target and options as a search is given them; files are left to the user."""
        told = {**self.options, **({"data": "FILE"} if target == "weights" else {})}
        if self.error != ERRORS[0]:
            told["activations"] = "FILE"
        return " ".join([target, *(f"--set {name}={value}" for name, value in told.items())])

    @property
    def text(self) -> str:
        """How it is asked, behind what of."""
        kinds = "".join(f" with {text} {name}" for name, text in self._unusual.items())
        return (
            f"at {self.bits:g} bits per weight{kinds}; at most {self.max_ops} operations or "
            f"{self.room} table entries"
        )


def _budget(options: Mapping[str, str]) -> float:
    """Bits per weight.

    Raises:
        UsageError: If they are none from 2 to 9.
    """
    text = options.get("bits", "4.5")
    try:
        bits = float(text)
    except ValueError:
        raise UsageError(f"expected bits as a number of bits, got {text[:40]!r}") from None
    if not 0 < bits <= 9:
        raise UsageError(f"expected bits from 2 to 9 per weight, got {bits:g}")
    return bits
