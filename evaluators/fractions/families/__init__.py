"""Parametric formulas that generate found ones."""
