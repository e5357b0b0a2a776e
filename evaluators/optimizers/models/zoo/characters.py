"""Models of the next character: a gated recurrent unit, and a transformer of two layers."""

from typing import Any

import jax
import jax.numpy as jnp

from elitemap.evaluators.optimizers.models.text import CHARACTERS
from elitemap.evaluators.optimizers.models.zoo.parts import LENGTH, character_losses, weights

#: Layers of the transformer.
LAYERS = 2


def recurrent(width: int, batch: int) -> tuple[Any, Any, Any]:
    """One layer of gated recurrent units (Cho et al., arXiv 1406.1078)."""

    def init(key: Any) -> Any:
        one, two, three, four = jax.random.split(key, 4)
        return {
            "embedding": weights(one, CHARACTERS, width) * (CHARACTERS / 2) ** 0.5 / 4,
            "gates": weights(two, 2 * width, 2 * width) / 2**0.5,
            "gates_bias": jnp.zeros(2 * width),
            "state": weights(three, 2 * width, width) / 2**0.5,
            "state_bias": jnp.zeros(width),
            "out": weights(four, width, CHARACTERS) / 2**0.5,
            "out_bias": jnp.zeros(CHARACTERS),
        }

    def predict(params: Any, characters: Any) -> Any:
        def step(h: Any, x: Any) -> Any:
            both = jnp.concatenate([x, h], -1)
            gates = jax.nn.sigmoid(both @ params["gates"] + params["gates_bias"])
            reset, keep = jnp.split(gates, 2, -1)
            both = jnp.concatenate([x, reset * h], -1)
            h = keep * h + (1 - keep) * jnp.tanh(both @ params["state"] + params["state_bias"])
            return h, h

        x = jnp.swapaxes(params["embedding"][characters], 0, 1)
        states = jax.lax.scan(step, jnp.zeros((characters.shape[0], width)), x)[1]
        return jnp.swapaxes(states, 0, 1) @ params["out"] + params["out_bias"]

    return init, *character_losses(predict, batch)


def transformer(width: int, heads: int, batch: int) -> tuple[Any, Any, Any]:
    """Two layers with normalisation before each part (Xiong et al., arXiv 2002.04745)."""

    def init(key: Any) -> Any:
        first, second, last, *keys = jax.random.split(key, 3 + 4 * LAYERS)
        scale = 2**0.5
        layers = [
            {
                "norm": jnp.ones(width),
                "attention": weights(keys[4 * k], width, 3 * width) / scale,
                "project": weights(keys[4 * k + 1], width, width) / scale / LAYERS,
                "norm_dense": jnp.ones(width),
                "dense": weights(keys[4 * k + 2], width, 4 * width),
                "dense_bias": jnp.zeros(4 * width),
                "back": weights(keys[4 * k + 3], 4 * width, width) / scale / LAYERS,
                "back_bias": jnp.zeros(width),
            }
            for k in range(LAYERS)
        ]
        return {
            "embedding": 0.3 * jax.random.normal(first, (CHARACTERS, width)),
            "place": 0.3 * jax.random.normal(second, (LENGTH, width)),
            "layers": layers,
            "norm": jnp.ones(width),
            "out": weights(last, width, CHARACTERS) / scale,
        }

    def normal(x: Any, scale: Any) -> Any:
        centred = x - x.mean(-1, keepdims=True)
        return scale * centred / jnp.sqrt(jnp.mean(centred**2, -1, keepdims=True) + 1e-5)

    def attend(x: Any, layer: Any) -> Any:
        n, length, _ = x.shape
        q, k, v = jnp.moveaxis((x @ layer["attention"]).reshape(n, length, 3, heads, -1), 2, 0)
        score = jnp.einsum("nqhd,nkhd->nhqk", q, k) / q.shape[-1] ** 0.5
        score = jnp.where(jnp.tril(jnp.ones((length, length), bool)), score, -1e9)
        made = jnp.einsum("nhqk,nkhd->nqhd", jax.nn.softmax(score), v)
        return made.reshape(n, length, width) @ layer["project"]

    def predict(params: Any, characters: Any) -> Any:
        x = params["embedding"][characters] + params["place"][: characters.shape[1]]
        for layer in params["layers"]:
            x = x + attend(normal(x, layer["norm"]), layer)
            y = jax.nn.gelu(normal(x, layer["norm_dense"]) @ layer["dense"] + layer["dense_bias"])
            x = x + y @ layer["back"] + layer["back_bias"]
        return normal(x, params["norm"]) @ params["out"]

    return init, *character_losses(predict, batch)
