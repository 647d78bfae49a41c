"""Pages and API under gunicorn; sockets are core.asgi's."""

import os
from functools import partial

from django.core.wsgi import get_wsgi_application

from core.collecting import leave_what_is_loaded
from core.frames import with_room

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
application = partial(with_room, get_wsgi_application())
leave_what_is_loaded()
