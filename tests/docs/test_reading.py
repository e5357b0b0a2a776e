"""The reader of pages: what it makes of blocks, and that it notices what is wrong."""

import pytest

TEXT = """
```console
$ printf 'one\\n%s\\n' \\
> two
one
two
$ echo 3fa9c0b1d2e4 took 12.5 s
0123456789ab took ... s
$ false
$ echo $?
1
```

```python
# lib/two.py
print(2)
```

<!-- numbers vary -->
```console
$ cd lib && python two.py | sed 's/$/ of  3/'
7 of 8
```

<!-- not run: it would never end -->
```console
$ sleep infinity
```
"""


def test_a_page_is_run_in_order(tmp_path, read_page, run_page, agrees):
    page = read_page(TEXT)
    done = run_page(page, tmp_path, 60.0)
    assert [code for code, _ in done] == [0, 0, 1, 0, 0, 0]
    assert all(agrees(step, out) for step, (_, out) in zip(page.steps, done, strict=True))
    assert [step.may_fail for step in page.steps] == [False, False, True, False, False, False]
    assert page.skipped == (("it would never end", "$ sleep infinity\n"),)
    for step in page.steps:
        assert TEXT[step.start :].startswith(step.shown)


@pytest.mark.parametrize(
    ("shown", "vary", "printed", "same"),
    [
        ("a\n...\nz\n", False, "a\nb\nc\nz\n", True),
        ("a\n...\nz\n", False, "a\nz\n", True),
        ("a\n...\nz\n", False, "a\nb\n", False),
        ("a\n", False, "a\nb\n", False),
        ("a ... c\n", False, "a b b c\n", True),
        ("x = 1.5\n", False, "x  =  1.5", True),
        ("x = 1.5\n", False, "x = 1.6\n", False),
        ("x = 1.5\n", True, "x = -2e-05\n", True),
        ("x = 1.5\n", True, "x = none\n", False),
        ("4.2k of 8\n", True, "17 of 9.9M\n", True),
        ("id 0123456789\n", False, "id abcdefabcdef\n", True),
        ("id 0123456789\n", False, "id 012\n", False),
        (".*\n", False, "anything\n", False),
        ("", False, "anything\n", True),
    ],
)
def test_what_counts_as_the_same(read_page, agrees, shown, vary, printed, same):
    remark = "<!-- numbers vary -->\n" if vary else ""
    (step,) = read_page(f"{remark}```console\n$ true\n{shown}```\n").steps
    assert agrees(step, printed) is same


def test_a_shell_that_ends_early_is_noticed(tmp_path, read_page, run_page):
    page = read_page("```console\n$ exit 0\n$ true\n```\n")
    assert run_page(page, tmp_path, 60.0) == []
