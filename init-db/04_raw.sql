-- One landing table per source, all counties in it, so that models exist before a source was ever loaded.
-- dlt finds these tables and adds nothing. Current rows: _dlt_valid_to is null.
do $raw$
declare
    source text;
begin
    foreach source in array array['tax_sales', 'foreclosures', 'property_records', 'code_violations']
    loop
        execute format(
            $table$
            create table if not exists raw.%I (
                county_fips text not null,
                source_key text not null,
                payload jsonb not null,
                payload_hash text not null,
                run_id text not null,
                fetched_at timestamptz not null,
                _dlt_valid_from timestamptz not null,
                _dlt_valid_to timestamptz
            )
            $table$,
            source
        );
        -- A version is current once: two loads of one source at the same time cannot both land it.
        -- Retirement finds its rows by this index.
        execute format(
            'create unique index if not exists %I on raw.%I (payload_hash) where _dlt_valid_to is null',
            source || '_current_version', source
        );
        execute format('alter table raw.%I owner to wholesaler_loader', source);
        execute format('grant select on raw.%I to wholesaler_transformer', source);
    end loop;
end
$raw$;

-- What JSONB cannot hold as sent, and records without a key: the bytes verbatim, so nothing is lost.
create table if not exists raw.rejected_records (
    county_fips text not null,
    source_type text not null,
    source_key text,
    reason text not null,
    record bytea not null,
    record_hash text not null,
    run_id text not null,
    fetched_at timestamptz not null,
    primary key (county_fips, source_type, record_hash)
);
alter table raw.rejected_records owner to wholesaler_loader;
grant select on raw.rejected_records to wholesaler_transformer;
