{#-
    Post-hook of marts: wholesaler_reader may read every column that is not tagged `meta: {pii: true}`, and no other.
    Column grants, so that names and raw records stay away from BI even with `select` on the table.
    Writes to the catalogue only what differs, so an unchanged run changes nothing.
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
    surplus text;
begin
    select
        string_agg(quote_ident(columns.name), ', ') filter (where columns.is_readable and not columns.is_granted),
        string_agg(quote_ident(columns.name), ', ') filter (where columns.is_granted and not columns.is_readable)
    into missing, surplus
    from (
        select
            a.attname as name,
            a.attname = any(array[{% for name in readable %}'{{ name }}'{{ ', ' if not loop.last }}{% endfor %}]::text[])
                as is_readable,
            has_column_privilege('wholesaler_reader', a.attrelid, a.attnum, 'select') as is_granted
        from pg_catalog.pg_attribute as a
        where a.attrelid = '{{ this }}'::regclass and a.attnum > 0 and not a.attisdropped
    ) as columns;
    if missing is not null then
        execute format('grant select (%s) on {{ this }} to wholesaler_reader', missing);
    end if;
    if surplus is not null then
        execute format('revoke select (%s) on {{ this }} from wholesaler_reader', surplus);
    end if;
end $grant$;
{%- endmacro %}
