"""Which errors are told of a quantizer, and by which of them it is searched and chosen."""

from dataclasses import dataclass

from elitemap.engine.protocols import Objective

#: Errors of weights all alike, by importance, and of products with activations.
MSE, WEIGHTED, PRODUCT = "mse", "weighted_mse", "product_error"

#: What ``--set error`` may be, the default first.
ERRORS = ("weights", "product")


@dataclass(frozen=True)
class Counting:
    """What a user has said of errors.

    Attributes:
        weighted: Whether errors of weights count by importance.
        products: Whether there are activations.
        by_products: Whether what is wanted are small errors of products.
    """

    weighted: bool = False
    products: bool = False
    by_products: bool = False

    @property
    def by(self) -> str:
        """The error that is to be least."""
        return PRODUCT if self.by_products else WEIGHTED if self.weighted else MSE

    @property
    def errors(self) -> tuple[Objective, ...]:
        """The errors that are told, the one that is to be least first."""
        told = [MSE]
        if self.products:
            told.insert(0 if self.by_products else 1, PRODUCT)
        if self.weighted:
            told.insert(1 if self.by_products else 0, WEIGHTED)
        labels = {WEIGHTED: "weighted", PRODUCT: "product"}
        return tuple(
            Objective(name, -1, "confirmed", label=labels.get(name, ""), steers=name == self.by)
            for name in told
        )

    @property
    def objectives(self) -> tuple[Objective, ...]:
        """What quantizers are worth."""
        return (
            Objective("bits_per_weight", -1, label="bits"),
            *self.errors,
            Objective("sqnr_db", 1, "confirmed", unit="dB", label="SQNR"),
            Objective("decode_cost", -1, label="decode", steers=True),
            Objective("cosine", 1, "confirmed"),
        )
