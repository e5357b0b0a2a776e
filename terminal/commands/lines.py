"""Files of users with one thing a line."""

from collections.abc import Iterator
from pathlib import Path

from elitemap.archive.errors import UsageError

#: Lines that a file may have.
MOST = 10_000


def lines(file: Path) -> Iterator[tuple[str, str]]:
    """Places, for messages, and texts; what begins with # is a remark.

    Raises:
        UsageError: If the file cannot be read, or is very long.
    """
    try:
        found = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"expected a text file, got {file}: {error}") from None
    if len(found) > MOST:
        raise UsageError(f"expected at most {MOST} lines in {file}, got {len(found)}; split it")
    for number, line in enumerate(found, start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield f"line {number} of {file}: ", line.strip()


def listed(names: str) -> str:
    """Names with commas between, or those in a file that is named as ``@FILE``, one a line.

    Raises:
        UsageError: As :func:`lines`, and if the file has none.
    """
    if not names.startswith("@"):
        return names
    found = [text for _, text in lines(Path(names[1:]))]
    if not found:
        raise UsageError(f"expected names in {names[1:]}, one a line, got none; add one")
    return ",".join(found)
