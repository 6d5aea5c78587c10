"""Errors a person can act on: each message says what happened and what to do next."""


class LoaderError(Exception):
    """Base of every error the loaders raise on purpose."""


class RegistryError(LoaderError):
    """The registry of counties and sources is wrong, or names something unknown."""


class DatabaseUnavailable(LoaderError):
    """No connection to PostgreSQL, or it was not prepared with init-db."""


class AlreadyRunning(LoaderError):
    """Another process loads the same source of the same county right now."""


class IncompleteRead(LoaderError):
    """The source sent fewer records than it announces, so nothing may be landed."""


class UnstablePaging(LoaderError):
    """Pages overlap, repeat or come unsorted: the list cannot be read reliably."""
