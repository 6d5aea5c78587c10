{#-
    Whether a row's published_latitude and published_longitude lie in the county's box (a registry setting).
    Null when either is missing or 0, which the county writes for "unknown".
    Example: {{ is_inside_county('parsed') }}
-#}
{% macro is_inside_county(row) -%}
    case
        when {{ row }}.published_latitude <> 0 and {{ row }}.published_longitude <> 0
            then
                {{ row }}.published_latitude between {{ row }}.latitude_min and {{ row }}.latitude_max
                and {{ row }}.published_longitude between {{ row }}.longitude_min and {{ row }}.longitude_max
    end
{%- endmacro %}
