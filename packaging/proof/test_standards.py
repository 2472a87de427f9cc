"""The standard tests of Airbyte's CDK, on the program instead of a Python class."""

import json
import pathlib
import subprocess

import pytest
from airbyte_cdk.test import entrypoint_wrapper
from airbyte_cdk.test.models import ConnectorTestScenario
from airbyte_cdk.test.standard_tests.source_base import SourceTestSuiteBase

from accounts import FOLDER, VENDORS, accounts


class Program:
    """Stands for the program where the CDK wants an object that has a specification."""

    def spec(self, logger):
        raise NotImplementedError("the program is asked")


class Failed(Exception):
    """The program ended with another status than 0."""


def run_program(source, args, *_, **__):
    """Runs the program where the CDK would call Python."""
    ended = subprocess.run(
        [str(FOLDER / "source-lmsync"), *args], capture_output=True, text=True, check=False
    )
    failure = Failed(ended.stderr) if ended.returncode else None
    return entrypoint_wrapper.EntrypointOutput(
        messages=ended.stdout.splitlines(), uncaught_exception=failure, stderr=ended.stderr
    )


entrypoint_wrapper._run_command = run_program


@pytest.fixture(scope="module")
def served():
    with accounts() as served:
        yield served


@pytest.fixture(params=VENDORS)
def scenario(request, served):
    return ConnectorTestScenario(config_path=served.path(request.param))


class TestSource(SourceTestSuiteBase):
    """All of them, for the account of each product."""

    connector = Program

    @classmethod
    def get_connector_root_dir(cls):
        return pathlib.Path(__file__).parent

    @classmethod
    def get_scenarios(cls):
        return []


def test_a_wrong_key_fails_the_check(served, tmp_path):
    config = served.config("syncro")
    config["account"]["api_key"] = "T-somebody-elses"
    path = tmp_path / "config.json"
    path.write_text(json.dumps(config))
    scenario = ConnectorTestScenario(config_path=path, status="failed")
    TestSource().test_check(scenario)
