-- PostGIS, and its address standardizer with the rules for United States addresses.
create extension if not exists postgis with schema public;
create extension if not exists address_standardizer with schema public;
create extension if not exists address_standardizer_data_us with schema public;
