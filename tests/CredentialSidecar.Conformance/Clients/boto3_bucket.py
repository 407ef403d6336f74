"""Makes a bucket, puts an object into it, reads it and lists it; then tries to delete it and prints what came of that."""

import json
import os
import sys

import boto3
from botocore.exceptions import ClientError

bucket, text = sys.argv[1], sys.argv[2]
s3 = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL_S3"])

s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": os.environ["AWS_REGION"]})
s3.put_object(Bucket=bucket, Key="greeting", Body=text.encode())
read = s3.get_object(Bucket=bucket, Key="greeting")["Body"].read().decode()
keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket)["Contents"]]

try:
    s3.delete_object(Bucket=bucket, Key="greeting")
    deleted = "yes"
except ClientError as error:
    deleted = error.response["Error"]["Code"]

print(json.dumps({"Read": read, "Keys": keys, "Deleted": deleted}))
