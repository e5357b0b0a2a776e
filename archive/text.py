"""Text that any file can hold."""


def plain(text: str) -> str:
    """The text with what UTF-8 cannot hold (lone surrogates) written as escapes.

    Arguments of a command that are not valid UTF-8 reach Python as such surrogates.
    """
    if text.isascii():
        return text
    return text.encode("utf-8", "backslashreplace").decode()
