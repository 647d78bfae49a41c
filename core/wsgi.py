"""Pages and API under gunicorn; sockets are core.asgi's."""

import gc
import os
from functools import partial

from django.core.wsgi import get_wsgi_application

from core.frames import with_room

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
application = partial(with_room, get_wsgi_application())
# What was loaded at the start stays for ever: the collector need not walk it on every page, and
# what a page leaves behind is collected less often (docs/measurements.md).
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
