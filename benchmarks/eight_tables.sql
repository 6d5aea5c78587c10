-- The eight tables of marts without dbt, as fast as one session of plain SQL makes them: the floor that
-- `make bench` compares the first dbt build with. Same rows, columns, types, constraints and indexes.
--   psql -v as_of=YYYY-MM-DD -f benchmarks/eight_tables.sql
-- Needs the landed sources, the seeds, and a schema bench_floor that belongs to wholesaler_transformer.
-- Working tables are unlogged and not temporary: parallel workers cannot read temporary ones.
-- `offset` keeps the planner from inlining, so each value is computed once a row. Unlike `limit 1` it leaves the
-- query parallel, if its 0 is a bigint constant from the start: of a plain 0, cast later, the planner fears a limit.
\set ON_ERROR_STOP on
\set QUIET on
set role wholesaler_transformer;
set client_min_messages = warning;
set search_path = bench_floor, public;
-- workers pay here although a table has only some thousand pages: each row is expensive
set min_parallel_table_scan_size = '1MB';
set parallel_setup_cost = 100;
set parallel_tuple_cost = 0.01;

drop table if exists
    lead_score_history, lead_scores, data_ingestion_runs, code_violations, property_records, foreclosures, tax_sales,
    properties, counties, roll, roll_superseded, filings, sales, cases, cases_superseded, parcels, matches, grid,
    property_cells, cell_scales, nearby;

-- The registry's counties with statistics: of a table nobody analysed the planner expects hundreds.
create unlogged table counties as
select * from ops.registry_counties;
analyze counties;

-- A JSON number, also when it was sent as text.
create or replace function bench_floor.number_of(value jsonb) returns numeric
language sql immutable parallel safe
return case jsonb_typeof(value)
    when 'number' then value::numeric
    when 'string' then
        case
            when btrim(value #>> '{}') ~ '^[+-]?[0-9]{1,15}([.][0-9]{1,15})?$' then btrim(value #>> '{}')::numeric
        end
end;

create or replace function bench_floor.text_of(value text) returns text
language sql immutable parallel safe
return nullif(btrim(value), '');

-- plpgsql, so that it is not inlined: PostGIS forgot to say that its standardizer may run in parallel workers.
create or replace function bench_floor.standardized(address text, place text) returns stdaddr
language plpgsql immutable parallel safe
as $$ begin return standardize_address('us_lex', 'us_gaz', 'us_rules', address, place); end $$;


-- The roll: every landed version, parsed once, without its payload: what follows reads it several times.
create unlogged table roll as
with

read as (
    select
        landed.ctid as landed_row,
        landed.county_fips,
        landed.payload_hash as source_version,
        landed.run_id,
        landed._dlt_valid_from as landed_at,
        landed._dlt_valid_to as retired_at,
        counties.latitude_min,
        counties.latitude_max,
        counties.longitude_min,
        counties.longitude_max,
        text_of(attributes."PARCEL") as parcel_id_original,
        translate(attributes."PARCEL", '- ./', '') as digits,
        coalesce(attributes."NAME1" ilike '%confidential%', false) as is_owner_confidential,
        text_of(attributes."NAME1") as owner_name_1,
        text_of(attributes."NAME2") as owner_name_2,
        nullif(concat_ws(' ', text_of(attributes."ADD1"), text_of(attributes."ADD2")), '') as owner_mailing_address,
        text_of(attributes."CITY") as owner_mailing_city,
        text_of(attributes."STATE") as owner_mailing_state,
        text_of(attributes."ZIP") as owner_mailing_zip_code,
        text_of(attributes."SITUS") as situs_address,
        coalesce(text_of(attributes."SITUS_CITY"), text_of(attributes."CITY_SITUS")) as situs_city,
        coalesce(text_of(attributes."SITUS_ZIP"), text_of(attributes."ZIP_SITUS")) as situs_zip_code,
        number_of(attributes."LAND_MKT") as land_mkt,
        number_of(attributes."BLDG_MKT") as bldg_mkt,
        number_of(attributes."XFOB_MKT") as xfob_mkt,
        number_of(attributes."TOTAL_MKT") as total_mkt,
        number_of(attributes."TOTAL_ASSD") as total_assd,
        number_of(attributes."TOTAL_XMPT") as total_xmpt,
        number_of(attributes."TAXABLE") as taxable,
        number_of(attributes."TAXES") as taxes,
        number_of(attributes."AYB") as ayb,
        number_of(attributes."LIVING_AREA") as living_area,
        number_of(attributes."ACREAGE") as acreage,
        number_of(attributes."BEDS") as beds,
        number_of(attributes."BATH") as bath,
        text_of(attributes."DOR_CODE") as use_code,
        text_of(attributes."ZONING_CODE") as zoning_code,
        text_of(attributes."CONDO_FLAG") is not null as is_condominium,
        number_of(attributes."SALE_DATE") as sale_ms,
        number_of(attributes."SALE_ADJ_VALUE") as sale_adj_value,
        number_of(attributes."LATITUDE")::double precision as latitude,
        number_of(attributes."LONGITUDE")::double precision as longitude
    from raw.property_records as landed
    inner join counties on landed.county_fips = counties.county_fips
    cross join
        lateral jsonb_to_record(landed.payload -> 'attributes') as attributes (
            "PARCEL" text, "NAME1" text, "NAME2" text, "SITUS" text, "SITUS_CITY" text, "CITY_SITUS" text,
            "SITUS_ZIP" text, "ZIP_SITUS" text, "ADD1" text, "ADD2" text, "CITY" text, "STATE" text, "ZIP" text,
            "LAND_MKT" jsonb, "BLDG_MKT" jsonb, "XFOB_MKT" jsonb, "TOTAL_MKT" jsonb, "TOTAL_ASSD" jsonb,
            "TOTAL_XMPT" jsonb, "TAXABLE" jsonb, "TAXES" jsonb, "AYB" jsonb, "LIVING_AREA" jsonb, "ACREAGE" jsonb,
            "BEDS" jsonb, "BATH" jsonb, "DOR_CODE" text, "ZONING_CODE" text, "CONDO_FLAG" text, "SALE_DATE" jsonb,
            "SALE_ADJ_VALUE" jsonb, "LATITUDE" jsonb, "LONGITUDE" jsonb
        )
    offset bigint '0'
),

typed as (
    select
        *,
        case when ayb between 1800 and 2100 then ayb::integer end as year_built,
        case
            when sale_ms between -2177452800000 and 4133980799999
                then (to_timestamp((sale_ms / 1000)::double precision) at time zone 'UTC')::date
        end as last_sale_date,
        case
            when latitude <> 0 and longitude <> 0
                then
                    latitude between latitude_min and latitude_max
                    and longitude between longitude_min and longitude_max
        end as is_inside_county,
        least(land_mkt, bldg_mkt, xfob_mkt, total_mkt, total_assd, total_xmpt, taxable, taxes, sale_adj_value) as least_money,
        greatest(land_mkt, bldg_mkt, xfob_mkt, total_mkt, total_assd, total_xmpt, taxable, taxes, sale_adj_value)
            as greatest_money
    from read
    where digits ~ '^[0-9]{15}$' and digits <> '000000000000000'
    offset bigint '0'
)

select
    landed_row,
    county_fips,
    -- a published id in the roll's order is the key itself
    digits as parcel_id_normalized,
    parcel_id_original,
    source_version,
    run_id,
    landed_at,
    retired_at,
    situs_address,
    situs_city,
    case when situs_zip_code ~ '^[0-9]{5}' and situs_zip_code !~ '^00000' then substr(situs_zip_code, 1, 5) end
        as situs_zip_code,
    case when is_inside_county then latitude end as latitude,
    case when is_inside_county then longitude end as longitude,
    is_owner_confidential,
    case when not is_owner_confidential then owner_name_1 end as owner_name_1,
    case when not is_owner_confidential then owner_name_2 end as owner_name_2,
    case when not is_owner_confidential then owner_mailing_address end as owner_mailing_address,
    case when not is_owner_confidential then owner_mailing_city end as owner_mailing_city,
    case when not is_owner_confidential then owner_mailing_state end as owner_mailing_state,
    case when not is_owner_confidential then owner_mailing_zip_code end as owner_mailing_zip_code,
    case when land_mkt > 0 and land_mkt < 1e12 then land_mkt end::numeric(14, 2) as land_market_value,
    case when bldg_mkt > 0 and bldg_mkt < 1e12 then bldg_mkt end::numeric(14, 2) as building_market_value,
    case when xfob_mkt > 0 and xfob_mkt < 1e12 then xfob_mkt end::numeric(14, 2) as extra_feature_market_value,
    case when total_mkt > 0 and total_mkt < 1e12 then total_mkt end::numeric(14, 2) as total_market_value,
    case when total_assd > 0 and total_assd < 1e12 then total_assd end::numeric(14, 2) as assessed_value,
    case when total_xmpt > 0 and total_xmpt < 1e12 then total_xmpt end::numeric(14, 2) as exempt_value,
    case when taxable > 0 and taxable < 1e12 then taxable end::numeric(14, 2) as taxable_value,
    case when taxes > 0 and taxes < 1e12 then taxes end::numeric(14, 2) as taxes,
    year_built,
    case when living_area > 0 and living_area < 1e8 then living_area end::numeric(10, 0) as living_area_sqft,
    case when acreage > 0 and acreage < 1e6 then acreage end::numeric(14, 6) as lot_size_acres,
    case when beds > 0 and beds < 1000 then beds end::numeric(5, 1) as bedrooms,
    case when bath > 0 and bath < 1000 then bath end::numeric(5, 1) as bathrooms,
    use_code,
    zoning_code,
    is_condominium,
    last_sale_date,
    case when sale_adj_value > 0 and sale_adj_value < 1e12 then sale_adj_value end::numeric(14, 2) as last_sale_price,
    array_remove(
        array[
            case when least_money < 0 or greatest_money >= 1e12 then 'money_impossible' end,
            case when ayb <> 0 and year_built is null then 'year_built_out_of_range' end,
            case when least(living_area, acreage) < 0 or living_area >= 1e8 or acreage >= 1e6 then 'area_impossible' end,
            case when least(beds, bath) < 0 or greatest(beds, bath) >= 1000 then 'rooms_impossible' end,
            case
                when last_sale_date is null and sale_ms not between -2240524800000 and -2177452800000
                    then 'sale_date_impossible'
            end,
            case when not is_inside_county then 'coordinates_outside_county' end
        ]::text[],
        null
    ) as value_issues
from typed;
analyze roll (county_fips, parcel_id_normalized, source_version, landed_row, retired_at);

-- Nearly every parcel has one version: only the others are sorted. The largest polygon stands for a parcel.
create unlogged table roll_superseded as
with

repeated as (
    select
        county_fips,
        parcel_id_normalized
    from roll
    group by county_fips, parcel_id_normalized
    having count(*) > 1
),

ranked as (
    select
        roll.ctid as roll_row,
        row_number() over (
            partition by roll.county_fips, roll.parcel_id_normalized
            order by
                roll.retired_at is null desc,
                roll.retired_at desc nulls last,
                roll.lot_size_acres desc nulls last,
                roll.source_version
        ) as version_rank
    from roll
    inner join repeated
        on roll.county_fips = repeated.county_fips and roll.parcel_id_normalized = repeated.parcel_id_normalized
)

select roll_row from ranked
where version_rank > 1;
analyze roll_superseded;

-- Foreclosure filings and tax deed sales: few.
create unlogged table filings as
with

read as (
    select
        landed.county_fips,
        landed.payload,
        landed.payload_hash as source_version,
        landed.run_id,
        landed._dlt_valid_from as landed_at,
        landed._dlt_valid_to as retired_at,
        counties.latitude_min,
        counties.latitude_max,
        counties.longitude_min,
        counties.longitude_max,
        text_of(landed.payload -> 'attributes' ->> 'PARCEL_NUMBER') as parcel_id_original,
        translate(landed.payload -> 'attributes' ->> 'PARCEL_NUMBER', '- ./', '') as digits,
        text_of(landed.payload -> 'attributes' ->> 'BORROWERS_NAME') as borrowers_name,
        text_of(landed.payload -> 'attributes' ->> 'SITUS_ADDRESS') as situs_address,
        text_of(landed.payload -> 'attributes' ->> 'SITUS_CITY') as situs_city,
        text_of(landed.payload -> 'attributes' ->> 'SITUS_ZIP') as situs_zip_code,
        number_of(landed.payload -> 'attributes' -> 'DEFAULT_AMOUNT') as default_amount,
        number_of(landed.payload -> 'attributes' -> 'OPENING_BID') as opening_bid,
        number_of(landed.payload -> 'attributes' -> 'RECORDING_DATE') as recording_ms,
        number_of(landed.payload -> 'attributes' -> 'AUCTION_DATE') as auction_ms,
        text_of(landed.payload -> 'attributes' ->> 'LENDER_NAME') as lender_name,
        text_of(landed.payload -> 'attributes' ->> 'PROPERTY_TYPE') as property_type,
        text_of(landed.payload -> 'attributes' ->> 'RECORD_TYPE_DESCRIPTION') as record_type,
        number_of(landed.payload -> 'geometry' -> 'x')::double precision as longitude,
        number_of(landed.payload -> 'geometry' -> 'y')::double precision as latitude
    from raw.foreclosures as landed
    inner join counties on landed.county_fips = counties.county_fips
    offset bigint '0'
),

typed as (
    select
        *,
        case when default_amount > 0 and default_amount < 1e12 then default_amount end as known_default_amount,
        case when opening_bid > 0 and opening_bid < 1e12 then opening_bid end as known_opening_bid,
        case
            when recording_ms between -2177452800000 and 4133980799999
                then (to_timestamp((recording_ms / 1000)::double precision) at time zone 'UTC')::date
        end as recording_date,
        case
            when auction_ms between -2177452800000 and 4133980799999
                then (to_timestamp((auction_ms / 1000)::double precision) at time zone 'UTC')::date
        end as auction_date,
        case
            when latitude <> 0 and longitude <> 0
                then
                    latitude between latitude_min and latitude_max
                    and longitude between longitude_min and longitude_max
        end as is_inside_county
    from read
    where digits ~ '^[0-9]{15}$' and digits <> '000000000000000'
    offset bigint '0'
)

select
    county_fips,
    digits as parcel_id_normalized,
    parcel_id_original,
    source_version,
    run_id,
    landed_at,
    retired_at,
    payload,
    borrowers_name,
    situs_address,
    situs_city,
    case when situs_zip_code ~ '^[0-9]{5}' and situs_zip_code !~ '^00000' then substr(situs_zip_code, 1, 5) end
        as situs_zip_code,
    known_default_amount::numeric(14, 2) as default_amount,
    known_opening_bid::numeric(14, 2) as opening_bid,
    recording_date,
    auction_date,
    lender_name,
    property_type,
    record_type,
    case when is_inside_county then latitude end as latitude,
    case when is_inside_county then longitude end as longitude,
    array_remove(
        array[
            case when default_amount <> 0 and known_default_amount is null then 'default_amount_impossible' end,
            case when opening_bid <> 0 and known_opening_bid is null then 'opening_bid_impossible' end,
            case when recording_ms is not null and recording_date is null then 'recording_date_impossible' end,
            case when auction_ms is not null and auction_date is null then 'auction_date_impossible' end,
            case when not is_inside_county then 'coordinates_outside_county' end
        ]::text[],
        null
    ) as value_issues
from typed;

-- Published in section-township-range order: digit pairs 1 and 3 change places.
create unlogged table sales as
with

read as (
    select
        landed.county_fips,
        landed.payload,
        landed.payload_hash as source_version,
        landed.run_id,
        landed._dlt_valid_from as landed_at,
        landed._dlt_valid_to as retired_at,
        counties.latitude_min,
        counties.latitude_max,
        counties.longitude_min,
        counties.longitude_max,
        text_of(landed.payload -> 'attributes' ->> 'USER_PARCEL') as parcel_id_original,
        translate(landed.payload -> 'attributes' ->> 'USER_PARCEL', '- ./', '') as digits,
        text_of(landed.payload -> 'attributes' ->> 'USER_TDA_NUM') as tda_number,
        regexp_match(landed.payload -> 'attributes' ->> 'USER_Sale_Date', '^\s*(\d{1,2})/(\d{1,2})/(\d{4})\s*$')::integer[]
            as month_day_year,
        text_of(landed.payload -> 'attributes' ->> 'USER_Sale_Date') is not null as has_sale_date,
        text_of(landed.payload -> 'attributes' ->> 'USER_Deed_Status') as deed_status,
        number_of(landed.payload -> 'geometry' -> 'x')::double precision as longitude,
        number_of(landed.payload -> 'geometry' -> 'y')::double precision as latitude
    from raw.tax_sales as landed
    inner join counties on landed.county_fips = counties.county_fips
    offset bigint '0'
),

-- the day counted from the month's first: impossible if it falls into another month
counted as (
    select
        *,
        case
            when month_day_year[1] between 1 and 12 and month_day_year[2] between 1 and 31
                and month_day_year[3] between 1901 and 2100
                then make_date(month_day_year[3], month_day_year[1], 1) + month_day_year[2] - 1
        end as counted_date,
        case
            when latitude <> 0 and longitude <> 0
                then
                    latitude between latitude_min and latitude_max
                    and longitude between longitude_min and longitude_max
        end as is_inside_county
    from read
    where digits ~ '^[0-9]{15}$' and digits <> '000000000000000'
    offset bigint '0'
),

typed as (
    select
        *,
        case when extract(month from counted_date) = month_day_year[1] then counted_date end as sale_date
    from counted
)

select
    county_fips,
    substr(digits, 5, 2) || substr(digits, 3, 2) || substr(digits, 1, 2) || substr(digits, 7) as parcel_id_normalized,
    parcel_id_original,
    source_version,
    run_id,
    landed_at,
    retired_at,
    payload,
    tda_number,
    sale_date,
    deed_status,
    case when is_inside_county then latitude end as latitude,
    case when is_inside_county then longitude end as longitude,
    array_remove(
        array[
            case when has_sale_date and sale_date is null then 'sale_date_impossible' end,
            case when not is_inside_county then 'coordinates_outside_county' end
        ]::text[],
        null
    ) as value_issues
from typed;

-- Code cases. gpsx, gpsy are state plane feet, sometimes degrees: one reprojection a row, whichever was published.
create unlogged table cases as
with

read as (
    select
        landed.ctid as landed_row,
        landed.county_fips,
        landed.payload_hash as source_version,
        landed.run_id,
        landed._dlt_valid_from as landed_at,
        landed._dlt_valid_to as retired_at,
        counties.projection_srid,
        counties.latitude_min,
        counties.latitude_max,
        counties.longitude_min,
        counties.longitude_max,
        text_of(record.apno) as case_number,
        text_of(record.parcel_id) as parcel_id_original,
        translate(record.parcel_id, '- ./', '') as digits,
        text_of(record.case_type) as violation_type,
        text_of(record.casetype) as violation_type_code,
        text_of(record.caseinfostatus) as status,
        text_of(record.casedt) as opened_text,
        text_of(record.resdt) as closed_text,
        regexp_match(record.casedt, '^\s*(\d{4})-(\d\d)-(\d\d)(?:[T ].*)?$')::integer[] as opened_parts,
        regexp_match(record.resdt, '^\s*(\d{4})-(\d\d)-(\d\d)(?:[T ].*)?$')::integer[] as closed_parts,
        text_of(record.derived_address) as address,
        number_of(record.gpsx)::double precision as gpsx,
        number_of(record.gpsy)::double precision as gpsy
    from raw.code_violations as landed
    inner join counties on landed.county_fips = counties.county_fips
    cross join
        lateral jsonb_to_record(landed.payload) as record (
            apno text, parcel_id text, case_type text, casetype text, caseinfostatus text, casedt text, resdt text,
            derived_address text, gpsx jsonb, gpsy jsonb
        )
    offset bigint '0'
),

counted as (
    select
        *,
        case when digits ~ '^[0-9]{15}$' and digits <> '000000000000000' then digits end as published_parcel_id,
        case
            when opened_parts[1] between 1901 and 2100 and opened_parts[2] between 1 and 12
                and opened_parts[3] between 1 and 31
                then make_date(opened_parts[1], opened_parts[2], 1) + opened_parts[3] - 1
        end as opened_counted,
        case
            when closed_parts[1] between 1901 and 2100 and closed_parts[2] between 1 and 12
                and closed_parts[3] between 1 and 31
                then make_date(closed_parts[1], closed_parts[2], 1) + closed_parts[3] - 1
        end as closed_counted,
        case
            when gpsx between -180 and -1 and gpsy between 1 and 90 then st_setsrid(st_makepoint(gpsx, gpsy), 4326)
            when gpsx between 1000 and 1e7 and gpsy between 1000 and 1e7
                then st_transform(st_setsrid(st_makepoint(gpsx, gpsy), projection_srid), 4326)
        end as wgs84
    from read
    where case_number is not null
    offset bigint '0'
),

located as (
    select
        *,
        case when extract(month from opened_counted) = opened_parts[2] then opened_counted end as opened_date,
        case when extract(month from closed_counted) = closed_parts[2] then closed_counted end as closed_date,
        st_x(wgs84) between longitude_min and longitude_max and st_y(wgs84) between latitude_min and latitude_max
            as is_inside_county
    from counted
    offset bigint '0'
),

projected as (
    select
        *,
        case
            when not is_inside_county then null
            when gpsx > 0 then st_makepoint(gpsx, gpsy)
            else st_transform(wgs84, projection_srid)
        end as plane
    from located
    offset bigint '0'
)

select
    landed_row,
    county_fips,
    case_number,
    source_version,
    run_id,
    landed_at,
    retired_at,
    parcel_id_original,
    published_parcel_id,
    violation_type,
    violation_type_code,
    status,
    lower(status) = 'open' as is_open,
    opened_date,
    closed_date,
    case
        when address !~* '^no address' and address ~ '^[0-9]' then regexp_replace(address, '\s+', ' ', 'g')
    end as address,
    case when is_inside_county then wgs84 end as wgs84,
    st_x(plane) as x_feet,
    st_y(plane) as y_feet,
    array_remove(
        array[
            case when parcel_id_original is not null and published_parcel_id is null then 'parcel_id_not_15_digits' end,
            case when opened_text is not null and opened_date is null then 'opened_date_impossible' end,
            case when closed_text is not null and closed_date is null then 'closed_date_impossible' end,
            case when closed_date < opened_date then 'closed_before_opened' end,
            case when gpsx <> 0 and gpsy <> 0 and wgs84 is null then 'coordinates_impossible' end,
            case when not is_inside_county then 'coordinates_outside_county' end
        ]::text[],
        null
    ) as value_issues
from projected;
analyze cases (county_fips, case_number, published_parcel_id, x_feet, y_feet, landed_row, retired_at);

create unlogged table cases_superseded as
with

repeated as (
    select
        county_fips,
        case_number
    from cases
    where retired_at is null
    group by county_fips, case_number
    having count(*) > 1
),

ranked as (
    select
        cases.ctid as case_row,
        row_number() over (
            partition by cases.county_fips, cases.case_number order by cases.landed_at desc, cases.source_version
        ) as version_rank
    from cases
    inner join repeated on cases.county_fips = repeated.county_fips and cases.case_number = repeated.case_number
    where cases.retired_at is null
)

select case_row from ranked
where version_rank > 1;


-- One row per parcel any source ever named, with the attributes of the first source that knows them.
create unlogged table parcels as
with

roll_latest as (
    select * from roll
    where not exists (select from roll_superseded where roll_superseded.roll_row = roll.ctid)
),

filings_latest as (
    select distinct on (county_fips, parcel_id_normalized) *
    from filings
    order by
        county_fips, parcel_id_normalized, retired_at is null desc, retired_at desc nulls last,
        recording_date desc nulls last, source_version
),

sales_latest as (
    select distinct on (county_fips, parcel_id_normalized) *
    from sales
    order by
        county_fips, parcel_id_normalized, retired_at is null desc, retired_at desc nulls last,
        sale_date desc nulls last, source_version
),

cases_latest as (
    select distinct on (county_fips, published_parcel_id)
        county_fips,
        published_parcel_id as parcel_id_normalized,
        parcel_id_original,
        source_version,
        retired_at,
        address
    from cases
    where published_parcel_id is not null
    order by
        county_fips, published_parcel_id, retired_at is null desc, retired_at desc nulls last, opened_date,
        source_version
)

select
    county_fips,
    parcel_id_normalized,
    coalesce(roll.parcel_id_original, filings.parcel_id_original, sales.parcel_id_original, cases.parcel_id_original)
        as parcel_id_original,
    coalesce(roll.situs_address, filings.situs_address, cases.address) as situs_address,
    upper(coalesce(roll.situs_city, filings.situs_city)) as city,
    coalesce(roll.situs_zip_code, filings.situs_zip_code) as zip_code,
    coalesce(roll.latitude, filings.latitude, sales.latitude) as latitude,
    coalesce(roll.longitude, filings.longitude, sales.longitude) as longitude,
    case
        when roll.latitude is not null then 'property_records'
        when filings.latitude is not null then 'foreclosures'
        when sales.latitude is not null then 'tax_sales'
    end as coordinates_source,
    roll.source_version as roll_version,
    filings.source_version as filing_version,
    sales.source_version as sale_version,
    cases.source_version as case_version,
    roll.source_version is not null and roll.retired_at is null as is_in_property_records,
    sales.source_version is not null and sales.retired_at is null as is_in_tax_sales,
    filings.source_version is not null and filings.retired_at is null as is_in_foreclosures,
    cases.source_version is not null and cases.retired_at is null as is_in_code_violations,
    greatest(roll.retired_at, filings.retired_at, sales.retired_at, cases.retired_at) as last_retired_at
from roll_latest as roll
full join filings_latest as filings using (county_fips, parcel_id_normalized)
full join sales_latest as sales using (county_fips, parcel_id_normalized)
full join cases_latest as cases using (county_fips, parcel_id_normalized);
analyze parcels (county_fips, parcel_id_normalized);

create table properties as
with

active as (
    select
        parcels.*,
        counties.projection_srid,
        is_in_property_records or is_in_tax_sales or is_in_foreclosures or is_in_code_violations as is_active
    from parcels
    inner join counties using (county_fips)
),

placed as (
    select
        *,
        st_setsrid(st_makepoint(longitude, latitude), 4326) as wgs84,
        case
            when situs_address is not null then standardized(situs_address, concat_ws(', ', city, 'FL', zip_code))
        end as address
    from active
    offset bigint '0'
),

projected as (
    select
        *,
        st_transform(wgs84, projection_srid) as plane
    from placed
    offset bigint '0'
)

select
    county_fips,
    parcel_id_normalized,
    parcel_id_original,
    situs_address,
    (address).house_num as house_number,
    (address).predir as predirection,
    (address).name as street_name,
    (address).suftype as street_suffix,
    (address).sufdir as postdirection,
    (address).unit,
    city,
    'FL'::text as state,
    zip_code,
    wgs84::geography(point, 4326) as coordinates,
    latitude,
    longitude,
    st_x(plane) as x_feet,
    st_y(plane) as y_feet,
    coordinates_source,
    is_in_property_records,
    is_in_tax_sales,
    is_in_foreclosures,
    is_in_code_violations,
    is_active,
    case when not is_active then last_retired_at end as deactivated_at,
    md5(concat_ws(
        '|', roll_version, 'f' || filing_version, 't' || sale_version, 'c' || case_version,
        is_in_property_records, is_in_foreclosures, is_in_tax_sales, is_in_code_violations
    )) as source_version,
    now() as created_at,
    now() as updated_at
from projected;
alter table properties
    add primary key (county_fips, parcel_id_normalized),
    alter column parcel_id_original set not null,
    alter column state set not null,
    alter column is_in_property_records set not null,
    alter column is_in_tax_sales set not null,
    alter column is_in_foreclosures set not null,
    alter column is_in_code_violations set not null,
    alter column is_active set not null,
    alter column source_version set not null,
    alter column created_at set not null,
    alter column updated_at set not null,
    add constraint properties_deactivated_when_inactive check (is_active = (deactivated_at is null)),
    add constraint properties_point_is_whole check (
        (latitude is null) = (longitude is null) and (latitude is null) = (coordinates is null)
    ),
    add constraint properties_zip_code_is_five_digits check (zip_code ~ '^[0-9]{5}$');
create index on properties using gist (coordinates);
create index on properties (zip_code);
create index on properties (city);
analyze properties;


create table property_records as
select
    roll.county_fips,
    roll.parcel_id_normalized,
    roll.is_owner_confidential,
    roll.owner_name_1,
    roll.owner_name_2,
    roll.owner_mailing_address,
    roll.owner_mailing_city,
    roll.owner_mailing_state,
    roll.owner_mailing_zip_code,
    roll.land_market_value,
    roll.building_market_value,
    roll.extra_feature_market_value,
    roll.total_market_value,
    roll.assessed_value,
    roll.exempt_value,
    roll.taxable_value,
    roll.taxes,
    roll.year_built,
    roll.living_area_sqft,
    roll.lot_size_acres,
    roll.bedrooms,
    roll.bathrooms,
    roll.use_code,
    roll.zoning_code,
    roll.is_condominium,
    roll.last_sale_date,
    roll.last_sale_price,
    round(100 * roll.total_market_value / roll.assessed_value, 2)::numeric(12, 2) as equity_percent,
    round(100 * roll.taxes / roll.taxable_value, 4)::numeric(12, 4) as tax_rate,
    roll.value_issues,
    landed.payload as raw_data,
    roll.source_version,
    roll.run_id,
    roll.landed_at as data_source_timestamp,
    now() as created_at,
    now() as updated_at
from roll
inner join raw.property_records as landed on roll.landed_row = landed.ctid
where
    roll.retired_at is null
    and not exists (select from roll_superseded where roll_superseded.roll_row = roll.ctid);
alter table property_records
    add primary key (county_fips, parcel_id_normalized),
    alter column is_owner_confidential set not null,
    alter column is_condominium set not null,
    alter column value_issues set not null,
    alter column raw_data set not null,
    alter column source_version set not null,
    alter column run_id set not null,
    alter column data_source_timestamp set not null,
    alter column created_at set not null,
    alter column updated_at set not null,
    add constraint property_records_year_built_is_possible check (year_built between 1800 and 2100),
    add constraint property_records_money_is_positive check (
        least(
            land_market_value, building_market_value, extra_feature_market_value, total_market_value, assessed_value,
            exempt_value, taxable_value, taxes, last_sale_price
        ) > 0
    ),
    add foreign key (county_fips, parcel_id_normalized) references properties;
create index on property_records (total_market_value);
create index on property_records (assessed_value);
create index on property_records (equity_percent);
create index on property_records (last_sale_date);
create index on property_records (updated_at);
analyze property_records;


create table tax_sales as
select distinct on (county_fips, parcel_id_normalized)
    county_fips,
    parcel_id_normalized,
    tda_number,
    sale_date,
    deed_status,
    st_setsrid(st_makepoint(longitude, latitude), 4326)::geography(point, 4326) as coordinates,
    value_issues,
    payload as raw_data,
    source_version,
    run_id,
    landed_at as data_source_timestamp,
    now() as created_at,
    now() as updated_at
from sales
where retired_at is null
order by
    county_fips, parcel_id_normalized, coalesce(sale_date >= :'as_of'::date, false) desc,
    abs(sale_date - :'as_of'::date), source_version;
alter table tax_sales
    add primary key (county_fips, parcel_id_normalized),
    alter column value_issues set not null,
    alter column raw_data set not null,
    alter column source_version set not null,
    alter column run_id set not null,
    alter column data_source_timestamp set not null,
    alter column created_at set not null,
    alter column updated_at set not null,
    add foreign key (county_fips, parcel_id_normalized) references properties;
create index on tax_sales (sale_date);
create index on tax_sales using gist (coordinates);
create index on tax_sales using gin (raw_data);
analyze tax_sales;


create table foreclosures as
with

dated as (
    select
        filings.*,
        coalesce(filings.auction_date >= :'as_of'::date, false) as is_auction_scheduled,
        coalesce(filings.recording_date >= :'as_of'::date - rulesets.foreclosure_live_days, false) as is_recently_recorded
    from filings
    inner join seeds.score_rulesets as rulesets on rulesets.is_active
    where filings.retired_at is null
)

select distinct on (county_fips, parcel_id_normalized)
    county_fips,
    parcel_id_normalized,
    borrowers_name,
    situs_address,
    default_amount,
    opening_bid,
    recording_date,
    auction_date,
    lender_name,
    property_type,
    record_type,
    is_auction_scheduled or is_recently_recorded as is_live,
    st_setsrid(st_makepoint(longitude, latitude), 4326)::geography(point, 4326) as coordinates,
    value_issues,
    payload as raw_data,
    source_version,
    run_id,
    landed_at as data_source_timestamp,
    now() as created_at,
    now() as updated_at
from dated
order by
    county_fips, parcel_id_normalized, is_auction_scheduled desc, case when is_auction_scheduled then auction_date end,
    is_recently_recorded desc, recording_date desc nulls last, source_version;
alter table foreclosures
    add primary key (county_fips, parcel_id_normalized),
    alter column is_live set not null,
    alter column value_issues set not null,
    alter column raw_data set not null,
    alter column source_version set not null,
    alter column run_id set not null,
    alter column data_source_timestamp set not null,
    alter column created_at set not null,
    alter column updated_at set not null,
    add constraint foreclosures_money_is_positive check (least(default_amount, opening_bid) > 0),
    add foreign key (county_fips, parcel_id_normalized) references properties;
create index on foreclosures (auction_date);
create index on foreclosures (default_amount);
create index on foreclosures (opening_bid);
create index on foreclosures (recording_date);
create index on foreclosures using gist (coordinates);
create index on foreclosures using gin (raw_data);
analyze foreclosures;


-- Places of cases without a parcel id, and the parcel point nearest to each within the allowed distance.
create unlogged table matches as
with

settings as (
    select value::double precision as max_feet from seeds.matching_settings
    where setting = 'case_to_parcel_max_feet'
),

places as (
    select distinct
        county_fips,
        x_feet,
        y_feet
    from cases
    where retired_at is null and published_parcel_id is null and x_feet is not null
),

place_cells as (
    select
        places.*,
        settings.max_feet,
        (floor(places.x_feet / settings.max_feet)::bigint + step_x) * 1000000
        + floor(places.y_feet / settings.max_feet)::bigint + step_y as cell
    from places
    cross join settings
    cross join generate_series(-1, 1) as step_x
    cross join generate_series(-1, 1) as step_y
),

candidates as (
    select
        place_cells.county_fips,
        place_cells.x_feet,
        place_cells.y_feet,
        properties.parcel_id_normalized,
        sqrt(
            (place_cells.x_feet - properties.x_feet) * (place_cells.x_feet - properties.x_feet)
            + (place_cells.y_feet - properties.y_feet) * (place_cells.y_feet - properties.y_feet)
        ) as distance_feet,
        place_cells.max_feet
    from properties
    cross join settings
    inner join place_cells
        on
            properties.county_fips = place_cells.county_fips
            and floor(properties.x_feet / settings.max_feet)::bigint * 1000000
            + floor(properties.y_feet / settings.max_feet)::bigint = place_cells.cell
    where properties.is_active
),

ranked as (
    select
        *,
        rank() over (partition by county_fips, x_feet, y_feet order by distance_feet) as distance_rank
    from candidates
    where distance_feet <= max_feet
)

select
    county_fips,
    x_feet,
    y_feet,
    case when count(*) = 1 then min(parcel_id_normalized) end as parcel_id_normalized,
    case when count(*) = 1 then min(distance_feet) end as distance_feet
from ranked
where distance_rank = 1
group by county_fips, x_feet, y_feet;
analyze matches;

create table code_violations as
select
    cases.county_fips,
    cases.case_number,
    coalesce(cases.published_parcel_id, matches.parcel_id_normalized) as parcel_id_normalized,
    cases.parcel_id_original,
    case
        when cases.published_parcel_id is not null then 'parcel_id'
        when matches.parcel_id_normalized is not null then 'location'
        when matches.county_fips is not null then 'ambiguous_location'
        else 'unmatched'
    end as match_method,
    round(matches.distance_feet::numeric, 1)::numeric(8, 1) as match_distance_feet,
    cases.violation_type,
    cases.violation_type_code,
    cases.status,
    cases.is_open,
    cases.opened_date,
    cases.closed_date,
    cases.address,
    cases.wgs84::geography(point, 4326) as coordinates,
    cases.x_feet,
    cases.y_feet,
    cases.value_issues,
    landed.payload as raw_data,
    cases.source_version,
    cases.run_id,
    cases.landed_at as data_source_timestamp,
    now() as created_at,
    now() as updated_at
from cases
inner join raw.code_violations as landed on cases.landed_row = landed.ctid
left join matches
    on
        cases.published_parcel_id is null
        and cases.county_fips = matches.county_fips
        and cases.x_feet = matches.x_feet
        and cases.y_feet = matches.y_feet
where
    cases.retired_at is null
    and not exists (select from cases_superseded where cases_superseded.case_row = cases.ctid);
alter table code_violations
    add primary key (county_fips, case_number),
    alter column match_method set not null,
    alter column value_issues set not null,
    alter column raw_data set not null,
    alter column source_version set not null,
    alter column run_id set not null,
    alter column data_source_timestamp set not null,
    alter column created_at set not null,
    alter column updated_at set not null,
    add constraint code_violations_match_method_is_known check (
        match_method in ('parcel_id', 'location', 'ambiguous_location', 'unmatched')
        and (match_method in ('parcel_id', 'location')) = (parcel_id_normalized is not null)
    ),
    add foreign key (county_fips, parcel_id_normalized) references properties;
create index on code_violations (county_fips, parcel_id_normalized);
create index on code_violations (opened_date);
create index on code_violations (closed_date);
create index on code_violations (status);
create index on code_violations (updated_at);
create index on code_violations using gist (coordinates);
analyze code_violations;


-- Neighbourhood: cases grouped by place, places copied to the 3 x 3 cells around them, met by cell.
create unlogged table grid as
select
    counties.county_fips,
    counties.projection_srid,
    (rulesets.nearby_radius_miles * 1609.344 * 3937 / 1200)::double precision as radius_feet,
    (rulesets.nearby_radius_miles * 1609.344 * 3937 / 1200)::double precision * 1.001 as cell_feet
from counties
inner join seeds.score_rulesets as rulesets on rulesets.is_active;
analyze grid;

create unlogged table property_cells as
select
    properties.county_fips,
    properties.parcel_id_normalized,
    properties.x_feet,
    properties.y_feet,
    floor(properties.x_feet / grid.cell_feet)::bigint * 1000000 + floor(properties.y_feet / grid.cell_feet)::bigint as cell
from properties
inner join grid on properties.county_fips = grid.county_fips
where properties.is_active and properties.x_feet is not null;
analyze property_cells;

-- planar over ground distance, once per cell: 1,000 feet measured on the ellipsoid
create unlogged table cell_scales as
with

cells as (
    select
        property_cells.county_fips,
        property_cells.cell,
        grid.projection_srid,
        grid.radius_feet,
        (property_cells.cell / 1000000 + 0.5) * grid.cell_feet as x_feet,
        (property_cells.cell % 1000000 + 0.5) * grid.cell_feet as y_feet
    from property_cells
    inner join grid on property_cells.county_fips = grid.county_fips
    group by property_cells.county_fips, property_cells.cell, grid.projection_srid, grid.radius_feet, grid.cell_feet
)

select
    county_fips,
    cell,
    radius_feet,
    round((
        1000 * 1200 / 3937.0 / st_distance(
            st_transform(st_setsrid(st_makepoint(x_feet - 500, y_feet), projection_srid), 4326)::geography,
            st_transform(st_setsrid(st_makepoint(x_feet + 500, y_feet), projection_srid), 4326)::geography
        )
    )::numeric, 10)::double precision as scale
from cells;
analyze cell_scales;

create unlogged table nearby as
with

places as (
    select
        county_fips,
        x_feet,
        y_feet,
        count(*) as cases,
        count(*) filter (where is_open) as open_cases
    from code_violations
    where x_feet is not null
    group by county_fips, x_feet, y_feet
),

place_cells as (
    select
        places.*,
        (floor(places.x_feet / grid.cell_feet)::bigint + step_x) * 1000000
        + floor(places.y_feet / grid.cell_feet)::bigint + step_y as cell
    from places
    inner join grid on places.county_fips = grid.county_fips
    cross join generate_series(-1, 1) as step_x
    cross join generate_series(-1, 1) as step_y
),

pairs as (
    select
        property_cells.county_fips,
        property_cells.parcel_id_normalized,
        place_cells.cases,
        place_cells.open_cases,
        sqrt(
            (property_cells.x_feet - place_cells.x_feet) * (property_cells.x_feet - place_cells.x_feet)
            + (property_cells.y_feet - place_cells.y_feet) * (property_cells.y_feet - place_cells.y_feet)
        ) / cell_scales.scale as distance_feet,
        cell_scales.radius_feet
    from property_cells
    inner join cell_scales
        on property_cells.county_fips = cell_scales.county_fips and property_cells.cell = cell_scales.cell
    inner join place_cells
        on property_cells.county_fips = place_cells.county_fips and property_cells.cell = place_cells.cell
)

select
    county_fips,
    parcel_id_normalized,
    sum(cases)::integer as nearby_violations,
    sum(open_cases)::integer as nearby_open_violations,
    round((min(distance_feet) * 1200 / 3937 / 1609.344)::numeric, 3) as nearest_violation_distance,
    round((sum(distance_feet * cases) / sum(cases) * 1200 / 3937 / 1609.344)::numeric, 3) as avg_violation_distance
from pairs
-- a tenth of a millimetre: the radius exactly counts, in spite of binary fractions
where distance_feet <= radius_feet + 0.0003
group by county_fips, parcel_id_normalized;
analyze nearby;


-- Scores: the rules become one expression each, so that a property is scored in one pass, without a row per factor.
with

rules as (
    select
        components.component,
        components.component_order,
        score_rules.rule_order,
        score_rules.band,
        concat_ws(
            ' and ',
            format('%I is not null', input),
            format('%I ', input) || case when coalesce(min_is_inclusive, true) then '>= ' else '> ' end || min_value,
            format('%I ', input) || case when coalesce(max_is_inclusive, true) then '<= ' else '< ' end || max_value
        ) as fires,
        case
            when points_per_unit is null then coalesce(score_rules.points, 0)::text
            when max_points is null then format('%s + %s * %I', coalesce(score_rules.points, 0), points_per_unit, input)
            else format('%s + least(%s, %s * %I)', coalesce(score_rules.points, 0), max_points, points_per_unit, input)
        end as points,
        case
            when reason_template !~ '\{value\}' then quote_literal(reason_template)
            else
                format(
                    'replace(%L, ''{value}'', %s)', reason_template,
                    case value_format
                        when 'money' then format('''$'' || to_char(round(%I), ''FM999,999,999,990'')', input)
                        when 'count' then format('to_char(round(%I), ''FM999,999,999,990'')', input)
                        when 'percent' then format('to_char(round(%I), ''FM999,999,990'') || ''%%''', input)
                        when 'percent_2' then format('to_char(round(%I, 2), ''FM999,999,990.00'') || ''%%''', input)
                        when 'miles' then format('to_char(round(%I, 2), ''FM990.00'')', input)
                        when 'date' then
                            case input
                                when 'days_to_tax_sale' then 'to_char(sale_date, ''YYYY-MM-DD'')'
                                else 'to_char(auction_date, ''YYYY-MM-DD'')'
                            end
                        else ''''''
                    end
                )
        end as reason
    from seeds.score_rules
    inner join seeds.score_rulesets as rulesets using (ruleset, ruleset_version)
    inner join seeds.score_components as components using (ruleset, ruleset_version, component)
    where rulesets.is_active
)

select
    string_agg(format('case when %s then %s else 0 end', fires, points), ' + ') filter (where component = 'distress') as distress,
    string_agg(format('case when %s then %s else 0 end', fires, points), ' + ') filter (where component = 'value') as value,
    string_agg(format('case when %s then %s else 0 end', fires, points), ' + ') filter (where component = 'location') as location,
    string_agg(format('case when %s then %s else 0 end', fires, points), ' + ') filter (where component = 'urgency') as urgency,
    string_agg(
        format('case when %s then %s end', fires, reason), ', ' order by component_order, rule_order, band
    ) filter (where reason is not null) as reasons
from rules
\gset rule_

create table lead_scores as
with

known as (
    select
        properties.county_fips,
        properties.parcel_id_normalized,
        properties.coordinates_source is not null as has_point,
        roll.county_fips is not null as has_property_record,
        jurisdictions.jurisdiction_code is not null as is_in_covered_jurisdiction,
        tax_sales.county_fips is not null as is_in_tax_sale,
        tax_sales.sale_date,
        foreclosures.county_fips is not null as is_in_live_foreclosure,
        foreclosures.auction_date,
        foreclosures.default_amount as live_default_amount,
        round(100 * roll.total_market_value / roll.assessed_value, 2)::numeric(12, 2) as equity_percent,
        roll.total_market_value,
        100 * roll.taxes / roll.total_market_value as tax_burden_percent,
        roll.taxes,
        roll.living_area_sqft,
        case when properties.coordinates_source is not null then coalesce(nearby.nearby_violations, 0) end
            as nearby_violations,
        case when properties.coordinates_source is not null then coalesce(nearby.nearby_open_violations, 0) end
            as nearby_open_violations,
        nearby.nearest_violation_distance,
        nearby.avg_violation_distance,
        case when tax_sales.county_fips is not null then 1 end as has_tax_sale,
        tax_sales.sale_date - :'as_of'::date as days_to_tax_sale,
        case when foreclosures.county_fips is not null then 1 end as has_live_foreclosure,
        foreclosures.auction_date - :'as_of'::date as days_to_auction,
        1 as location_base
    from properties
    left join (
        -- the parsed roll: the mart holds every record whole and is ten times as large
        select * from roll
        where
            retired_at is null
            and not exists (select from roll_superseded where roll_superseded.roll_row = roll.ctid)
    ) as roll
        on properties.county_fips = roll.county_fips and properties.parcel_id_normalized = roll.parcel_id_normalized
    left join seeds.code_case_jurisdictions as jurisdictions
        on
            properties.county_fips = jurisdictions.county_fips
            and split_part(roll.zoning_code, '-', 1) = jurisdictions.jurisdiction_code
    left join tax_sales
        on
            properties.county_fips = tax_sales.county_fips
            and properties.parcel_id_normalized = tax_sales.parcel_id_normalized
    left join foreclosures
        on
            properties.county_fips = foreclosures.county_fips
            and properties.parcel_id_normalized = foreclosures.parcel_id_normalized
            and foreclosures.is_live
    left join nearby
        on
            properties.county_fips = nearby.county_fips
            and properties.parcel_id_normalized = nearby.parcel_id_normalized
    where properties.is_active
    offset bigint '0'
),

limits as (
    select
        ruleset,
        ruleset_version,
        min(weight) filter (where component = 'distress') as distress_weight,
        min(min_score) filter (where component = 'distress') as distress_min,
        min(max_score) filter (where component = 'distress') as distress_max,
        min(weight) filter (where component = 'value') as value_weight,
        min(min_score) filter (where component = 'value') as value_min,
        min(max_score) filter (where component = 'value') as value_max,
        min(weight) filter (where component = 'location') as location_weight,
        min(min_score) filter (where component = 'location') as location_min,
        min(max_score) filter (where component = 'location') as location_max,
        min(weight) filter (where component = 'urgency') as urgency_weight,
        min(min_score) filter (where component = 'urgency') as urgency_min,
        min(max_score) filter (where component = 'urgency') as urgency_max
    from seeds.score_components
    inner join seeds.score_rulesets using (ruleset, ruleset_version)
    where is_active
    group by ruleset, ruleset_version
),

scored as (
    select
        known.*,
        limits.*,
        least(distress_max, greatest(distress_min, :rule_distress)) as distress_score,
        least(value_max, greatest(value_min, :rule_value)) as value_score,
        least(location_max, greatest(location_min, :rule_location)) as location_score,
        least(urgency_max, greatest(urgency_min, :rule_urgency)) as urgency_score,
        to_jsonb(array_remove(array[:rule_reasons], null)) as reasons
    from known
    cross join limits
    offset bigint '0'
),

totalled as (
    select
        *,
        distress_weight * distress_score + value_weight * value_score + location_weight * location_score
        + urgency_weight * urgency_score as total_score
    from scored
    offset bigint '0'
),

tiers as (
    select
        ruleset,
        ruleset_version,
        tier,
        min_total_score,
        lead(min_total_score, 1, 'infinity') over (
            partition by ruleset, ruleset_version order by min_total_score
        ) as below_total_score
    from seeds.score_tiers
)

select
    totalled.county_fips,
    totalled.parcel_id_normalized,
    totalled.distress_score::numeric(5, 2) as distress_score,
    totalled.value_score::numeric(5, 2) as value_score,
    totalled.location_score::numeric(5, 2) as location_score,
    totalled.urgency_score::numeric(5, 2) as urgency_score,
    totalled.total_score::numeric(5, 2) as total_score,
    tiers.tier,
    totalled.nearby_violations,
    totalled.nearby_open_violations,
    totalled.nearest_violation_distance::numeric(6, 3) as nearest_violation_distance,
    totalled.avg_violation_distance::numeric(6, 3) as avg_violation_distance,
    totalled.reasons,
    array_remove(
        array[
            case when not has_point then 'location' end,
            case when not has_property_record then 'property_record' end,
            case when has_property_record and equity_percent is null then 'assessed_or_market_value' end,
            case when has_property_record and taxes is null then 'taxes' end,
            case when has_property_record and living_area_sqft is null then 'living_area' end,
            case when is_in_tax_sale and sale_date is null then 'tax_sale_date' end,
            case when is_in_live_foreclosure and live_default_amount is null then 'default_amount' end,
            case when has_point and not is_in_covered_jurisdiction then 'code_case_coverage' end
        ]::text[],
        null
    ) as missing_inputs,
    totalled.ruleset,
    totalled.ruleset_version,
    :'as_of'::date as scored_as_of,
    now() as scored_at,
    now() as created_at,
    now() as updated_at
from totalled
inner join tiers
    on
        totalled.ruleset = tiers.ruleset
        and totalled.ruleset_version = tiers.ruleset_version
        and totalled.total_score >= tiers.min_total_score
        and totalled.total_score < tiers.below_total_score;
alter table lead_scores
    add primary key (county_fips, parcel_id_normalized),
    alter column distress_score set not null,
    alter column value_score set not null,
    alter column location_score set not null,
    alter column urgency_score set not null,
    alter column total_score set not null,
    alter column tier set not null,
    alter column reasons set not null,
    alter column missing_inputs set not null,
    alter column ruleset set not null,
    alter column ruleset_version set not null,
    alter column scored_as_of set not null,
    alter column scored_at set not null,
    alter column created_at set not null,
    alter column updated_at set not null,
    add constraint lead_scores_scores_within_0_and_100 check (
        least(distress_score, value_score, location_score, urgency_score, total_score) >= 0
        and greatest(distress_score, value_score, location_score, urgency_score, total_score) <= 100
    ),
    add constraint lead_scores_tier_is_known check (tier in ('A', 'B', 'C', 'D')),
    add foreign key (county_fips, parcel_id_normalized) references properties;
create index on lead_scores (total_score);
create index on lead_scores (tier, total_score);
analyze lead_scores;


create table lead_score_history as
select
    county_fips,
    parcel_id_normalized,
    scored_as_of as snapshot_date,
    total_score,
    distress_score,
    value_score,
    location_score,
    urgency_score,
    tier,
    ruleset,
    ruleset_version,
    now() as changed_at,
    now() as created_at,
    now() as updated_at
from lead_scores;
alter table lead_score_history
    add primary key (county_fips, parcel_id_normalized, snapshot_date),
    alter column total_score set not null,
    alter column distress_score set not null,
    alter column value_score set not null,
    alter column location_score set not null,
    alter column urgency_score set not null,
    alter column tier set not null,
    alter column ruleset set not null,
    alter column ruleset_version set not null,
    alter column created_at set not null,
    alter column updated_at set not null,
    add constraint lead_score_history_scores_within_0_and_100 check (
        least(distress_score, value_score, location_score, urgency_score, total_score) >= 0
        and greatest(distress_score, value_score, location_score, urgency_score, total_score) <= 100
    ),
    add constraint lead_score_history_tier_is_known check (tier in ('A', 'B', 'C', 'D')),
    add foreign key (county_fips, parcel_id_normalized) references properties;
create index on lead_score_history (snapshot_date);
create index on lead_score_history (tier, snapshot_date);
create index on lead_score_history (changed_at);
analyze lead_score_history;


create table data_ingestion_runs as
select
    run_id,
    county_fips,
    source_type,
    refresh_mode,
    status,
    records_announced,
    records_processed,
    records_inserted,
    records_updated,
    records_vanished,
    records_rejected as records_failed,
    error_message,
    error_details,
    started_at,
    completed_at,
    now() as created_at,
    now() as updated_at
from ops.ingestion_runs;
alter table data_ingestion_runs
    add primary key (run_id),
    alter column county_fips set not null,
    alter column source_type set not null,
    alter column status set not null,
    alter column started_at set not null,
    alter column created_at set not null,
    alter column updated_at set not null,
    add constraint data_ingestion_runs_status_is_known check (status in ('running', 'success', 'partial', 'failure'));
create index on data_ingestion_runs (source_type, started_at);
create index on data_ingestion_runs (status);
analyze data_ingestion_runs;
