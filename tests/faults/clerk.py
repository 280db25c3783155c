"""Runs beside a test: `python -m tests.faults.clerk` calls what it reads and writes what returns.

A line is JSON: the dotted path of a function and its named arguments.
"""

# ruff: noqa: E402  Django is set up before models are imported

import json
import sys
import traceback
from typing import Any

import django

django.setup()

from django.db import connection
from django.utils.module_loading import import_string


def answer_to(line: str) -> dict[str, Any]:
    connection.close()  # the server may have been restarted since
    path, options = json.loads(line)
    try:
        return {"result": import_string(path)(**options)}
    except Exception:  # noqa: BLE001  the test shows it
        return {"error": traceback.format_exc()}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(answer_to(line)), flush=True)
