from elitemap.terminal.scripting import Found as Found
from elitemap.terminal.scripting import Result as Result
from elitemap.terminal.scripting import search as search

__version__: str
