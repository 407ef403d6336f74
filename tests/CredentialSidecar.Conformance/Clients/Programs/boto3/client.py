"""boto3: one STS client for all calls."""

import json
import os
import sys
import time
import traceback

import boto3

print(json.dumps({"version": boto3.__version__}))

try:
    # Given by hand, because the boto3 of older distributions does not read AWS_ENDPOINT_URL_STS.
    sts = boto3.client("sts", endpoint_url=os.environ["CLIENT_STS_ENDPOINT"])

    for call in range(int(sys.argv[1])):
        time.sleep(float(os.environ.get("CLIENT_PAUSE", "0")) if call else 0)
        try:
            identity = sts.get_caller_identity()
            print(json.dumps({"account": identity["Account"], "arn": identity["Arn"]}), flush=True)
        except Exception:
            if "CLIENT_GOES_ON" not in os.environ:
                raise
            print(json.dumps({"error": traceback.format_exc()}), flush=True)
except Exception:
    print(json.dumps({"error": traceback.format_exc()}))
    sys.exit(1)
