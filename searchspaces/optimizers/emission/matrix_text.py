"""Functions of matrices that exported Python brings along, the same for NumPy, JAX and PyTorch."""

#: The functions by name; ``{np}`` is the module of arrays.
_HELPERS = {
    "_matrix": """
def _matrix(x):
    return x.reshape(-1, x.shape[-1]) if x.ndim > 1 else x.reshape(1, -1)
""",
    "_product": """
def _product(x, y, z):
    return (_matrix(x) @ _matrix(y).T @ _matrix(z)).reshape(x.shape)
""",
    "_schulz": """
def _schulz(x):
    whole = _matrix(x)
    m = whole if whole.shape[0] <= whole.shape[1] else whole.T
    s = m @ m.T
    m = 3.4445 * m + (-4.775 * s + 2.0315 * (s @ s)) @ m
    return (m if m.shape == whole.shape else m.T).reshape(x.shape)
""",
    "_row_mean": """
def _row_mean(x):
    m = _matrix(x)
    return {np}.broadcast_to(m.sum(1)[:, None] / m.shape[1], m.shape).reshape(x.shape)
""",
    "_column_mean": """
def _column_mean(x):
    m = _matrix(x)
    return {np}.broadcast_to(m.sum(0)[None, :] / m.shape[0], m.shape).reshape(x.shape)
""",
    "_unit": """
def _unit(x):
    return x / {np}.sqrt((x * x).sum()).clip(1e-30)
""",
    "_by_shape": """
def _by_shape(x, y):
    return x if x.ndim > 1 else y
""",
}


def with_helpers(functions: str, module: str) -> str:
    """Functions of a rule behind those of matrices that they call.

    Args:
        functions: Text of the rule's functions.
        module: ``np``, ``jnp`` or ``torch``.
    """
    used = {name for name in _HELPERS if f"{name}(" in functions}
    if used - {"_by_shape", "_unit"}:
        used.add("_matrix")
    texts = [
        text.strip().replace("{np}", module) for name, text in _HELPERS.items() if name in used
    ]
    return "\n\n\n".join([*texts, functions])
