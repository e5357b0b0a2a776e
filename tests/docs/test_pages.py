"""Every command of the documents runs and prints what its page shows."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs").rglob("*.md"))

#: Pages whose commands take seconds in all; the others are run by the slow lane.
QUICK = {"docs/index.md"}

#: How many blocks are not run, by page and reason.
NOT_RUN = Counter(
    {
        ("docs/guides/cluster.md", "it takes several machines, or hours"): 7,
        ("docs/guides/add-a-primitive.md", "needs the network"): 1,
        (
            "docs/guides/add-a-space.md",
            "needs a checkout; tests/docs/test_example_space.py does it",
        ): 1,
        ("docs/guides/add-a-space.md", "installs a package"): 1,
        ("docs/guides/archives.md", "it takes many minutes"): 1,
        ("docs/guides/look.md", "interactive; tests/terminal/browser drives it"): 1,
        ("docs/tutorials/fractions.md", "needs PARI/GP"): 1,
        ("docs/tutorials/optimizers.md", "takes minutes"): 1,
    }
)

#: Blocks whose output is an example, by page.
EXAMPLES = Counter(
    {
        "docs/tutorials/elementary.md": 3,
        "docs/tutorials/float32.md": 2,
        "docs/tutorials/halves.md": 2,
        "docs/tutorials/optimizers.md": 4,
    }
)

#: What a command block may be called: README.md has its own test, in tests/test_docs.py.
COMMANDS = re.compile(r"^```(console|sh|bash|shell|zsh)$", re.MULTILINE)

#: Most seconds that a page may take on a busy machine.
PATIENCE = 900.0


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def with_commands():
    for page in PAGES:
        if "console" in COMMANDS.findall(page.read_text()):
            marks = [] if name(page) in QUICK else [pytest.mark.slow]
            yield pytest.param(page, id=name(page), marks=marks)


@pytest.mark.parametrize("page", list(with_commands()))
def test_the_commands_run_and_print_what_is_shown(
    page, tmp_path, request, read_page, run_page, agrees
):
    text = page.read_text()
    steps = read_page(text).steps
    done = run_page(read_page(text), tmp_path, PATIENCE)
    wrong = []
    for step, (code, printed) in zip(steps, done, strict=False):
        if code != 0 and not step.may_fail:
            wrong.append(f"$ {step.command}\nexits with {code}:\n{printed}")
        elif not agrees(step, printed):
            wrong.append(f"$ {step.command}\nis shown with\n{step.shown}\nbut prints\n{printed}")
    if request.config.getoption("--update-golden"):
        page.write_text(updated(text, steps, done, agrees))
    assert not wrong, "\n".join(wrong)
    assert len(done) == len(steps), f"the shell ended before: {steps[len(done)].command}"


def updated(text, steps, done, agrees):
    """The page with what the commands print now, where it shows something else or an example."""
    for step, (_, printed) in reversed(list(zip(steps, done, strict=False))):
        example = step.shown and step.remark == "one machine's output"
        if example or not agrees(step, printed):
            lines = "".join(f"{line.rstrip()}\n" for line in printed.splitlines())
            text = text[: step.start] + lines + text[step.start + len(step.shown) :]
    return text


def test_every_command_block_is_run_or_says_why_not(read_page):
    found, examples = Counter(), Counter()
    for page in PAGES:
        text = page.read_text()
        examples[name(page)] += text.count("<!-- one machine's output -->")
        assert set(COMMANDS.findall(text)) <= {"console"}, name(page)
        found.update((name(page), reason) for reason, _ in read_page(text).skipped)
    assert found == NOT_RUN
    assert +examples == EXAMPLES


def test_the_quick_pages_exist():
    assert QUICK <= {name(page) for page in PAGES}


LINK = re.compile(r"\]\(([^)\s]+)\)")


def links(page):
    """The targets of a page's links inside the repository: file and anchor."""
    for link in LINK.findall(re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.M | re.S)):
        if not link.startswith("http"):
            path, _, anchor = link.partition("#")
            yield (page.parent / path).resolve() if path else page, anchor


def anchors(page):
    """The anchors of a page's headings, as forges make them."""
    for heading in re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_and_their_anchors_exist(page):
    for target, anchor in links(page):
        assert target.exists(), target
        assert not anchor or anchor in anchors(target), (target, anchor)


def test_every_page_is_reached_from_the_index():
    assert {target for target, _ in links(ROOT / "docs" / "index.md")} == {*PAGES} - {
        ROOT / "docs" / "index.md"
    }
