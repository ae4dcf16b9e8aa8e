"""The base backups and the write-ahead log of a soak test, which pgBackRest keeps in the test's folder."""
import os
import subprocess

import cluster_network

PROGRAM = ["pgbackrest", "--stanza=suishen"]
# The setting archive_command of all machines.
COMMAND = f"{' '.join(PROGRAM)} archive-push %p"


def settings(machine):
    return os.path.join(machine.folder, f"{machine.name}.pgbackrest.conf")


def environment(machine):
    """The environment of a machine's programs, in which pgBackRest finds its settings."""
    return os.environ | {"PGBACKREST_CONFIG": settings(machine)}


class Archive:
    """One repository that all machines reach, and each machine's own settings."""

    def __init__(self, folder, machines):
        for machine in machines:
            lines = ["[global]", f"repo1-path={os.path.join(folder, 'repository')}", "repo1-retention-full=2",
                     f"lock-path={os.path.join(folder, machine.name)}.lock", "log-level-file=off",
                     "log-level-console=warn", "compress-type=lz4", "start-fast=y", "[suishen]",
                     f"pg1-path={machine.data}", f"pg1-port={machine.port}", f"pg1-socket-path={folder}"]
            with open(settings(machine), "w", encoding="utf-8") as file:
                file.write("".join(f"{line}\n" for line in lines))

    @staticmethod
    def run(machine, *words):
        done = subprocess.run(cluster_network.as_postgres([*PROGRAM, *words]), capture_output=True, text=True, cwd="/",
                              env=environment(machine))
        if done.returncode != 0:
            raise RuntimeError(f"pgbackrest {words[-1]} on {machine.name} ended with {done.returncode}: "
                               f"{done.stdout}{done.stderr}")

    def begin(self, primary):
        """Makes the stanza, without which a server archives nothing."""
        self.run(primary, "stanza-create")

    def back_up(self, primary):
        self.run(primary, "--type=full", "backup")

    def check(self, primary):
        """Ends the current segment of the write-ahead log, and returns once it is archived."""
        self.run(primary, "check")

    def restore(self, machine, moment):
        """Puts the newest backup before a moment in the place of a stopped server's folder."""
        self.run(machine, "--delta", "--type=time", f"--target={moment}", "--target-action=promote", "restore")
