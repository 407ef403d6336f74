"""Writes to a bucket and reads again for a while, trying nothing twice; prints how many calls there were and which failed."""

import json
import os
import sys
import time

import boto3
from botocore.config import Config

bucket, seconds = sys.argv[1], float(sys.argv[2])
config = Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"})
s3 = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL_S3"], config=config)
s3.create_bucket(Bucket=bucket)
calls, failures, end = 0, [], time.monotonic() + seconds

while time.monotonic() < end:
    try:
        calls += 2
        s3.put_object(Bucket=bucket, Key="last", Body=str(calls).encode())
        if s3.get_object(Bucket=bucket, Key="last")["Body"].read().decode() != str(calls):
            failures.append("read something else")
    except Exception as error:  # Whatever it is, the call has failed.
        failures.append(f"{end - time.monotonic():.1f} s before the end: {error!r}")
    time.sleep(0.1)

print(json.dumps({"Calls": calls, "Failures": failures}))
