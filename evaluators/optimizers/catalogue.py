"""The workloads by name and size, and a user's own."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from elitemap.archive.errors import UsageError
from elitemap.engine.protocols import UserData
from elitemap.evaluators.optimizers.models.source import Builtin, Source
from elitemap.evaluators.optimizers.workloads import LONGEST, Family, Workload

#: Sizes of a workload; a step of each costs roughly ten times one of the size before.
SIZES = ("small", "medium", "large")

#: A user's own model.
OWN = "own"

#: All small workloads together whose gradients are compiled.
MIXED = "mixed"

#: Least and most steps of a run.
LEAST_STEPS, MOST_STEPS = 8, 1_000_000

_Shapes = tuple[tuple[int, ...], ...]


def _networks(name: str, summary: str, shapes: _Shapes, steps: int, batch: int) -> list[Workload]:
    told = [summary.format("-".join(map(str, shape))) for shape in shapes]
    return [
        Workload(name, text, "network", shape, steps, batch)
        for text, shape in zip(told, shapes, strict=True)
    ]


def _logistic(name: str, efforts: _Shapes) -> list[Workload]:
    summary = "logistic regression on images of digits"
    return [Workload(name, summary, "network", (64, 10), steps, batch) for steps, batch in efforts]


def _functions(family: Family, summary: str, shapes: _Shapes, steps: int) -> list[Workload]:
    return [
        Workload(family, summary.format(sum(shape)), family, shape, steps, noise=0.3, usual=1e-2)
        for shape in shapes
    ]


def _models(
    name: str, summary: str, module: str, function: str, sizes: _Shapes, steps: int, learns: float
) -> list[Workload]:
    made = []
    for arguments in sizes:
        content = Builtin(f"{__package__}.models.zoo.{module}", function, arguments)
        source = Source(name, repr(content), partial(_itself, content))
        made.append(Workload(name, summary, "model", (), steps, learns=learns, source=source))
    return made


def _itself(content: Builtin) -> Builtin:
    return content


_MLP = (64, 32, 10), (64, 256, 32, 10), (64, 512, 448, 10)
_LOGISTIC = (200, 32), (600, 100), (2000, 320)
_QUADRATIC = (32, 16), (100, 52), (320, 160)
_ROSENBROCK = (6, 4), (60, 40), (600, 400)

#: What the compiled kernel trains, by name; a list of sizes each.
_COMPILED = {
    "digits-mlp": _networks("digits-mlp", "a network {} on images of digits", _MLP, 300, 64),
    "digits-logistic": _logistic("digits-logistic", _LOGISTIC),
    "quadratic": _functions(
        "quadratic", "a rotated quadratic of {} variables and condition 1,000, noisy gradients",
        _QUADRATIC, 200,
    ),
    "rosenbrock": _functions(
        "rosenbrock", "Rosenbrock's function of {} variables, noisy gradients", _ROSENBROCK, 300
    ),
}  # fmt: skip

#: What JAX differentiates. Arguments are those of the function in ``models/zoo``.
_DIFFERENTIATED = {
    "digits-autoencoder": _models(
        "digits-autoencoder", "an autoencoder of images of digits", "images", "autoencoder",
        ((32, 8, 32), (160, 16, 64), (768, 32, 128)), 300, 0.9,
    ),
    "digits-cnn": _models(
        "digits-cnn", "a convolutional network on images of digits", "images", "convolutional",
        ((4, 32), (24, 96), (96, 256)), 200, 0.8,
    ),
    "text-gru": _models(
        "text-gru", "a recurrent network on characters of text", "characters", "recurrent",
        ((24, 8), (96, 16), (320, 32)), 200, 0.9,
    ),
    "text-transformer": _models(
        "text-transformer", "a transformer of two layers on characters of text", "characters",
        "transformer", ((24, 2, 8), (80, 4, 16), (256, 8, 32)), 200, 0.9,
    ),
}  # fmt: skip

_KNOWN = {**_COMPILED, **_DIFFERENTIATED}

#: The small ones with compiled gradients, by name.
WORKLOADS = {name: sizes[0] for name, sizes in _COMPILED.items()}

#: All names, with what they are.
SUMMARIES = {
    **{name: sizes[0].summary for name, sizes in _KNOWN.items()},
    MIXED: f"{', '.join(_COMPILED)} together, by the mean logarithm of the loss",
    OWN: "a model of yours, a function of JAX that --set model=module:function names",
}


def sized(name: str, size: str) -> Workload:
    """A workload of a size, which its name tells unless it is small."""
    made = _KNOWN[name][SIZES.index(size)]
    return made if size == SIZES[0] else replace(made, name=f"{name} {size}")


def chosen(
    target: str, size: str, steps: int | None, limit: float, model: UserData | None
) -> tuple[Workload, ...]:
    """The workloads of a target: a name, several with commas, or all of the compiled ones.

    Args:
        target: What a user asks for.
        size: One of :data:`SIZES`.
        steps: Steps of a run instead of the usual ones.
        limit: Seconds that a run of a model may take.
        model: What a user brought, for the target :data:`OWN`.

    Raises:
        UsageError: If a name is unknown, or a model is missing or too much.
    """
    names = tuple(_COMPILED) if target == MIXED else tuple(dict.fromkeys(target.split(",")))
    for name in names:
        if name not in _KNOWN and name != OWN:
            known = ", ".join((*_KNOWN, OWN, MIXED))
            raise UsageError(f"expected a target among {known}, got {name[:40]!r}")
    if (OWN in names) != (model is not None):
        raise UsageError(
            "expected --set model=module:function with the target own, and with no other; "
            f"got {'one' if model else 'none'} with {target[:60]!r}"
        )
    made = [_own(model) if name == OWN and model else sized(name, size) for name in names]
    return tuple(
        replace(
            one,
            steps=steps or one.steps,
            source=None if one.source is None else replace(one.source, limit=limit),
        )
        for one in made
    )


def next_size(workloads: Sequence[Workload], size: str) -> tuple[Workload, ...]:
    """The same workloads of the next size; with more steps where a user's own is among them."""
    if any(one.name == OWN for one in workloads):
        return tuple(
            replace(one, name=f"{one.name} longer", steps=LONGEST * one.steps) for one in workloads
        )
    number = SIZES.index(size) + 1
    if number == len(SIZES):
        return ()
    return tuple(sized(_bare(one), SIZES[number]) for one in workloads)


def others(workloads: Sequence[Workload]) -> tuple[Workload, ...]:
    """The small workloads with compiled gradients that are not among these."""
    names = {_bare(one) for one in workloads}
    return tuple(one for name, one in WORKLOADS.items() if name not in names)


def _bare(workload: Workload) -> str:
    """The name without the size."""
    return workload.name.partition(" ")[0]


def _own(model: UserData) -> Workload:
    source = Source("the model", model.digest, model.packed)
    return Workload(OWN, "a model of yours", "model", (), 200, learns=0.98, source=source)
