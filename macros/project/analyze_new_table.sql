{#-
    Post-hook of tables: statistics for one that has none yet. Models that read it come seconds later, and
    without statistics the planner takes a nested loop over half a million rows for cheap. Later changes are
    left to autovacuum.
-#}
{% macro analyze_new_table() -%}
do $analyze$
begin
    if (select c.reltuples from pg_catalog.pg_class as c where c.oid = '{{ this }}'::regclass) < 0 then
        analyze {{ this }};
    end if;
end $analyze$;
{%- endmacro %}
