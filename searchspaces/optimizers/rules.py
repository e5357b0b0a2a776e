"""The space of update rules: a program on tensors, and the learning rates that were fitted to it.

    {"program": {...}, "rates": ["0x1.0p-7"]}

There is a rate for each task of the evaluation, in hexadecimal; none before it was evaluated. Rates
are fitted from the program alone, so a document is a function of its program, and keys need not
look at them.
"""

import ctypes
import re
from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.errors import UsageError
from elitemap.native.pointers import pointer
from elitemap.native.rows import Field, Rows
from elitemap.searchspaces.optimizers.signature import GRADIENT, signature
from elitemap.searchspaces.optimizers.tuning import tune
from elitemap.searchspaces.optimizers.writing import rule
from elitemap.searchspaces.optimizers.zoo import STARTS, ZOO, known
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.document import ProgramError
from elitemap.searchspaces.programs.interpret import batch_arguments, draft_arguments
from elitemap.searchspaces.programs.kernels import load
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.tensors import TENSORS
from elitemap.searchspaces.programs.tensors.matrices import NAMES
from elitemap.searchspaces.programs.text import source
from elitemap.searchspaces.programs.variation import random_programs, vary

#: Folder of the kernels' sources.
KERNEL = Path(__file__).resolve().parent / "kernel"

#: Instruction slots of a rule, constants among them.
LENGTH = 64

#: Most instructions of a random program, and most variations from the start in ``random``.
RANDOM_SIZE, STEPS = 12, 3

#: How much more often than others operations on matrices are drawn where they were asked for: they
#: are few among fifty.
ODDS = 3


class Rules(Rows):
    """A batch of programs, each with its learning rates.

    Attributes:
        size: int16[n], instructions in use.
        opcode: uint8[n, L].
        output: int16[n, 1 + slots], value numbers of the update and the next slots.
        rate: float64[n, tasks], fitted learning rates; 0 where none was fitted.
    """

    size: NDArray[np.int16]
    opcode: NDArray[np.uint8]
    output: NDArray[np.int16]
    rate: NDArray[np.float64]

    def __init__(self, programs: Batch, tasks: int) -> None:
        """Rows of the given programs without rates.

        Args:
            programs: n programs.
            tasks: How many rates there are.
        """
        self.fields = (*programs.fields, Field("rate", np.float64, (tasks,)))
        self.like = programs.take(np.arange(0))
        for name, array in programs.arrays().items():
            setattr(self, name, array)
        self.rate = np.zeros((len(programs), tasks))

    @property
    def programs(self) -> Batch:
        """The programs alone, on the same memory."""
        arrays = self.arrays()
        return self.like.from_arrays({f.name: arrays[f.name] for f in self.like.fields})


class RuleSpace:
    """Rules that cost at most ``max_cost`` and remember at most ``slots`` tensors.

    Attributes:
        name: Of the space.
        operators: Variation operators: those of programs, and one that changes nothing but
            constants.
        slots: Most slots.
        tasks: How many rates a rule has.
        max_cost: Most that a program may cost.
        start: What ``random`` varies: ``random``, or a rule of the zoo.
        opcodes: Of what is drawn: operations on matrices only if they were asked for.
    """

    name = "optimizers"
    operators = (*TENSORS.operators, "tune")

    def __init__(
        self, slots: int, max_cost: int, start: str, tasks: int = 1, matrices: bool = False
    ) -> None:
        """Bind the space; see the class."""
        self.slots, self.max_cost, self.start, self.tasks = slots, max_cost, start, tasks
        self.signature = signature(slots)
        self.opcodes = tuple(
            code
            for name, code in TENSORS.operations.items()
            for _ in range((ODDS if matrices else 0) if name in NAMES else 1)
        )

    def batch(self, programs: Sequence[Program]) -> Rules:
        """Rules of the given programs, without rates.

        Raises:
            ValueError: If a program is too long or of another signature.
        """
        return Rules(Batch.from_programs(programs, LENGTH, self.signature, TENSORS), self.tasks)

    def empty(self, n: int) -> Rules:
        """Rows to be overwritten."""
        return Rules(Batch(n, LENGTH, self.signature, TENSORS), self.tasks)

    def random(self, n: int, rng: np.random.Generator) -> Rules:
        """Random programs, or the start after none to three variations; not yet canonical."""
        drawn = random_programs(n, LENGTH, RANDOM_SIZE, self.opcodes, rng, self.signature, TENSORS)
        if self.start not in STARTS:
            return Rules(drawn, self.tasks)
        begun = self.canonical(self.batch([known(STARTS[self.start], self.slots)]))[0]
        made = begun.take(np.zeros(n, np.intp))
        steps = rng.integers(0, STEPS + 1, n)
        for step in range(STEPS):
            operators = rng.integers(0, len(self.operators), n).astype(np.uint8)
            varied = self.vary(made, Rules(drawn, self.tasks), operators, rng)
            rows = np.flatnonzero(steps > step)
            made.put(rows, varied.take(rows))
        return made

    def vary(
        self,
        parents: Rules,
        partners: Rules,
        operators: NDArray[np.uint8],
        rng: np.random.Generator,
    ) -> Rules:
        """One offspring per row by the given operators; its rates are to be fitted anew."""
        typical = np.zeros(len(self.signature.leaves), np.float32).tolist()
        tuning = operators == self.operators.index("tune")
        made = parents.programs.take(np.arange(len(parents)))
        edited, tuned = np.flatnonzero(~tuning), np.flatnonzero(tuning)
        if len(edited):
            pair = made.take(edited), partners.programs.take(edited)
            made.put(edited, vary(*pair, operators[edited], self.opcodes, typical, rng))
        if len(tuned):
            some = made.take(tuned)
            tune(some, rng)
            made.put(tuned, some)
        return Rules(made, self.tasks)

    def canonical(self, batch: Rules) -> tuple[Rules, NDArray[np.bool_]]:
        """Canonical form, dead slots out of use; the update must depend on the gradient."""
        programs = batch.programs.take(np.arange(len(batch)))
        valid = np.empty(len(batch), np.uint8)
        load(KERNEL / "rules.c", TENSORS).settle_rules(
            *draft_arguments(programs), GRADIENT, ctypes.c_int(self.max_cost), pointer(valid)
        )
        made = Rules(programs, self.tasks)
        made.rate = batch.rate.copy()
        return made, valid.astype(bool)

    def keys(self, batch: Rules) -> NDArray[np.uint64]:
        """What an evaluation depends on: the instructions and the constants, to the bit."""
        keys = np.empty(len(batch), np.uint64)
        load(KERNEL / "rules.c", TENSORS).rule_keys(*batch_arguments(batch.programs), pointer(keys))
        return keys

    def kinds(self, batch: Rules) -> NDArray[np.uint64]:
        """What rules are but for their constants."""
        programs = batch.programs.take(np.arange(len(batch)))
        programs.constant[:] = 0.0
        return self.keys(Rules(programs, self.tasks))

    def to_json(self, batch: Rules, row: int) -> dict[str, Any]:
        """One rule as its canonical JSON document."""
        rates = [float(rate).hex() for rate in batch.rate[row] if rate > 0]
        return {"program": batch.programs.program(row).to_json(), "rates": rates}

    def from_json(self, documents: Sequence[Mapping[str, Any]]) -> Rules:
        """The inverse of :meth:`to_json`.

        Raises:
            ProgramError: If a document is no rule.
            ValueError: If a program is too long for this space, or of another signature.
        """
        read_ = [read(document, self.tasks) for document in documents]
        batch = self.batch([program for program, _ in read_])
        for row, (_, rates) in enumerate(read_):
            batch.rate[row, : len(rates)] = rates
        return batch

    def written(self, text: str) -> dict[str, Any]:
        """The document of a rule that somebody writes, without rates.

        Args:
            text: Name of a known rule such as ``lion``, or its lines, also separated by ``;``, such
                as ``m = interp(m, g, 0.1); update = sign(m)``.

        Raises:
            UsageError: If it is no rule, or needs more slots.
        """
        names = {name.lower(): name for name in ZOO}
        word = text.strip().lower()
        if word.isidentifier() and word not in names:
            raise UsageError(
                f"expected a known rule among {', '.join(ZOO)}, or lines such as "
                f"'m = interp(m, g, 0.1); update = sign(m)', got {text.strip()[:40]!r}"
            )
        if word in names:
            if ZOO[names[word]].slots > self.slots:
                raise UsageError(f"expected slots of at least {ZOO[names[word]].slots} for {word}")
            program = known(names[word], self.slots)
        else:
            lines = (line.strip() for line in text.replace(";", "\n").splitlines())
            program = rule("\n".join(line for line in lines if line), self.slots)
        return {"program": program.to_json(), "rates": []}

    def source(self, document: Mapping[str, Any]) -> str:
        """Readable text of one rule.

        Raises:
            ProgramError: If the document is no rule.
        """
        return text(read(document, self.tasks)[0])


def text(program: Program) -> str:
    """Lines of assignments; slots that keep what they have are left out."""
    lines = source(program).splitlines()
    idle = {f"next {name} = {name}" for name in program.signature.names}
    return "\n".join(re.sub(r"\by\b", "update", line) for line in lines if line not in idle)


def read(document: Any, tasks: int) -> tuple[Program, list[float]]:
    """Program and rates of a document.

    Raises:
        ProgramError: If it is no rule: a program on tensors of the right inputs, and no rates or a
            positive one for each task.
    """
    rates = document.get("rates") if isinstance(document, Mapping) else None
    if not isinstance(rates, list) or len(rates) not in (0, tasks):
        raise ProgramError(f"expected a rule: a program and {tasks} learning rate(s)")
    program = Program.from_json(document.get("program"), TENSORS)
    if not 1 <= len(program.states) <= 4 or not program.fits(signature(len(program.states))):
        raise ProgramError("expected a program of w, g and step with 1 to 4 slots")
    return program, [_rate(rate) for rate in rates]


def _rate(told: Any) -> float:
    try:
        rate = float.fromhex(told)
    except (TypeError, ValueError, OverflowError):
        rate = 0.0
    if not (rate > 0 and isfinite(rate)):
        raise ProgramError("expected learning rates as positive hexadecimal numbers")
    return rate


def used_slots(programs: Batch) -> NDArray[np.uint8]:
    """Dead slots go out of use, in place: they keep what they have and stand last.

    Returns:
        uint8[n], slots that reach the update, in the same step or a later one.
    """
    used = np.empty(len(programs), np.uint8)
    kernel = load(KERNEL / "rules.c", programs.dialect)
    kernel.settle_slots(*draft_arguments(programs), pointer(used))
    return used


def uses_matrices(program: Program) -> bool:
    """Whether a rule looks at tensors as matrices."""
    return any(program.primitive(i).name in NAMES for i in program.instructions)
