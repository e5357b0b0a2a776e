"""Hypergeometric series of constants: the other side of fractions that are sums in disguise."""
