"""The CRT for Python: its default credentials chain alone, for it has no service clients."""

import json
import os
import subprocess
import sys
import time
import traceback

from awscrt import auth, io

# Debian's package does not know its own version; the packager does.
package = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", "python3-awscrt"], capture_output=True, text=True)
print(json.dumps({"version": package.stdout.split("+")[0]}))

try:
    group = io.EventLoopGroup(1)
    bootstrap = io.ClientBootstrap(group, io.DefaultHostResolver(group))
    provider = auth.AwsCredentialsProvider.new_default_chain(bootstrap)

    for call in range(int(sys.argv[1])):
        time.sleep(float(os.environ.get("CLIENT_PAUSE", "0")) if call else 0)
        print(json.dumps({"accessKeyId": provider.get_credentials().result(50).access_key_id}), flush=True)
except Exception:
    print(json.dumps({"error": traceback.format_exc()}))
    sys.exit(1)
