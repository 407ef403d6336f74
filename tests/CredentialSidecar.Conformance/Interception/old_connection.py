"""Connects to the ECS agent, waits for SIGUSR1, and only then asks: old_connection.py PATH. Prints what came of it."""

import signal
import socket
import sys

signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
connection = socket.create_connection(("169.254.170.2", 80), 10)
print("connected", flush=True)
signal.sigwait({signal.SIGUSR1})

try:
    connection.sendall(f"GET {sys.argv[1]} HTTP/1.1\r\nHost: 169.254.170.2\r\nConnection: close\r\n\r\n".encode())
    print(f"got {connection.recv(65536)!r}", flush=True)
except OSError as e:
    print(f"got {type(e).__name__}", flush=True)
