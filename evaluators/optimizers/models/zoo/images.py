"""Models of images of digits: a small convolutional network, and an autoencoder."""

from typing import Any

import jax
import jax.numpy as jnp

from elitemap.evaluators.optimizers.models.zoo.parts import cross_entropy, weights
from elitemap.evaluators.optimizers.workloads import HELD, digits


def _split() -> tuple[Any, Any, Any, Any]:
    """Images [n, 64] and digits that train, and those that judge."""
    images, labels = map(jnp.asarray, digits())
    return images[:-HELD], labels[:-HELD], images[-HELD:], labels[-HELD:]


def convolutional(channels: int, batch: int) -> tuple[Any, Any, Any]:
    """Two layers of 3 by 3 with halving in between, then one dense layer."""
    images, labels, held, held_labels = _split()

    def init(key: Any) -> Any:
        one, two, three = jax.random.split(key, 3)
        return {
            "first": weights(one, 3, 3, 1, channels),
            "first_bias": jnp.zeros(channels),
            "second": weights(two, 3, 3, channels, 2 * channels),
            "second_bias": jnp.zeros(2 * channels),
            "dense": weights(three, 8 * channels, 10),
            "dense_bias": jnp.zeros(10),
        }

    def layer(x: Any, kernel: Any, bias: Any) -> Any:
        # All neighbours beside each other, then one product: XLA is slower at small convolutions.
        n, side, _, _ = x.shape
        wide = jnp.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
        places = [(i, j) for i in range(3) for j in range(3)]
        near = jnp.concatenate([wide[:, i : i + side, j : j + side] for i, j in places], -1)
        made = jax.nn.relu(near @ kernel.reshape(near.shape[-1], -1) + bias)
        return made.reshape(n, side // 2, 2, side // 2, 2, -1).mean((2, 4))

    def mean_loss(params: Any, x: Any, y: Any) -> Any:
        x = layer(x.reshape(-1, 8, 8, 1), params["first"], params["first_bias"])
        x = layer(x, params["second"], params["second_bias"])
        return cross_entropy(x.reshape(len(x), -1) @ params["dense"] + params["dense_bias"], y)

    def loss(params: Any, key: Any) -> Any:
        rows = jax.random.randint(key, (batch,), 0, len(images))
        return mean_loss(params, images[rows], labels[rows])

    return init, loss, lambda params: mean_loss(params, held, held_labels)


def autoencoder(width: int, code: int, batch: int) -> tuple[Any, Any, Any]:
    """64, width, code, width and 64 numbers with tanh in between; mean squared error."""
    images, _, held, _ = _split()
    sizes = 64, width, code, width, 64

    def init(key: Any) -> Any:
        keys = jax.random.split(key, len(sizes) - 1)
        pairs = zip(keys, sizes, sizes[1:], strict=False)
        return [(weights(k, i, o) / 2**0.5, jnp.zeros(o)) for k, i, o in pairs]

    def mean_loss(params: Any, x: Any) -> Any:
        y = x
        for number, (kernel, bias) in enumerate(params, 1):
            y = y @ kernel + bias
            y = jnp.tanh(y) if number < len(params) else y
        return jnp.mean(jnp.square(x - y))

    def loss(params: Any, key: Any) -> Any:
        return mean_loss(params, images[jax.random.randint(key, (batch,), 0, len(images))])

    return init, loss, lambda params: mean_loss(params, held)
