{#-
    The inputs a rule may name, each with the date it stands for (or none): columns of int_scoring__inputs.
    A new input is a column there and an entry here; a new rule on a known input is only a row in the seed.
-#}
{% macro scoring_inputs() %}
    {{ return({
        'has_tax_sale': none,
        'days_to_tax_sale': 'sale_date',
        'has_live_foreclosure': none,
        'days_to_auction': 'auction_date',
        'live_default_amount': none,
        'nearby_violations': none,
        'nearby_open_violations': none,
        'nearest_violation_distance': none,
        'avg_violation_distance': none,
        'equity_percent': none,
        'total_market_value': none,
        'tax_burden_percent': none,
        'living_area_sqft': none,
        'location_base': none,
    }) }}
{% endmacro %}
