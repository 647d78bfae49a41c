"""Pages under an ASGI server, each request whole in one thread, as under WSGI.

Django's own handler gives every request a new thread, whose connection to the database is new
too, and passes it to and fro between that and the loop for each middleware: two thirds of what a
small page costs there. Here the threads stay, and so do their connections.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from functools import partial
from typing import Any

from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.core.signals import request_started
from django.urls import set_script_prefix

from core.databases import PAGE_THREADS
from core.frames import with_room

Message = dict[str, Any]


class PagesHandler(ASGIHandler):
    """Django as an ASGI application without asynchronous parts: the project has none in pages.

    Who goes away before the answer is not noticed: what was begun is done, as under WSGI.
    """

    def __init__(self) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)
        self.threads = ThreadPoolExecutor(PAGE_THREADS, thread_name_prefix="pages")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        loop = asyncio.get_running_loop()

        def send_now(message: Message) -> None:
            asyncio.run_coroutine_threadsafe(send(message), loop).result()

        with body:
            # A context of its own: what a request sets there is gone with it.
            work = partial(Context().run, with_room, self._answer, scope, body, send_now)
            for message in await loop.run_in_executor(self.threads, work):
                await send(message)

    def _answer(self, scope: Any, body: Any, send_now: Callable[[Message], None]) -> list[Message]:
        """Answer, in a thread; return what is to be sent. A stream is sent from here."""
        set_script_prefix(get_script_prefix(scope))
        request_started.send(sender=type(self), scope=scope)
        request, refusal = self.create_request(scope, body)
        response: Any = refusal if request is None else self.get_response(request)
        response._handler_class = type(self)
        try:
            head = {
                "type": "http.response.start",
                "status": response.status_code,
                "headers": headers_of(response),
            }
            if not response.streaming:
                return [head, {"type": "http.response.body", "body": response.content}]
            send_now(head)
            for part in response:
                send_now({"type": "http.response.body", "body": part, "more_body": True})
            return [{"type": "http.response.body"}]
        finally:
            response.close()  # says that the request is over: connections are looked after


def headers_of(response: Any) -> list[tuple[bytes, bytes]]:
    """Return an answer's headers as ASGI wants them, its cookies among them."""
    headers = [(name.encode("ascii"), value.encode("latin1")) for name, value in response.items()]
    cookies = [cookie.output(header="").strip() for cookie in response.cookies.values()]
    return [*headers, *((b"Set-Cookie", cookie.encode("ascii")) for cookie in cookies)]
