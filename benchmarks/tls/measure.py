"""Handshakes per second, CPU for each handshake, and memory with and without TLS. One client process, which takes a core."""

import json
import os
import pathlib
import re
import secrets
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request

root = pathlib.Path(__file__).resolve().parents[2]
seconds = float(sys.argv[1])
folder = pathlib.Path(tempfile.mkdtemp(prefix="tls-"))
token = secrets.token_hex(32)
tick = os.sysconf("SC_CLK_TCK")
children = []


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def start(*words, **variables):
    child = subprocess.Popen(words, env={"PATH": os.environ["PATH"], **variables}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    children.append(child)
    return child


def tree(pid):
    yield pid
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from tree(int(child))


def cpu(pid):
    return sum(sum(map(int, pathlib.Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()[11:13])) for one in tree(pid)) / tick


def memory(pid):
    """Resident and private megabytes."""
    resident = private = 0
    for one in tree(pid):
        text = pathlib.Path(f"/proc/{one}/smaps_rollup").read_text()
        resident += int(re.search(r"^Rss: +(\d+)", text, re.M)[1])
        private += int(re.search(r"^Anonymous: +(\d+)", text, re.M)[1])
    return f"{resident / 1024:.1f} MB, {private / 1024:.1f} MB"


def handshakes(port, version):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(folder / "ca.pem")
    context.minimum_version = context.maximum_version = version
    request = f"GET /v1/credentials HTTP/1.1\r\nHost: localhost\r\nAuthorization: {token}\r\nConnection: close\r\n\r\n".encode()
    count, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        with context.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname="localhost") as stream:
            # An answer shows that the server is through with it.
            stream.sendall(request)
            while stream.recv(16384):
                pass
        count += 1
    return count / seconds, count


def measure(name, pid, port):
    row = [name]
    for version in (ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_2):
        before = cpu(pid)
        rate, count = handshakes(port, version)
        row.append(f"{rate:.0f} /s, {1e6 * (cpu(pid) - before) / count:.0f} µs")
    return [*row, memory(pid)]


def half_handshakes(pid, port, most):
    """Memory for each connection whose client waits after its first message."""
    context = ssl.create_default_context()
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        context.wrap_bio(incoming, outgoing, server_hostname="localhost").do_handshake()
    except ssl.SSLWantReadError:
        pass
    hello = outgoing.read()
    before = private(pid)
    crowd = []
    for _ in range(most):
        client = socket.create_connection(("127.0.0.1", port))
        client.sendall(hello)
        crowd.append(client)
    time.sleep(1)
    grown = private(pid) - before
    for client in crowd:
        client.close()
    return f"{grown / most:.0f} kB"


def private(pid):
    return sum(int(re.search(r"^Anonymous: +(\d+)", pathlib.Path(f"/proc/{one}/smaps_rollup").read_text(), re.M)[1]) for one in tree(pid))


def sidecar(emulator, tls):
    port, health = free_port(), free_port()
    variables = {
        "SIDECAR_PORT": str(free_port()), "SIDECAR_HEALTH_PORT": str(health), "SIDECAR_SHARED_DIR": str(folder),
        "SIDECAR_ROLE_ARN": "arn:aws:iam::555566667777:role/reports", "SIDECAR_EXTERNAL_ID": "orders-7f3a", "AWS_REGION": "eu-central-1",
        "SIDECAR_SOURCE_ENDPOINT": emulator["agent"], "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": emulator["relativeUri"],
        "AWS_ENDPOINT_URL_STS": emulator["sts"], "SIDECAR_Logging__Level": "Error", "SIDECAR_Audit__Log": "false",
        "SIDECAR_TOKEN": token,
    }
    if tls:
        variables |= {"SIDECAR_Listen__Tls__Port": str(port), "SIDECAR_Access__Hosts__0": "localhost"}
    child = start(os.environ.get("SIDECAR", str(root / "artifacts/native/credential-sidecar")), **variables)
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{health}/readyz")
            break
        except OSError:
            time.sleep(0.1)
    return child, port


def nginx():
    """With a certificate of the same kind: ECDSA on P-256, one certificate in the chain."""
    port = free_port()
    run = lambda *words: subprocess.run(words, check=True, capture_output=True)
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj", "/CN=localhost",
        "-addext", "subjectAltName=DNS:localhost", "-keyout", str(folder / "key.pem"), "-out", str(folder / "ca.pem"))
    (folder / "nginx.conf").write_text(f"""daemon off; pid {folder}/nginx.pid; error_log /dev/null; worker_processes 1;
        events {{ }} http {{ access_log off; server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {folder}/ca.pem;
        ssl_certificate_key {folder}/key.pem; ssl_session_tickets off; ssl_session_cache off; ssl_protocols TLSv1.2 TLSv1.3;
        return 401 "{'x' * 270}"; }} }}""")
    child = start(shutil.which("nginx"), "-c", str(folder / "nginx.conf"))
    time.sleep(1)
    return child, port


try:
    emulator = json.loads(start(os.environ.get("EMULATOR", str(root / "artifacts/emulator/credential-sidecar-emulator"))).stdout.readline())
    plain, _ = sidecar(emulator, tls=False)
    print("| | TLS 1.3: handshakes, CPU for each | TLS 1.2 | after the load: resident, private |\n|---|---|---|---|")
    idle = memory(plain.pid)
    plain.terminate()
    plain.wait()
    own, port = sidecar(emulator, tls=True)
    idle_tls = memory(own.pid)
    print("|", " | ".join(measure("sidecar", own.pid, port)), "|")
    half = half_handshakes(own.pid, port, 60)
    own.terminate()
    other, port = nginx()
    print("|", " | ".join(measure("nginx", other.pid, port)), "|")
    print(f"\nIdle without TLS: {idle}. Idle with TLS: {idle_tls}. Each of 60 half handshakes: {half}.")
finally:
    for child in children:
        child.kill()
        child.wait()
    shutil.rmtree(folder)
