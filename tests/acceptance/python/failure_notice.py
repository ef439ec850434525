"""Whether a function's failures reach the topic that it was given: python3 failure_notice.py CONFIGURATION. Ends with 0 when they do.

CONFIGURATION is JSON: endpoint (AWS), region, topic (ARN), function (ARN of an alias whose events are not tried again), credentials (of the
function's role: id, secret, token), key (ARN of the topic's key).
"""

import json
import sys
import time

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

    # And Lambda tells it of an event that no function could do anything with.
    sqs = boto3.client("sqs", **here)
    queue = sqs.create_queue(QueueName="on-call")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=configuration["topic"], Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
    boto3.client("lambda", **here).invoke(FunctionName=configuration["function"], InvocationType="Event", Payload=b'{"version":0}')
    patience = time.monotonic() + 120
    while time.monotonic() < patience:
        for message in sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=5).get("Messages", []):
            notice = json.loads(message["Body"])
            if notice.get("requestPayload") == {"version": 0}:
                print(json.dumps(notice["responsePayload"]))
                return
    raise AssertionError("nobody was told")


main(*sys.argv[1:])
