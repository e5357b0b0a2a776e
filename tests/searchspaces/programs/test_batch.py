import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.native.pointers import pointer
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.interpret import LONGEST, evaluate
from elitemap.searchspaces.programs.kernels import KERNEL
from elitemap.searchspaces.programs.program import Program


@given(data=st.data())
def test_programs_survive_a_batch(programs, data):
    given_ones = data.draw(st.lists(programs(most=6), max_size=4))
    batch = Batch.from_programs(given_ones, 8)
    assert [batch.program(r) for r in range(len(batch))] == given_ones


@given(data=st.data())
def test_rows_survive_arrays_take_put_and_concatenate(programs, same_rows, data):
    batch = Batch.from_programs(data.draw(st.lists(programs(most=6), min_size=2, max_size=5)), 8)
    again = batch.from_arrays({name: a.copy() for name, a in batch.arrays().items()})
    assert same_rows(batch, again).all()
    halves = [batch.take(np.arange(1)), batch.take(np.arange(1, len(batch)))]
    assert same_rows(Batch.concatenate(halves), batch).all()
    other = Batch(len(batch), 8)
    order = np.arange(len(batch))[::-1].astype(np.intp)
    other.put(order, batch)
    assert same_rows(other.take(order), batch).all()


def test_take_copies(build, packed):
    batch = packed(build(1.0, ("add", 0, 1)))
    batch.take(np.array([0])).constant[0, 0, 0] = 5.0
    assert batch.constant[0, 0, 0] == 1.0


def test_equal_programs_are_equal_bytes(build, packed, same_rows):
    long, short = build(*[1.0] * 9), build(2.0, ("mul", 0, 1))
    batch = packed(short, long, short)
    batch.put(np.array([1], np.intp), batch.take(np.array([0])))
    assert same_rows(batch, packed(short, short, short, length=batch.length)).all()


@pytest.mark.parametrize(
    "program",
    [
        Program(("x", "y"), (), (1,)),
        Program((), (), (0,)),
        Program(("x",), (), (0, 0)),
    ],
)
def test_only_programs_of_the_signature_fit(program):
    with pytest.raises(ValueError, match="1 input.*1 output"):
        Batch.from_programs([program], 4)


def test_programs_that_are_too_long_do_not_fit(build):
    with pytest.raises(ValueError, match="at most 2 instructions"):
        Batch.from_programs([build(1.0, 2.0, ("add", 1, 2))], 2)


def test_kernels_refuse_memory_that_is_not_contiguous():
    with pytest.raises(ValueError, match="contiguous"):
        pointer(np.zeros((4, 4))[:, ::2])
    batch = Batch(4, 4)
    view = batch.from_arrays(batch.arrays())
    view.size, view.constant = batch.size[::2], batch.constant[::2]
    with pytest.raises(ValueError, match="contiguous"):
        evaluate(view, np.zeros(3))


def test_room_for_two_long_programs():
    line = next(t for t in (KERNEL / "draft.h").read_text().splitlines() if "#define ROOM" in t)
    assert int(line.split()[2]) >= 2 * LONGEST + 10
