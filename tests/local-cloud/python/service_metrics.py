"""What API Gateway, CloudFront, S3, Cognito and Elastic Load Balancing publish of the requests that they answer.

By "Amazon API Gateway dimensions and metrics", "CloudFront metrics", "Amazon S3 request metrics in CloudWatch", "Amazon Cognito user pool
metrics in CloudWatch" and "CloudWatch metrics for your Network Load Balancer". Where AWS publishes one data point a minute, here there is
one for each request, whose Sum, Average and SampleCount over a minute are the same.
"""

import asyncio
import contextvars
import sys
import time
import xml.etree.ElementTree as ElementTree

# How often load balancers look at their targets; at AWS HealthCheckIntervalSeconds says so.
HEALTH_CHECK_SECONDS = 5

SIGN_INS = ("InitiateAuth", "AdminInitiateAuth", "RespondToAuthChallenge", "AdminRespondToAuthChallenge")
OTHERS = {"GetTokensFromRefreshToken": "TokenRefreshSuccesses", "SignUp": "SignUpSuccesses"}


def install(replaced, reports):
    """Wraps what answers requests; `replaced(module, name)` is a decorator that passes the original first. Before `outage.install`: a Region
    that is lost answers nothing, and counts nothing."""
    from ministack.services import alb, apigateway_v1, cloudfront, cognito

    def publish(region, namespace, metrics, *dimensions):
        """`metrics`: (name, unit, value) each. Once for each of `dimensions`, a dict each."""
        now = time.time()
        for one in dimensions:
            for name, unit, value in metrics:
                reports.send(
                    "metric", region=region, namespace=namespace, name=name, dimensions=one, timestamp=now, unit=unit,
                    values=[float(value)], counts=None, statistics=None,
                )

    count_stages(replaced, apigateway_v1, publish)
    count_viewers(replaced, cloudfront, publish)
    count_sign_ins(replaced, cognito, publish)
    know_targets(alb)
    return lambda app: count_objects(replaced, app, publish), lambda: check_targets(publish)


def count_stages(replaced, apigateway, publish):
    """"4XXError: The number of client-side errors captured in a given period"; "the Average statistic represents the 4XXError error rate", so
    each request is 0 or 1. "Count: the SampleCount statistic represents this metric". By ApiName, by ApiName and Stage, and by ApiName,
    Method, Resource and Stage only where detailed metrics are enabled. A request that no stage takes belongs to none."""
    backend = contextvars.ContextVar("backend")

    for call in ("_invoke_lambda_proxy_v1", "_invoke_lambda_custom_v1", "_invoke_http_proxy_v1"):

        @replaced(apigateway, call)
        async def relay(original, *arguments, **named):
            started = time.monotonic()
            try:
                return await original(*arguments, **named)
            finally:
                if (seen := backend.get(None)) is not None:
                    seen["IntegrationLatency"] = (time.monotonic() - started) * 1000

    @replaced(apigateway, "_authorize_request_v1")
    async def authorize(original, api_id, stage_name, method_obj, method, path, resource, *rest):
        if (seen := backend.get(None)) is not None:
            seen["resource"] = resource["path"]
        return await original(api_id, stage_name, method_obj, method, path, resource, *rest)

    @replaced(apigateway, "_handle_execute_in_scope")
    async def execute(original, api_id, stage, method, path, headers, body, query_params, account, region):
        seen = {}
        token = backend.set(seen)
        started = time.monotonic()
        try:
            answer = await original(api_id, stage, method, path, headers, body, query_params, account, region)
        finally:
            backend.reset(token)
        api = apigateway._rest_apis.get(api_id)
        settings = (apigateway._stages_v1.get(api_id) or {}).get(stage)
        if api is None or settings is None:
            return answer
        metrics = [
            ("Count", "Count", 1),
            ("4XXError", "Count", 400 <= answer[0] < 500),
            ("5XXError", "Count", answer[0] >= 500),
            ("Latency", "Milliseconds", (time.monotonic() - started) * 1000),
        ]
        if "IntegrationLatency" in seen:
            metrics.append(("IntegrationLatency", "Milliseconds", seen["IntegrationLatency"]))
        dimensions = [{"ApiName": api["name"]}, {"ApiName": api["name"], "Stage": stage}]
        is_detailed = (settings.get("methodSettings") or {}).get("*/*", {}).get("metricsEnabled")
        if is_detailed and "resource" in seen:
            dimensions.append({"ApiName": api["name"], "Method": method, "Resource": seen["resource"], "Stage": stage})
        publish(region, "AWS/ApiGateway", metrics, *dimensions)
        return answer


def count_viewers(replaced, cloudfront, publish):
    """"4xxErrorRate: The percentage of all viewer requests for which the response's HTTP status code is 4xx"; TotalErrorRate is both. By
    DistributionId and Region, which is Global, in us-east-1. OriginLatency only with a monitoring subscription ("additional metrics")."""

    @replaced(cloudfront, "handle_viewer_request")
    async def handle(original, distribution, method, path, raw_uri, raw_query, headers, body, *rest):
        answer = await original(distribution, method, path, raw_uri, raw_query, headers, body, *rest)
        status = answer[0]
        metrics = [
            ("Requests", "None", 1),
            ("BytesDownloaded", "None", len(answer[2] or b"")),
            ("BytesUploaded", "None", len(body or b"") if method in ("POST", "PUT") else 0),
            ("4xxErrorRate", "Percent", 100 * (400 <= status < 500)),
            ("5xxErrorRate", "Percent", 100 * (status >= 500)),
            ("TotalErrorRate", "Percent", 100 * (status >= 400)),
        ]
        publish("us-east-1", "AWS/CloudFront", metrics, {"DistributionId": distribution["Id"], "Region": "Global"})
        return answer

    @replaced(cloudfront, "_fetch_from_origin")
    async def fetch(original, origin, method, uri, query, headers, body, is_https, client_ip, viewer_xff, arn):
        started = time.monotonic()
        answer = await original(origin, method, uri, query, headers, body, is_https, client_ip, viewer_xff, arn)
        number = arn.rpartition("/")[2]
        distribution = cloudfront._distributions.get(number) or {}
        if distribution.get("MonitoringSubscription"):
            latency = ("OriginLatency", "Milliseconds", (time.monotonic() - started) * 1000)
            publish("us-east-1", "AWS/CloudFront", [latency], {"DistributionId": number, "Region": "Global"})
        return answer


def count_sign_ins(replaced, cognito, publish):
    """Sum counts successes and SampleCount all requests ("SignInSuccesses", "SignUpSuccesses", "TokenRefreshSuccesses"), by UserPool and
    UserPoolClient. A sign-in succeeds when "an authentication token is issued to the user", so that a challenge is neither yet."""

    def count(name, client, answer):
        pool = cognito._find_pool_by_client_id(client)[0] if client else None
        if pool is not None:
            metric = (name, "Count", answer[0] == 200)
            publish(pool.partition("_")[0], "AWS/Cognito", [metric], {"UserPool": pool, "UserPoolClient": client})

    @replaced(cognito, "_run_idp_handler")
    def run(original, handler, action, data):
        answer = original(handler, action, data)
        if action in SIGN_INS and (answer[0] != 200 or b'"AuthenticationResult"' in answer[2]):
            is_refresh = data.get("AuthFlow") in ("REFRESH_TOKEN", "REFRESH_TOKEN_AUTH")
            count("TokenRefreshSuccesses" if is_refresh else "SignInSuccesses", data.get("ClientId"), answer)
        elif action in OTHERS:
            count(OTHERS[action], data.get("ClientId"), answer)
        return answer


def count_objects(replaced, app, publish):
    """Request metrics of the buckets that have a configuration of them, by BucketName and FilterId. "4xxErrors: The number of HTTP 4xx client
    error status code requests made to an Amazon S3 bucket with a value of either 0 or 1". Those that IAM refuses are among them. What
    CloudFront fetches counts too; what replication writes is not counted here."""
    import urllib.parse

    import replication
    from ministack.app import _s3_cors_target, detect_service
    from ministack.services import s3

    configurations = keep_configurations(replaced, s3)

    def count(bucket, key, method, status, sent, received, started):
        filters = [name for (of, name), prefix in list(configurations.items()) if of == bucket and key.startswith(prefix)]
        if not filters:
            return
        kind = {"GET": "GetRequests" if key else "ListRequests", "PUT": "PutRequests", "POST": "PostRequests", "HEAD": "HeadRequests",
                "DELETE": "DeleteRequests"}.get(method)
        metrics = [
            ("AllRequests", "Count", 1),
            ("4xxErrors", "Count", 400 <= status < 500),
            ("5xxErrors", "Count", status >= 500),
            ("BytesDownloaded", "Bytes", sent),
            ("BytesUploaded", "Bytes", received),
            ("TotalRequestLatency", "Milliseconds", (time.monotonic() - started) * 1000),
        ]
        if kind:
            metrics.append((kind, "Count", 1))
        publish(replication.region_of(bucket), "AWS/S3", metrics, *({"BucketName": bucket, "FilterId": one} for one in filters))

    @replaced(s3, "serve_cloudfront_origin_fetch")
    def serve(original, bucket, key, method, *rest, **named):
        started = time.monotonic()
        answer = original(bucket, key, method, *rest, **named)
        count(bucket, key, method, answer[0], len(answer[2] or b""), 0, started)
        return answer

    async def answer(scope, receive, send):
        if scope["type"] != "http":
            return await app(scope, receive, send)
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        target = _s3_cors_target(headers.get("host", ""), scope["path"])
        query = urllib.parse.parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        if target is None or detect_service(scope["method"], scope["path"], headers, query) != "s3":
            return await app(scope, receive, send)
        seen = {"status": 500, "sent": 0, "received": 0}
        started = time.monotonic()

        async def receive_and_count():
            message = await receive()
            seen["received"] += len(message.get("body", b""))
            return message

        async def send_and_count(message):
            if message["type"] == "http.response.start":
                seen["status"] = message["status"]
            seen["sent"] += len(message.get("body", b""))
            await send(message)

        await app(scope, receive_and_count, send_and_count)
        count(*target, scope["method"], seen["status"], seen["sent"], seen["received"], started)
        return None

    return answer


def keep_configurations(replaced, s3):
    """Which requests to a bucket are counted: the prefix of each configuration, by bucket and id. ministack takes these calls for those on the
    bucket itself, so that to delete such a configuration is to delete the bucket. Filters by tag count nothing here."""
    documents, prefixes = {}, {}

    def prefix_of(document):
        found = {element.tag.rpartition("}")[2]: element.text or "" for element in ElementTree.fromstring(document).iter()}
        return None if "Tag" in found or "AccessPointArn" in found else found.get("Prefix", "")

    @replaced(s3, "_dispatch")
    def dispatch(original, method, bucket, key, headers, body, query_params):
        if key or "metrics" not in query_params:
            answer = original(method, bucket, key, headers, body, query_params)
            if method == "DELETE" and not key and answer[0] == 204 and bucket not in s3._buckets:
                for name in [name for name in documents if name[0] == bucket]:
                    documents.pop(name)
                    prefixes.pop(name, None)
            return answer
        if bucket not in s3._buckets:
            return s3._error("NoSuchBucket", "The specified bucket does not exist", 404, f"/{bucket}")
        name = (bucket, s3._qp(query_params, "id"))
        if method == "PUT":
            documents[name] = body
            prefixes.pop(name, None)
            if (prefix := prefix_of(body)) is not None:
                prefixes[name] = prefix
            return 200, {}, b""
        if name not in documents:
            return s3._error("NoSuchConfiguration", "The specified configuration does not exist.", 404, f"/{bucket}")
        if method == "DELETE":
            documents.pop(name)
            prefixes.pop(name, None)
            return 204, {}, b""
        return 200, {"Content-Type": "application/xml"}, documents[name]

    return prefixes


def is_healthy(target):
    """Nothing listens at addresses of a VPC here: a target is healthy while an interface has its address."""
    from ministack.services import ec2

    return any(one["PrivateIpAddress"] == target["Id"] for one in list(ec2._network_interfaces._data.values()))


def know_targets(alb):
    def describe(params):
        answer = alb._describe_target_health(params)
        group = alb._tgs.get(alb._p(params, "TargetGroupArn"))
        if answer[0] != 200 or group.get("TargetType") != "ip":
            return answer
        xml = answer[2].decode()
        for target in alb._targets.get(group["TargetGroupArn"], []):
            # The answer has those that were asked for.
            if is_healthy(target) or f"<Id>{target['Id']}</Id>" not in xml:
                continue
            # "Target.FailedHealthChecks: The load balancer received an error while establishing a connection to the target".
            begin = xml.index(f"<Id>{target['Id']}</Id>")
            failed = "<State>unhealthy</State><Reason>Target.FailedHealthChecks</Reason><Description>Health checks failed</Description>"
            xml = xml[:begin] + xml[begin:].replace("<State>healthy</State>", failed, 1).replace("<HealthStatus>healthy", "<HealthStatus>unhealthy", 1)
        return answer[0], answer[1], xml.encode()

    alb._ACTION_MAP["DescribeTargetHealth"] = describe


async def check_targets(publish):
    """HealthyHostCount and UnHealthyHostCount of network load balancers, by LoadBalancer and TargetGroup. By zone they are not published here."""
    from ministack.services import alb

    while True:
        await asyncio.sleep(HEALTH_CHECK_SECONDS)
        try:
            for (account, region, arn), group in list(alb._tgs._data.items()):
                targets = alb._targets._data.get((account, arn), [])
                healthy = sum(map(is_healthy, targets))
                counts = [("HealthyHostCount", "Count", healthy), ("UnHealthyHostCount", "Count", len(targets) - healthy)]
                for balancer in group["LoadBalancerArns"]:
                    if ":loadbalancer/net/" in balancer and group.get("TargetType") == "ip":
                        names = {"LoadBalancer": balancer.partition(":loadbalancer/")[2], "TargetGroup": arn.rpartition(":")[2]}
                        publish(region, "AWS/NetworkELB", counts, names)
        except Exception as error:
            print(f"health of targets: {error!r}", file=sys.stderr)
