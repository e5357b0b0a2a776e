"""What the engine asks of an evaluator, for every installed space and every setting."""

import json

import numpy as np


def test_equal_keys_are_equal_evaluations(task, batch, copied, anything):
    """To the evaluator's own tolerance."""
    doubled = type(batch).concatenate([batch, batch])
    keys = task.space.keys(doubled)
    screened = task.evaluator.screen(copied(doubled), anything)
    quality = task.evaluator.evaluate(screened.batch, anything).quality
    for key in np.unique(keys):
        same = quality[keys == key]
        assert np.isnan(same).all() or np.ptp(same) <= task.evaluator.tolerance


def check_scores(task, batch, scores):
    n = len(batch)
    assert len(scores.batch) == n
    assert scores.quality.shape == (n,) and not np.isinf(scores.quality).any()
    assert set(scores.objectives) == set(task.evaluator.objectives)
    assert all(values.shape == (n,) for values in scores.objectives.values())
    assert scores.measures.shape == (n, len(task.evaluator.axes))
    assert np.isfinite(scores.measures).all()
    assert scores.fingerprints.dtype == np.uint64 and scores.fingerprints.shape == (n,)
    assert np.all(scores.work > 0) and scores.work.shape == (n,)
    assert (~np.isnan(scores.quality)).any()


def test_evaluations_have_the_right_shapes(task, batch, copied, anything):
    screened = task.evaluator.screen(copied(batch), anything)
    n = len(batch)
    assert screened.quality.shape == (n,) and not np.isinf(screened.quality).any()
    assert screened.promising.dtype == bool and screened.promising.shape == (n,)
    assert screened.keys.dtype == np.uint64 and screened.keys.shape == (n,)
    assert screened.measures.shape == (n, len(task.evaluator.axes))
    assert np.all(screened.work > 0)
    assert screened.promising[~np.isnan(screened.quality)].all()
    scores = task.evaluator.evaluate(copied(screened.batch), anything)
    check_scores(task, batch, scores)
    np.testing.assert_array_equal(scores.measures, screened.measures)
    check_scores(task, batch, task.evaluator.refine(copied(scores.batch)))


def test_no_rows_are_no_trouble(task, anything):
    empty = task.space.empty(0)
    assert len(task.space.keys(empty)) == 0
    assert len(task.evaluator.screen(empty, anything).quality) == 0
    assert len(task.evaluator.evaluate(empty, anything).quality) == 0
    assert len(task.space.canonical(empty)[1]) == 0


def complete(task, batch, anything):
    screened = task.evaluator.screen(batch, anything)
    return screened, task.evaluator.evaluate(screened.batch, anything)


def test_evaluation_repeats_and_does_not_depend_on_the_split(task, batch, copied, anything, equal):
    screened, scores = complete(task, copied(batch), anything)
    cuts = [0, 1, 2, len(batch) // 2, len(batch)]
    for bounds in ([(0, len(batch))], list(zip(cuts, cuts[1:], strict=False))):
        pieces = [complete(task, batch.take(np.arange(*b)), anything) for b in bounds]
        for field in ("quality", "measures", "keys", "promising", "work"):
            parts = np.concatenate([getattr(s, field) for s, _ in pieces])
            np.testing.assert_array_equal(parts, getattr(screened, field), err_msg=field)
        for field in ("quality", "measures", "fingerprints", "work"):
            parts = np.concatenate([getattr(s, field) for _, s in pieces])
            np.testing.assert_array_equal(parts, getattr(scores, field), err_msg=field)
        for name, values in scores.objectives.items():
            parts = np.concatenate([s.objectives[name] for _, s in pieces])
            np.testing.assert_array_equal(parts, values, err_msg=name)
        assert equal(type(batch).concatenate([s.batch for _, s in pieces]), scores.batch)


def test_evaluated_candidates_stay_canonical_documents(task, batch, copied, anything, equal):
    """What is archived is read back as it is, and is the same kind of candidate."""
    _, scores = complete(task, copied(batch), anything)
    usable = scores.batch.take(~np.isnan(scores.quality))
    documents = [task.space.to_json(usable, row) for row in range(len(usable))]
    json.dumps(documents, allow_nan=False)
    again = task.space.from_json(documents)
    assert equal(again, usable)
    canonical, valid = task.space.canonical(again)
    assert valid.all()
    assert equal(canonical, usable)
