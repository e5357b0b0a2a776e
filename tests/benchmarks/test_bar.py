"""When a search is at least as good as the best known form everywhere."""

from benchmarks.bar import OPS, reached

KNOWN = {str(ops): float(ops) for ops in OPS}


def test_ahead_at_half_of_the_places_and_level_at_the_others_is_enough() -> None:
    digits = KNOWN | {str(ops): ops + 0.5 for ops in range(4, 10)}
    assert reached(digits, KNOWN)
    assert not reached(digits | {"9": 9.0}, KNOWN)


def test_one_place_behind_is_not_enough() -> None:
    digits = {str(ops): ops + 0.5 for ops in OPS}
    assert reached(digits, KNOWN)
    assert not reached(digits | {"14": 13.9}, KNOWN)


def test_more_operations_may_be_used_than_are_needed() -> None:
    assert reached({"4": 15.0}, KNOWN)


def test_where_nothing_is_known_whatever_is_found_is_ahead() -> None:
    assert reached({"4": 0.5}, {})
    assert not reached({}, {})
