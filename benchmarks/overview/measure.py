"""Measures the sidecar, an empty Kestrel and nginx, and prints one table. run.sh checks what this needs."""

import contextlib
import datetime
import http.client
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

SECONDS = int(os.environ.get("BENCHMARK_SECONDS", "5"))
STARTS = int(os.environ.get("BENCHMARK_STARTS", "5"))
COUNTS = [int(count) for count in sys.argv[1:]] or [1, 10, 100, 1000, 3000]
RELOADS = int(os.environ.get("BENCHMARK_RELOADS", "100"))
STS_SECONDS = 0.25


def free_ports(count):
    with contextlib.ExitStack() as all_at_once:
        sockets = [all_at_once.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


SIDECAR, HEALTH, STS, AGENT, AGENT_STS, CONTROL, EMPTY, NGINX = free_ports(8)
TOKEN = "0123456789abcdef0123456789abcdef"
PATH = "/v1/credentials/d0"
FOLDER = tempfile.mkdtemp()
NGINX_CONFIGURATION = """
pid {0}/pid; daemon off; master_process off; error_log /dev/null; events {{}}
http {{ access_log off; keepalive_requests 100000000; client_body_temp_path {0}/1; proxy_temp_path {0}/2; fastcgi_temp_path {0}/3;
  uwsgi_temp_path {0}/4; scgi_temp_path {0}/5;
  server {{ listen 127.0.0.1:{1}; location = {2} {{ default_type application/json; return 200 '{3}'; }} }} }}
"""


@contextlib.contextmanager
def running(*command, variables=None):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env={"PATH": os.environ["PATH"], **(variables or {})})
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def write(count, version=0):
    """A configuration with this number of destinations of one hop; with another version, the first destination is another one."""
    configuration = os.path.join(FOLDER, f"{count}.json")
    hops = [{"RoleArn": f"arn:aws:iam::{100000000000 + i}:role/reports"} for i in range(count)]
    hops[0]["SessionName"] = f"version-{version}"
    with open(configuration + ".new", "w") as file:
        json.dump({"Destinations": {f"d{i}": {"Hops": [hop]} for i, hop in enumerate(hops)}}, file)
    os.rename(configuration + ".new", configuration)
    return configuration


def sidecar(count):
    """The sidecar with this number of destinations."""
    configuration = write(count)
    return running("artifacts/native/credential-sidecar", "--config", configuration, variables={
        "AWS_REGION": "eu-central-1", "AWS_ENDPOINT_URL_STS": f"http://127.0.0.1:{STS}", "SIDECAR_TOKEN": TOKEN,
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://127.0.0.1:{AGENT}/v2/credentials/x",
        "SIDECAR_Control__Directory": FOLDER, "SIDECAR_PORT": str(SIDECAR), "SIDECAR_HEALTH_PORT": str(HEALTH), "SIDECAR_DRAIN": "0s",
        "SIDECAR_Access__RequestsPerSecond": "100000"})


def get(port, path=PATH):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers={"Authorization": TOKEN})
        response = connection.getresponse()
        return response.status, response.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


def until(happens, pause=0.001, process=None):
    """Milliseconds until it happens."""
    begin = time.monotonic()
    while not happens():
        if process and process.poll() is not None:
            sys.exit(f"{process.args[0]} ended with {process.returncode}")
        if time.monotonic() - begin > 120:
            sys.exit("nothing happened for two minutes")
        time.sleep(pause)
    return (time.monotonic() - begin) * 1000


def is_open(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def memory(process):
    """Resident memory, and the part of it that is not pages of a file; in kB."""
    with open(f"/proc/{process.pid}/status") as file:
        status = file.read()
    return [int(re.search(rf"{name}:\s+(\d+)", status)[1]) for name in ("VmRSS", "RssAnon")]


def processor(process):
    with open(f"/proc/{process.pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def compare(start, port, beyond=0.0):
    """What one server costs: the rows of its column."""
    opened, answered = [], []
    for _ in range(STARTS):
        with start() as process:
            ms = until(lambda: is_open(port), process=process)
            opened.append(ms)
            answered.append(ms + until(lambda: get(port)[0] == 200, process=process) - beyond * 1000)
    with start() as process:
        until(lambda: get(port)[0] == 200, process=process)
        time.sleep(2)
        idle, before = memory(process), processor(process)
        load = subprocess.run(
            ["wrk", "-t", "1", "-c", "8", "-d", f"{SECONDS}s", "-H", f"Authorization: {TOKEN}", f"http://127.0.0.1:{port}{PATH}"],
            capture_output=True, text=True, check=True).stdout
        if "Non-2xx" in load:
            sys.exit(load)
        requests = int(re.search(r"(\d+) requests in", load)[1])
        used, loaded = processor(process) - before, memory(process)
    return [
        f"{statistics.median(opened):.0f} ({min(opened):.0f} to {max(opened):.0f}) ms",
        f"{statistics.median(answered):.0f} ({min(answered):.0f} to {max(answered):.0f}) ms",
        f"{idle[0] / 1024:.1f} MB, {idle[1] / 1024:.1f} MB",
        f"{loaded[0] / 1024:.1f} MB, {loaded[1] / 1024:.1f} MB",
        f"{used / requests * 1e6:.1f} µs",
        f"{requests / SECONDS:.0f}"]


def scale():
    """For each number of destinations: port open, all sessions there, memory."""
    smallest = None
    for count in COUNTS:
        with sidecar(count) as process:
            opened = until(lambda: is_open(SIDECAR), process=process)
            healthy = opened + until(lambda: get(HEALTH, "/healthz")[0] == 200, 0.02, process)
            resident = memory(process)[0]
        smallest = smallest or (count, resident)
        each = f"{(resident - smallest[1]) / (count - smallest[0]):.1f} kB" if count > smallest[0] else "-"
        yield f"{count} destination{'s' if count > 1 else ''}: port open, `/healthz`, resident, growth for each destination", (
            f"{opened:.0f} ms, {healthy / 1000:.2f} s, {resident / 1024:.1f} MB, {each}")


def reload():
    """What the sidecar answers over its control socket."""
    with socket.socket(socket.AF_UNIX) as control:
        control.connect(os.path.join(FOLDER, "control.sock"))
        control.sendall(b"POST /reload HTTP/1.1\r\nHost: sidecar\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        answer = b""
        while part := control.recv(65536):
            answer += part
    if b"200 OK" not in answer:
        sys.exit(answer.decode())


def reloads():
    """For each number of destinations: twenty reloads a second for a while, each of which changes one destination."""
    for count in COUNTS:
        with sidecar(count) as process:
            until(lambda: get(HEALTH, "/healthz")[0] == 200, 0.02, process)
            before, used = memory(process)[0], processor(process)
            times = []
            for version in range(1, RELOADS + 1):
                write(count, version)
                begin = time.monotonic()
                reload()
                times.append((time.monotonic() - begin) * 1000)
                time.sleep(max(0, 0.05 - (time.monotonic() - begin)))
            used, after = processor(process) - used, memory(process)[0]
        name = f"{RELOADS} reloads with {count} destination{'s' if count > 1 else ''}: median time, CPU for each, resident before and after"
        yield name, (
            f"{statistics.median(times):.1f} ms, {used / RELOADS * 1000:.1f} ms, {before / 1024:.1f} MB, {after / 1024:.1f} MB")


def main():
    with open("/proc/cpuinfo") as file:
        model = re.search(r"model name\s*: (.*)", file.read())
    busy = os.getloadavg()[0]
    print(f"{datetime.date.today()}, {os.cpu_count()} cores ({model[1] if model else 'unknown'}), load {busy:.1f} at the start"
          f"{': a busy machine, so the figures are rough' if busy > os.cpu_count() / 2 else ''}\n")
    with running("python3", "benchmarks/overview/sts.py", str(STS), str(STS_SECONDS)), running(
            "artifacts/emulator/credential-sidecar-emulator", "--agent-port", str(AGENT), "--sts-port", str(AGENT_STS),
            "--control-port", str(CONTROL), "--credentials-id", "x"):
        until(lambda: is_open(STS) and is_open(AGENT))
        with sidecar(1) as process:
            until(lambda: get(SIDECAR)[0] == 200, process=process)
            body = get(SIDECAR)[1].decode()
        columns = [compare(lambda: sidecar(1), SIDECAR, STS_SECONDS)]
        answer, configuration = os.path.join(FOLDER, "answer"), os.path.join(FOLDER, "nginx.conf")
        with open(answer, "w") as file:
            file.write(body)
        columns.append(compare(lambda: running("artifacts/empty-server/empty-server", str(EMPTY), answer), EMPTY))
        if shutil.which("nginx"):
            with open(configuration, "w") as file:
                file.write(NGINX_CONFIGURATION.format(FOLDER, NGINX, PATH, body))
            columns.append(compare(lambda: running("nginx", "-c", configuration), NGINX))
        else:
            columns.append([""] * len(columns[0]))
        names = [
            f"port open, {STARTS} starts: median (range)", "first answer (the sidecar: first session, less the time of STS)",
            "idle: resident, private", "after the load: resident, private", "CPU for each GET", "requests a second, 8 connections"]
        print("| | sidecar | empty Kestrel | nginx |\n|---|---|---|---|")
        for name, *row in zip(names, *columns):
            print(f"| {name} | {' | '.join(row)} |", flush=True)
        for name, cell in (*scale(), *reloads()):
            print(f"| {name} | {cell} | | |", flush=True)


try:
    main()
finally:
    shutil.rmtree(FOLDER)
