"""A static model of what instructions take: latency and reciprocal throughput, in cycles.

The figures are those of the scheduling model of LLVM 14 for ``skylake-avx512`` (one vector,
operands in registers), as ``llvm-mca -mcpu=skylake-avx512`` prints them; ``python -m
benchmarks.float32_cycles`` does so for every line below. They describe
that CPU and are a prior for others, not a measurement.
An entry that compilers write as several instructions has all of them, in a chain.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from elitemap.searchspaces.programs.program import Program


@dataclass(frozen=True)
class Instruction:
    """A vector instruction of x86.

    Attributes:
        text: Assembly, in the syntax of AT&T.
        latency: Cycles from operands to result.
        throughput: Cycles for each of many independent ones.
    """

    text: str
    latency: int
    throughput: float


Table = Mapping[str, tuple[Instruction, ...]]


def _three(name: str, register: str) -> str:
    return f"{name} %{register}0, %{register}1, %{register}2"


def _avx2() -> Table:
    y = "ymm"
    four = {name: Instruction(_three(f"v{name}ps", y), 4, 0.5) for name in ("add", "sub", "mul")}
    logic = Instruction(_three("vandps", y), 1, 0.33)
    less, blend = (
        Instruction(_three("vcmpltps", y), 4, 0.5),
        Instruction("vblendvps %ymm0, %ymm1, %ymm2, %ymm3", 2, 0.67),
    )
    rounded = Instruction("vroundps $4, %ymm0, %ymm1", 8, 1.0)
    shift = Instruction(_three("vpsravd", y), 1, 0.5)
    word = Instruction(_three("vpaddd", y), 1, 0.33)
    small = Instruction(_three("vminps", y), 4, 0.5)
    integer = Instruction("vcvttps2dq %ymm0, %ymm1", 3, 0.5)
    return {
        "fadd": (four["add"],),
        "fsub": (four["sub"],),
        "fmul": (four["mul"],),
        "fma": (Instruction(_three("vfmadd213ps", y), 4, 0.5),),
        "fdiv": (Instruction(_three("vdivps", y), 11, 5.0),),
        "sqrt": (Instruction("vsqrtps %ymm0, %ymm1", 12, 6.0),),
        **dict.fromkeys(("min", "max"), (small,)),
        **dict.fromkeys(("abs", "neg"), (logic,)),
        "copysign": (logic, logic, logic),
        "rint": (rounded,),
        "toint": (rounded, integer, less, less, logic, blend),
        "fromint": (Instruction("vcvtdq2ps %ymm0, %ymm1", 4, 0.5),),
        **dict.fromkeys(("bits", "float"), ()),
        **dict.fromkeys(("iadd", "isub"), (word,)),
        **dict.fromkeys(("shl", "shr", "ushr"), (shift,)),
        **dict.fromkeys(("and", "or", "xor"), (logic,)),
        **dict.fromkeys(("less", "equal"), (less,)),
        "iless": (Instruction(_three("vpcmpgtd", y), 1, 0.5),),
        **dict.fromkeys(("select", "iselect"), (blend,)),
        # Of 32 entries, which are in four registers.
        "look": (*(Instruction(_three("vpermps", y), 3, 1.0),) * 4, blend, blend, blend),
    }


def _avx512() -> Table:
    z = "zmm"
    four = {name: Instruction(_three(f"v{name}ps", z), 4, 0.5) for name in ("add", "sub", "mul")}
    logic = Instruction(_three("vpandd", z), 1, 0.5)
    less = Instruction("vcmpltps %zmm0, %zmm1, %k1", 4, 1.0)
    blend = Instruction("vblendmps %zmm0, %zmm1, %zmm2 {%k1}", 2, 0.67)
    rounded = Instruction("vrndscaleps $4, %zmm0, %zmm1", 8, 1.0)
    shift = Instruction(_three("vpsravd", z), 1, 1.0)
    word = Instruction(_three("vpaddd", z), 1, 0.33)
    small = Instruction(_three("vminps", z), 4, 0.5)
    integer = Instruction("vcvttps2dq %zmm0, %zmm1", 4, 0.5)
    return {
        "fadd": (four["add"],),
        "fsub": (four["sub"],),
        "fmul": (four["mul"],),
        "fma": (Instruction(_three("vfmadd213ps", z), 4, 0.5),),
        "fdiv": (Instruction(_three("vdivps", z), 18, 10.0),),
        "sqrt": (Instruction("vsqrtps %zmm0, %zmm1", 20, 12.0),),
        **dict.fromkeys(("min", "max"), (small,)),
        **dict.fromkeys(("abs", "neg"), (logic,)),
        "copysign": (Instruction("vpternlogd $202, %zmm0, %zmm1, %zmm2", 1, 0.33),),
        "rint": (rounded,),
        "toint": (rounded, integer, less, less, blend),
        "fromint": (Instruction("vcvtdq2ps %zmm0, %zmm1", 4, 0.5),),
        **dict.fromkeys(("bits", "float"), ()),
        **dict.fromkeys(("iadd", "isub"), (word,)),
        **dict.fromkeys(("shl", "shr", "ushr"), (shift,)),
        **dict.fromkeys(("and", "or", "xor"), (logic,)),
        **dict.fromkeys(("less", "equal"), (less,)),
        "iless": (Instruction("vpcmpgtd %zmm0, %zmm1, %k1", 4, 1.0),),
        **dict.fromkeys(("select", "iselect"), (blend,)),
        # Of 32 entries, which are in two registers.
        "look": (Instruction(_three("vpermt2ps", z), 3, 1.0),),
    }


#: Instructions of each entry, 8 float32 at a time and 16 at a time.
AVX2: Table = MappingProxyType(_avx2())
AVX512: Table = MappingProxyType(_avx512())


@dataclass(frozen=True)
class Cycles:
    """What a program takes by the model.

    Attributes:
        latency: Cycles of the longest chain from an input to an output.
        throughput: Sum of the reciprocal throughputs, as if no two instructions shared a cycle.
    """

    latency: int
    throughput: float


def cycles(program: Program, table: Table) -> Cycles:
    """The model's figures for a program without dead code.

    Args:
        program: In ``float32``.
        table: :data:`AVX2` or :data:`AVX512`.
    """
    ready = [0] * program.leaves
    total = 0.0
    for i in program.instructions:
        used = table.get(program.primitive(i).name, ())
        start = max((ready[k] for k in i.operands), default=0)
        ready.append(start + sum(u.latency for u in used))
        total += sum(u.throughput for u in used)
    return Cycles(max(ready[k] for k in program.results), total)
