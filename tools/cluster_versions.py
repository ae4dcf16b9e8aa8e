"""The fault of a cluster test in which tables of a later version come under daemons of this one."""
import time

import psycopg2.errors

from cluster_daemons import DATABASE, DATABASE_USER
from cluster_stage import Trouble

EXPANSION_SECONDS_MAX = 60
PAUSE_SECONDS = 0.4
# Both locks of an upgrade, in its order: no other program changes the schema, and nobody changes rows.
LOCKS = [
    "SET LOCAL synchronous_commit = on", f"SET LOCAL ROLE {DATABASE_USER}", "SET LOCAL lock_timeout = '2s'",
    "SELECT pg_advisory_xact_lock(hashtext('suishen schema ' || current_schema()))",
    "SELECT 1 FROM writerTurn FOR UPDATE", "SET LOCAL lock_timeout = '100ms'",
]
NEWEST = "SELECT version, usableFrom FROM schemaVersion ORDER BY version DESC LIMIT 1"
IN_THE_WAY = (psycopg2.errors.LockNotAvailable, psycopg2.errors.DeadlockDetected)


def two_versions(cluster):
    """a later version adds columns and a table amidst writes, and a daemon of this version is killed and starts"""
    version = expand(cluster.referee.primary)
    time.sleep(cluster.draw.uniform(0.5, 2))
    daemon = cluster.draw.choice(cluster.daemons)
    daemon.kill()
    time.sleep(cluster.draw.uniform(0.5, 2))
    daemon.start()
    daemon.wait_until_ready()
    newest, usable_from = cluster.referee.primary.ask(NEWEST, database=DATABASE)[0]
    if newest != version or usable_from >= version:
        raise Trouble(f"the tables have version {newest}, usable from {usable_from}, and not {version}")


def expand(primary):
    """Adds what a later version might, as its upgrade would; gives the new version."""
    connection = primary.connect(DATABASE)
    connection.autocommit = False
    end = time.monotonic() + EXPANSION_SECONDS_MAX
    try:
        while True:
            try:
                with connection, connection.cursor() as cursor:
                    return step(cursor)
            except IN_THE_WAY:
                if time.monotonic() > end:
                    raise
            time.sleep(PAUSE_SECONDS)
    finally:
        connection.close()


def step(cursor):
    for statement in LOCKS:
        cursor.execute(statement)
    cursor.execute(NEWEST)
    newest, usable_from = cursor.fetchone()
    version = newest + 1
    for statement in (f"ALTER TABLE code ADD COLUMN later{version} bigint",
                      f"ALTER TABLE log_entries ADD COLUMN later{version} bytea",
                      f"CREATE TABLE later{version} (number bigint PRIMARY KEY)"):
        cursor.execute(statement)
    cursor.execute("INSERT INTO schemaVersion (version, usableFrom) VALUES (%s, %s)", (version, usable_from))
    return version
