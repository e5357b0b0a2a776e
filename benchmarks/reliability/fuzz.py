"""Random inputs for everything that reads what strangers write; nothing but a refusal may come.

Inputs are seeds after some mutations: bytes and tokens changed, doubled, moved, spliced from two
seeds, or nested. ``python -m benchmarks.reliability.coverage`` is guided by coverage instead.
"""

import random
import time
from pathlib import Path
from typing import Any

from benchmarks.reliability.soak import resident
from benchmarks.reliability.targets import Target, targets
from elitemap.archive.errors import ElitemapError

# What parsers look for, and what they seldom get.
TOKENS = (
    b"( ) [ ] { } , : ; = - + * / ** ^ < <= >= != ' \" \\ # . e+ 0x 1e999 -0 nan inf and or not is"
    b" null in like x exp sin log sqrt abs pi zeta select drop -- /* */ true false none 1.0 0 -1"
    b" 9223372036854775808 schema instructions const add inputs outputs dialect \x00 \xff \xc3\xa9"
    b" \xe2\x80\xae"
).split(b" ")
NESTED = (
    (b"(", b")"),
    (b"[", b"]"),
    (b'{"a":', b"}"),
    (b"-(", b")"),
    (b"not (", b")"),
    (b"sin(", b")"),
)

#: Bytes of an input of text, at most.
LONGEST = 4000


def fuzz(
    folder: Path, times: int, seed: int, seconds: float, only: str | None = None
) -> list[dict[str, Any]]:
    """A row for each reader: how many inputs, how many of them were fine, and the slowest.

    Args:
        folder: Not used.
        times: Inputs for each reader.
        seed: Of the inputs.
        seconds: No longer than this, shared evenly.
        only: First word of the one reader to try; None for all.

    Raises:
        AssertionError: For an input that was not refused as we say; it is kept in the working
            directory.
        SystemExit: If there is no such reader.
    """
    found = {name: one for name, one in targets().items() if only in (None, first_word(name))}
    if not found:
        raise SystemExit(
            f"expected a reader as {', '.join(map(first_word, targets()))}; got {only}"
        )
    return [_row(name, one, times, seed, seconds / len(found)) for name, one in found.items()]


def together(before: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    """Rows of one reader with inputs from different seeds as one."""
    added = ("inputs", "accepted", "refused in one line", "anything else")
    rest = (key for key in row if key not in ("reads", *added))
    sums = {key: before[key] + row[key] for key in added}
    return {"reads": row["reads"], **sums, **{key: max(before[key], row[key]) for key in rest}}


def first_word(name: str) -> str:
    """The one that readers are called by."""
    return name.split()[0].strip(",")


def _row(name: str, target: Target, times: int, seed: int, seconds: float) -> dict[str, Any]:
    rng, begun, before = random.Random(seed), time.monotonic(), resident()
    fine, slowest, number = 0, 0.0, 0
    while number < times and time.monotonic() - begun < seconds:
        number += 1
        data = mutated(target, rng)
        start = time.process_time()
        fine += tried(name, target, data)
        slowest = max(slowest, time.process_time() - start)
    return {
        "reads": name,
        "inputs": number,
        "accepted": fine,
        "refused in one line": number - fine,
        "anything else": 0,
        "slowest, processor ms": round(slowest * 1000, 1),
        "more memory at the end, MB": round(max(0.0, resident() - before), 1),
    }


def tried(name: str, target: Target, data: bytes) -> bool:
    """Whether an input is fine; False where it is refused as we say.

    Raises:
        AssertionError: For anything else; the input is kept in the working directory.
    """
    try:
        target.reads(data)
    except ElitemapError as error:
        assert "\n" not in str(error), repr(error)
        return False
    except BaseException as error:
        kept = Path(f"fuzz-{first_word(name)}.bin")
        kept.write_bytes(data)
        raise AssertionError(f"{name}: {error!r} for the input in {kept}") from error
    return True


def mutated(target: Target, rng: random.Random) -> bytes:
    """A seed after one to eight mutations."""
    data = bytearray(rng.choice(target.seeds))
    binary = len(data) > LONGEST
    for _ in range(rng.randint(1, 8)):
        _mutate(data, target, rng, binary)
    return bytes(data if binary else data[:LONGEST])


def _mutate(data: bytearray, target: Target, rng: random.Random, binary: bool) -> None:
    place = rng.randrange(len(data) + 1)
    length = min(rng.choice((1, 1, 2, 4, 16, 64)), len(data) - place)
    match rng.randrange(6):
        case 0 if length:
            data[rng.randrange(len(data))] = rng.randrange(256)
        case 1:
            del data[place : place + length]
        case 2 if not binary:
            data[place:place] = rng.choice(TOKENS)
        case 3:
            piece = data[place : place + length]
            there = rng.randrange(len(data) + 1)
            data[there : there + (len(piece) if binary else 0)] = piece
        case 4 if not binary:
            other = rng.choice(target.seeds)
            data[place:] = other[rng.randrange(len(other) + 1) :]
        case 5 if not binary:
            opening, closing = rng.choice(NESTED)
            deep = rng.choice((1, 2, 3, 100, 400))
            data[place:place] = opening * deep
            data.extend(closing * deep)
        case _ if length:
            value = rng.choice((0, 1, 127, 128, 255))
            data[place : place + length] = bytes([value]) * length
