"""What the database itself refuses about stored files."""

# The one place where the database's own clock counts: whoever deletes by hand cannot say which day it is.
FUNCTION = """
CREATE FUNCTION crm_keep_stored_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.retained_until >= (now() AT TIME ZONE 'Asia/Shanghai')::date THEN
            RAISE EXCEPTION 'stored file % is kept until %', OLD.id, OLD.retained_until
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF (NEW.id, NEW.sha256, NEW.size, NEW.mime, NEW.stored_at) IS DISTINCT FROM
       (OLD.id, OLD.sha256, OLD.size, OLD.mime, OLD.stored_at) THEN
        RAISE EXCEPTION 'stored file % never changes', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.retained_until < OLD.retained_until THEN
        RAISE EXCEPTION 'stored file % is kept until %, not shorter', OLD.id, OLD.retained_until
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$
"""
TRIGGER = """
CREATE TRIGGER crm_storedfile_keep BEFORE UPDATE OR DELETE ON crm_storedfile
FOR EACH ROW EXECUTE FUNCTION crm_keep_stored_file()
"""
DROP_TRIGGER = "DROP TRIGGER crm_storedfile_keep ON crm_storedfile"
DROP_FUNCTION = "DROP FUNCTION crm_keep_stored_file()"
