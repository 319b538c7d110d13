-- The database and its two roles. Run once, as a superuser, on a server without a database of this name:
--
--   psql -d postgres -v ON_ERROR_STOP=1 -f deploy/roles.sql
--   psql -d postgres -c '\password buatfilm_owner' -c '\password buatfilm_app'

-- Owns the schema and changes it while a node starts (ConnectionStrings:Migrations). Backups are taken as this role.
create role buatfilm_owner login nosuperuser nocreatedb nocreaterole noreplication;

-- What the app works as (ConnectionStrings:BuatFilm). Each start gives it what it needs on the tables and no more:
-- rows of every table, but of the audit log only to add and to read, and nothing that changes the schema.
create role buatfilm_app login nosuperuser nocreatedb nocreaterole noreplication;

create database buatfilm owner buatfilm_owner template template0 encoding 'UTF8';
revoke all on database buatfilm from public;
grant connect on database buatfilm to buatfilm_app;

-- Up to PostgreSQL 14 anybody may make tables in the schema public.
\connect buatfilm
revoke create on schema public from public;
grant create, usage on schema public to buatfilm_owner;
