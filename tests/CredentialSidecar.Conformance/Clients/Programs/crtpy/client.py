"""The CRT for Python: its default credentials chain alone, for it has no service clients."""

import importlib.metadata
import json
import os
import sys
import time
import traceback

from awscrt import auth, io

print(json.dumps({"version": importlib.metadata.version("awscrt")}))

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
