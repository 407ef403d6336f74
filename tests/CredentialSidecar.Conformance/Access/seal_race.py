"""Starts a program again and again, and tries as the same user to read its environment and memory while it runs.

seal_race.py COUNT PROGRAM [ARGUMENT...] prints how often a canary of its environment was read: {"starts": …, "environ": …, "mem": …}
"""
import json, os, sys

count, program, arguments = int(sys.argv[1]), sys.argv[2], sys.argv[2:]
canary = "canary-5c1e8b"
name = os.path.basename(program)[:15]
environment = {"SIDECAR_TOKEN": canary * 4, "SIDECAR_HEALTH_PORT": "1", "DOTNET_EnableDiagnostics": "0"}


def comm(pid):
    with open(f"/proc/{pid}/comm") as file:
        return file.read().strip()


def environ(pid):
    with open(f"/proc/{pid}/environ", "rb") as file:
        return file.read()


def stack(pid):
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            if line.rstrip().endswith("[stack]"):
                start, end = (int(part, 16) for part in line.split()[0].split("-"))
                memory.seek(start)
                return memory.read(end - start)
    return b""


def found(read, pid):
    try:
        # Before exec, the child is still this program, whose memory holds no secret.
        return comm(pid) == name and canary.encode() in read(pid) and comm(pid) == name
    except OSError:
        return False


hits = {"starts": 0, "environ": 0, "mem": 0}
null = os.open("/dev/null", os.O_RDWR)
for _ in range(count):
    pid = os.posix_spawn(program, arguments, environment, file_actions=[(os.POSIX_SPAWN_DUP2, null, fd) for fd in (0, 1, 2)])
    seen = {"environ": False, "mem": False}
    while os.waitpid(pid, os.WNOHANG) == (0, 0):
        seen["environ"] |= found(environ, pid)
        seen["mem"] |= found(stack, pid)
    hits["starts"] += 1
    for kind, was in seen.items():
        hits[kind] += was
print(json.dumps(hits))
