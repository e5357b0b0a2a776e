"""The training loop of a model, compiled once: the update rule is data to it.

The gradient is JAX's; the rule is run by ``kernel/update.c``, which XLA calls from inside the loop.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from numpy.typing import NDArray

from elitemap.evaluators.optimizers.models.source import JUDGED, ModelError, Shape

#: Most tensors that the machine takes.
MOST_TENSORS = 256

#: The name under which XLA knows the kernel.
UPDATE = "elitemap_update"

#: What keys that judge are drawn with: no step of any run has them.
_APART = 0x6A756467

_SAMPLE_KEY = np.array([7, 11], np.uint32)


@dataclass(frozen=True)
class Loop:
    """Compiled functions of one model, all on flat float32 parameters.

    Attributes:
        shape: What its parameters are.
        begin: Key (uint32[2]) to the first parameters.
        judge: Parameters to the loss that counts.
        slope: ``(w, key, step) -> gradient``.
        train: ``(w, key, plan, rate, steps, most) -> (w, first loss, last loss, losses)``; the plan
            is the address of a planned rule as uint32[2]. It ends early after a loss that is not
            at most ``most`` times the first one.
    """

    shape: Shape
    begin: Callable[..., Any]
    judge: Callable[..., Any]
    slope: Callable[..., Any]
    train: Callable[..., Any]


def compiled(make: Callable[[], Any], steps: int) -> Loop:
    """Make a model and compile everything about it.

    Args:
        make: See :mod:`elitemap.evaluators.optimizers.models.source`.
        steps: Most steps of a run.

    Raises:
        ModelError: If it is no model, in one line.
    """
    init, loss, judge = parts(make)
    key = _key(_SAMPLE_KEY)
    params = _called("init", lambda k: jax.eval_shape(init, k), key)
    shape = shape_of(params)
    flat, unravel = ravel_pytree(jax.tree.map(lambda s: np.zeros(s.shape, s.dtype), params))
    _check_scalar("loss", _called("loss", lambda w, k: jax.eval_shape(loss, w, k), params, key))

    def flat_loss(w: Any, step_key: Any) -> Any:
        return loss(unravel(w), step_key)

    def mean_loss(w: Any) -> Any:
        keys = jax.random.split(jax.random.key(_APART), JUDGED)
        return jnp.mean(jax.lax.map(lambda k: flat_loss(w, k), keys))

    judged = mean_loss
    if judge is not None:
        _check_scalar("judge", _called("judge", lambda w: jax.eval_shape(judge, w), params))
        judged = lambda w: judge(unravel(w))  # noqa: E731
    slope = jax.value_and_grad(flat_loss)
    w, k, number = flat, _SAMPLE_KEY, np.int32(0)
    made = Loop(
        shape=shape,
        begin=_compiled("init", lambda k: ravel_pytree(init(_key(k)))[0], k),
        judge=_compiled("judge", judged, w),
        slope=_compiled("loss", lambda w, k, at: slope(w, _step(k, at))[1], w, k, number),
        train=_compiled(
            "loss", _loop(slope, flat.size, steps), w, k, k, np.float32(0), number, np.float32(0)
        ),
    )
    _check_first(made, key)
    return made


def parts(make: Callable[[], Any]) -> tuple[Any, Any, Any]:
    """``init``, ``loss`` and ``judge`` or None.

    Raises:
        ModelError: If what is returned is something else.
    """
    made = _called("the function", make)
    if not (isinstance(made, tuple) and len(made) in (2, 3) and all(map(callable, made))):
        raise ModelError(
            f"expected (init, loss) or (init, loss, judge), three functions, got {_told(made)}"
        )
    init, loss, *rest = made
    return init, loss, rest[0] if rest else None


def shape_of(params: Any) -> Shape:
    """Shapes of the parameters.

    Raises:
        ModelError: If there are none, too many, or of another type than float32.
    """
    leaves = jax.tree.leaves(params)
    if not 1 <= len(leaves) <= MOST_TENSORS:
        raise ModelError(f"expected 1 to {MOST_TENSORS} arrays from init, got {len(leaves)}")
    for leaf in leaves:
        if getattr(leaf, "dtype", None) != jnp.float32 or leaf.size == 0:
            raise ModelError(f"expected float32 arrays with entries from init, got {_told(leaf)}")
    return Shape(tuple(tuple(map(int, leaf.shape)) for leaf in leaves))


def _key(words: Any) -> Any:
    return jax.random.wrap_key_data(words)


def _step(words: Any, at: Any) -> Any:
    return jax.random.fold_in(_key(words), at)


def _loop(slope: Callable[..., Any], entries: int, steps: int) -> Callable[..., Any]:
    """The loop over at most so many steps, to be compiled."""
    update: Callable[..., Any] = jax.ffi.ffi_call(
        UPDATE,
        jax.eval_shape(lambda: jnp.zeros(entries, jnp.float32)),
        has_side_effect=True,
        input_output_aliases={0: 0},
    )

    def train(w: Any, key: Any, plan: Any, rate: Any, number: Any, most: Any) -> Any:
        def going(state: Any) -> Any:
            at, _, first, last, _ = state
            return (at < number) & (last <= most * first)

        def step(state: Any) -> Any:
            at, w, first, _, trace = state
            loss, gradient = slope(w, _step(key, at))
            now = rate * (1 - at / number)
            said = jnp.stack([jnp.asarray(at + 1, jnp.float32), jnp.asarray(now, jnp.float32)])
            return (
                at + 1,
                update(w, gradient, said, plan),
                jnp.where(at == 0, loss, first),
                loss,
                trace.at[at].set(loss),
            )

        zero = jnp.float32(0)
        start = jnp.int32(0), w, zero, zero, jnp.full(steps, jnp.nan, jnp.float32)
        _, w, first, last, trace = jax.lax.while_loop(going, step, start)
        return w, first, last, trace

    return train


def _compiled(what: str, function: Callable[..., Any], *arguments: Any) -> Callable[..., Any]:
    """The function compiled ahead for arguments of this shape: it can compile nothing later."""
    jitted: Any = jax.jit(function)
    translated: Any = _called(what, jitted.lower, *arguments)
    made: Callable[..., Any] = translated.compile()
    return made


def _called(what: str, function: Callable[..., Any], *arguments: Any) -> Any:
    """What it returns.

    Raises:
        ModelError: If it raises, whatever that is: it is somebody else's function.
    """
    try:
        return function(*arguments)
    except ModelError:
        raise
    except Exception as error:
        line = " ".join(str(error).split())[:200]
        raise ModelError(f"{what} raised {type(error).__name__}: {line}; repair it") from error


def _check_scalar(what: str, told: Any) -> None:
    if getattr(told, "shape", None) != () or not jnp.issubdtype(told.dtype, jnp.floating):
        raise ModelError(f"expected one number from {what}, got {_told(told)}; take a mean")


def _check_first(loop: Loop, key: Any) -> None:
    """The first parameters must have losses that a search can work with.

    Raises:
        ModelError: If a loss or gradient there is not finite, or the loss not positive.
    """
    w = loop.begin(_SAMPLE_KEY)
    for what in "judge", "slope":
        made = loop.judge(w) if what == "judge" else loop.slope(w, _SAMPLE_KEY, np.int32(0))
        value: NDArray[np.float32] = np.asarray(made)
        if not np.isfinite(value).all():
            name = "loss" if what == "judge" else "gradient"
            raise ModelError(f"expected a finite {name} at the first parameters, got nan or inf")
        if what == "judge" and value <= 0:
            raise ModelError(
                f"expected a positive loss at the first parameters, got {float(value):.3g}; its "
                "logarithm is compared"
            )


def _told(value: Any) -> str:
    shape, dtype = getattr(value, "shape", None), getattr(value, "dtype", None)
    if shape is not None and dtype is not None:
        return f"{dtype}{list(shape)}"
    return type(value).__name__
