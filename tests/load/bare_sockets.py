"""The reference: what a socket server itself costs. picows, and nothing else: no rooms, no rights.

`python -m tests.load.bare_sockets PORT`: who sends a message has it sent to everybody. What the
other clients say (`seen`) is read and dropped, as long as it is no event.
"""

import asyncio
import sys

from picows import WSFrame, WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server

everybody: set[WSTransport] = set()


class Echo(WSListener):
    """One client."""

    def on_ws_connected(self, transport: WSTransport) -> None:
        everybody.add(transport)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        everybody.discard(transport)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            transport.disconnect()
            return
        text = frame.get_payload_as_bytes()
        if text.startswith(b'{"type":"event"'):
            for one in everybody:
                one.send(WSMsgType.TEXT, text)


async def main(port: int) -> None:
    def accept(_request: WSUpgradeRequest) -> WSListener:
        return Echo()

    server = await ws_create_server(accept, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
