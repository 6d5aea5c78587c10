"""The one way Python reaches PostgreSQL: an engine per role, and the URL for dlt's own driver."""

from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine
from sqlalchemy.exc import OperationalError

from loaders.errors import DatabaseUnavailable
from loaders.settings import Settings

LOADER_ROLE = "wholesaler_loader"
TRANSFORMER_ROLE = "wholesaler_transformer"


def engine(settings: Settings, role: str = LOADER_ROLE) -> Engine:
    """A pooled engine on psycopg 3 whose sessions act as `role`.

    The role comes with the connection (libpq `options`), not by a statement: a rolled back
    `set role` would silently fall back to the login.
    """
    password = settings.pgpassword.get_secret_value() if settings.pgpassword else None
    return create_engine(
        URL.create(
            "postgresql+psycopg",
            username=settings.pguser,
            password=password,
            host=settings.pghost,
            port=settings.pgport,
            database=settings.pgdatabase,
        ),
        pool_size=settings.database_pool_size,
        max_overflow=settings.database_max_overflow,
        pool_timeout=settings.database_pool_timeout,
        pool_recycle=settings.database_pool_recycle,
        pool_pre_ping=settings.database_pool_pre_ping,
        connect_args={
            "options": f"-c role={role} -c timezone=UTC",
            "application_name": "wholesaler loaders",
            "connect_timeout": 10,
        },
    )


def connect(database: Engine) -> Connection:
    """A connection from the pool.

    Raises:
        DatabaseUnavailable: with what to do about it.
    """
    try:
        return database.connect()
    except OperationalError as error:
        url = database.url
        raise DatabaseUnavailable(
            f"Cannot work on {url.database} at {url.host}:{url.port} as {url.username}: "
            f"{str(error.orig).strip()}\nStart the private server with `make up`, or check PG*."
        ) from error


def dlt_url(settings: Settings) -> str:
    """The same database for dlt, which brings psycopg2 and wants a URL with a password in it."""
    password = settings.pgpassword.get_secret_value() if settings.pgpassword else "not-asked-for"
    # `-crole=` without a blank: dlt writes the options anew and would turn a blank into a plus
    return (
        f"postgresql://{quote(settings.pguser, safe='')}:{quote(password, safe='')}"
        f"@{settings.pghost}:{settings.pgport}/{quote(settings.pgdatabase, safe='')}"
        f"?options=-crole%3D{LOADER_ROLE}&application_name=wholesaler-dlt"
    )
