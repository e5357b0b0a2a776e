"""What models are made of."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from elitemap.evaluators.optimizers.models.text import HELD, corpus

#: Characters of an example, and examples behind the final loss of a character model.
LENGTH, WINDOWS = 32, 64


def weights(key: Any, *shape: int) -> Any:
    """Of variance 2 / inputs (He et al., 2015); all axes but the last are inputs."""
    inputs = 1
    for size in shape[:-1]:
        inputs *= size
    return jax.random.normal(key, shape, jnp.float32) * (2.0 / inputs) ** 0.5


def cross_entropy(logits: Any, labels: Any) -> Any:
    """The mean over all but the last axis of logits."""
    chances = jax.nn.log_softmax(logits)
    return -jnp.mean(jnp.take_along_axis(chances, labels[..., None], -1))


def character_losses(predict: Callable[[Any, Any], Any], batch: int) -> tuple[Any, Any]:
    """``loss`` and ``judge`` of a model of the next character.

    Args:
        predict: ``(params, characters[batch, n]) -> logits[batch, n, characters]``.
        batch: Examples of a step.
    """
    text = corpus()
    known = len(text) - len(text) // HELD
    train, held = jnp.asarray(text[:known]), jnp.asarray(text[known:])

    def mean_loss(params: Any, windows: Any) -> Any:
        return cross_entropy(predict(params, windows[:, :-1]), windows[:, 1:])

    def loss(params: Any, key: Any) -> Any:
        first = jax.random.randint(key, (batch, 1), 0, len(train) - LENGTH)
        return mean_loss(params, train[first + jnp.arange(LENGTH + 1)])

    def judge(params: Any) -> Any:
        first = jnp.linspace(0, len(held) - LENGTH - 1, WINDOWS).astype(jnp.int32)[:, None]
        return mean_loss(params, held[first + jnp.arange(LENGTH + 1)])

    return loss, judge
