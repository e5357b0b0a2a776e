"""The folders of compiled kernels: where they are, and removing those that nobody uses any more.

Every change of sources, dialects or the compiler makes a new folder and leaves the old one behind.
Which are old only their use tells: other versions and other compilers may be in use beside this
one. So a folder that is used gets the date of the day, and one without use for a month goes when
the next one is made. To lose a folder costs the seconds of compiling again.
"""

import os
import re
import shutil
import time
from contextlib import suppress
from pathlib import Path

from platformdirs import user_cache_path

#: Seconds without use after which a folder goes, and after which its use is noted again.
UNUSED, NOTED = 30 * 86_400.0, 86_400.0

_NAME = re.compile(r"kernels-[0-9a-f]{16}")


def cache_base() -> Path:
    """The folder for everything that is compiled; it may not be there yet."""
    chosen = os.environ.get("ELITEMAP_CACHE")
    return Path(chosen).expanduser() if chosen else user_cache_path("elitemap", appauthor=False)


def kernel_folders(base: Path) -> list[Path]:
    """Those there are, by name; nothing else in the cache is ours."""
    if not base.is_dir():
        return []
    entries = (path for path in base.iterdir() if _NAME.fullmatch(path.name))
    return sorted(path for path in entries if path.is_dir() and not path.is_symlink())


def note_use(folder: Path) -> None:
    """Say that a folder is used today."""
    with suppress(OSError):  # of another user, or on a disk that cannot be written
        if time.time() - folder.stat().st_mtime > NOTED:
            os.utime(folder)


def sweep(base: Path, keep: Path | None = None) -> list[Path]:
    """Remove folders without use for a month; those that were removed.

    Args:
        base: Their folder.
        keep: One that stays in any case.
    """
    gone = []
    for folder in kernel_folders(base):
        with suppress(OSError):
            if folder != keep and time.time() - folder.stat().st_mtime > UNUSED:
                shutil.rmtree(folder)
                gone.append(folder)
    return gone


def size(folder: Path) -> int:
    """Bytes of the files in a folder."""
    total = 0
    for path in folder.rglob("*"):
        with suppress(OSError):
            total += path.stat().st_size if path.is_file() else 0
    return total
