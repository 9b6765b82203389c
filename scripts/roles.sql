-- The roles that Buyerdesk needs in a PostgreSQL cluster. Run once by a superuser; running it again changes nothing:
--     psql -v ON_ERROR_STOP=1 -d postgres -f scripts/roles.sql
-- Afterwards give the two login roles a way to log in (for example \password buyerdesk), and create the
-- database: CREATE DATABASE buyerdesk OWNER buyerdesk_owner.
--
--   buyerdesk_owner   owns the schema and runs migrations; the server never connects as this role
--   buyerdesk         what the server connects as; NOINHERIT, so by itself it may do nothing: every transaction
--                     first chooses one of the three group roles below
--   buyerdesk_app     people of a buying company, within one account
--   buyerdesk_staff   the supplier's people, within the accounts they are assigned to
--   buyerdesk_job     background work: outbox, reminders, imports
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['buyerdesk_owner', 'buyerdesk', 'buyerdesk_app', 'buyerdesk_staff', 'buyerdesk_job'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            EXECUTE format('CREATE ROLE %I', name);
        END IF;
    END LOOP;
END
$$;

ALTER ROLE buyerdesk_owner LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE buyerdesk LOGIN NOINHERIT NOCREATEDB NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE buyerdesk_app NOLOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE buyerdesk_staff NOLOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE buyerdesk_job NOLOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS;

DO $$
DECLARE
    name text;
BEGIN
    -- Membership by GRANT alone: pg_has_role() would say yes for a superuser whatever was granted.
    FOREACH name IN ARRAY ARRAY['buyerdesk_app', 'buyerdesk_staff', 'buyerdesk_job'] LOOP
        IF NOT EXISTS (
            SELECT FROM pg_auth_members
            WHERE roleid = name::regrole AND member = 'buyerdesk'::regrole
        ) THEN
            EXECUTE format('GRANT %I TO buyerdesk', name);
        END IF;
    END LOOP;
    IF EXISTS (
        SELECT FROM pg_auth_members
        WHERE roleid = 'buyerdesk_owner'::regrole AND member = 'buyerdesk'::regrole
    ) THEN
        REVOKE buyerdesk_owner FROM buyerdesk;
    END IF;
END
$$;
