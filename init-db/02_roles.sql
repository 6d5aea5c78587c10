-- Three group roles and one login. Roles belong to the whole server, databases share them.
-- `login` is the psql variable with the name of the user every tool connects as.
do $roles$
declare
    group_role text;
begin
    foreach group_role in array array['wholesaler_loader', 'wholesaler_transformer', 'wholesaler_reader']
    loop
        if not exists (select from pg_roles where rolname = group_role) then
            begin
                execute format('create role %I nologin nosuperuser nocreatedb nocreaterole', group_role);
            exception
                when duplicate_object or unique_violation then null; -- another database's init-db was faster
            end;
        end if;
        -- An administrator who is no superuser must be a member to hand objects to the role.
        if not pg_has_role(current_user, group_role, 'usage') then
            execute format('grant %I to current_user', group_role);
        end if;
    end loop;
end
$roles$;

-- noinherit: the login can do nothing by itself, each tool picks its role with `set role`.
select format('create role %I login noinherit nosuperuser nocreatedb nocreaterole', :'login')
where not exists (select from pg_roles where rolname = :'login') \gexec

select format('grant %I to %I', group_role, :'login')
from unnest(array['wholesaler_loader', 'wholesaler_transformer', 'wholesaler_reader']) as group_role
where not pg_has_role(:'login', group_role, 'member') \gexec

-- work_mem: below this dlt's merge and dbt's large joins fall into quadratic plans.
-- jit: costs more than it gives at these query sizes.
-- enable_memoize: takes the lateral joins of staging for a cache's work, and keeps every record in memory.
-- min_parallel_*: a worker for every few megabytes only competes with dbt's other threads.
-- Settings of a role count at login only, so they are on the login; on the loader for who logs in as it.
-- Only what differs is written: two databases initialised at once must not fight over one row.
select format('alter role %I set %s = %L', role_name, setting, value)
from unnest(array[:'login', 'wholesaler_loader']) as role_name
cross join (
    values
    ('work_mem', '256MB'),
    ('timezone', 'UTC'),
    ('jit', 'off'),
    ('enable_memoize', 'off'),
    ('min_parallel_table_scan_size', '32MB'),
    ('min_parallel_index_scan_size', '16MB')
) as wanted (setting, value)
where
    not exists (select from pg_roles where rolname = role_name and rolsuper) -- somebody's administrator: not ours to tune
    and not exists (
        select
        from pg_db_role_setting as existing
        inner join pg_roles as owner on owner.oid = existing.setrole
        where
            owner.rolname = role_name
            and existing.setdatabase = 0
            and lower(setting || '=' || value) in (select lower(entry) from unnest(existing.setconfig) as entry)
    ) \gexec

-- A database admits its own users only. Temporary tables: the loader compares versions in them, dbt merges from them.
select format('revoke all on database %I from public', current_database()) \gexec
select format('grant connect on database %I to %I, wholesaler_loader, wholesaler_transformer, wholesaler_reader', current_database(), :'login') \gexec
select format('grant temporary on database %I to wholesaler_loader, wholesaler_transformer', current_database()) \gexec
revoke create on schema public from public;

-- PostGIS grants its own catalogues to everybody, the address standardizer does not.
grant select on us_lex, us_gaz, us_rules to wholesaler_transformer;
