"""Prints the state of a key: python3 key_state.py CONFIGURATION, which is JSON: endpoint (AWS), region, key (ARN)."""

import json
import sys

import boto3

configuration = json.loads(sys.argv[1])
kms = boto3.client("kms", endpoint_url=configuration["endpoint"], region_name=configuration["region"])
print(kms.describe_key(KeyId=configuration["key"])["KeyMetadata"]["KeyState"])
