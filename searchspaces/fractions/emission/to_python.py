"""Python: one file that computes the constant to any number of digits, in whole numbers."""

import inspect

from elitemap.searchspaces.fractions.emission import engine
from elitemap.searchspaces.fractions.emission.plan import DIGITS, plan, trial
from elitemap.searchspaces.fractions.emission.pysource import (
    clear_of,
    engine_source,
    module_head,
    partials,
)
from elitemap.searchspaces.fractions.emission.series_code import RATIONALS, python_sum
from elitemap.searchspaces.fractions.emission.subject import Subject

_IMPORTS = """\
import sys
from collections.abc import Callable"""

_MAIN = '''\
DIGITS = "{digits}"


def {name}(digits: int) -> str:
    """{what}: so many decimal places, cut; solved for from the fraction p/q."""
    p, q = limit(digits + {spare})
    return decimal(fixed({above}, {below}, digits), digits)


def _main(arguments: list[str]) -> int:
    """Print as many decimal places as asked, or check the first {count} without arguments."""
    if arguments:
        # Python's integers refuse to print more than 4,300 digits unless told.
        getattr(sys, "set_int_max_str_digits", int)(0)
        print({name}(int(arguments[0])))
        return 0
    same = {name}({count}) == DIGITS
    print(f"{{'OK' if same else 'FAILED'}}: {count} decimal places against those recorded")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
'''


def files(subject: Subject) -> dict[str, str]:
    """``name.py`` with the function ``name(digits)`` that gives decimal text.

    Raises:
        UsageError: If the digits of the fraction are out of reach.
        SearchError: If the fraction is not what the formula says.
    """
    chosen = plan(subject)
    digits = trial(subject, chosen)
    core = [
        partials(subject.formula.fraction),
        engine_source(chosen),
        inspect.getsource(engine.fixed),
        inspect.getsource(engine.decimal),
    ]
    if subject.summed is not None:
        core.append(python_sum(subject.summed))
    name = clear_of(subject.name, _IMPORTS, _MAIN, *core)
    usage = [
        f"Computes {subject.computed} by {_METHODS[chosen.method]}; the fraction {chosen.rate}. "
        f"Run `python {subject.name}.py 1000` to print 1,000 decimal places; without an argument "
        f"it checks the first {DIGITS}. gmpy2 makes it fast, and it works without."
    ]
    imports = _IMPORTS + (RATIONALS if subject.summed is not None else "")
    main = _MAIN.format(
        name=name,
        digits=digits,
        count=DIGITS,
        what=_sentence(subject.computed),
        spare=chosen.spare,
        above=_line(*subject.solution()[:2]),
        below=_line(*subject.solution()[2:]),
    )
    return {
        f"{subject.name}.py": "\n\n".join(
            [module_head(subject, usage, imports, chosen), *core, main]
        )
    }


_METHODS = {
    "products": "binary splitting",
    "series": "the asymptotic series of the fraction's tail, in whole numbers",
    "extrapolation": "Salzer's extrapolation of convergents in exact arithmetic",
}


def _line(constant: int, slope: int) -> str:
    """The whole combination of q and p."""
    terms = [(constant, "q"), (slope, "p")]
    texts = [name if c == 1 else f"{c} * {name}" for c, name in terms if c]
    return " + ".join(texts).replace("+ -", "- ") or "0"


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] if text.startswith("the ") else text
