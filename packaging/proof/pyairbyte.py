"""PyAirbyte reads every stream of every product into DuckDB."""

import os
import shutil
import subprocess
import tempfile
import threading
import time

os.environ.setdefault("AIRBYTE_OFFLINE_MODE", "1")
os.environ.setdefault("DO_NOT_TRACK", "1")

import airbyte
from airbyte.caches import DuckDBCache
from airbyte.strategies import WriteStrategy

from accounts import FOLDER, VENDORS, accounts, expect

MACHINES = 250


def source(config):
    source = airbyte.get_source(
        "source-lmsync", local_executable=FOLDER / "source-lmsync", config=config
    )
    source.select_all_streams()
    return source


def count(cache, table):
    return len(cache.get_pandas_dataframe(table))


def replace(config, cache):
    source(config).read(cache=cache, force_full_refresh=True, write_strategy=WriteStrategy.REPLACE)


def main():
    folder = tempfile.mkdtemp()
    with accounts(MACHINES) as served:
        for vendor in VENDORS:
            cache = DuckDBCache(db_path=f"{folder}/{vendor}.duckdb")
            source(served.config(vendor)).check()
            source(served.config(vendor)).read(cache=cache)
            expect(f"{vendor}, assets", count(cache, "assets"), MACHINES)
            streams = 3 if vendor.startswith("halo") else 2
            expect(f"{vendor}, passes", count(cache, "passes"), streams)
            source(served.config(vendor)).read(cache=cache)
            expect(f"{vendor}, assets after a second reading", count(cache, "assets"), MACHINES)

        cache = DuckDBCache(db_path=f"{folder}/replaced.duckdb")
        config = served.config("halo-psa")
        replace(config, cache)
        whole = count(cache, "assets")
        served.tell("remove 10")
        replace(config, cache)
        expect("replaced, ten are gone", count(cache, "assets"), whole - 10)
        served.tell("remove 10")
        served.tell("miscount")
        try:
            replace(config, cache)
            raise SystemExit("an incomplete reading went through")
        except airbyte.exceptions.PyAirbyteError as error:
            print(f"an incomplete reading is refused: {type(error).__name__}")
        expect("the table is as it was", count(cache, "assets"), whole - 10)
        served.tell("count")
        replace(config, cache)
        expect("a complete one replaces it", count(cache, "assets"), whole - 20)
    killed(folder)
    shutil.rmtree(folder)


def killed(folder):
    """A source that is killed in the middle, and read once more from its last state."""
    machines = 30_000
    cache = DuckDBCache(db_path=f"{folder}/killed.duckdb")
    with accounts(machines) as served:
        killer = threading.Thread(target=kill_soon)
        killer.start()
        try:
            source(served.config("superops")).read(cache=cache)
            print("the source was through before it was killed")
        except airbyte.exceptions.PyAirbyteError as error:
            print(f"killed: {type(error).__name__}")
        killer.join()
        source(served.config("superops")).read(cache=cache)
        expect("assets after a kill and a second reading", count(cache, "assets"), machines)


def kill_soon():
    """Kills the source once it reads."""
    for _ in range(1_000):
        found = subprocess.run(["pkill", "-KILL", "-f", "source-lmsync read"], check=False)
        if found.returncode == 0:
            return
        time.sleep(0.05)


if __name__ == "__main__":
    main()
