-- The loader keeps the registry and its statistics: without them dbt's joins expect hundreds of counties.
-- An administrator who is no superuser may hand a table only to a role that may create in its schema.
grant create on schema ops to wholesaler_loader;
alter table ops.registry_counties owner to wholesaler_loader;
alter table ops.registry_sources owner to wholesaler_loader;
revoke create on schema ops from wholesaler_loader;
