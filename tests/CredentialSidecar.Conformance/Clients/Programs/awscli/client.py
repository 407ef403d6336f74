"""The AWS CLI: client.py PATH-OF-AWS CALLS. Each call is a command, so a process, of its own; none tells the version."""

import json
import os
import re
import subprocess
import sys
import time

aws = sys.argv[1]
calls = int(sys.argv[2])

if calls == 0:
    version = subprocess.run([aws, "--version"], capture_output=True, text=True)
    print(json.dumps({"version": re.search(r"aws-cli/(\S+)", version.stdout + version.stderr)[1]}))

for call in range(calls):
    time.sleep(float(os.environ.get("CLIENT_PAUSE", "0")) if call else 0)
    asked = subprocess.run(
        [aws, "--endpoint-url", os.environ["CLIENT_STS_ENDPOINT"], "--output", "json", "sts", "get-caller-identity"],
        capture_output=True, text=True)

    if asked.returncode != 0:
        print(json.dumps({"error": asked.stderr}))
        sys.exit(1)

    identity = json.loads(asked.stdout)
    print(json.dumps({"account": identity["Account"], "arn": identity["Arn"]}), flush=True)
