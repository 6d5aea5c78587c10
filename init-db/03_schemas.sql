-- Each schema belongs to the role that fills it; nobody else may create in it.
create schema if not exists raw authorization wholesaler_loader;
create schema if not exists raw_staging authorization wholesaler_loader;

create schema if not exists seeds authorization wholesaler_transformer;
create schema if not exists staging authorization wholesaler_transformer;
create schema if not exists intermediate authorization wholesaler_transformer;
create schema if not exists snapshots authorization wholesaler_transformer;
create schema if not exists marts authorization wholesaler_transformer;
create schema if not exists quality authorization wholesaler_transformer;

comment on schema raw is 'Records as the counties published them, every version ever seen. Written by the loader.';
comment on schema raw_staging is 'The loader''s working copy of one load. Empty between loads.';
comment on schema seeds is 'Scoring rules, codes and county settings as data.';
comment on schema staging is 'Raw records parsed, typed and cleaned.';
comment on schema intermediate is 'Identity, proximity and signals.';
comment on schema snapshots is 'History of status and scores.';
comment on schema marts is 'The tables people read.';
comment on schema quality is 'Rejected rows, test results and completeness.';
comment on schema ops is 'The registry of sources and the log of loads.';

-- Readers see marts only; which columns, dbt grants per table (no personal data).
grant usage on schema marts to wholesaler_reader;

-- The transformer reads raw, also in tables the loader creates later.
grant usage on schema raw to wholesaler_transformer;
alter default privileges for role wholesaler_loader in schema raw grant select on tables to wholesaler_transformer;
