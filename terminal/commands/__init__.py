"""The bodies of the commands: small functions that cli.py imports when their command runs."""
