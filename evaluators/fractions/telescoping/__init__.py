"""Sums of products of binomials: their recurrences, proved by creative telescoping."""
