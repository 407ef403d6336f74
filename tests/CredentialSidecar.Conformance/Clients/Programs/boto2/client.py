"""boto 2: its provider chain."""
import json
import sys

import boto
import boto.provider

print(json.dumps({"version": boto.__version__}))

if sys.argv[1] != "0":
    print(json.dumps({"accessKeyId": boto.provider.Provider("aws").access_key}))
