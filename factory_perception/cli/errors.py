"""What a command raises to end with one sentence instead of a traceback."""


class CommandError(Exception):
    """A command that cannot do what was asked; the text says why and what to do instead."""
