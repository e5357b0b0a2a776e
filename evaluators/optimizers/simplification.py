"""Rules made simpler by leaving out what makes no difference to training.

One instruction after the other is replaced by one of its operands, the learning rate fitted anew,
and the loss compared on runs that all share. What costs least among those that lose less than a
stated part is kept, until nothing more can go. Laws of real numbers come first and in between.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.optimizers.behaviour import observe
from elitemap.evaluators.optimizers.evaluator import RuleEvaluator
from elitemap.evaluators.optimizers.fitting import log_loss
from elitemap.evaluators.optimizers.jobs import Jobs
from elitemap.evaluators.optimizers.training import losses, runs
from elitemap.searchspaces.optimizers.algebra import simplified
from elitemap.searchspaces.optimizers.rules import Rules, RuleSpace
from elitemap.searchspaces.programs.program import Instruction, Program

#: Runs of a comparison.
RUNS = 12


def pruned(
    program: Program, space: RuleSpace, evaluator: RuleEvaluator, loss: float = 0.01
) -> Rules:
    """A simpler rule that is about as good, with its learning rates: one row.

    Args:
        program: A rule of the space.
        space: Says how long rules may be.
        evaluator: What to train.
        loss: Part of the loss that may be lost in all.

    Raises:
        ValueError: If the rule does not train.
    """
    best = _fitted([simplified(program)], space, evaluator)
    if not len(best):
        raise ValueError("expected a rule that trains")
    limit = float(_log_losses(best, evaluator)[0]) + np.log1p(loss)
    while True:
        shorter = _shorter(best.programs.program(0), space, evaluator)
        good = np.flatnonzero(_log_losses(shorter, evaluator) <= limit)
        if not len(good):
            return best
        cost = observe(shorter.programs).cost[good]
        best = shorter.take(good[[int(np.argmin(cost))]])


def _shorter(program: Program, space: RuleSpace, evaluator: RuleEvaluator) -> Rules:
    """Cheaper rules of one replacement, with learning rates."""
    cost = program.cost
    made = {repr(one): one for one in map(simplified, deletions(program))}
    return _fitted([one for one in made.values() if one.cost < cost], space, evaluator)


def deletions(program: Program) -> Iterator[Program]:
    """The rule with one instruction replaced by one of its operands, in all ways that fit."""
    for k, instruction in enumerate(program.instructions, program.leaves):
        for operand in instruction.operands:
            if program.type_of(operand) == program.type_of(k):
                yield _replaced(program, k, operand)


def _replaced(program: Program, value: int, by: int) -> Program:
    def changed(k: int) -> int:
        return by if k == value else k

    instructions = tuple(
        Instruction(i.opcode, tuple(map(changed, i.operands)), i.constant)
        for i in program.instructions
    )
    results = tuple(map(changed, program.results))
    return Program.of(program.signature, instructions, results, program.dialect)


def _fitted(programs: list[Program], space: RuleSpace, evaluator: RuleEvaluator) -> Rules:
    """Those that are rules and train at some rate, at their best."""
    batch, valid = space.canonical(space.batch(programs))
    batch = batch.take(valid)
    batch = batch.take(observe(batch.programs).sane)
    batch = evaluator.fitted(batch, np.arange(len(batch)))
    return batch.take(np.flatnonzero((batch.rate > 0).all(axis=1)))


def _log_losses(rules: Rules, evaluator: RuleEvaluator) -> NDArray[np.float64]:
    """float64[n], mean log losses on runs of their own, infinite for failures."""
    n, total = len(rules), np.zeros(len(rules))
    for k, workload in enumerate(evaluator.workloads):
        of = runs(workload, "simplify", tuple(range(RUNS)))
        rate = np.repeat(rules.rate[:, k], RUNS)
        jobs = Jobs(np.repeat(np.arange(n), RUNS), np.tile(np.arange(RUNS), n), rate)
        logs = log_loss(losses(rules.programs, of, jobs, workload.steps)).reshape(n, RUNS)
        total += np.where(np.isfinite(logs).all(axis=1), logs.mean(axis=1), np.inf)
    return total / len(evaluator.workloads)
