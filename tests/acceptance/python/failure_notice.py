"""Whether a function's role may tell of failures: python3 failure_notice.py CONFIGURATION. Ends with 0 when it may tell its topic and no other.

CONFIGURATION is JSON: endpoint (AWS), region, topic (ARN), key (ARN of the topic's key), credentials (of the function's role: id, secret, token).
That Lambda then tells it cannot be tried here: the local cloud looks for a function's settings of events, and not for its alias'.
"""

import json
import sys

import boto3
from botocore.exceptions import ClientError


def refusal(call, **arguments):
    """The code by which a call was refused, or None."""
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


def main(configuration):
    configuration = json.loads(configuration)
    here = {"endpoint_url": configuration["endpoint"], "region_name": configuration["region"]}
    identifier, secret, token = configuration["credentials"]
    role = {"aws_access_key_id": identifier, "aws_secret_access_key": secret, "aws_session_token": token}

    # The role tells this topic and no other, and uses the key by way of SNS only.
    sns = boto3.client("sns", **here)
    other = sns.create_topic(Name="somebody-elses")["TopicArn"]
    as_function = boto3.client("sns", **here, **role)
    assert refusal(as_function.publish, TopicArn=configuration["topic"], Message="{}") is None
    assert "Auth" in (refusal(as_function.publish, TopicArn=other, Message="{}") or "told")
    keys = boto3.client("kms", **here, **role)
    assert "Denied" in (refusal(keys.generate_data_key, KeyId=configuration["key"], KeySpec="AES_256") or "used")


main(*sys.argv[1:])
