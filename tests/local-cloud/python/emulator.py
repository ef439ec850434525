"""Runs one AWS emulator for the local cloud: `python emulator.py ministack|moto`.

Talks to the process that started it over its standard streams, one JSON object a line:

- stdout: first {"event": "listening", "port": N}; then, from ministack, what happened inside it:
  "invocation" (every run or throttle of a function), "log" (log events that look like embedded metric format)
  and "metric" (data points that services publish or somebody wrote with PutMetricData).
- stdin: one line {"folder": "...", "environment": {...}}; afterwards it stays open. Its end means that the starter is
  gone, however it went, and this process takes its whole process group and the folder with it.

Why ministack is wrapped and not only called: its own AWS/Lambda metrics cover direct synchronous calls only, never
count the failure of an asynchronous one, and know no alias. `_execute_function_dispatch` is the one place that every
run of a function passes.
"""

import collections
import functools
import ipaddress
import itertools
import json
import os
import queue
import re
import shutil
import signal
import socket
import sys
import threading
import time

MINISTACK_VERSION = "1.5.33"


class Reports:
    """Lines for the starter. A thread writes them: a function's run never waits for the reader."""

    def __init__(self):
        # Whatever the emulator or its libraries print goes to the log; the report stream is ours alone.
        self._stream = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
        os.dup2(2, 1)
        self._queue = queue.SimpleQueue()
        threading.Thread(target=self._write, daemon=True, name="reports").start()

    def send(self, event, **fields):
        self._queue.put({"event": event, **fields})

    def _write(self):
        while True:
            try:
                self._stream.write(json.dumps(self._queue.get()) + "\n")
            except OSError:
                return


def end_with_starter(folder):
    """Waits for the end of stdin on a thread, then leaves neither processes nor files."""

    def watch():
        while os.read(0, 4096):
            pass
        shutil.rmtree(folder, ignore_errors=True)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True, name="starter").start()


def read_line():
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            sys.exit("the starter went away before it said what to run")
        line += byte
    return json.loads(line)


def replaced(module, name):
    """Decorator: puts a wrapper in the place of module.name and passes it the original first."""
    original = getattr(module, name)

    def put(wrapper):
        setattr(module, name, functools.wraps(original)(functools.partial(wrapper, original)))
        return wrapper

    return put


def report_from_ministack(reports):
    from importlib.metadata import version

    if version("ministack") != MINISTACK_VERSION:
        sys.exit(f"written for ministack {MINISTACK_VERSION}, found {version('ministack')}")
    from ministack.core.responses import get_region
    from ministack.services import cloudwatch, cloudwatch_logs, lambda_svc

    def function_of(config):
        # arn:aws:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]
        parts = config["FunctionArn"].split(":")
        return {
            "region": parts[3],
            "function_name": config["FunctionName"],
            "qualifier": parts[7] if len(parts) > 7 and parts[7] != "$LATEST" else None,
            "version": config.get("Version", "$LATEST"),
        }

    @replaced(lambda_svc, "_get_func_record_for_ref")
    def get_func_record_for_ref(original, function_ref):
        # Event sources resolve an alias to a version here and then forget it; only a direct Invoke keeps it.
        record, config, name = original(function_ref)
        if config is not None:
            is_arn = function_ref.startswith("arn:")
            _, qualifier = (
                lambda_svc._lambda_function_name_and_qualifier_from_arn(function_ref)
                if is_arn
                else lambda_svc._resolve_name_and_qualifier(function_ref)
            )
            if qualifier:
                unqualified = ":".join(config["FunctionArn"].split(":")[:7])
                config = {**config, "FunctionArn": f"{unqualified}:{qualifier}"}
        return record, config, name

    this_run = threading.local()

    @replaced(lambda_svc, "_acquire_execution_slot")
    def acquire(original, func, config):
        slot, limit = original(func, config)
        if slot is None:
            reports.send("invocation", outcome="throttled", timestamp=time.time(), **function_of(config))
        else:
            with lambda_svc._inflight_lock:
                this_run.concurrent = lambda_svc._inflight.get(slot, 1)
        return slot, limit

    @replaced(lambda_svc, "_execute_function_dispatch")
    def dispatch(original, func, config, event, request_id, started):
        concurrent = this_run.concurrent
        result = original(func, config, event, request_id, started)
        outcome = "throttled" if result.get("throttle") else "failed" if result.get("error") else "succeeded"
        reports.send(
            "invocation",
            outcome=outcome,
            timestamp=started,
            duration_ms=(time.time() - started) * 1000,
            concurrent=concurrent,
            **function_of(config),
        )
        return result

    @replaced(cloudwatch_logs, "_append_log_events")
    def append_log_events(original, stream, events):
        original(stream, events)
        for event in events:
            message = event["message"]
            if message.lstrip().startswith("{") and '"_aws"' in message:
                reports.send("log", region=get_region(), message=message)

    @replaced(cloudwatch, "_store_datum")
    def store_datum(original, namespace, name, dims, ts, unit, value, values, counts, stat_values):
        original(namespace, name, dims, ts, unit, value, values, counts, stat_values)
        if values is None and stat_values is None:
            values = [value or 0]
        reports.send(
            "metric",
            region=get_region(),
            namespace=namespace,
            name=name,
            dimensions=dims,
            timestamp=ts,
            unit=unit or "None",
            values=values,
            counts=counts,
            statistics=stat_values,
        )


def schedule_as_aws_does():
    """What EventBridge Scheduler does and ministack leaves out: a rate without a start date runs at once, and context
    attributes in a target's input are replaced. Schedules are looked at every second instead of every ten."""
    from ministack.core.responses import get_account_id, get_region
    from ministack.services import eventbridge, scheduler

    scheduler._SCHEDULE_TICK_INTERVAL = 1

    @replaced(scheduler, "_create_schedule")
    def create_schedule(original, name, body):
        answer = original(name, body)
        is_rate = eventbridge._parse_rate_seconds(body.get("ScheduleExpression") or "") is not None
        if answer[0] == 200 and is_rate and not body.get("StartDate"):
            key = f"{body.get('GroupName', 'default')}/{name}"
            scheduler._schedule_last_fired[(get_account_id(), get_region(), key)] = 0
        return answer

    @replaced(eventbridge, "_invoke_target")
    def invoke_target(original, target, event, rule, view=None):
        if event.get("Source") == "aws.scheduler" and target.get("Input"):
            attributes = {
                "schedule-arn": event["Resources"][0],
                "scheduled-time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(event["Time"])),
                "execution-id": event["EventId"],
                "attempt-number": "1",
            }
            text = target["Input"]
            for name, value in attributes.items():
                text = text.replace(f"<aws.scheduler.{name}>", value)
            target = {**target, "Input": text}
        return original(target, event, rule, view)


def take_forms_as_aws_does():
    """What S3 does with a form and ministack leaves out: a checksum is compared with the file and kept, `tagging` is applied, and
    fields after `file` are not read (POST Object: "any fields below it are ignored"), so that a form that begins with it has no key."""
    from ministack.services import s3

    @replaced(s3, "_parse_multipart_form")
    def parse_multipart_form(original, content_type, body):
        parts = original(content_type, body)
        file = next((place for place, part in enumerate(parts) if part[0] == "file"), len(parts))
        return parts[: file + 1]

    class Refused(Exception):
        pass

    this_form = threading.local()

    @replaced(s3, "_build_object_record")
    def build_object_record(original, body, headers, etag=None, checksums=None):
        # Past the policy's conditions, and before anything is stored.
        fields = getattr(this_form, "fields", None)
        if fields is not None:
            checksums, error = s3._resolve_object_checksums(body, fields)
            if error:
                raise Refused(error)
        return original(body, headers, etag=etag, checksums=checksums)

    @replaced(s3, "_post_object")
    def post_object(original, bucket_name, body, headers):
        parts = s3._parse_multipart_form(headers.get("content-type", ""), body)
        fields = {name.lower(): value.decode("utf-8", "replace") for name, _, _, value in parts if name != "file"}
        this_form.fields = fields
        try:
            answer = original(bucket_name, body, headers)
        except Refused as refused:
            return refused.args[0]
        finally:
            this_form.fields = None
        if answer[0] < 300 and "tagging" in fields:
            version = answer[1].get("x-amz-version-id")
            s3._object_tags[(bucket_name, fields["key"], version)] = s3._parse_tags_xml(fields["tagging"].encode())
        return answer


def read_versions_as_aws_does():
    """A range of a version, and `response-*` parameters on it, which ministack knows of an object's current version alone."""
    from ministack.services import s3

    @replaced(s3, "_get_object")
    def get_object(original, bucket_name, key, headers, query_params=None):
        query_params = query_params or {}
        status, answered, body = original(bucket_name, key, headers, query_params)
        if status != 200 or not s3._qp(query_params, "versionId"):
            return status, answered, body
        if asked := headers.get("range"):
            found = s3._parse_range(asked, len(body))
            if found is None:
                refused = {"Content-Type": "application/xml", "Content-Range": f"bytes */{len(body)}"}
                return 416, refused, s3._xml_body(s3._range_error_xml(bucket_name, key))
            first, last = found
            # The checksums are those of the whole.
            answered = {name: value for name, value in answered.items() if not name.lower().startswith("x-amz-checksum-")}
            answered.update({"Content-Length": str(last - first + 1), "Content-Range": f"bytes {first}-{last}/{len(body)}"})
            status, body = 206, body[first : last + 1]
        s3._apply_response_overrides(answered, query_params)
        return status, answered, body


def share_as_aws_does(app):
    """Which pages of other origins may use a bucket. S3's user guide, "How does Amazon S3 evaluate the CORS configuration on a bucket?":
    a preflight is allowed by the first rule that has its Origin in AllowedOrigin, its Access-Control-Request-Method in AllowedMethod,
    and each of its Access-Control-Request-Headers in AllowedHeader; where there is none, or no configuration, the answer is 403
    AccessForbidden (API reference, "OPTIONS object"). Other requests are carried out, and their answers have the headers of the
    first rule for their Origin and method, or none: then no page is shown them. ministack does so only where it enforces IAM, and not
    where it refuses; else it allows everything to everybody. Preflights of other services are left to it."""
    import urllib.parse

    from ministack.app import _s3_cors_target, detect_service
    from ministack.services import s3

    def encoded(headers):
        return [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]

    async def answer(scope, receive, send):
        if scope["type"] != "http":
            return await app(scope, receive, send)
        method, path = scope["method"], scope["path"]
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        query = urllib.parse.parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        target = _s3_cors_target(headers.get("host", ""), path)
        if target is None or detect_service(method, path, headers, query) != "s3":
            return await app(scope, receive, send)

        async def share_and_send(message):
            if message["type"] == "http.response.start":
                given = [one for one in message["headers"] if not one[0].lower().startswith((b"access-control-", b"vary"))]
                message = {**message, "headers": given + encoded(s3.cors_response_headers(target[0], method, headers))}
            await send(message)

        if method != "OPTIONS":
            return await app(scope, receive, share_and_send)
        status, answered, body = s3.cors_preflight(*target, headers)
        answered = {**answered, "Content-Length": str(len(body))}
        await send({"type": "http.response.start", "status": status, "headers": encoded(answered)})
        await send({"type": "http.response.body", "body": body})

    return answer


def join_claims_as_aws_does():
    """A REST API's Cognito authorizer joins a list with commas: `admin,teacher`. ministack writes it as an HTTP API's does, `[admin teacher]`."""
    from ministack.services import apigateway_v1

    @replaced(apigateway_v1, "_stringify_claims")
    def stringify_claims(original, claims):
        joined = {name: ",".join(map(str, value)) for name, value in (claims or {}).items() if isinstance(value, list)}
        return original({**(claims or {}), **joined})


def keep_mocks_as_aws_does():
    """A mock calls nothing: API Gateway keeps no HTTP method for it (PutIntegration: httpMethod is required of other types)."""
    from ministack.services import apigateway_v1

    @replaced(apigateway_v1, "_put_integration")
    def put_integration(original, api_id, resource_id, http_method, data):
        if data.get("type") == "MOCK":
            data = {**data, "httpMethod": data.get("httpMethod")}
        return original(api_id, resource_id, http_method, data)


def keep_tracing_as_aws_does():
    """Whether a state machine is traced, which ministack forgets, so that a second plan would change it."""
    from ministack.services import stepfunctions

    for call in ("_create_state_machine", "_update_state_machine"):

        @replaced(stepfunctions, call)
        def keep_tracing(original, data):
            answer = original(data)
            arn = data.get("stateMachineArn") or json.loads(answer[2]).get("stateMachineArn")
            if "tracingConfiguration" in data and (machine := stepfunctions._state_machines.get(arn)):
                machine["tracingConfiguration"] = data["tracingConfiguration"]
            return answer


def keep_networks_as_aws_does():
    """What EC2 keeps of a network and ministack forgets, so that a second plan would change it: prefix lists of a security group's
    rules, an endpoint's policy, private names and security groups, a flow log's role, format, interval and tags."""
    from ministack.services import ec2

    def numbered(params, name):
        values = []
        while value := ec2._p(params, name.format(len(values) + 1)):
            values.append(value)
        return values

    @replaced(ec2, "_parse_ip_permissions")
    def parse_ip_permissions(original, params, prefix):
        rules = original(params, prefix)
        for number, rule in enumerate(rules, 1):
            name = f"{prefix}.{number}.PrefixListIds."
            ids = numbered(params, name + "{}.PrefixListId")
            descriptions = (ec2._p(params, f"{name}{place}.Description") for place in range(1, len(ids) + 1))
            rule["PrefixListIds"] = [{"PrefixListId": one, "Description": text} for one, text in zip(ids, descriptions)]
        return rules

    @replaced(ec2, "_sg_rule_xml")
    def sg_rule_xml(original, sg_id, rule, is_egress=False):
        xml = original(sg_id, rule, is_egress=is_egress)
        for prefix_list in rule.get("PrefixListIds", []):
            xml = xml.replace("</item>", f"<prefixListId>{prefix_list['PrefixListId']}</prefixListId></item>")
        return xml

    # "For each subnet that you specify from your VPC, we create an endpoint network interface in the subnet and assign it a private IP
    # address from the subnet address range" (AWS PrivateLink guide). AWS keeps the first four. The endpoint owns it, so both go together.
    def give_interfaces(endpoint):
        for subnet in endpoint["SubnetIds"] if endpoint["VpcEndpointType"] == "Interface" else []:
            description = f"VPC Endpoint Interface {endpoint['VpcEndpointId']}"
            ec2._create_network_interface({"SubnetId": [subnet], "Description": [description]})
            interfaces = ec2._network_interfaces.values()
            interface = next(one for one in interfaces if (one["SubnetId"], one["Description"]) == (subnet, description))
            others = {one["PrivateIpAddress"] for one in ec2._network_interfaces.values() if one["SubnetId"] == subnet}
            block = ipaddress.ip_network(ec2._subnets[subnet]["CidrBlock"])
            interface["PrivateIpAddress"] = next(str(one) for one in itertools.islice(block, 4, None) if str(one) not in others)
            interface["Status"] = "in-use"
            endpoint["NetworkInterfaceIds"].append(interface["NetworkInterfaceId"])

    def delete_vpc_endpoints(params):
        for one in ec2._parse_member_list(params, "VpcEndpointId"):
            for interface in ec2._vpc_endpoints.get(one, {}).get("NetworkInterfaceIds", []):
                ec2._network_interfaces.pop(interface, None)
        return ec2._delete_vpc_endpoints(params)

    ec2._ACTION_MAP["DeleteVpcEndpoints"] = delete_vpc_endpoints

    # Tags are read right after what they belong to was made, from the same parameters ...
    @replaced(ec2, "_parse_tag_specs")
    def parse_tag_specs(original, params, resource_type, resource_id):
        original(params, resource_type, resource_id)
        if resource_type == "vpc-endpoint":
            ec2._vpc_endpoints[resource_id].update(
                PolicyDocument=ec2._p(params, "PolicyDocument"),
                PrivateDnsEnabled=ec2._p(params, "PrivateDnsEnabled") or "false",
                SecurityGroupIds=numbered(params, "SecurityGroupId.{}"),
                NetworkInterfaceIds=[],
            )
            give_interfaces(ec2._vpc_endpoints[resource_id])
        elif resource_type == "flow-log":
            original(params, "vpc-flow-log", resource_id)  # AWS's name of the type
            for name, default in (("DeliverLogsPermissionArn", ""), ("LogFormat", ""), ("MaxAggregationInterval", "600")):
                ec2._flow_logs[resource_id][name] = ec2._p(params, name) or default

    # ... and written at the end of its description.
    @replaced(ec2, "_tag_set_xml")
    def tag_set_xml(original, resource_id):
        xml = original(resource_id)
        endpoint = ec2._vpc_endpoints.get(resource_id)
        if endpoint is not None:
            groups = "".join(f"<item><groupId>{group}</groupId></item>" for group in endpoint["SecurityGroupIds"])
            xml += f"<groupSet>{groups}</groupSet><privateDnsEnabled>{endpoint['PrivateDnsEnabled']}</privateDnsEnabled>"
            interfaces = "".join(f"<item>{one}</item>" for one in endpoint["NetworkInterfaceIds"])
            xml += f"<networkInterfaceIdSet>{interfaces}</networkInterfaceIdSet>"
            xml += f"<policyDocument>{ec2._esc(endpoint['PolicyDocument'])}</policyDocument>"
        flow_log = ec2._flow_logs.get(resource_id)
        if flow_log is not None:
            xml += f"<deliverLogsPermissionArn>{flow_log['DeliverLogsPermissionArn']}</deliverLogsPermissionArn>"
            xml += f"<logFormat>{ec2._esc(flow_log['LogFormat'])}</logFormat>"
            xml += f"<maxAggregationInterval>{flow_log['MaxAggregationInterval']}</maxAggregationInterval>"
        return xml


def name_network_load_balancers_as_aws_does():
    """ministack takes every load balancer for an application load balancer of its default VPC. "net" in the ARN is what the dimension
    LoadBalancer of AWS/NetworkELB begins with."""
    from ministack.services import alb, ec2

    def create_load_balancer(params):
        answer = alb._create_lb(params)
        if alb._p(params, "Type") != "network" or answer[0] != 200:
            return answer
        arn, balancer = list(alb._lbs.items())[-1]
        network = arn.replace(":loadbalancer/app/", ":loadbalancer/net/")
        for kept in (alb._lbs, alb._lb_attrs, alb._tags):
            kept[network] = kept.pop(arn)
        balancer["LoadBalancerArn"] = network
        balancer["VpcId"] = ec2._subnets[balancer["Subnets"][0]]["VpcId"]
        return alb._xml(200, "CreateLoadBalancer", f"<LoadBalancers>{alb._lb_xml(balancer)}</LoadBalancers>")

    alb._ACTION_MAP["CreateLoadBalancer"] = create_load_balancer

    # "[HTTP/HTTPS health checks]" begins what CreateTargetGroup says of both.
    @replaced(alb, "_tg_xml")
    def tg_xml(original, group):
        xml = original(group)
        if group.get("HealthCheckProtocol") == "TCP":
            xml = re.sub("<Matcher>.*</Matcher>|<HealthCheckPath>.*?</HealthCheckPath>", "", xml)
        return xml


def refuse_other_owners_as_aws_does():
    """The condition of any call that the bucket belongs to an account, which ministack does not look at.
    Source: S3 User Guide, "Verifying bucket ownership with bucket owner condition"."""
    from ministack.services import s3

    @replaced(s3, "_dispatch")
    def dispatch(original, method, bucket, key, headers, body, query_params):
        expected = headers.get("x-amz-expected-bucket-owner")
        if expected and bucket and s3._bucket_owner_account(bucket) not in (None, expected):
            return s3._error("AccessDenied", "Access Denied", 403, f"/{bucket}/{key}" if key else f"/{bucket}")
        return original(method, bucket, key, headers, body, query_params)


def decide_as_aws_does():
    """What IAM decides by and ministack does not know. Policies see the encryption context of a call to KMS, and the key that an
    object is to be encrypted with; of a part that is its upload's, as ministack has it for the kind of encryption. A prefix list is
    a resource, and PublishBatch no action of its own. All calls count as sent over TLS: none are in a local cloud, and where a policy
    asks for TLS everything would be denied and nothing could be tried."""
    import ministack.app
    from ministack.core import iam_actions
    from ministack.services import ec2, s3

    key_id = "x-amz-server-side-encryption-aws-kms-key-id"

    @replaced(iam_actions, "extract_iam_action")
    def extract_iam_action(original, *arguments, **named):
        # "The PublishBatch API uses the same Publish API action for IAM policies" (SNS Developer Guide, message batching).
        action = original(*arguments, **named)
        return "sns:Publish" if action == "sns:PublishBatch" else action

    @replaced(iam_actions, "extract_resource_arn")
    def extract_resource_arn(original, service, method, path, headers, body, query_params, region, account_id):
        # A prefix list is a resource: the account's, or AWS's own.
        prefix_list = iam_actions._query_param(query_params or {}, "PrefixListId") if service == "ec2" else ""
        if prefix_list:
            owner = account_id if prefix_list in ec2._prefix_lists else "aws"
            return f"arn:aws:ec2:{region}:{owner}:prefix-list/{prefix_list}"
        return original(service, method, path, headers, body, query_params, region, account_id)

    @replaced(iam_actions, "request_tag_context")
    def request_tag_context(original, service, iam_action, body, params):
        keys = original(service, iam_action, body, params)
        if service == "kms":
            context = json.loads(body or b"{}").get("EncryptionContext") or {}
            keys = {**keys, **{f"kms:EncryptionContext:{name}": value for name, value in context.items()}}
            if context:
                keys["kms:EncryptionContextKeys"] = list(context)
        return keys

    @replaced(iam_actions, "s3_service_context")
    def s3_service_context(original, iam_action, query_params, path="", headers=None):
        keys = original(iam_action, query_params, path, headers)
        if iam_action == "s3:PutObject":
            upload = s3._multipart_uploads.get(iam_actions._query_param(query_params or {}, "uploadId"))
            asked = headers or {}
            if upload is not None:
                asked = upload["preserved_headers"] if upload["requested_sse"] else {}
            if asked.get(key_id):
                keys = {**keys, f"s3:{key_id}": asked[key_id]}
        return keys

    @replaced(ministack.app, "pin_request_origin")
    def pin_request_origin(original, source_ip, _secure_transport):
        original(source_ip, True)


def put_events_of_services(app):
    """Events that a service of AWS puts: from the CloudWatch emulator, which says so in a header. Whoever else puts an event whose source
    begins with `aws.` is refused, as EventBridge does."""
    import contextvars

    from ministack.services import eventbridge

    from_a_service = contextvars.ContextVar("from_a_service", default=False)

    @replaced(eventbridge, "_put_events")
    def put_events(original, data, allow_aws_source=False):
        return original(data, allow_aws_source=allow_aws_source or from_a_service.get())

    async def answer(scope, receive, send):
        headers = dict(scope.get("headers", []))
        from_a_service.set(headers.get(b"x-lectern-service") == b"cloudwatch")
        return await app(scope, receive, send)

    return answer


def distribute_as_aws_does():
    """What CloudFront says of a distribution that ministack takes: a behaviour whose TargetOriginId is neither an origin nor an origin group is
    refused (API reference, UpdateDistribution: NoSuchOrigin, 404), and after a change the status is InProgress until all edges have it.
    That takes minutes at AWS and a second here; a distribution can be changed again meanwhile."""
    from ministack.services import cloudfront

    def items(config, *path):
        for name in path:
            config = config if config is None else cloudfront._find(config, name)
        return [] if config is None else list(config)

    def unknown_origin(config):
        known = {cloudfront._text(one, "Id") for name in ("Origins", "OriginGroups") for one in items(config, name, "Items")}
        default = cloudfront._find(config, "DefaultCacheBehavior")
        behaviours = items(config, "CacheBehaviors", "Items") + ([] if default is None else [default])
        if all(cloudfront._text(behaviour, "TargetOriginId") in known for behaviour in behaviours):
            return None
        return cloudfront._error("NoSuchOrigin", "One or more of your origins or origin groups do not exist.", 404)

    # Both ask it of what they are about to keep.
    @replaced(cloudfront, "_distribution_vpc_origin_error")
    def distribution_error(original, config):
        return original(config) or unknown_origin(config)

    @replaced(cloudfront, "_update_distribution")
    def update_distribution(original, dist_id, headers, body):
        distribution = cloudfront._distributions.get(dist_id)
        if distribution is None:
            return original(dist_id, headers, body)
        before, distribution["Status"] = distribution["Status"], "InProgress"
        answer = original(dist_id, headers, body)
        if answer[0] != 200:
            distribution["Status"] = before
            return answer
        etag = distribution["ETag"]

        def deployed():
            # Unless it was changed again.
            if distribution["ETag"] == etag:
                distribution["Status"] = "Deployed"

        timer = threading.Timer(1, deployed)
        timer.daemon = True
        timer.start()
        return answer


def rotate_as_aws_does():
    """Versions and rotation of secrets, by Secrets Manager's API reference and user guide. ministack's RotateSecret calls no function, gives
    the old value the label AWSCURRENT once more and reports success; its PutSecretValue overwrites a version.

    A rotation here is one attempt. AWS "retries the entire rotation process multiple times" (user guide, "How rotation works"); here the next
    attempt begins when RotateSecret is called again. Schedules start nothing, and the caller's own lambda:InvokeFunction is not asked for."""
    import contextvars
    import fnmatch

    from ministack.core.responses import get_account_id, new_uuid
    from ministack.services import lambda_svc, secretsmanager

    refuse = secretsmanager.error_response_json
    running, lock = set(), threading.Lock()

    def found(data):
        """The secret, or what a call on it is refused with."""
        _, secret = secretsmanager._resolve(data.get("SecretId"))
        if not secret:
            return None, refuse("ResourceNotFoundException", "Secrets Manager can't find the specified secret.", 400)
        if secret.get("DeletedDate"):
            text = "You can't perform this operation on the secret because it was marked for deletion."
            return None, refuse("InvalidRequestException", text, 400)
        if secretsmanager._is_replica(secret):
            return None, secretsmanager._replica_mutation_error()
        return secret, None

    def is_empty(version):
        return version.get("SecretString") is None and version.get("SecretBinary") is None

    @replaced(secretsmanager, "_put_secret_value")
    def put_secret_value(original, data):
        secret, refused = found(data)
        if refused:
            return refused
        token = data.get("ClientRequestToken")
        known = secret["Versions"].get(token)
        if known and not is_empty(known):
            # "If a version with this value already exists and the version of the SecretString and SecretBinary values are the same as those
            # in the request, then the request is ignored"; if they differ, "the request fails because you can't modify an existing version".
            if any(known.get(name) != data.get(name) for name in ("SecretString", "SecretBinary")):
                text = f"You can't use ClientRequestToken {token} because that value is already in use for a version of secret {secret['ARN']}."
                return refuse("ResourceExistsException", text, 400)
            answer = {"ARN": secret["ARN"], "Name": secret["Name"], "VersionId": token, "VersionStages": known["Stages"]}
            return secretsmanager.json_response(answer)
        answer = original(data)
        if answer[0] == 200:
            # A label is on one version: "Secrets Manager ... automatically moves the staging label".
            version = json.loads(answer[2])["VersionId"]
            for label in data.get("VersionStages", []):
                secretsmanager._remove_stage_everywhere(secret, label, except_version_id=version)
        return answer

    @replaced(secretsmanager, "_get_secret_value")
    def get_secret_value(original, data):
        answer = original(data)
        if answer[0] != 200:
            return answer
        told = json.loads(answer[2])
        label = data.get("VersionStage")
        if data.get("VersionId") and label and label not in told["VersionStages"]:
            text = "You provided a VersionStage that is not associated to the provided VersionId."
            return refuse("InvalidRequestException", text, 400)
        if "SecretString" not in told and "SecretBinary" not in told:
            # What a rotation begins with: moto's maintainers tried this and the next on AWS (getmoto/moto pull requests 8504 and 8547).
            text = f"Secrets Manager can't find the specified secret value for VersionId: {told['VersionId']}"
            return refuse("ResourceNotFoundException", text, 400)
        return answer

    @replaced(secretsmanager, "_describe_secret")
    def describe_secret(original, data):
        answer = original(data)
        _, secret = secretsmanager._resolve(data.get("SecretId"))
        if answer[0] == 200 and secret.get("LastRotatedDate"):
            return secretsmanager.json_response({**json.loads(answer[2]), "LastRotatedDate": secret["LastRotatedDate"]})
        return answer

    def is_invocable(arn, secret):
        """Whether a statement of the function's policy lets Secrets Manager invoke it for this secret."""
        allowed = lambda_svc.function_policy_for_arn(":".join(arn.split(":")[:7]))
        values = {"aws:sourceaccount": get_account_id(), "aws:sourcearn": secret["ARN"]}

        def holds(operator, key, wanted):
            value = values.get(key.lower())
            wanted = wanted if isinstance(wanted, list) else [wanted]
            if value is None:
                return False
            if operator in ("StringEquals", "ArnEquals"):
                return value in wanted
            return operator in ("ArnLike", "StringLike") and any(fnmatch.fnmatchcase(value, one) for one in wanted)

        return any(
            statement["Effect"] == "Allow"
            and statement["Principal"] in ("*", {"Service": "secretsmanager.amazonaws.com"})
            and statement["Action"] in ("*", "lambda:*", "lambda:InvokeFunction")
            and statement["Resource"] == arn
            and all(
                holds(operator, key, wanted)
                for operator, keys in statement.get("Condition", {}).items()
                for key, wanted in keys.items()
            )
            for statement in (allowed or ({"Statement": []}, ""))[0]["Statement"]
        )

    def steps(secret, token, names):
        """Calls the function for each step until one fails; whether none did."""
        for step in names:
            # Looked up for each call: an alias may have been moved meanwhile.
            record, config, _ = lambda_svc._get_func_record_for_ref(secret["RotationLambdaARN"])
            if not secret.get("RotationEnabled") or not config:
                return False
            event = {"Step": step, "SecretId": secret["ARN"], "ClientRequestToken": token, "RotationToken": new_uuid()}
            run = lambda_svc._execution_record_for_config(record, config)
            result = lambda_svc._execute_function_with_config_scope(run, event)
            if result.get("error") or result.get("throttle"):
                print(f"{step} of {secret['Name']} failed: the rotation ends", file=sys.stderr)
                return False
        return True

    def begin(secret, work):
        """On a thread, since the function calls back; one at a time for a secret."""
        with lock:
            if secret["ARN"] in running:
                return
            running.add(secret["ARN"])
        context = contextvars.copy_context()

        def run():
            try:
                context.run(work)
            finally:
                running.discard(secret["ARN"])

        threading.Thread(target=run, daemon=True, name="rotation").start()

    @replaced(secretsmanager, "_rotate_secret")
    def rotate_secret(original, data):
        secret, refused = found(data)
        if refused:
            return refused
        arn = data.get("RotationLambdaARN") or secret.get("RotationLambdaARN")
        if not arn:
            return refuse("InvalidRequestException", "No Lambda rotation function ARN is associated with this secret.", 400)
        rules = data.get("RotationRules")
        if rules is not None:
            days = rules.get("AutomaticallyAfterDays")
            if (days is None) == (rules.get("ScheduleExpression") is None) or not 1 <= (1 if days is None else days) <= 1000:
                text = "RotationRules has one of AutomaticallyAfterDays, from 1 to 1000, and ScheduleExpression."
                return refuse("InvalidParameterException", text, 400)
        if lambda_svc._get_func_record_for_ref(arn)[1] is None:
            return refuse("ResourceNotFoundException", "Secrets Manager can't find the specified Lambda function.", 400)
        if not is_invocable(arn, secret):
            text = (
                "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the "
                "principal secretsmanager.amazonaws.com."
            )
            return refuse("AccessDeniedException", text, 400)
        pending, _ = secretsmanager._find_stage_version(secret, "AWSPENDING")
        current, _ = secretsmanager._find_stage_version(secret, "AWSCURRENT")

        def rotate(token):
            if steps(secret, token, ("createSecret", "setSecret", "testSecret", "finishSecret")):
                now_current, _ = secretsmanager._find_stage_version(secret, "AWSCURRENT")
                if now_current == token:
                    secret["LastRotatedDate"] = int(time.time())

        # "If the AWSPENDING staging label is present but not attached to the same version as AWSCURRENT, then any later invocation of
        # RotateSecret assumes that a previous rotation request is still in progress and returns an error."
        if pending and pending != current:
            begin(secret, lambda: rotate(pending))
            text = "A previous rotation isn't complete. That rotation will be reattempted."
            return refuse("InvalidRequestException", text, 400)
        secret["RotationLambdaARN"], secret["RotationEnabled"] = arn, True
        if rules is not None:
            secret["RotationRules"] = rules
        token = data.get("ClientRequestToken") or new_uuid()
        now = data.get("RotateImmediately", True)
        # "When rotation is unsuccessful, the AWSPENDING staging label might be attached to an empty secret version": it begins so. With a test
        # alone it has the current value.
        value = {"SecretString": None, "SecretBinary": None} if now or not current else secret["Versions"][current]
        secretsmanager._remove_stage_everywhere(secret, "AWSPENDING")
        secret["Versions"][token] = {
            "SecretString": value["SecretString"],
            "SecretBinary": value["SecretBinary"],
            "CreatedDate": int(time.time()),
            "Stages": ["AWSPENDING"],
        }

        # "... if you don't immediately rotate the secret, Secrets Manager tests the rotation configuration by running the testSecret step of
        # the Lambda rotation function. The test creates an AWSPENDING version of the secret and then removes it."
        def test():
            steps(secret, token, ("testSecret",))
            secret["Versions"].pop(token, None)

        begin(secret, (lambda: rotate(token)) if now else test)
        return secretsmanager.json_response({"ARN": secret["ARN"], "Name": secret["Name"], "VersionId": token})

    @replaced(secretsmanager, "handle_request")
    async def handle_request(original, method, path, headers, body, query_params):
        if not headers.get("x-amz-target", "").endswith(".CancelRotateSecret"):
            return await original(method, path, headers, body, query_params)
        secret, refused = found(json.loads(body))
        if refused:
            return refused
        # "This operation cancels only the current rotation and disables future ones"; labels stay as they are.
        secret["RotationEnabled"] = False
        return secretsmanager.json_response({"ARN": secret["ARN"], "Name": secret["Name"]})


def list_users_as_aws_does():
    """Lists of a user pool. Cognito refuses a Limit over 60 (API reference, ListUsers, ListGroups, ListUsersInGroup and
    AdminListGroupsForUser: "Valid Range: Minimum value of 0. Maximum value of 60") and a position that it did not give; ministack gives
    60 and begins at the first again, and gives all groups of a user at once."""
    from ministack.core.responses import error_response_json
    from ministack.services import cognito

    def refused(message):
        return error_response_json("InvalidParameterException", message, 400)

    calls = {"_list_users": "PaginationToken", "_list_groups": "NextToken", "_list_users_in_group": "NextToken", "_admin_list_groups_for_user": "NextToken"}
    for call, position in calls.items():

        @replaced(cognito, call)
        def list_page(original, data, position=position):
            limit, begin = data.get("Limit", 60), data.get(position)
            if not 0 <= limit <= 60:
                bound = "less than or equal to 60" if limit > 60 else "greater than or equal to 0"
                failed = "failed to satisfy constraint: Member must have value"
                return refused(f"1 validation error detected: Value '{limit}' at 'limit' {failed} {bound}")
            if begin is not None and not begin.isdecimal():
                return refused("Invalid pagination token")
            return original({**data, "Limit": limit or 60})


def fill_user_pools(app):
    """A control of tests: POST /_lectern/cognito/users puts users into a pool at once, where 10,000 calls of AdminCreateUser take a minute.
    The body: {"user_pool_id": ..., "users": [{"username", "attributes", "enabled", "status", "groups"}]}; the groups have to be there."""
    from ministack.services import cognito

    def fill(order):
        pool = cognito._get_pool_unscoped(order["user_pool_id"])
        for user in order["users"]:
            now = cognito._now_epoch()
            attributes = {"sub": cognito.new_uuid(), **user["attributes"]}
            pool["_users"][user["username"]] = {
                "Username": user["username"],
                "Attributes": cognito._dict_to_attr_list(attributes),
                "UserCreateDate": now,
                "UserLastModifiedDate": now,
                "Enabled": user["enabled"],
                "UserStatus": user["status"],
                "MFAOptions": [],
                "_password": "",
                "_groups": user["groups"],
                "_tokens": [],
            }
            for group in user["groups"]:
                pool["_groups"][group].setdefault("_members", []).append(user["username"])
        pool["EstimatedNumberOfUsers"] = len(pool["_users"])

    async def answer(scope, receive, send):
        if scope["type"] != "http" or scope["path"] != "/_lectern/cognito/users":
            return await app(scope, receive, send)
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        fill(json.loads(body))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return answer


def answer_once(app):
    """A call that the hashicorp/aws provider sends again is answered as it was the first time. With one answer in some thousands it
    closes the connection when it has the headers and not yet the body (seen on the wire; why is not known), and tries again. AWS knows
    some of these calls by their client tokens, ministack none, and a network that is made twice fails a test by being left. Calls
    of anything else, Lectern's provider among them, are carried out as often as they come."""
    import asyncio

    answers = collections.OrderedDict()

    async def carry_out(scope, receive, send):
        messages = []

        async def keep_and_send(message):
            messages.append(message)
            await send(message)

        await app(scope, receive, keep_and_send)
        # A refusal may be about the moment, so that the next attempt is a new one.
        is_done = bool(messages) and messages[0].get("status", 500) < 300 and not messages[-1].get("more_body", False)
        return messages if is_done else None

    async def answer(scope, receive, send):
        headers = dict(scope.get("headers", []))
        call = headers.get(b"amz-sdk-invocation-id")
        if call is None or scope["method"] in ("GET", "HEAD") or b"terraform-provider-aws" not in headers.get(b"user-agent", b""):
            return await app(scope, receive, send)
        while call in answers:
            earlier = answers[call]
            await asyncio.wait([earlier])
            if earlier.cancelled() or earlier.exception() or not earlier.result():
                if answers.get(call) is earlier:
                    del answers[call]
                continue
            attempt = headers.get(b"amz-sdk-request", b"").decode("latin-1")
            print(f"{scope['method']} {scope['path']}, {attempt}: answered as before", file=sys.stderr)
            while (await receive()).get("more_body"):
                pass
            for message in earlier.result():
                await send(message)
            return None
        answers[call] = asyncio.create_task(carry_out(scope, receive, send))
        if len(answers) > 1000:
            answers.popitem(last=False)
        await answers[call]

    return answer


def serve_ministack(listener, reports):
    import asyncio

    import edge
    import outage
    import replication
    import secret_replicas
    import service_metrics
    import weights
    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack.app import app

    report_from_ministack(reports)
    schedule_as_aws_does()
    take_forms_as_aws_does()
    read_versions_as_aws_does()
    join_claims_as_aws_does()
    list_users_as_aws_does()
    keep_mocks_as_aws_does()
    keep_tracing_as_aws_does()
    keep_networks_as_aws_does()
    name_network_load_balancers_as_aws_does()
    refuse_other_owners_as_aws_does()
    decide_as_aws_does()
    distribute_as_aws_does()
    edge.install(replaced)
    rotate_as_aws_does()
    counted, check_targets = service_metrics.install(replaced, reports)
    outage.install(replaced)
    secret_replicas.install(replaced)
    weights.install(replaced)
    replicated = replication.install(replaced, reports)
    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.keep_alive_timeout = 75
    config.loglevel = "WARNING"
    whole = answer_once(outage.refuse_what_is_lost(replicated(fill_user_pools(put_events_of_services(counted(share_as_aws_does(app)))))))

    async def run():
        checks = [asyncio.create_task(outage.check_health(reports)), asyncio.create_task(check_targets())]
        await serve(whole, config)
        for check in checks:
            check.cancel()

    asyncio.run(run())


def serve_moto(listener):
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server

    host, port = listener.getsockname()
    app = DomainDispatcherApplication(create_backend_app)
    make_server(host, port, app, threaded=True, fd=listener.fileno()).serve_forever()


def main():
    (emulator,) = sys.argv[1:]
    reports = Reports()
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    listener.listen(256)
    port = listener.getsockname()[1]
    reports.send("listening", port=port)

    order = read_line()
    end_with_starter(order["folder"])
    # The emulators read their settings when they are imported; functions inherit this environment.
    os.environ.update(order["environment"], GATEWAY_PORT=str(port), MOTO_PORT=str(port))
    if emulator == "ministack":
        serve_ministack(listener, reports)
    else:
        serve_moto(listener)


main()
