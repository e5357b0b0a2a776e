"""What a task says of the best elite from outside the search, told once for each."""

from types import SimpleNamespace

import numpy as np

from elitemap.engine.search.outlook import BEYOND, outlook


def elites(qualities, uids):
    return SimpleNamespace(quality=np.array(qualities), uid=np.array(uids), batch=uids)


def test_the_best_elite_of_all_islands_is_told_of_and_asked_about_once():
    asked = []

    def beyond(document):
        asked.append(document)
        return {"worth": 2.5}

    space = SimpleNamespace(to_json=lambda batch, row: batch[row])
    task = SimpleNamespace(beyond=beyond, space=space)
    islands, known = [elites([], []), elites([1.0, 3.0], [5, 6]), elites([2.0], [7])], {}
    for _ in range(2):
        assert outlook(task, islands, known) == {f"{BEYOND}worth": 2.5}
    assert asked == [6]
    islands[2].quality[0] = 4.0
    outlook(task, islands, known)
    assert asked == [6, 7]


def test_nothing_is_told_without_elites_or_by_a_task_that_has_nothing_to_tell():
    task = SimpleNamespace(beyond=None, space=None)
    assert outlook(task, [elites([1.0], [5])], {}) == {}
    assert outlook(SimpleNamespace(beyond=dict, space=None), [], {}) == {}
