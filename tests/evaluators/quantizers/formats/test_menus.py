"""Menus of layouts: budgets hold, and steps stay inside."""

import numpy as np

from elitemap.searchspaces.quantizers.formats.menu import (
    KINDS,
    Menu,
    affordable,
    rate,
)
from elitemap.searchspaces.quantizers.formats.rule import Rule


def test_budgets_hold_and_steps_stay_inside():
    menu = affordable(4.25, (1 << 20,))
    rates = [rate(Rule(*row), (1 << 20,)) for row in menu.tolist()]
    assert max(rates) <= 4.255 and min(rates) > 3.6
    rng = np.random.default_rng(0)
    rows = menu[rng.integers(0, len(menu), 500)]
    after = Menu(menu).stepped(rows, rng)
    changed = (after != rows).sum(axis=1)
    assert changed.min() >= 1 and np.median(changed) <= 3 and len(menu) > 5000
    inside = {tuple(row) for row in menu.tolist()}
    assert all(tuple(row) in inside for row in after.tolist())
    drawn = Menu(menu).drawn(2000, rng)
    assert all(tuple(row) in inside for row in drawn.tolist())
    assert 0.5 < (drawn[:, 9:].sum(axis=1) == 0).mean() < 0.7
    assert {tuple(kind) for kind in drawn[:, 9:11].tolist()} == set(KINDS)
    plain = affordable(4.25, (1 << 20,), plain=True)
    assert (plain[:, 9:] == 0).all() and {tuple(row) for row in plain.tolist()} < inside
