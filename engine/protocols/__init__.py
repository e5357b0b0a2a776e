"""What the engine asks of a space, an evaluator and a task.

Hot-path values are batches with one leading axis (candidates); the engine only takes, puts,
concatenates and counts rows. Every protocol here is implemented by plain classes elsewhere; nothing
inherits from them.
"""

from elitemap.engine.protocols.allocations import Allocating, Allocation, Share
from elitemap.engine.protocols.batches import B, Batch, Counts, Floats, Words
from elitemap.engine.protocols.benches import Bench, Benching, Compared, Entrant, Missing
from elitemap.engine.protocols.data import ArrayFile, NamedFunction, UserData
from elitemap.engine.protocols.enumerations import Enumeration, Find, Scanned
from elitemap.engine.protocols.evaluators import (
    Axis,
    Evaluator,
    Hurdle,
    Noise,
    Samples,
    Scores,
    Screen,
    Screened,
)
from elitemap.engine.protocols.identifications import Identification, Identifying
from elitemap.engine.protocols.objectives import Objective, Vouched, directions, steering
from elitemap.engine.protocols.spaces import TUNE, Space, Tunable
from elitemap.engine.protocols.tasks import (
    Baseline,
    Curve,
    Goal,
    Option,
    SpaceEntry,
    Surface,
    Task,
    Unproved,
)
from elitemap.engine.protocols.verdicts import Outcome, Verdict

__all__ = [
    "TUNE",
    "Allocating",
    "Allocation",
    "ArrayFile",
    "Axis",
    "B",
    "Baseline",
    "Batch",
    "Bench",
    "Benching",
    "Compared",
    "Counts",
    "Curve",
    "Entrant",
    "Enumeration",
    "Evaluator",
    "Find",
    "Floats",
    "Goal",
    "Hurdle",
    "Identification",
    "Identifying",
    "Missing",
    "NamedFunction",
    "Noise",
    "Objective",
    "Option",
    "Outcome",
    "Samples",
    "Scanned",
    "Scores",
    "Screen",
    "Screened",
    "Share",
    "Space",
    "SpaceEntry",
    "Surface",
    "Task",
    "Tunable",
    "Unproved",
    "UserData",
    "Verdict",
    "Vouched",
    "Words",
    "directions",
    "steering",
]
