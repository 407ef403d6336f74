"""Holds connections to the ECS agent's address: victim.py COUNT PATH close|idle|botocore. Prints a line when it holds them all."""

import signal
import socket
import sys

AGENT = ("169.254.170.2", 80)
count, path, how = int(sys.argv[1]), sys.argv[2], sys.argv[3]
held = []


def close():
    """The sidecar closes after its answer, and the application keeps its own end open: CLOSE_WAIT."""
    connection = socket.create_connection(AGENT, 10)
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {AGENT[0]}\r\nConnection: close\r\n\r\n".encode())
    while connection.recv(65536):
        pass
    return connection


def idle():
    """ESTABLISHED, without a request."""
    return socket.create_connection(AGENT, 10)


def botocore():
    """As boto3 does it: the connection stays in urllib3's pool."""
    from botocore.utils import ContainerMetadataFetcher

    fetcher = ContainerMetadataFetcher(sleep=lambda seconds: None)
    assert fetcher.retrieve_uri(path)["AccessKeyId"]
    return fetcher


for _ in range(count):
    held.append({"close": close, "idle": idle, "botocore": botocore}[how]())

print(f"holds {len(held)}", flush=True)
signal.pause()
