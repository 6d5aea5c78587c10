{#-
    on-run-end: restore the foreign keys that the contracts declare and the database lacks.
    A full refresh of a parent drops, by cascade, the keys that point at it; the children are not rebuilt
    in that run. An orphan row makes the run fail here, which is what we want.
-#}
{% macro ensure_foreign_keys() %}
    {%- if not execute or flags.WHICH not in ('run', 'build') -%}
        {{ return('select 1') }}
    {%- endif -%}
    {%- set statements = [] -%}
    {%- for node in graph.nodes.values()
        if node.resource_type == 'model' and node.config.enabled
        and node.config.get('contract', {}).get('enforced') -%}
        {%- set child = api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias) -%}
        {%- for constraint in node.constraints if constraint.type == 'foreign_key' -%}
            {%- set parent = referenced_relation(constraint.to) -%}
            {%- set name = ('fk_' ~ node.alias ~ '__' ~ constraint.columns | join('_'))[:63] -%}
            {%- set statement -%}
do $fk$
begin
    if to_regclass('{{ child }}') is not null and to_regclass('{{ parent }}') is not null
        and not exists (
            select 1
            from pg_catalog.pg_constraint as c
            where c.contype = 'f' and c.conrelid = to_regclass('{{ child }}')
                and c.confrelid = to_regclass('{{ parent }}')
        )
    then
        alter table {{ child }} add constraint {{ adapter.quote(name) }}
            foreign key ({{ constraint.columns | join(', ') }})
            references {{ parent }} ({{ constraint.to_columns | join(', ') }});
    end if;
end $fk$;
            {%- endset -%}
            {%- do statements.append(statement) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(statements | join('\n') if statements else 'select 1') }}
{% endmacro %}


{#- The relation behind a contract's `to: ref('x')`: text before dbt has compiled the child, a relation after. -#}
{% macro referenced_relation(to) %}
    {%- set found = modules.re.match("ref\\(\\s*['\"]([^'\"]+)['\"]", to) -%}
    {%- if not found -%}{{ return(to) }}{%- endif -%}
    {%- for parent in graph.nodes.values() if parent.resource_type == 'model' and parent.name == found.group(1) -%}
        {{ return(api.Relation.create(database=parent.database, schema=parent.schema, identifier=parent.alias) | string) }}
    {%- endfor -%}
{% endmacro %}
