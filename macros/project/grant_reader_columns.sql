{#-
    Post-hook of marts: wholesaler_reader may read every column that is not tagged `meta: {pii: true}`.
    Column grants, so that names and raw records stay away from BI even with `select` on the table.
    Writes to the catalogue only what is missing, so an unchanged run changes nothing.
-#}
{% macro grant_reader_columns() -%}
    {%- set readable = [] -%}
    {%- for column in model.columns.values() -%}
        {%- set meta = column.get('config', {}).get('meta') or column.get('meta') or {} -%}
        {%- if not meta.get('pii', false) -%}{%- do readable.append(column.name) -%}{%- endif -%}
    {%- endfor -%}
do $grant$
declare
    missing text;
begin
    select string_agg(quote_ident(a.attname), ', ' order by a.attnum)
    into missing
    from pg_catalog.pg_attribute as a
    where
        a.attrelid = '{{ this }}'::regclass
        and a.attnum > 0
        and not a.attisdropped
        and a.attname = any(array[{% for name in readable %}'{{ name }}'{{ ', ' if not loop.last }}{% endfor %}]::text[])
        and not has_column_privilege('wholesaler_reader', a.attrelid, a.attnum, 'select');
    if missing is not null then
        execute format('grant select (%s) on {{ this }} to wholesaler_reader', missing);
    end if;
end $grant$;
{%- endmacro %}
