-- The registry as data (loaders/registry.yaml is the truth, the loader copies it here) and the log of loads.
create table if not exists ops.registry_counties (
    county_fips text primary key,
    county_name text not null,
    state_code text not null,
    time_zone text not null,
    projection_srid int not null,
    latitude_min double precision not null,
    latitude_max double precision not null,
    longitude_min double precision not null,
    longitude_max double precision not null
);

create table if not exists ops.registry_sources (
    county_fips text not null references ops.registry_counties,
    source_type text not null,
    source_kind text not null check (source_kind in ('arcgis', 'socrata')),
    url text not null,
    key_fields text [] not null,
    parcel_id_order text check (parcel_id_order in ('range-township-section', 'section-township-range')),
    refresh_mode text not null check (refresh_mode in ('full', 'incremental')),
    freshness_hours int not null check (freshness_hours > 0),
    primary key (county_fips, source_type)
);

create table if not exists ops.ingestion_runs (
    run_id text primary key,
    county_fips text not null,
    source_type text not null,
    refresh_mode text not null check (refresh_mode in ('full', 'incremental')),
    status text not null check (status in ('running', 'success', 'partial', 'failure')),
    records_announced bigint,
    records_processed bigint not null default 0,
    records_inserted bigint not null default 0,
    records_updated bigint not null default 0,
    records_vanished bigint not null default 0,
    records_rejected bigint not null default 0,
    error_message text,
    error_details jsonb,
    load_ids text [] not null default '{}',
    started_at timestamptz not null default now(),
    completed_at timestamptz,
    check ((status = 'running') = (completed_at is null))
);
create index if not exists ingestion_runs_latest on ops.ingestion_runs (county_fips, source_type, started_at desc);

grant usage on schema ops to wholesaler_loader, wholesaler_transformer;
grant select, insert, update, delete on ops.registry_counties, ops.registry_sources, ops.ingestion_runs to wholesaler_loader;
grant select on ops.registry_counties, ops.registry_sources, ops.ingestion_runs, ops.schema_versions to wholesaler_transformer;

-- bin/init-db asks as the login which files a database has, without an administrator.
select format('grant usage on schema ops to %I', :'login') \gexec
select format('grant select on ops.schema_versions to %I', :'login') \gexec
