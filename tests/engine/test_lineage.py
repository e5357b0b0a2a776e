import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from elitemap.engine.map.lineage import ancestors, oldest_first


@st.composite
def forests(draw):
    """Uids in any order, each with a parent among those drawn before it, or none, or a stranger."""
    uids = draw(st.lists(st.integers(1, 10**6), unique=True, max_size=30))
    parents = [draw(st.sampled_from([0, 2 * 10**6, *uids[:k]])) for k in range(len(uids))]
    order = draw(st.permutations(range(len(uids))))
    columns = ([uids[k] for k in order], [parents[k] for k in order])
    return tuple(np.array(column, np.uint64) for column in columns)


@given(forests(), st.lists(st.integers(0, 10**6), max_size=4), st.integers(0, 29))
def test_ancestors_are_those_reached_by_parents(forest, roots, row):
    uid, parent = forest
    roots = [*roots, *uid[row : row + 1].tolist()]
    parents = dict(zip(uid.tolist(), parent.tolist(), strict=True))
    expected = set()
    for root in roots:
        while root in parents and root not in expected:
            expected.add(root)
            root = parents[root]
    reached = ancestors(uid, parent, np.array(roots, np.uint64))
    assert set(uid[reached].tolist()) == expected


@given(forests())
def test_parents_come_first_and_the_order_of_rows_does_not_matter(forest):
    uid, parent = forest
    order = oldest_first(uid, parent)
    place = {int(uid[row]): k for k, row in enumerate(order)}
    assert sorted(order.tolist()) == list(range(len(uid)))
    for child, above in zip(uid.tolist(), parent.tolist(), strict=True):
        assert above not in place or place[above] < place[child]
    back = np.arange(len(uid))[::-1]
    assert np.array_equal(uid[back][oldest_first(uid[back], parent[back])], uid[order])
