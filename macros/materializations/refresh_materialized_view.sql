{#-
    Overrides the adapter: readers keep reading while a materialized view is refreshed. It needs a unique index
    on plain columns, which every model in marts/dashboards has.
-#}
{% macro postgres__refresh_materialized_view(relation) %}
    refresh materialized view concurrently {{ relation }}
{% endmacro %}
