"""Decides where the write path of a distribution goes, as one would write it in Python: boto3 for all of it."""

import os

import boto3

import lambda_runtime

names = ("LECTERN_PRIMARY_ALARM", "LECTERN_SECONDARY_ALARM", "LECTERN_PRIMARY_ORIGIN_ID", "LECTERN_SECONDARY_ORIGIN_ID")
primary_alarm, secondary_alarm, primary, secondary = (os.environ[name] for name in names)
distribution = os.environ["LECTERN_DISTRIBUTION_ID"]
cloudwatch, cloudfront, ssm = (boto3.client(service) for service in ("cloudwatch", "cloudfront", "ssm"))


def behaviors(config):
    return [config["DefaultCacheBehavior"], *config["CacheBehaviors"].get("Items", [])]


def switch(config, etag, here, there):
    for behavior in behaviors(config):
        if behavior["TargetOriginId"] == here:
            behavior["TargetOriginId"] = there
    cloudfront.update_distribution(Id=distribution, IfMatch=etag, DistributionConfig=config)


def decide(order, position, states):
    other = "secondary" if position == "primary" else "primary"
    if order != "auto":
        return ("kept", "by_hand", position) if order == position else ("switched", "by_hand", order)
    if states[position] == "OK":
        manual = position == "secondary" and states["primary"] == "OK"
        return "kept", "failback_is_manual" if manual else "healthy", position
    if states[position] != "ALARM":
        return "kept", "unknown", position
    if states[other] == "OK":
        return "switched", "region_unhealthy", other
    return "refused", "both_unhealthy" if states[other] == "ALARM" else "other_unknown", position


def handler(event):
    order = ssm.get_parameter(Name=os.environ["LECTERN_OVERRIDE_PARAMETER"])["Parameter"]["Value"]
    alarms = cloudwatch.describe_alarms(AlarmNames=[primary_alarm, secondary_alarm])
    alarms = {alarm["AlarmName"]: alarm["StateValue"] for kind in ("MetricAlarms", "CompositeAlarms") for alarm in alarms.get(kind, [])}
    states = {"primary": alarms[primary_alarm], "secondary": alarms[secondary_alarm]}
    got = cloudfront.get_distribution_config(Id=distribution)
    targets = {behavior["TargetOriginId"] for behavior in behaviors(got["DistributionConfig"])}
    position = "primary" if primary in targets else "secondary"
    outcome, reason, to = decide(order, position, states)
    if outcome == "switched":
        here, there = (primary, secondary) if to == "secondary" else (secondary, primary)
        switch(got["DistributionConfig"], got["ETag"], here, there)
    metrics = {
        "Switched": int(outcome == "switched"),
        "Refused": int(outcome == "refused"),
        "Failed": 0,
        "OnSecondary": int(to == "secondary"),
        "Ready": int(order == "auto" and states["secondary"] == "OK"),
    }
    lambda_runtime.emit("Lectern/OriginFailover", {"WritePath": distribution}, metrics)
    if outcome == "switched":
        return {"outcome": outcome, "from": position, "to": to, "reason": reason}
    return {"outcome": outcome, "position": position, "reason": reason}


lambda_runtime.run(handler)
