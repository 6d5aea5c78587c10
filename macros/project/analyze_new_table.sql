{#-
    Post-hook of tables: statistics for one that has none yet. Models that read it come seconds later, and
    without statistics the planner takes a nested loop over half a million rows for cheap. Later changes are
    left to autovacuum.
    Pitfall: pg_class.reltuples alone does not tell, building an index sets it. Nor does pg_stats: truncate, by which
    dbt fills a seed again, leaves the statistics of columns and forgets the number of rows.
-#}
{% macro analyze_new_table() -%}
do $analyze$
begin
    if exists (
        select from pg_catalog.pg_class as c
        where
            c.oid = '{{ this }}'::regclass
            and c.relkind in ('r', 'm')
            and (
                c.reltuples < 0
                or not exists (
                    select from pg_catalog.pg_stats as s
                    where s.schemaname = '{{ this.schema }}' and s.tablename = '{{ this.identifier }}'
                )
            )
    ) then
        analyze {{ this }};
    end if;
end $analyze$;
{%- endmacro %}
