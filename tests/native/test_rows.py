import numpy as np
import pytest

from elitemap.native.rows import Field, Rows

FIELDS = (
    Field("number", np.int16, (), -1),
    Field("place", np.float64, (2, 3)),
    Field("mark", np.uint8, (0,)),
)


@pytest.fixture
def rows():
    made = Rows(FIELDS, 4)
    made.number[:] = [3, 1, 4, 1]
    made.place[:] = np.arange(24).reshape(4, 2, 3)
    return made


def test_empty_rows_hold_what_the_fields_say():
    made = Rows(FIELDS, 2)
    assert len(made) == 2 and set(made.arrays()) == {"number", "place", "mark"}
    assert made.number.tolist() == [-1, -1] and made.number.dtype == np.int16
    assert made.place.shape == (2, 2, 3) and not made.place.any() and made.mark.shape == (2, 0)
    assert len(Rows(FIELDS, 0)) == 0


def test_taken_rows_are_copies(rows):
    for chosen in (np.array([2, 0]), np.array([True, False, True, False])):
        taken = rows.take(chosen)
        assert sorted(taken.number.tolist()) == [3, 4]
        taken.place[:] = -1
    assert rows.place.sum() == np.arange(24).sum()


def test_rows_are_put_and_concatenated(rows):
    other = Rows(FIELDS, 4)
    order = np.array([3, 2, 1, 0], np.intp)
    other.put(order, rows)
    assert other.number.tolist() == [1, 4, 1, 3]
    both = Rows.concatenate([rows, other.take(order)])
    assert both.number.tolist() == [3, 1, 4, 1] * 2 and both.place.shape == (8, 2, 3)
    assert len(rows) == 4


def test_arrays_come_back_in_the_shape_of_the_fields(rows):
    arrays = {name: array.copy() for name, array in rows.arrays().items()}
    arrays["place"] = arrays["place"].reshape(4, 6)
    again = Rows(FIELDS, 0).from_arrays(arrays)
    np.testing.assert_array_equal(again.place, rows.place)
    assert len(again) == 4


def test_arrays_of_another_kind_are_refused(rows):
    arrays = rows.arrays()
    with pytest.raises(ValueError, match="number of int16, got float64"):
        rows.from_arrays(arrays | {"number": np.zeros(4)})
    with pytest.raises(ValueError, match="reshape"):
        rows.from_arrays(arrays | {"place": np.zeros((4, 5))})
    with pytest.raises(KeyError, match="mark"):
        rows.from_arrays({"number": arrays["number"], "place": arrays["place"]})
