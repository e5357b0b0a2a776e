from elitemap.terminal.results import Found as Found
from elitemap.terminal.results import Result as Result
from elitemap.terminal.scripting import search as search

__version__: str
