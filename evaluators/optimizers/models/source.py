"""Where a model comes from, and what it has to be.

A model is a function without arguments that returns ``(init, loss)`` or ``(init, loss, judge)``:

- ``init(key)``: the first parameters, any pytree of float32 arrays, of a JAX random key;
- ``loss(params, key)``: the loss of one step, one positive number; the key chooses its examples;
- ``judge(params)``: the loss that counts at the end, on examples that train nobody. Without it the
  mean of ``loss`` over :data:`JUDGED` keys that no step has.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from typing import Any, Protocol

#: Keys behind the final loss of a model that has no ``judge``.
JUDGED = 16


class Loadable(Protocol):
    """What another process may be sent."""

    def load(self) -> Callable[[], Any]:
        """The function that makes the model."""


@dataclass(frozen=True)
class Builtin:
    """A function of this package, called with some arguments.

    Attributes:
        module: Its dotted name.
        name: Of the function.
        arguments: Numbers.
    """

    module: str
    name: str
    arguments: tuple[int, ...] = ()

    def load(self) -> Callable[[], Any]:
        """The function that makes the model."""
        return partial(getattr(import_module(self.module), self.name), *self.arguments)


@dataclass(frozen=True)
class Source:
    """A model as a process is told of it.

    Attributes:
        told: What users call it, for messages.
        digest: Tells it from others.
        content: Gives what can be sent; raises an ``ElitemapError`` where it is not at hand.
        limit: Seconds that one run may take.
    """

    told: str
    digest: str
    content: Callable[[], Loadable] = field(compare=False)
    limit: float = field(default=60.0, compare=False)


@dataclass(frozen=True)
class Shape:
    """What a process tells of a model.

    Attributes:
        tensors: Shapes of its parameters, in the order in which they lie in flat arrays.
    """

    tensors: tuple[tuple[int, ...], ...]


class ModelError(Exception):
    """What is wrong with a model: expected, got, what to do."""
