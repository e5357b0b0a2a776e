import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.archive.identity import canonical_text, identity

keys = st.text(max_size=5)
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


def test_the_name_is_the_digest_of_sorted_text_without_spaces():
    text = '{"a":[1,2],"b":"0x1.8p+0"}'
    assert canonical_text({"b": "0x1.8p+0", "a": [1, 2]}) == text
    assert identity({"b": "0x1.8p+0", "a": [1, 2]}) == hashlib.sha256(text.encode()).hexdigest()


@given(st.dictionaries(keys, documents, max_size=6))
def test_the_order_of_keys_does_not_matter(document):
    assert identity(document) == identity(dict(reversed(document.items())))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_numbers_that_json_lacks_are_refused(value):
    with pytest.raises(ValueError, match="JSON"):
        canonical_text({"a": value})


def test_a_cycle_is_refused():
    cycle: dict[str, object] = {}
    cycle["self"] = cycle
    with pytest.raises(RecursionError):
        canonical_text(cycle)
