# Airflow with the project in it: compiled to byte code, dbt project parsed, DAG lists written.
FROM python:3.11.11-slim-bookworm AS packages
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
RUN pip install --no-cache-dir uv==0.9.9
WORKDIR /opt/wholesaler
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-default-groups --group airflow

FROM python:3.11.11-slim-bookworm
# psql: the init service creates databases and roles with it.
RUN apt-get update \
    && apt-get install --no-install-recommends -y postgresql-client procps tini \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 50000 airflow
WORKDIR /opt/wholesaler
COPY --from=packages /opt/wholesaler/.venv .venv
COPY .dlt .dlt
COPY bin bin
COPY config config
COPY dags dags
COPY dbt_project dbt_project
COPY init-db init-db
COPY loaders loaders
COPY macros macros
COPY operations operations
COPY seeds seeds
COPY dbt_project.yml profiles.yml selectors.yml pyproject.toml ./
# The same connection as in compose.yaml: with another, dbt would parse everything anew in each task.
ENV PATH=/opt/wholesaler/.venv/bin:$PATH \
    PYTHONPATH=/opt/wholesaler:/opt/wholesaler/dags:/opt/wholesaler/config/airflow \
    AIRFLOW_HOME=/opt/airflow \
    DO_NOT_TRACK=1 \
    PGHOST=postgres PGPORT=5432 PGUSER=wholesaler PGDATABASE=wholesaler
RUN python -m compileall -q dags loaders operations \
    && python -m operations.dbt_lists \
    && mkdir -p .local logs /opt/airflow/logs /opt/airflow/secrets \
    && chown -R airflow .local logs target /opt/airflow
USER airflow
ENTRYPOINT ["tini", "--"]
CMD ["airflow", "version"]
