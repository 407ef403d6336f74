"""Lays out two accounts in a moto server, then makes it check signatures and policies. Prints the key pair of the one user.

In account 123456789012 a user may assume the role "hub"; "hub" may assume "spoke" of account 555566667777, which may do
everything in S3 but delete.
"""

import json
import sys
import urllib.request

import boto3

server = sys.argv[1]
HUB = "arn:aws:iam::123456789012:role/hub"
SPOKE = "arn:aws:iam::555566667777:role/spoke"


def client(service, key="testing", secret="testing", token=None):
    return boto3.client(service, endpoint_url=server, region_name="eu-central-1", aws_access_key_id=key, aws_secret_access_key=secret, aws_session_token=token)


def allow(actions, resource):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": resource}]})


def trust(principal):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}]})


iam = client("iam")
iam.create_user(UserName="sidecar")
pair = iam.create_access_key(UserName="sidecar")["AccessKey"]
iam.put_user_policy(UserName="sidecar", PolicyName="assume", PolicyDocument=allow("sts:AssumeRole", HUB))
iam.create_role(RoleName="hub", AssumeRolePolicyDocument=trust("arn:aws:iam::123456789012:user/sidecar"))
iam.put_role_policy(RoleName="hub", PolicyName="assume", PolicyDocument=allow("sts:AssumeRole", SPOKE))

# A caller that assumes a role of another account acts in that account. This is how the other account is reached.
other = client("sts").assume_role(RoleArn="arn:aws:iam::555566667777:role/setup", RoleSessionName="setup")["Credentials"]
iam = client("iam", other["AccessKeyId"], other["SecretAccessKey"], other["SessionToken"])
iam.create_role(RoleName="spoke", AssumeRolePolicyDocument=trust(HUB))
iam.put_role_policy(RoleName="spoke", PolicyName="s3", PolicyDocument=allow(["s3:CreateBucket", "s3:PutObject", "s3:GetObject", "s3:ListBucket"], "*"))

urllib.request.urlopen(urllib.request.Request(server + "/moto-api/reset-auth", data=b"0", method="POST", headers={"Content-Type": "text/plain"}))
print(json.dumps({"AccessKeyId": pair["AccessKeyId"], "SecretAccessKey": pair["SecretAccessKey"]}))
