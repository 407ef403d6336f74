"""Takes a port that is not its own: squatter.py PORT ADDRESS plain|cookies. Prints what somebody sends to it."""

import socket
import sys

port, address, how = int(sys.argv[1]), sys.argv[2], sys.argv[3]
family = socket.AF_INET6 if ":" in address else socket.AF_INET
listener = socket.socket(family)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((address, port))
listener.listen(1 if how == "cookies" else 64)
waiting = []

# With its queue full, the kernel answers everybody by SYN cookie.
for _ in range(64 if how == "cookies" else 0):
    connection = socket.socket(family)
    connection.setblocking(False)
    connection.connect_ex((address, port))
    waiting.append(connection)

print("listens", flush=True)

while True:
    connection, _ = listener.accept()
    connection.settimeout(0.2)
    try:
        if text := connection.recv(4096):
            print(f"read {text!r}", flush=True)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfake")
    except OSError:
        pass
    connection.close()
