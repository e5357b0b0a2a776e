"""Completion in bash of words with ``=`` in them, which bash takes for three words."""

from click.shell_completion import BashComplete, CompletionItem, add_completion_class


@add_completion_class
class JoiningBash(BashComplete):
    """Joins KEY, = and VALUE, and answers what bash is to put behind the ``=``."""

    _key = ""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the one to complete, and that as far as it has been typed."""
        words, last = super().get_completion_args()
        if last == "=" and words:
            words, last = words[:-1], f"{words[-1]}="
        elif len(words) > 1 and words[-1] == "=":
            words, last = words[:-2], f"{words[-2]}={last}"
        else:
            return words, last
        self._key = last[: last.index("=") + 1]
        return words, last

    def format_completion(self, item: CompletionItem) -> str:
        """The suggestion as the script reads it."""
        return f"{item.type},{str(item.value).removeprefix(self._key)}"
