"""A process ends with the one that it belongs to, and with no other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import active_children

import pytest

from analysis.parallel import ending_pool
from contracts.environment import ROOT
from procortex.utilities.orphans import VARIABLE, process_identity

SLEEP = "import time; time.sleep(600)"
COMMAND = (
    "import sys, time; from procortex.utilities.errors import run_command; "
    "sys.exit(run_command(lambda: (print('runs', flush=True), time.sleep(600))))"
)
WORKER = "import os; from procortex.utilities.orphans import end_with; end_with(os.environ['PARENT']); print('runs', flush=True); " + SLEEP


@contextmanager
def process(code: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
    running = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ | variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield running
    finally:
        running.kill()
        running.communicate()


def started(running: subprocess.Popen[str]) -> bool:
    assert running.stdout
    return running.stdout.readline() == "runs\n"


@pytest.mark.parametrize("without_pidfd", [False, True])
def test_a_command_ends_with_the_workflow_as_after_sigterm(without_pidfd: bool) -> None:
    code = f"import os; del os.pidfd_open; {COMMAND}" if without_pidfd else COMMAND
    with process(SLEEP) as workflow, process(code, **{VARIABLE: process_identity(workflow.pid)}) as job:
        assert started(job)
        workflow.kill()
        _, told = job.communicate(timeout=30)
    assert (job.returncode, told) == (130, "interrupted: nothing was written\n")


def test_a_process_of_a_pool_ends_with_its_command() -> None:
    with process(SLEEP) as command, process(WORKER, PARENT=process_identity(command.pid)) as worker:
        assert started(worker)
        command.kill()
        assert worker.wait(30) == -signal.SIGTERM


def test_a_pool_does_not_wait_for_its_processes_after_an_interruption() -> None:
    def work() -> None:
        with ending_pool(2) as pool:
            pool.submit(time.sleep, 600)
            assert pool.submit(os.getppid).result(60) == os.getpid()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()
    assert not active_children()


def test_a_command_whose_workflow_has_ended_before_ends() -> None:
    with process(SLEEP) as workflow:
        identity = process_identity(workflow.pid)
    with process(COMMAND, **{VARIABLE: identity}) as job:
        assert job.wait(30) == 130


def elsewhere(identity: str, field: int) -> str:
    parts = identity.split()
    parts[field] = "other"
    return " ".join(parts)


@pytest.mark.parametrize(
    "identity",
    ["", "1", "nonsense", elsewhere(process_identity(), 2), elsewhere(process_identity(), 3)],
    ids=["none", "one number", "nonsense", "another machine", "another container"],
)
def test_processes_of_other_machines_and_containers_are_not_watched(identity: str) -> None:
    code = (
        "import threading; from procortex.utilities.orphans import end_with_workflow; end_with_workflow(); print(threading.active_count())"
    )
    with process(code, **{VARIABLE: identity}) as job:
        assert job.communicate(timeout=30)[0] == "1\n"
    assert job.returncode == 0


def test_a_number_that_another_process_has_taken_is_another_process() -> None:
    number, started_at, *where = process_identity().split()
    with process(COMMAND, **{VARIABLE: " ".join([number, str(int(started_at) - 1), *where])}) as job:
        assert job.wait(30) == 130
