"""The tap into target-postgres, target-jsonl and Meltano."""

import json
import os
import pathlib
import subprocess
import tempfile

from accounts import FOLDER, accounts, expect

TAP = str(FOLDER / "tap-lmsync")
BIN = FOLDER / "singer" / "bin"
MACHINES = 250


class Desk:
    """A folder with the files of taps and targets."""

    def __init__(self, folder, served):
        self.folder = pathlib.Path(folder)
        self.served = served
        target = {"sqlalchemy_url": served.database.replace("postgres://", "postgresql://", 1)}
        target.update({"default_target_schema": "public", "hard_delete": False})
        self.target = self.write("target.json", target)

    def write(self, name, content):
        path = self.folder / name
        path.write_text(json.dumps(content))
        return str(path)

    def config(self, name="acme"):
        config = self.served.config("halo-psa")
        config["account"]["name"] = name
        config["mirror_deletes"] = True
        return self.write("config.json", config)

    def tap(self, name="acme", state=None):
        arguments = [TAP, "--catalog", self.catalog(), "--config", self.config(name)]
        if state is not None:
            arguments += ["--state", self.write("state.json", state)]
        return subprocess.run(arguments, capture_output=True, text=True, check=False)

    def catalog(self):
        """All streams; of software without its version, since target-postgres 0.8.1 takes no column of that name where it
        retires rows."""
        told = subprocess.run(
            [TAP, "--config", self.config(), "--discover"], capture_output=True, text=True, check=True
        )
        catalog = json.loads(told.stdout)
        for stream in catalog["streams"]:
            for entry in stream["metadata"]:
                is_version = entry["breadcrumb"] == ["properties", "version"]
                entry["metadata"]["selected"] = not is_version
        return self.write("catalog.json", catalog)

    def land(self, messages):
        """Feeds a target, and returns the last state that it gives back."""
        ended = subprocess.run(
            [str(BIN / "target-postgres"), "--config", self.target],
            input=messages,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        states = ended.stdout.splitlines()
        return json.loads(states[-1]) if states else None

    def assets(self):
        """The assets that are live, and all rows."""
        query = "SELECT count(*) FILTER (WHERE _sdc_deleted_at IS NULL), count(*) FROM assets"
        told = subprocess.run(
            ["psql", self.served.database, "-Atc", query], capture_output=True, text=True, check=True
        )
        live, rows = told.stdout.strip().split("|")
        return int(live), int(rows)


def run(what, desk, status, expected, **tap):
    ended = desk.tap(**tap)
    expect(f"{what}, exit status", ended.returncode, status)
    state = desk.land(ended.stdout)
    expect(f"{what}, live and all rows", desk.assets(), expected)
    return ended.stdout, state


def postgres(desk, served):
    run("complete", desk, 0, (MACHINES, MACHINES))
    served.tell("remove 10")
    run("ten are gone", desk, 0, (MACHINES - 10, MACHINES))
    served.tell("remove 10")
    served.tell("miscount")
    run("incomplete", desk, 1, (MACHINES - 10, MACHINES))
    served.tell("count")
    run("complete again", desk, 0, (MACHINES - 20, MACHINES))


def resumed(folder):
    """A reading of which the target got a part, gone on with from the state that it gave back."""
    machines = 4_000
    with accounts(machines) as served:
        desk = Desk(folder, served)
        messages = desk.tap().stdout.splitlines(keepends=True)
        cut = next(at for at, line in enumerate(messages) if is_open(line)) + 1
        state = desk.land("".join(messages[:cut]))
        live, rows = desk.assets()
        print(f"cut off: {live} live of {rows}")
        assert 0 < rows < machines
        run("gone on with", desk, 0, (machines, machines), state=state)


def is_open(line):
    """Tells whether a message is a state in the middle of the assets."""
    message = json.loads(line)
    if message["type"] != "STATE":
        return False
    return "checkpoint" in message["value"]["bookmarks"].get("assets", {})


def others(desk, served):
    """One account's pass retires the rows of others: the reason why mirroring is not on by itself."""
    run("another account in the same table", desk, 0, (MACHINES - 20, 2 * MACHINES - 20), name="globex")


def jsonl(desk):
    target = desk.write("jsonl.json", {"destination_path": str(desk.folder / "lines")})
    (desk.folder / "lines").mkdir()
    subprocess.run(
        [str(FOLDER / "jsonl" / "bin" / "target-jsonl"), "--config", target],
        input=desk.tap().stdout,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = next((desk.folder / "lines").glob("assets*")).read_text().splitlines()
    expect("target-jsonl, assets", len(lines), MACHINES - 20)


def meltano(desk, served):
    project = desk.folder / "project"
    environment = os.environ | {"MELTANO_SEND_ANONYMOUS_USAGE_STATS": "false"}

    def command(*arguments):
        return subprocess.run(
            [str(BIN / "meltano"), *arguments],
            cwd=project if project.exists() else desk.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )

    command("init", "project")
    plugins = f"""
plugins:
  extractors:
  - name: tap-lmsync
    namespace: tap_lmsync
    executable: {TAP}
    capabilities: [catalog, discover, state, about]
    config: {json.dumps(served.config("halo-psa"))}
  loaders:
  - name: target-jsonl
    namespace: target_jsonl
    executable: {FOLDER / "jsonl" / "bin" / "target-jsonl"}
    config:
      destination_path: output
"""
    with open(project / "meltano.yml", "a") as file:
        file.write(plugins)
    (project / "output").mkdir(exist_ok=True)
    command("run", "tap-lmsync", "target-jsonl")
    lines = next((project / "output").glob("assets*")).read_text().splitlines()
    expect("Meltano, assets", len(lines), MACHINES - 20)
    states = command("state", "list").stdout
    assert "tap-lmsync-to-target-jsonl" in states, states
    state = json.loads(command("state", "get", states.split()[-1]).stdout)
    done = state["singer_state"]["bookmarks"]["assets"]["done"]
    print(f"Meltano, state: {done}")


def main():
    with tempfile.TemporaryDirectory() as folder, accounts(MACHINES) as served:
        desk = Desk(folder, served)
        postgres(desk, served)
        others(desk, served)
        jsonl(desk)
        meltano(desk, served)
    with tempfile.TemporaryDirectory() as folder:
        resumed(folder)


if __name__ == "__main__":
    main()
