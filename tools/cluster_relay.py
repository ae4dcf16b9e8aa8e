"""Passes connections to a port of this machine on to another address: python3 cluster_relay.py HOST PORT

Prints its own port on one line. Plain HTTP to object storage is allowed to this machine only, so each member of a
cluster test has such a relay. A relay that is stopped is a storage that no longer answers this member.
"""
import asyncio
import sys


async def copy(reader, writer):
    try:
        while part := await reader.read(1 << 16):
            writer.write(part)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def relay(reader, writer):
    try:
        other_reader, other_writer = await asyncio.open_connection(sys.argv[1], int(sys.argv[2]))
    except OSError:
        return writer.close()
    await asyncio.gather(copy(reader, other_writer), copy(other_reader, writer))


async def main():
    server = await asyncio.start_server(relay, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
