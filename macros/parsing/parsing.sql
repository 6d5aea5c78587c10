{#- Text attribute of a JSON object, blanks as null. Example: {{ json_text('record', 'SITUS') }} -#}
{% macro json_text(record, name) -%}
    nullif(btrim({{ record }} ->> '{{ name }}'), '')
{%- endmacro %}


{#-
    Number attribute of a JSON object, sent as a JSON number or as text; null when it is neither.
    Example: {{ json_number('record', 'TOTAL_MKT') }}
    Pitfall: says nothing of 0, which the county uses for "unknown"; see positive_or_null.
-#}
{% macro json_number(record, name) -%}
    case jsonb_typeof({{ record }} -> '{{ name }}')
        when 'number' then ({{ record }} -> '{{ name }}')::numeric
        when 'string' then
            case
                when btrim({{ record }} ->> '{{ name }}') ~ '^[+-]?[0-9]{1,15}([.][0-9]{1,15})?$'
                    then btrim({{ record }} ->> '{{ name }}')::numeric
            end
    end
{%- endmacro %}


{#- Positive number within max, else null: the county writes 0 for unknown, and negatives are errors. -#}
{% macro positive_or_null(expression, max='1e12') -%}
    case when {{ expression }} > 0 and {{ expression }} < {{ max }} then {{ expression }} end
{%- endmacro %}


{#-
    Epoch milliseconds (ArcGIS dates are UTC) as a date; sentinels up to 1900 and impossible years are null.
    Example: {{ epoch_ms_to_date(json_number('record', 'AUCTION_DATE')) }}
-#}
{% macro epoch_ms_to_date(milliseconds) -%}
    case
        when {{ milliseconds }} between -2177452800000 and 4133980799999
            then (to_timestamp(({{ milliseconds }} / 1000)::double precision) at time zone 'UTC')::date
    end
{%- endmacro %}


{#-
    Year, month and day (text or integer) as a date, null when there is no such day. PostgreSQL's own casts
    raise an error, and one bad row must not stop the county.
-#}
{% macro date_from_parts(year, month, day) -%}
    case
        when ({{ year }})::integer between 1901 and 2100
            and ({{ month }})::integer between 1 and 12
            and ({{ day }})::integer between 1 and 31
            and extract(
                month from make_date(({{ year }})::integer, ({{ month }})::integer, 1) + ({{ day }})::integer - 1
            ) = ({{ month }})::integer
            then make_date(({{ year }})::integer, ({{ month }})::integer, 1) + ({{ day }})::integer - 1
    end
{%- endmacro %}


{#- MM/DD/YYYY text as a date, null when it is none. Example: {{ us_text_to_date("record ->> 'USER_Sale_Date'") }} -#}
{% macro us_text_to_date(expression) -%}
    case
        when {{ expression }} ~ '^\s*[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}\s*$'
            then {{ date_from_parts(
                "split_part(btrim(" ~ expression ~ "), '/', 3)",
                "split_part(btrim(" ~ expression ~ "), '/', 1)",
                "split_part(btrim(" ~ expression ~ "), '/', 2)",
            ) }}
    end
{%- endmacro %}


{#-
    Socrata floating timestamp (2026-07-11T00:00:00.000, no zone) as a date, null when it is none. Days up to the 28th of
    this century exist in every month: they are cast as they are, which is several times cheaper.
-#}
{% macro iso_text_to_date(expression) -%}
    case
        when {{ expression }} ~ '^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])([T ]|$)'
            then substr({{ expression }}, 1, 10)::date
        when {{ expression }} ~ '^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].*)?$'
            then {{ date_from_parts(
                "substr(btrim(" ~ expression ~ "), 1, 4)",
                "substr(btrim(" ~ expression ~ "), 6, 2)",
                "substr(btrim(" ~ expression ~ "), 9, 2)",
            ) }}
    end
{%- endmacro %}


{#-
    The names of the conditions that hold, as text[]: how rejection_reasons and value_issues are built.
    Example: {{ flags_array({'parcel_id_missing': 'parcel_id_original is null'}) }}
-#}
{% macro flags_array(conditions) -%}
    array_remove(
        array[
            {%- for name, condition in conditions.items() %}
            case when {{ condition }} then '{{ name }}' end{{ ',' if not loop.last }}
            {%- endfor %}
        ]::text[],
        null
    )
{%- endmacro %}


{#- The five digits of a ZIP code sent as text or number, null when there are none. -#}
{% macro zip_code_5(expression) -%}
    case when {{ expression }} ~ '^[0-9]{5}' and {{ expression }} !~ '^00000' then substr({{ expression }}, 1, 5) end
{%- endmacro %}


{#-
    Whether none of the conditions holds: is_accepted beside rejection_reasons, of the same conditions.
    A plain boolean lets the planner expect most rows to pass; of `rejection_reasons = '{}'` it expects none.
-#}
{% macro holds_none_of(conditions) -%}
    not ({{ conditions.values() | join(' or ') }})
{%- endmacro %}
