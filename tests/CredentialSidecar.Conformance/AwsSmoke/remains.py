"""Prints one line for each resource of the smoke test that exists in either account of a moto server."""

import sys

import boto3

server, other = sys.argv[1:]
KEYS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}


def client(service, keys):
    return boto3.client(service, endpoint_url=server, region_name="eu-central-1", **keys)


assumed = client("sts", KEYS).assume_role(RoleArn=f"arn:aws:iam::{other}:role/look", RoleSessionName="look")["Credentials"]
accounts = [KEYS, {
    "aws_access_key_id": assumed["AccessKeyId"],
    "aws_secret_access_key": assumed["SecretAccessKey"],
    "aws_session_token": assumed["SessionToken"],
}]

for keys in accounts:
    ecs = client("ecs", keys)
    for role in client("iam", keys).list_roles()["Roles"]:
        print("role", role["RoleName"])
    for group in client("logs", keys).describe_log_groups()["logGroups"]:
        print("log group", group["logGroupName"])
    for arn in ecs.list_task_definitions()["taskDefinitionArns"]:
        print("task definition", arn)
    # As in ECS, a cluster that was deleted stays for a while, as INACTIVE.
    for cluster in ecs.describe_clusters(clusters=ecs.list_clusters()["clusterArns"])["clusters"]:
        if cluster["status"] != "INACTIVE":
            print("cluster", cluster["clusterName"])
            for arn in ecs.list_tasks(cluster=cluster["clusterName"], desiredStatus="RUNNING")["taskArns"]:
                print("task", arn)
