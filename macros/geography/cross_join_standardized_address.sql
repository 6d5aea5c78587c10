{#-
    Lateral join that adds address.house_number, predirection, street_name, street_suffix, postdirection and
    unit, the parts of a row's situs_address by PostGIS address_standardizer with its US rules.
    Example: from resolved {{ cross_join_standardized_address('resolved') }}
    Pitfall: about 0.1 ms a row: select changed rows first. An address without a number is a street name only.
-#}
{% macro cross_join_standardized_address(row) -%}
    cross join lateral (
        select
            (parts.standardized).house_num as house_number,
            (parts.standardized).predir as predirection,
            (parts.standardized).name as street_name,
            (parts.standardized).suftype as street_suffix,
            (parts.standardized).sufdir as postdirection,
            (parts.standardized).unit as unit
        from (
            select
                case
                    when {{ row }}.situs_address is not null
                        then
                            standardize_address(
                                'us_lex', 'us_gaz', 'us_rules',
                                {{ row }}.situs_address,
                                concat_ws(', ', {{ row }}.published_city, 'FL', {{ row }}.zip_code)
                            )
                end as standardized
            limit 1
        ) as parts
    ) as address
{%- endmacro %}
