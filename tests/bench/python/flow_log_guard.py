"""Publishes flows with public addresses, as one would write it in Python: the reader of flow_logs.py, boto3 for SNS and EventBridge."""

import hashlib
import json
import os
from datetime import datetime, timezone

import boto3

import flow_logs
import lambda_runtime

topic, bus, region = (os.environ[name] for name in ("LECTERN_FINDINGS_TOPIC_ARN", "LECTERN_EVENT_BUS", "AWS_REGION"))
window_seconds = int(os.environ["LECTERN_WINDOW_SECONDS"])
sns, events = boto3.client("sns"), boto3.client("events")
read = None


def prefixes():
    ids = os.environ.get("LECTERN_PREFIX_LIST_IDS", "")
    if not ids:
        return []
    pages = boto3.client("ec2").get_paginator("get_managed_prefix_list_entries")
    found = [page for one in ids.split(",") for page in pages.paginate(PrefixListId=one)]
    return [entry["Cidr"] for page in found for entry in page["Entries"]]


def finding(flow, total):
    action, start, source, destination, source_port, destination_port, protocol = flow
    window = [datetime.fromtimestamp(at, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ") for at in (start, start + window_seconds)]
    return {
        "kind": "public_address_flow",
        "action": action,
        "source": source,
        "destination": destination,
        "source_port": source_port,
        "destination_port": destination_port,
        "protocol": protocol,
        "window": dict(zip(("start", "end"), window)),
        "records": total["records"],
        "packets": total["packets"],
        "bytes": total["bytes"],
        "interface_ids": total["interfaces"],
        "traffic_path": total["path"],
    }


def publish(notices):
    for first in range(0, len(notices), 10):
        batch = notices[first : first + 10]
        messages = [
            {
                "Id": str(number),
                "Message": json.dumps(notice),
                "MessageAttributes": {"kind": {"DataType": "String", "StringValue": notice["kind"]}},
            }
            for number, notice in enumerate(batch)
        ]
        sent = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=messages)
        entries = [
            {"EventBusName": bus, "Source": "lectern.flow-log-guard", "DetailType": notice["kind"], "Detail": json.dumps(notice)}
            for notice in batch
        ]
        put = events.put_events(Entries=entries)
        if sent["Failed"] or put["FailedEntryCount"]:
            raise RuntimeError("not everything was published")


def handler(event):
    global read
    if read is None:
        own = os.environ["LECTERN_OWN_CIDRS"].split(",")
        read = flow_logs.reader({
            "format": os.environ["LECTERN_FLOW_LOG_FORMAT"],
            "own": own,
            "services": prefixes(),
            "window_seconds": window_seconds,
        })
    delivery = flow_logs.delivered(event)
    counts, flows = read(delivery)
    notices = [finding(flow, total) for flow, total in sorted(flows.items(), key=lambda item: item[0][0])]
    if counts["unreadable"]:
        notices.append({"kind": "unreadable_records", "unreadable": counts["unreadable"], "lines": len(delivery["logEvents"])})
    accepted = sum(flow[0] == "ACCEPT" for flow in flows)
    metrics = {
        "PublicAddressFlows": accepted,
        "RejectedPublicAddressFlows": len(flows) - accepted,
        "Records": counts["records"],
        "UnreadableRecords": counts["unreadable"],
        "SkippedRecords": counts["skipped"],
    }
    lambda_runtime.emit("Lectern/FlowLogs", {"FlowLogGroup": delivery["logGroup"]}, metrics)
    for notice in notices:
        facts = json.dumps([delivery["owner"], region, delivery["logGroup"], notice])
        notice["id"] = hashlib.sha256(facts.encode()).hexdigest()[:32]
    publish(notices)
    return {"outcome": "scanned", **counts, "accepted": accepted, "rejected": len(flows) - accepted, "notices": len(notices)}


lambda_runtime.run(handler)
