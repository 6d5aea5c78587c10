"""Every setting of the Python parts, read from the environment and the project's `.env` file."""

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from loaders import PROJECT_DIR
from loaders.errors import LoaderError


class Settings(BaseSettings):
    """Field names are the names of the environment variables, in lower case.

    The database is named by libpq's own PG* variables, so psql, dbt and the loaders always agree.
    """

    model_config = SettingsConfigDict(
        env_file=PROJECT_DIR / ".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    pghost: str
    pgport: int = Field(default=5432, ge=1, le=65535)
    pguser: str
    pgpassword: SecretStr | None = None
    pgdatabase: str = "wholesaler"

    database_pool_size: int = Field(default=5, ge=1)
    database_max_overflow: int = Field(default=5, ge=0)
    database_pool_timeout: float = Field(default=30, gt=0, description="seconds")
    database_pool_recycle: int = Field(default=1800, ge=-1, description="seconds")
    database_pool_pre_ping: bool = True

    etl_batch_size: int | None = Field(
        default=None, ge=1, description="upper limit of records per request, for every source"
    )
    etl_max_retries: int = Field(default=4, ge=0, description="per request")
    etl_retry_delay_seconds: float = Field(default=1, ge=0, description="doubles with each retry")
    etl_request_timeout_seconds: float = Field(default=60, gt=0)
    etl_request_pause_seconds: float = Field(
        default=0.5, ge=0, description="between two requests to a public server; none to localhost"
    )
    etl_retention_days: int = Field(
        default=365, ge=1, description="age at which retired versions and closed runs are deleted"
    )

    sandbox_url: str | None = None
    socrata_app_token: SecretStr | None = None

    score_history_retention_days: int = Field(
        default=730, ge=1, description="age at which superseded rows of the score history go"
    )

    alert_enable_slack: bool = False
    alert_enable_email: bool = False
    alert_slack_conn_id: str = Field(default="wholesaler_slack", description="Airflow connection")
    alert_smtp_conn_id: str = Field(default="wholesaler_smtp", description="Airflow connection")
    alert_email_to: str = Field(default="", description="addresses, separated by commas")
    alert_parcel_url: str = Field(
        default="https://ocpaweb.ocpafl.org/parcelsearch/Parcel%20ID/{parcel_id}",
        description="the appraiser's page of a parcel; {parcel_id} and {county_fips} are filled in",
    )

    @field_validator("pghost")
    @classmethod
    def _host_not_socket(cls, host: str) -> str:
        if host.startswith("/"):
            raise ValueError("must be a host name or address: dlt cannot use a socket folder")
        return host


def load_settings() -> Settings:
    """Settings of this process.

    Raises:
        LoaderError: a variable is missing or has an impossible value; the message names it.
    """
    try:
        return Settings()
    except ValidationError as error:
        lines = [f"  {'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()]
        raise LoaderError(
            "These settings are missing or wrong:\n"
            + "\n".join(lines)
            + '\nFor the private server run `make up` and `eval "$(bin/env)"`; '
            "for your own set PGHOST, PGUSER and PGPASSWORD (see .env.example)."
        ) from error
