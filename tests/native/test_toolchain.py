import os
import subprocess
import sys

import pytest

from elitemap.archive.errors import SearchError
from elitemap.native import toolchain
from elitemap.searchspaces.programs.real import REAL

COUNT = len(REAL.primitives)

SCRIPT = """
import sys
from pathlib import Path
from elitemap.native.toolchain import load
from elitemap.searchspaces.programs.real import REAL
print(load(Path(sys.argv[1]), REAL.header).answer())
"""


@pytest.fixture
def kernel(tmp_path):
    """A C file that builds fast."""
    source = tmp_path / "tiny.c"
    source.write_text('#include "primitives.h"\nint answer(void) { return PRIMITIVE_COUNT; }\n')
    return source


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("ELITEMAP_CACHE", str(folder))
    monkeypatch.delenv("CC", raising=False)
    return folder


def load(source):
    """Loading as a new process would."""
    return toolchain.load.__wrapped__(source, REAL.header)


def libraries(cache):
    return sorted(path.relative_to(cache) for path in cache.rglob("*") if path.is_file())


def test_built_once_and_kept(kernel, cache):
    assert load(kernel).answer() == COUNT
    (library,) = libraries(cache)
    assert library.name == "tiny.so"
    kernel.write_text("not C")
    assert load(kernel).answer() == COUNT


def test_the_cache_follows_the_usual_folder(kernel, cache, monkeypatch, tmp_path):
    monkeypatch.delenv("ELITEMAP_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert toolchain.cache_directory(("cc",)).parent == tmp_path / "xdg" / "elitemap"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert toolchain.cache_directory(("cc",)).parent == tmp_path / ".cache" / "elitemap"
    monkeypatch.setenv("ELITEMAP_CACHE", "~/kernels")
    assert toolchain.cache_directory(("cc",)).parent == tmp_path / "kernels"


def test_another_compiler_and_another_table_have_other_folders(cache):
    folders = {toolchain.cache_directory(command) for command in (("cc",), ("cc", "-g"))}
    folders.add(toolchain.cache_directory(("cc",), REAL.header))
    assert len(folders) == 3 and all(f.parent == cache for f in folders)


def assert_fails(kernel, *words):
    with pytest.raises(SearchError) as caught:
        load(kernel)
    text = str(caught.value)
    assert "\n" not in text and len(text) < 400
    assert all(word in text for word in words), text


@pytest.mark.parametrize("name", ["no-such-compiler", "/no/such/gcc -O1", '"unclosed', " "])
def test_a_missing_compiler(kernel, cache, monkeypatch, name):
    monkeypatch.setenv("CC", name)
    assert_fails(kernel, "C compiler", "install gcc or set CC")
    assert not cache.exists()


def test_a_compiler_that_fails(kernel, cache, monkeypatch, tmp_path):
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho first line >&2\necho second line >&2\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setenv("CC", str(broken))
    assert_fails(kernel, "tiny.c", "first line")
    monkeypatch.setenv("CC", "false")
    assert_fails(kernel, "tiny.c", "no message")
    assert libraries(cache) == []


def test_c_that_does_not_compile(kernel, cache):
    kernel.write_text("int answer(void) { return }")
    assert_fails(kernel, "tiny.c", "error")
    assert libraries(cache) == []


def test_a_cache_that_cannot_be_written(kernel, cache):
    cache.write_text("a file in the way")
    assert_fails(kernel, str(cache), "ELITEMAP_CACHE")


def test_two_processes_may_build_at_once(kernel, cache, monkeypatch, tmp_path):
    slow, told = tmp_path / "slow", tmp_path / "told"
    slow.write_text(
        f'#!/bin/sh\ncase "$*" in *-shared*) echo one >> {told}; sleep 1;; esac\nexec cc "$@"\n'
    )
    slow.chmod(0o755)
    monkeypatch.setenv("CC", str(slow))
    command = [sys.executable, "-W", "error", "-c", SCRIPT, str(kernel)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    children = [subprocess.Popen(command, env=os.environ.copy(), **pipes) for _ in range(2)]
    for child in children:
        out, err = child.communicate(timeout=60)
        assert (out, err) == (f"{COUNT}\n", "")
    assert [path.name for path in libraries(cache)] == ["tiny.so"]
    assert told.read_text() == "one\n"  # the second one waits for the first


def test_all_kernels_of_a_folder_are_built_at_once(kernel, cache):
    kernel.with_name("other.c").write_text("int other(void) { return 7; }\n")
    toolchain.prepare([kernel.parent], REAL.header)
    assert [path.name for path in libraries(cache)] == ["other.so", "tiny.so"]
    kernel.write_text("not C")
    assert load(kernel).answer() == COUNT


def test_preparing_fails_as_loading_does(kernel, cache, monkeypatch):
    monkeypatch.setenv("CC", "no-such-compiler")
    with pytest.raises(SearchError, match="install gcc"):
        toolchain.prepare([kernel.parent])


def test_the_header_knows_every_primitive():
    assert f"#define PRIMITIVE_COUNT {COUNT}\n" in REAL.header
    cases = REAL.header.partition("#define FORWARD_CASES")[2].partition("#define")[0]
    assert [f"case {code}:" in cases for code in range(COUNT + 1)] == [True] * COUNT + [False]


def test_to_build_removes_what_was_not_used_for_long(kernel, cache):
    old = cache / f"kernels-{'0' * 16}"
    old.mkdir(parents=True)
    os.utime(old, (0, 0))
    assert load(kernel).answer() == COUNT
    assert not old.exists()
