"""Simulated accounts, as long as they are needed."""

import contextlib
import json
import os
import pathlib
import subprocess
import tempfile

FOLDER = pathlib.Path(os.environ["PROOF_FOLDER"])
VENDORS = ["superops", "syncro", "cwrmm", "halo-psa", "halo-itsm"]


class Accounts:
    """Simulated accounts of all products: their configurations, and what is done to them."""

    def __init__(self, folder, process):
        self.folder = pathlib.Path(folder)
        self._process = process

    def path(self, vendor):
        return self.folder / f"{vendor}.json"

    def config(self, vendor):
        return json.loads(self.path(vendor).read_text())

    @property
    def database(self):
        return (self.folder / "postgres.url").read_text()

    def tell(self, command):
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        self.wait()

    def wait(self):
        answer = self._process.stdout.readline()
        assert answer == "ok\n", answer


@contextlib.contextmanager
def accounts(machines=250):
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [os.environ["PROOF_SIMULATORS"], folder, str(machines)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            served = Accounts(folder, process)
            served.wait()
            yield served
        finally:
            process.stdin.close()
            process.wait()


def expect(what, found, expected):
    """Prints what was found, and ends the proof where something else was expected."""
    print(f"{what}: {found}")
    assert found == expected, f"{what}: expected {expected}"
