"""Tables beside the registry of a cluster test, in which triggers note who held the lease and who moved a head.

They belong to the same transactions as the changes that they note, so that they survive a failover with them.
"""
STATEMENTS = [
    "CREATE SCHEMA observed",
    """
    CREATE TABLE observed.lease (
        number bigint GENERATED ALWAYS AS IDENTITY, epoch bigint, holder text, application text,
        at timestamptz DEFAULT clock_timestamp())
    """,
    """
    CREATE TABLE observed.head (
        number bigint GENERATED ALWAYS AS IDENTITY, log text, size bigint, epoch bigint, leaseEpoch bigint,
        application text, at timestamptz DEFAULT clock_timestamp())
    """,
    "CREATE TABLE observed.pause (seconds float)",
    """
    CREATE FUNCTION observed.noteLease() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
        IF TG_OP = 'INSERT' OR NEW.epoch <> OLD.epoch THEN
            INSERT INTO observed.lease (epoch, holder, application)
                VALUES (NEW.epoch, NEW.holder::text, current_setting('application_name'));
        END IF;
        RETURN NULL; END $$
    """,
    """
    CREATE FUNCTION observed.noteHead() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
        INSERT INTO observed.head (log, size, epoch, leaseEpoch, application)
            VALUES (NEW.log::text, NEW.size, NEW.epoch, (SELECT epoch FROM public.log_lease),
                current_setting('application_name'));
        PERFORM pg_sleep(seconds) FROM observed.pause;
        RETURN NULL; END $$
    """,
    "CREATE TRIGGER observedLease AFTER INSERT OR UPDATE ON log_lease FOR EACH ROW "
    "EXECUTE FUNCTION observed.noteLease()",
    "CREATE TRIGGER observedHead AFTER INSERT OR UPDATE ON log_head FOR EACH ROW EXECUTE FUNCTION observed.noteHead()",
]
HOLDER = "SELECT application, epoch FROM observed.lease ORDER BY number DESC LIMIT 1"
HEADS = "SELECT log, size, epoch, leaseEpoch, application FROM observed.head ORDER BY number"
IN_SWAP = "SELECT 1 FROM pg_stat_activity WHERE application_name = %s AND wait_event = 'PgSleep'"
IN_TURN = """
    SELECT pid FROM pg_stat_activity JOIN pg_locks USING (pid)
    WHERE application_name = %s AND relation = 'writerturn'::regclass AND mode = 'RowShareLock' AND granted
        AND wait_event_type IS DISTINCT FROM 'Lock'
"""


def install(primary, database):
    connection = primary.connect(database)
    with connection.cursor() as cursor:
        for statement in STATEMENTS:
            cursor.execute(statement)
    connection.close()


def pause_swaps(primary, database, seconds):
    """Makes every swap of a head take so long, so that a publisher can be stopped in its transaction; 0 ends that."""
    primary.ask("DELETE FROM observed.pause", database=database)
    if seconds:
        primary.ask("INSERT INTO observed.pause VALUES (%s)", (seconds,), database)


def holder(primary, database):
    """The name of the daemon that took the lease last, and its epoch."""
    rows = primary.ask(HOLDER, database=database)
    return rows[0] if rows else (None, 0)


def faults(primary, database):
    """Heads that were moved by somebody whose lease had passed on."""
    newest = {}
    for log, size, epoch, lease_epoch, application in primary.ask(HEADS, database=database):
        if epoch != lease_epoch:
            yield (f"{application} moved the head of {log} to {size} with epoch {epoch} under a lease of epoch "
                   f"{lease_epoch}")
        if epoch < newest.get(log, (0, 0))[0] or size < newest.get(log, (0, 0))[1]:
            yield f"the head of {log} went from {newest[log]} (epoch, size) to {(epoch, size)}"
        newest[log] = (epoch, size)
