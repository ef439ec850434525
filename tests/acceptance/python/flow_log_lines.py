"""Writes lines into a flow log's group and prints what the queues heard then, as JSON: python3 flow_log_lines.py CONFIGURATION

CONFIGURATION is JSON: endpoint (AWS), region, group, stream, lines, queues (URLs by name), expected (numbers of messages by name), log
(the function's log group).
It ends when every queue has heard as many messages as expected.
"""

import json
import sys
import time

import boto3

PATIENCE_SECONDS = 120


def main(configuration):
    configuration = json.loads(configuration)
    here = {"endpoint_url": configuration["endpoint"], "region_name": configuration["region"]}
    logs, sqs = boto3.client("logs", **here), boto3.client("sqs", **here)
    place = {"logGroupName": configuration["group"], "logStreamName": configuration["stream"]}
    logs.create_log_stream(**place)
    now = int(time.time() * 1000)
    logs.put_log_events(**place, logEvents=[{"timestamp": now, "message": line} for line in configuration["lines"]])
    heard = {name: [] for name in configuration["queues"]}
    until = time.monotonic() + PATIENCE_SECONDS
    while any(len(heard[name]) < number for name, number in configuration["expected"].items()):
        if time.monotonic() > until:
            said = [event["message"] for event in logs.filter_log_events(logGroupName=configuration["log"])["events"]]
            sys.exit(f"not everything was heard: {json.dumps(heard)}; the function said: {json.dumps(said)}")
        for name, url in configuration["queues"].items():
            for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", []):
                heard[name].append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    print(json.dumps(heard))


main(*sys.argv[1:])
