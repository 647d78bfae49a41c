"""Python on a site's database, one text of it after another: a start of Django takes seconds.

Each line of the input is a text in JSON; to each a line answers, with what it printed.
"""

import contextlib
import io
import json
import os
import sys
import traceback

import django


def answer(code: str) -> dict[str, str]:
    """Run a text; return what it printed as `said`, or its `fault`."""
    from django.core.cache import cache
    from django.db import close_old_connections

    close_old_connections()
    cache.clear()  # others wrote since the last
    with contextlib.redirect_stdout(io.StringIO()) as said:
        try:
            exec(code, {})
        except Exception:  # the edge of the process: whoever asked is told
            return {"fault": traceback.format_exc()}
    return {"said": said.getvalue().strip()}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
    django.setup()
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
