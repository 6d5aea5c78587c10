-- Always run first by bin/init-db: where it records which files a database already has.
create schema if not exists ops;

create table if not exists ops.schema_versions (
    version int primary key,
    name text not null,
    checksum text not null,
    applied_at timestamptz not null default now()
);
