-- What was announced to whom, and what the quality checks found. Written by the Airflow tasks, which act as the
-- transformer: they read the marts.

-- A lead is announced once per channel and stay in tier A; tier_since is when that stay began (lead_changes).
create table if not exists ops.lead_announcements (
    county_fips text not null,
    parcel_id_normalized text not null,
    channel text not null check (channel in ('slack', 'email')),
    tier_since timestamptz not null,
    total_score numeric(5, 2) not null,
    announced_at timestamptz not null default now(),
    announced_by text not null,
    primary key (county_fips, parcel_id_normalized, channel, tier_since)
);
comment on column ops.lead_announcements.announced_by is 'Airflow run that sent the message.';

-- The report of a day goes out once per channel.
create table if not exists ops.daily_reports (
    report_date date not null,
    channel text not null check (channel in ('slack', 'email')),
    sent_at timestamptz not null default now(),
    sent_by text not null,
    primary key (report_date, channel)
);
comment on column ops.daily_reports.sent_by is 'Airflow run that sent the message.';

-- One row per check and run of data_quality_checks; a run repeated replaces its rows.
create table if not exists ops.quality_results (
    run_id text not null,
    check_name text not null,
    category text not null check (category in ('database', 'freshness', 'completeness', 'consistency')),
    status text not null check (status in ('ok', 'warning', 'error')),
    finding text not null,
    next_step text,
    checked_at timestamptz not null default now(),
    primary key (run_id, check_name)
);
create index if not exists quality_results_latest on ops.quality_results (checked_at desc);
comment on column ops.quality_results.next_step is 'What to do about it; null when nothing is wrong.';

grant select, insert, delete on ops.lead_announcements, ops.daily_reports to wholesaler_transformer;
grant select, insert, update, delete on ops.quality_results to wholesaler_transformer;
