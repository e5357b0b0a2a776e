"""Exported rules do, step by step, what the reference in NumPy does."""

import ast
import ctypes
import importlib.util
import shutil
import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pytest

from elitemap.searchspaces.optimizers.emission.export import LANGUAGES, exported
from elitemap.searchspaces.optimizers.rules import RuleSpace, uses_matrices
from elitemap.searchspaces.optimizers.writing import rule
from elitemap.searchspaces.optimizers.zoo import ZOO
from elitemap.searchspaces.programs.tensors import TENSORS
from elitemap.searchspaces.programs.tensors.matrices import NAMES
from elitemap.searchspaces.programs.tensors.reference import step_of

GOLDEN = Path(__file__).with_name("golden")
SHAPES = ((5, 3), (4,), ())
STRICT = "-std=c99 -O1 -Wall -Wextra -Wconversion -Wpedantic -Wshadow -Werror".split()
SPACE = RuleSpace(2, 400, "random")

#: Operands that are inputs, slots, expressions and results of matrices; sums of those.
MATRICES = """
p = product(g, m, interp(m, w, 0.2))
r = schulz(column_mean(scale(p, 0.1)))
m = interp(m, row_mean(product(r, r, g)), norm(schulz(g)))
update = by_shape(add(p, r), spread(mean(r)))
"""

NORMS = """
n = global_norm(interp(m, g, 0.3))
c = shift(scale(g, s_div(1.0, s_add(n, norm(w)))), -0.25)
k = s_mul(global_norm(c), cosine(c, m))
v = m
m = interp(m, g, 0.3)
update = add(scale(c, s_add(k, s_tanh(step))), scale(v, s_add(mean(w), dot(g, c))))
"""


def everything(but=()):
    """A rule that uses every primitive, with exceptions."""
    lines = ["u = g", "n = norm(w)"]
    for name, code in TENSORS.operations.items():
        if name in but:
            continue
        entry = TENSORS.primitives[code]
        tame = "clip(u, 0.9)" if name.startswith("arc") else "u"
        given = {"tensor": iter([tame, "w", "g"]), "scalar": iter(["n", "0.5"])}
        if name in ("sqrt", "log", "log1p", "power"):
            given["tensor"] = iter(["shift(abs(u), 0.5)"])
        operands = ", ".join(next(given[kind]) for kind in entry.operands)
        made = f"{name}({operands})"
        made = f"spread({made})" if entry.result == "scalar" else made
        lines.append(f"u = interp(u, arctan({made}), 0.1)")
    return "\n".join([*lines, "m = u", "update = add(u, m)"])


def canonical(text):
    made = rule(text, 2)
    if len(made.instructions) > 64:
        return made
    return SPACE.canonical(SPACE.batch([made]))[0].programs.program(0)


RULES = {
    **{name: one.program(2) for name, one in ZOO.items()},
    "Norms": canonical(NORMS),
    "Matrices": canonical(MATRICES),
    "Everything": canonical(everything()),
    "Flat": canonical(everything(NAMES)),
}


def slow(name):
    """Compiling takes XLA a second a rule, and ten for all primitives."""
    return pytest.param(name, marks=pytest.mark.slow)


every_rule = pytest.mark.parametrize("name", RULES)


def data(steps, seed=0, shapes=SHAPES):
    rng = np.random.default_rng(seed)
    w = [rng.standard_normal(s).astype(np.float32) for s in shapes]
    grads = [[rng.standard_normal(s).astype(np.float32) for s in shapes] for _ in range(steps)]
    return w, grads


def by_reference(program, w, grads, rate):
    """Parameters after each step."""
    slots = [[np.zeros_like(p) for p in w] for _ in program.states]
    made = []
    for number, g in enumerate(grads, 1):
        update, slots = step_of(program, w, g, slots, number)
        w = [p - np.float32(rate) * u for p, u in zip(w, update, strict=True)]
        made.append(w)
    return made


def compare(made, expected, rtol=2e-4):
    for one, other in zip(made, expected, strict=True):
        np.testing.assert_allclose(np.asarray(one), np.asarray(other), rtol=rtol, atol=2e-5)


def module_of(program, language, tmp_path, monkeypatch):
    [(name, text)] = exported(program, "my rule", language, "A rule.").items()
    path = tmp_path / name
    path.write_text(text)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, path.stem, module)
    spec.loader.exec_module(module)
    return module


@every_rule
def test_numpy_steps_as_the_reference(name, tmp_path, monkeypatch):
    module = module_of(RULES[name], "numpy", tmp_path, monkeypatch)
    w, grads = data(5)
    expected = by_reference(RULES[name], w, grads, 0.01)
    slots = module.init(w)
    for number, g in enumerate(grads, 1):
        w, slots = module.step(w, g, slots, number, 0.01)
        compare(w, expected[number - 1])


@pytest.mark.parametrize("name", [n if n in ("Lion", "Norms") else slow(n) for n in RULES])
def test_optax_steps_as_the_reference_under_jit_with_trees_and_a_schedule(
    name, tmp_path, monkeypatch
):
    jax, optax = pytest.importorskip("jax"), pytest.importorskip("optax")
    module = module_of(RULES[name], "optax", tmp_path, monkeypatch)
    w, grads = data(4)
    expected = by_reference(RULES[name], w, grads, 0.01)
    optimizer = module.my_rule(optax.constant_schedule(0.01))
    tree = {"b": (w[1], w[2]), "a": [w[0]]}
    state = optimizer.init(tree)

    @jax.jit
    def step(params, state, g):
        updates, state = optimizer.update(g, state, params)
        return optax.apply_updates(params, updates), state

    for g, wanted in zip(grads, expected, strict=True):
        tree, state = step(tree, state, {"b": (g[1], g[2]), "a": [g[0]]})
        compare([tree["a"][0], *tree["b"]], wanted, rtol=1e-3)


def test_optax_says_when_it_needs_the_parameters(tmp_path, monkeypatch):
    pytest.importorskip("optax")
    module = module_of(RULES["AdamW"], "optax", tmp_path, monkeypatch)
    optimizer = module.scale_by_my_rule()
    state = optimizer.init([np.zeros(2, np.float32)])
    with pytest.raises(ValueError, match="expected params"):
        optimizer.update([np.ones(2, np.float32)], state)


def compiled(program, tmp_path):
    """The step of exported C, the text, and the memory that it wants if it has matrices."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("needs a C compiler")
    [(file, text)] = exported(program, "my rule", "c", "A rule.").items()
    (tmp_path / file).write_text(text)
    made = tmp_path / "rule.so"
    command = [compiler, *STRICT, "-shared", "-fPIC", str(tmp_path / file), "-o", str(made)]
    done = subprocess.run([*command, "-lm"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return ctypes.CDLL(str(made)), text


def run_c(program, library, text, shape):
    """Steps of exported C on one tensor, compared with the reference after each."""
    w, grads = data(5, shapes=(shape,))
    expected = by_reference(program, w, grads, 0.01)
    sizes, memory = [ctypes.c_size_t(w[0].size)], []
    if uses_matrices(program):
        rows = 0 if len(shape) < 2 else w[0].size // shape[-1]
        sizes = [ctypes.c_size_t(rows), ctypes.c_size_t(shape[-1])]
        library.my_rule_memory.restype = ctypes.c_size_t
        memory = [np.full(library.my_rule_memory(*sizes) + 8, 7.0, np.float32)]
    head = text.split("void my_rule(")[1].split(");")[0]
    count = head.count("float *") - 2 - len(memory)
    slots = [np.zeros(w[0].size, np.float32) for _ in range(count)]
    now = w[0].copy()
    for number, g in enumerate(grads, 1):
        given = (now, g[0], *slots, *memory)
        arrays = [a.ctypes.data_as(ctypes.c_void_p) for a in given]
        library.my_rule(*sizes, *arrays, ctypes.c_float(0.01), ctypes.c_long(number))
        compare([now], expected[number - 1], rtol=1e-3)
    assert all((each[-8:] == 7.0).all() for each in memory)


@pytest.mark.parametrize("name", ["SGD", "Lion", "AdamW", "Norms", "Flat"])
def test_c_steps_as_the_reference(name, tmp_path):
    run_c(RULES[name], *compiled(RULES[name], tmp_path), (33,))


@pytest.mark.parametrize("name", ["Adafactor", "Muon", "Matrices", "Everything"])
def test_c_with_matrices_steps_as_the_reference(name, tmp_path):
    """On wide and tall matrices, on one of three axes, and on a vector."""
    library, text = compiled(RULES[name], tmp_path)
    for shape in ((5, 3), (3, 7), (2, 3, 4), (6,)):
        run_c(RULES[name], library, text, shape)


class Tensor(np.ndarray):
    """What of PyTorch's tensors exported functions use."""

    def new_tensor(self, value):
        return np.float32(value)


def stand_in():
    """The functions of PyTorch by those of NumPy: whoever has PyTorch gets the real ones."""
    torch = types.ModuleType("torch")
    for name in dir(np):
        if not name.startswith("_"):
            setattr(torch, name, getattr(np, name))
    torch.pow, torch.clamp = np.power, np.clip
    torch.clamp_min = np.maximum
    torch.optim = types.SimpleNamespace(Optimizer=object)
    torch.no_grad = lambda: lambda function: function
    return torch


@every_rule
def test_functions_for_pytorch_say_the_same(name, tmp_path, monkeypatch):
    """Of the formulas; the class around them is compared as text."""
    monkeypatch.setitem(sys.modules, "torch", stand_in())
    module = module_of(RULES[name], "torch", tmp_path, monkeypatch)
    w, [g] = data(1)
    m = [np.abs(0.1 * x) for x in g]
    given = [tuple(np.asarray(x).view(Tensor) for x in each) for each in zip(w, g, m, strict=True)]
    own = [[np.asarray(x, np.float32) for x in m] for _ in range(2)]
    update, _ = step_of(RULES[name], w, g, own, 1)
    made = run_parts(module, given, update)
    compare(made, update)


if importlib.util.find_spec("torch"):

    @every_rule
    def test_pytorch_steps_as_the_reference(name, tmp_path, monkeypatch):
        torch = importlib.import_module("torch")
        module = module_of(RULES[name], "torch", tmp_path, monkeypatch)
        w, grads = data(4)
        expected = by_reference(RULES[name], w, grads, 0.01)
        parameters = [torch.nn.Parameter(torch.from_numpy(np.array(p))) for p in w]
        optimizer = module.MyRule([{"params": parameters[:1]}, {"params": parameters[1:]}], lr=0.01)
        for number, (g, wanted) in enumerate(zip(grads, expected, strict=True)):
            for p, slope in zip(parameters, g, strict=True):
                p.grad = torch.from_numpy(np.array(slope))
            optimizer.step()
            compare([p.detach().numpy() for p in parameters], wanted, rtol=1e-3)
            if number == 1:
                saved = optimizer.state_dict()
                optimizer = module.MyRule(
                    [{"params": parameters[:1]}, {"params": parameters[1:]}], lr=0.5
                )
                optimizer.load_state_dict(saved)


def run_parts(module, given, update):
    """Updates of all tensors, norms over all of them first."""
    norms, each = [], []
    for w, g, m in given:
        code = module._rule.__code__
        taken = code.co_varnames[3 : code.co_argcount]
        each.append((w, g, np.float32(1), *(m for name in taken if name in "mvsq")))
    for k in range(1, 10):
        part = getattr(module, f"_norm{k}", None)
        if part is not None:
            squares = [np.sum(np.square(part(*one, *norms))) for one in each]
            norms.append(np.float32(np.sqrt(sum(squares))))
    made = [module._rule(*one, *norms)[0] for one in each]
    return [np.broadcast_to(u, x.shape) for u, x in zip(made, update, strict=True)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["Lion", "Norms", "Matrices"])
def test_exported_texts_are_golden(name, language, golden):
    [(file, text)] = exported(RULES[name], name, language, "A rule of the tests.").items()
    golden(GOLDEN / file, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_of_strangers_stay_text(language):
    remark = 'x */ """ \\ \n import os; os.abort() #\u202e'
    [(file, text)] = exported(RULES["Lion"], "../../import os", language, remark).items()
    assert "/" not in file and text.isascii() and text.count("*/") <= 1
    if file.endswith(".py"):
        body = ast.parse(text).body
        assert isinstance(body[0], ast.Expr) and "os.abort" in ast.get_docstring(ast.parse(text))
        imported = {a.name for n in body if isinstance(n, ast.Import) for a in n.names}
        assert "os" not in imported
    elif file.endswith(".tex"):
        assert "os.abort" in text.splitlines()[0] and text.startswith("%")
