"""Programs that read S3: client.py PROGRAM CALLS. Each call is a process, and an S3 that has nothing tells who signed its requests."""

import http.server
import json
import os
import re
import subprocess
import sys
import threading
import time

program = sys.argv[1]
calls = int(sys.argv[2])
seen = []


class Recorder(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        signed = re.search(r"Credential=(\w+)/", self.headers.get("Authorization") or "")
        seen.append(signed[1] if signed else "anonymous")
        self.send_response(404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
threading.Thread(target=server.serve_forever, daemon=True).start()
address = f"127.0.0.1:{server.server_port}"

words = {
    "gdal": ["gdalinfo", "/vsis3/bucket/key.tif"],
    "restic": ["restic", "--no-cache", "-r", f"s3:http://{address}/bucket", "cat", "config"],
    "rclone": ["rclone", "--retries", "1", "--low-level-retries", "1", "lsf",
               f":s3,provider=Other,env_auth,endpoint='http://{address}':bucket"],
}[program]
environment = {
    **os.environ,
    "AWS_S3_ENDPOINT": address, "AWS_HTTPS": "NO", "AWS_VIRTUAL_HOSTING": "FALSE",
    "RESTIC_PASSWORD": "none", "RCLONE_CONFIG": "/nonexistent/rclone.conf",
}

version = subprocess.run([words[0], "--version" if program == "gdal" else "version"], capture_output=True, text=True)
print(json.dumps({"version": re.search(r"\d+\.\d+\.\d+", version.stdout)[0]}))

for call in range(calls):
    time.sleep(float(os.environ.get("CLIENT_PAUSE", "0")) if call else 0)
    seen.clear()
    ended = subprocess.run(words, capture_output=True, text=True, env=environment)

    if seen and "anonymous" not in seen:
        print(json.dumps({"accessKeyId": seen[-1]}), flush=True)
    else:
        print(json.dumps({"error": f"signed by {seen}: {ended.stdout}{ended.stderr}"}))
        sys.exit(1)
