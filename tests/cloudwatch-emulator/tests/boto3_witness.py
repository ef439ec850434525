"""An independent witness: boto3 speaks each of CloudWatch's three protocols to an emulator.

Usage: boto3_witness.py <endpoint-url>. Ends with 1 and a message on the first mismatch.
"""

import datetime
import json
import sys
import urllib.request

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionError, ConnectionClosedError

ACCOUNT, REGION = "123456789012", "eu-west-1"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:page"


PROTOCOLS = ("query", "json", "smithy-rpc-v2-cbor")


def session_of(protocol):
    """A session whose CloudWatch model knows one protocol only; left alone, boto3 would choose by its version."""
    session = botocore.session.get_session()
    loader = session.get_component("data_loader")
    load = loader.load_service_model

    def load_with_protocol(service, kind, *rest, **named):
        model = load(service, kind, *rest, **named)
        if service == "cloudwatch" and kind == "service-2":
            model["metadata"] |= {"protocol": protocol, "protocols": [protocol]}
        return model

    loader.load_service_model = load_with_protocol
    return boto3.Session(botocore_session=session)


def client(endpoint, session, service="cloudwatch", account=ACCOUNT, region=REGION, attempts=1):
    return session.client(
        service,
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=account,
        aws_secret_access_key="secret",
        config=Config(retries={"mode": "standard", "total_max_attempts": attempts}, connect_timeout=5, read_timeout=20),
    )


def check(case, seen, expected):
    if seen != expected:
        sys.exit(f"{case}:\n  expected {expected!r}\n  seen     {seen!r}")


def refused(case, code, part, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        check(f"{case}: code", error.response["Error"]["Code"], code)
        if part not in error.response["Error"]["Message"]:
            sys.exit(f"{case}: {part!r} is not in {error.response['Error']['Message']!r}")
    else:
        sys.exit(f"{case}: accepted")


def control(endpoint, method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{endpoint}/_emulator/{path}", data=data, method=method)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def single(name, **changes):
    alarm = {
        "AlarmName": name,
        "Namespace": "AWS/Lambda",
        "MetricName": "Errors",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 0.0,
        "ComparisonOperator": "GreaterThanThreshold",
    } | changes
    return {member: value for member, value in alarm.items() if value is not None}


def described(cloudwatch, name):
    alarms = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    check(f"{name}: number", len(alarms), 1)
    return alarms[0]


def compare(case, put, seen):
    for member, value in put.items():
        if member != "Tags":
            check(f"{case}: {member}", seen.get(member), value)


def round_trips(cloudwatch):
    full = single(
        "edu/ä <full> & \"odd\"",
        AlarmDescription="line one\nline <two> & \"three\"\r\n",
        ActionsEnabled=False,
        OKActions=[TOPIC],
        AlarmActions=[TOPIC, TOPIC + "-2"],
        InsufficientDataActions=[],
        Statistic=None,
        ExtendedStatistic="p99.9",
        Dimensions=[{"Name": "FunctionName", "Value": "upload"}, {"Name": "Resource", "Value": "upload:5"}],
        Period=300,
        Unit="Milliseconds",
        EvaluationPeriods=12,
        DatapointsToAlarm=11,
        Threshold=1e-07,
        TreatMissingData="notBreaching",
        EvaluateLowSampleCountPercentile="ignore",
    )
    cloudwatch.put_metric_alarm(**full)
    seen = described(cloudwatch, full["AlarmName"])
    compare("full", full, seen)
    check("state", seen["StateValue"], "INSUFFICIENT_DATA")
    check("arn", seen["AlarmArn"], f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{full['AlarmName']}")
    age = datetime.datetime.now(datetime.timezone.utc) - seen["AlarmConfigurationUpdatedTimestamp"]
    check("age", datetime.timedelta(0) <= age < datetime.timedelta(minutes=1), True)

    stat = {"Metric": {"Namespace": "Edu", "MetricName": "Failed", "Dimensions": [{"Name": "Kind", "Value": "5"}]}, "Period": 120, "Stat": "Sum"}
    math = {
        "AlarmName": "math",
        "Metrics": [
            {"Id": f"m{number}", "MetricStat": stat | {"Unit": "Count"}, "ReturnData": False} for number in range(9)
        ] + [{"Id": "x", "Expression": "100*m0/m8", "Label": "rate < 5", "ReturnData": True}],
        "EvaluationPeriods": 3,
        "Threshold": 5.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    }
    cloudwatch.put_metric_alarm(**math)
    seen = described(cloudwatch, "math")
    compare("math", math, seen)
    check("actions enabled by default", seen["ActionsEnabled"], True)

    cloudwatch.set_alarm_state(AlarmName="math", StateValue="ALARM", StateReason="by hand", StateReasonData='{"a": 1}')
    cloudwatch.put_metric_alarm(**single("math"))
    seen = described(cloudwatch, "math")
    compare("overwritten", single("math"), seen)
    check("metrics are gone", seen.get("Metrics"), None)
    check("state stays", (seen["StateValue"], seen["StateReason"], seen["StateReasonData"]), ("ALARM", "by hand", '{"a": 1}'))

    composite = {
        "AlarmName": "all",
        "AlarmRule": 'ALARM("math") AND NOT OK("math")',
        "AlarmDescription": "everything",
        "AlarmActions": [TOPIC],
        "ActionsSuppressor": full["AlarmName"],
        "ActionsSuppressorWaitPeriod": 60,
        "ActionsSuppressorExtensionPeriod": 90,
    }
    cloudwatch.put_composite_alarm(**composite)
    check("composites only if asked for", cloudwatch.describe_alarms()["CompositeAlarms"], [])
    seen = cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])
    check("no metric alarms", seen["MetricAlarms"], [])
    compare("composite", composite, seen["CompositeAlarms"][0])
    children = cloudwatch.describe_alarms(ChildrenOfAlarmName="all")["MetricAlarms"]
    check("children", [sorted(child) for child in children], [["AlarmArn", "AlarmName", "StateUpdatedTimestamp", "StateValue"]])
    parents = cloudwatch.describe_alarms(ParentsOfAlarmName="math")["CompositeAlarms"]
    check("parents", [sorted(parent) for parent in parents], [["AlarmArn", "AlarmName"]])


def deletions(cloudwatch):
    cloudwatch.put_metric_alarm(**single("other"))
    message = "Cannot delete math as there are composite alarm(s) depending on it: [all]"
    refused("child", "ValidationError", message, cloudwatch.delete_alarms, AlarmNames=["other", "math"])
    described(cloudwatch, "other")
    cloudwatch.put_composite_alarm(AlarmName="second", AlarmRule="FALSE")
    refused("two composites", "ValidationError", "Only one composite", cloudwatch.delete_alarms, AlarmNames=["all", "second"])
    for names in (["all", "other", "unknown"], ["second"], ["math"]):
        cloudwatch.delete_alarms(AlarmNames=names)
    left = cloudwatch.describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    check("left", len(left["MetricAlarms"]) + len(left["CompositeAlarms"]), 1)


def refusals(cloudwatch):
    put = cloudwatch.put_metric_alarm
    for case, part, alarm in [
        ("six actions", "alarmActions", single("r", AlarmActions=[TOPIC] * 6)),
        ("period", "multiple of 60", single("r", Period=45)),
        ("a day", "a day", single("r", EvaluationPeriods=1441)),
        ("two statistics", "mutually exclusive", single("r", ExtendedStatistic="p90")),
        ("comparison", "comparisonOperator", single("r", ComparisonOperator="Equals")),
        ("treatment", "TreatMissingData", single("r", TreatMissingData="zero")),
        ("datapoints", "DatapointsToAlarm", single("r", DatapointsToAlarm=2)),
    ]:
        refused(case, "ValidationError", part, put, **alarm)
        check(f"{case}: nothing stored", cloudwatch.describe_alarms(AlarmNames=["r"])["MetricAlarms"], [])
    refused("rule", "ValidationError", "AlarmRule", cloudwatch.put_composite_alarm, AlarmName="r", AlarmRule="ALARM(")
    refused("child", "ValidationError", "[gone]", cloudwatch.put_composite_alarm, AlarmName="r", AlarmRule="ALARM(gone)")
    refused("token", "InvalidNextToken", "", cloudwatch.describe_alarms, NextToken="?")
    refused("state", "ResourceNotFound", "gone", cloudwatch.set_alarm_state, AlarmName="gone", StateValue="OK", StateReason="x")
    refused("not emulated", "InvalidAction", "PutDashboard", cloudwatch.put_dashboard, DashboardName="d", DashboardBody="{}")


def pages(cloudwatch):
    for number in range(60):
        cloudwatch.put_metric_alarm(**single(f"page-{number:02}"))
    paginator = cloudwatch.get_paginator("describe_alarms")
    found = [page["MetricAlarms"] for page in paginator.paginate(AlarmNamePrefix="page-")]
    check("pages", [len(page) for page in found], [50, 10])
    names = [alarm["AlarmName"] for page in found for alarm in page]
    check("names", names, [f"page-{number:02}" for number in range(60)])
    cloudwatch.disable_alarm_actions(AlarmNames=names)
    check("disabled", described(cloudwatch, "page-30")["ActionsEnabled"], False)
    cloudwatch.enable_alarm_actions(AlarmNames=names)
    check("enabled", described(cloudwatch, "page-30")["ActionsEnabled"], True)
    cloudwatch.delete_alarms(AlarmNames=names)


def tags(cloudwatch):
    arn = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:tagged"
    cloudwatch.put_metric_alarm(**single("tagged", Tags=[{"Key": "team", "Value": "one"}]))
    cloudwatch.put_metric_alarm(**single("tagged", Tags=[{"Key": "team", "Value": "two"}]))
    cloudwatch.tag_resource(ResourceARN=arn, Tags=[{"Key": "a", "Value": "b"}, {"Key": "c", "Value": ""}])
    cloudwatch.untag_resource(ResourceARN=arn, TagKeys=["a"])
    seen = cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"]
    check("tags", seen, [{"Key": "c", "Value": ""}, {"Key": "team", "Value": "one"}])
    refused("tags of nothing", "ResourceNotFoundException", "gone", cloudwatch.list_tags_for_resource, ResourceARN=arn + "gone")
    cloudwatch.delete_alarms(AlarmNames=["tagged"])


def dashboards(cloudwatch):
    body = json.dumps({"widgets": [{"type": "text", "properties": {"markdown": "<é>"}}]})
    cloudwatch.put_dashboard(DashboardName="board", DashboardBody="{}")
    cloudwatch.put_dashboard(DashboardName="board", DashboardBody=body)
    seen = cloudwatch.get_dashboard(DashboardName="board")
    arn = f"arn:aws:cloudwatch::{ACCOUNT}:dashboard/board"
    check("dashboard", (seen["DashboardName"], seen["DashboardBody"], seen["DashboardArn"]), ("board", body, arn))
    refused("body", "InvalidParameterInput", "JSON", cloudwatch.put_dashboard, DashboardName="board", DashboardBody="[")
    refused("none", "ResourceNotFound", "nowhere", cloudwatch.delete_dashboards, DashboardNames=["board", "nowhere"])
    check("kept", cloudwatch.get_dashboard(DashboardName="board")["DashboardBody"], body)
    cloudwatch.delete_dashboards(DashboardNames=["board"])
    refused("gone", "ResourceNotFound", "board", cloudwatch.get_dashboard, DashboardName="board")


def worlds(endpoint, session):
    for account, region in (("210987654321", REGION), (ACCOUNT, "us-east-1")):
        check(f"{account} {region}", client(endpoint, session, account=account, region=region).describe_alarms()["MetricAlarms"], [])
    identity = client(endpoint, session, "sts").get_caller_identity()
    check("identity", (identity["Account"], identity["Arn"]), (ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root"))


def faults(endpoint, session, cloudwatch):
    patient = client(endpoint, session, attempts=4)
    for fault, outcome in (
        ("throttle", "Throttling"),
        ("internal_error", "InternalServiceError"),
        ("connection_reset", "connection reset"),
        ("accept_then_reset", "ok, then connection reset"),
    ):
        control(endpoint, "DELETE", "calls")
        control(endpoint, "POST", "faults", {"operation": "PutMetricAlarm", "alarm_name": "fault", "times": 1, "fault": fault})
        patient.put_metric_alarm(**single("faulty"))
        check(fault, [call["outcome"] for call in control(endpoint, "GET", "calls")], [outcome, "ok"])
    control(endpoint, "POST", "faults", {"operation": "*", "fault": "access_denied"})
    refused("denied", "AccessDenied", "cloudwatch:DescribeAlarms", cloudwatch.describe_alarms)
    control(endpoint, "DELETE", "faults")
    control(endpoint, "POST", "faults", {"fault": "connection_reset", "times": 1})
    try:
        cloudwatch.describe_alarms()
        sys.exit("reset: answered")
    except (ConnectionError, ConnectionClosedError):
        pass
    names = [alarm["AlarmName"] for alarm in control(endpoint, "GET", f"alarms?account={ACCOUNT}&region={REGION}")]
    check("alarms", "faulty" in names, True)
    gate = control(endpoint, "POST", "gates", {"operation": "DescribeAlarms", "skip": 0})["id"]
    check("gate", control(endpoint, "GET", f"gates/{gate}"), {"reached": False})
    control(endpoint, "DELETE", f"gates/{gate}")
    cloudwatch.describe_alarms()


def main():
    endpoint = sys.argv[1].rstrip("/")
    for protocol in PROTOCOLS:
        session = session_of(protocol)
        cloudwatch = client(endpoint, session)
        check("protocol", cloudwatch.meta.service_model.resolved_protocol, protocol)
        for part in (round_trips, deletions, refusals, pages, tags, dashboards):
            part(cloudwatch)
        worlds(endpoint, session)
        faults(endpoint, session, cloudwatch)
        for alarm in cloudwatch.describe_alarms()["MetricAlarms"]:
            cloudwatch.delete_alarms(AlarmNames=[alarm["AlarmName"]])
        print(f"boto3 {boto3.__version__} saw what it should over {protocol}")


if __name__ == "__main__":
    main()
