"""Calls GetCallerIdentity so many times with one client, as an application would, and prints the last answer."""

import json
import os
import sys

import boto3

# Given by hand, because the boto3 of older distributions does not read the variable.
sts = boto3.client("sts", endpoint_url=os.environ["AWS_ENDPOINT_URL_STS"])

for _ in range(int(sys.argv[1])):
    identity = sts.get_caller_identity()

print(json.dumps({"Account": identity["Account"], "Arn": identity["Arn"]}))
