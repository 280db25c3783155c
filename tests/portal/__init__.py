"""What the tests of processes share."""

import time

import psutil

PATIENCE_SECONDS = 10


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run after some seconds."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while any(map(runs, processes)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return [one for one in processes if runs(one)]


def runs(process: psutil.Process) -> bool:
    """A zombie does not run: whoever adopted it may be slow to notice."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
