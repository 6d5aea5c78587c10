{#-
    A SQL function that answers a question of readers. dbt's own materialization fails when arguments or columns
    of a function change, or leaves the old one beside the new; this one replaces it. Only the roles in
    `meta: {executed_by: [...]}` may run it, with their own rights, so personal data stays shut.
-#}
{% materialization function, adapter='postgres', supported_languages=['sql'] %}
    {%- set target = this.incorporate(type=this.Function) -%}
    {%- set signature = [] -%}
    {%- for argument in model.arguments -%}
        {%- do signature.append(argument.name ~ ' ' ~ argument.data_type) -%}
    {%- endfor -%}
    {{ run_hooks(pre_hooks) }}
    {% call statement('main') -%}
        do $function$
        declare
            overload regprocedure;
        begin
            for overload in
                select p.oid::regprocedure
                from pg_catalog.pg_proc as p
                inner join pg_catalog.pg_namespace as n on p.pronamespace = n.oid
                where n.nspname = '{{ this.schema }}' and p.proname = '{{ this.identifier }}'
                    and pg_get_function_identity_arguments(p.oid) <> '{{ signature | join(', ') }}'
            loop
                execute 'drop function ' || overload;
            end loop;
            begin
                execute $definition${{ scalar_function_sql(target) }}$definition$;
            exception
                when invalid_function_definition then -- other columns than before
                    drop function {{ target }};
                    execute $definition${{ scalar_function_sql(target) }}$definition$;
            end;
        end $function$;

        comment on function {{ target }} is '{{ model.description | replace("'", "''") }}';
        revoke all on function {{ target }} from public;
        {%- for role in config.get('meta', {}).get('executed_by', []) %}
        grant execute on function {{ target }} to {{ role }};
        {%- endfor %}
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}
