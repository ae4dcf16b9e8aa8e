"""The base backups and the write-ahead log of a soak test, which pgBackRest keeps in the test's folder."""
import os
import subprocess

import cluster_network

STANZA = "suishen"


class Archive:
    """One repository that all machines reach, and each machine's own settings."""

    def __init__(self, folder, machines):
        self.folder = folder
        for machine in machines:
            lines = ["[global]", f"repo1-path={os.path.join(folder, 'repository')}", "repo1-retention-full=2",
                     f"lock-path={os.path.join(folder, machine.name)}.lock", "log-level-file=off",
                     "log-level-console=warn", "compress-type=lz4", "start-fast=y", f"[{STANZA}]",
                     f"pg1-path={machine.data}", f"pg1-port={machine.port}", f"pg1-socket-path={folder}"]
            with open(self.settings(machine), "w", encoding="utf-8") as file:
                file.write("".join(f"{line}\n" for line in lines))

    def settings(self, machine):
        return os.path.join(self.folder, f"{machine.name}.pgbackrest.conf")

    def words(self, machine):
        return ["pgbackrest", f"--config={self.settings(machine)}", f"--stanza={STANZA}"]

    def command(self, machine):
        """The setting archive_command of a machine."""
        return f"{' '.join(self.words(machine))} archive-push %p"

    def run(self, machine, *words):
        done = subprocess.run(cluster_network.as_postgres([*self.words(machine), *words]), capture_output=True,
                              text=True, cwd="/")
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
