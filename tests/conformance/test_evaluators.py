"""What the engine relies on in every evaluator, rung by rung."""

import json

import numpy as np


def climb(task, batch, anything):
    """Every rung before the last without a hurdle, and the rows that reach the end."""
    seen = []
    for screen in task.evaluator.screens:
        screened = screen.run(batch, anything)
        seen.append(screened)
        batch = screened.batch
    return seen, batch


def complete(task, batch, anything):
    seen, batch = climb(task, batch, anything)
    return seen, task.evaluator.evaluate(batch, anything)


def check_screened(task, n, screened):
    assert screened.quality.shape == (n,) and not np.isinf(screened.quality).any()
    assert screened.promising.dtype == bool and screened.promising.shape == (n,)
    assert screened.keys.dtype == np.uint64 and screened.keys.shape == (n,)
    assert screened.measures.shape == (n, len(task.evaluator.axes))
    assert np.all(screened.work > 0)
    assert screened.promising[~np.isnan(screened.quality)].all()


def check_scores(task, n, scores):
    assert len(scores.batch) == n
    assert scores.quality.shape == (n,) and not np.isinf(scores.quality).any()
    assert set(scores.objectives) == {one.name for one in task.evaluator.objectives}
    assert all(values.shape == (n,) for values in scores.objectives.values())
    assert scores.measures.shape == (n, len(task.evaluator.axes))
    assert np.isfinite(scores.measures).all()
    assert scores.fingerprints.dtype == np.uint64 and scores.fingerprints.shape == (n,)
    assert np.all(scores.work > 0) and scores.work.shape == (n,)
    assert (~np.isnan(scores.quality)).any()
    assert (scores.samples is None) == (task.evaluator.noise is None)
    if scores.samples is not None:
        # Nothing stops at a hurdle here: who has a quality was sampled.
        assert np.all(scores.samples.count >= ~np.isnan(scores.quality))
        assert np.all(scores.samples.spread >= 0)


def test_equal_keys_mean_equal_evaluations(task, batch, copied, anything):
    """To the evaluator's own tolerance."""
    doubled = type(batch).concatenate([batch, batch])
    keys = task.space.keys(doubled)
    quality = complete(task, copied(doubled), anything)[1].quality
    for key in np.unique(keys):
        same = quality[keys == key]
        assert np.isnan(same).all() or np.ptp(same) <= task.evaluator.tolerance


def test_evaluations_have_the_right_shapes(task, batch, copied, anything):
    n = len(batch)
    seen, scores = complete(task, copied(batch), anything)
    for screened in seen:
        check_screened(task, n, screened)
        np.testing.assert_array_equal(scores.measures, screened.measures)
    check_scores(task, n, scores)
    refined = task.evaluator.refine(copied(scores.batch))
    if refined.work.any():
        check_scores(task, n, refined)
    else:  # it has nothing to add
        assert len(refined.batch) == n and np.isnan(refined.quality).all()


def test_no_rows_are_no_trouble(task, anything):
    empty = task.space.empty(0)
    assert len(task.space.keys(empty)) == 0
    seen, scores = complete(task, empty, anything)
    assert all(len(screened.quality) == 0 for screened in seen) and len(scores.quality) == 0
    assert len(task.space.canonical(empty)[1]) == 0


def same(fields, parts, whole):
    for field in fields:
        joined = np.concatenate([getattr(part, field) for part in parts])
        np.testing.assert_array_equal(joined, getattr(whole, field), err_msg=field)


def test_evaluation_repeats_and_does_not_depend_on_the_split(task, batch, copied, anything, equal):
    seen, scores = complete(task, copied(batch), anything)
    cuts = [0, 1, 2, len(batch) // 2, len(batch)]
    for bounds in ([(0, len(batch))], list(zip(cuts, cuts[1:], strict=False))):
        pieces = [complete(task, batch.take(np.arange(*b)), anything) for b in bounds]
        for rung, screened in enumerate(seen):
            parts = [piece[0][rung] for piece in pieces]
            same(("quality", "measures", "keys", "promising", "work"), parts, screened)
        last = [piece[1] for piece in pieces]
        same(("quality", "measures", "fingerprints", "work"), last, scores)
        for name, values in scores.objectives.items():
            parts = np.concatenate([s.objectives[name] for s in last])
            np.testing.assert_array_equal(parts, values, err_msg=name)
        assert equal(type(batch).concatenate([s.batch for s in last]), scores.batch)


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


def test_luck_is_a_function_of_the_candidate_and_the_number_of_the_sample(
    task, batch, copied, anything
):
    noise = task.evaluator.noise
    _, climbed = climb(task, copied(batch), anything)
    if noise is None:
        twice = [task.evaluator.evaluate(copied(climbed), anything) for _ in range(2)]
        np.testing.assert_array_equal(twice[0].quality, twice[1].quality)
        return
    first = task.evaluator.evaluate(copied(climbed), anything)
    drawn = np.zeros(len(batch), np.int64)
    again = noise.sample(copied(climbed), anything, drawn)
    np.testing.assert_array_equal(first.quality, again.quality)
    other = noise.sample(copied(climbed), anything, drawn + first.samples.count)
    assert np.any(first.quality != other.quality)
    backwards = np.arange(len(batch))[::-1]
    turned = noise.sample(climbed.take(backwards), anything, drawn)
    np.testing.assert_array_equal(turned.quality[backwards], first.quality)
    stated = noise.restate(first.quality, first.samples)
    assert set(stated) <= {one.name for one in task.evaluator.objectives}
    for name, values in stated.items():
        np.testing.assert_allclose(values, first.objectives[name], equal_nan=True)
