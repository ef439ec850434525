"""A Region that is lost, and the health checks of Route 53 that notice it.

`PUT /_lectern/regions/<region>/lost` takes a Region away and `DELETE` brings it back, with everything that was in it. While it is away
every request to it is answered with 503 and no body, also where it comes from a distribution, and nothing in it runs by itself: no
schedule, no rule and no subscription starts a function. What is global stays: CloudFront, IAM, Route 53, and WAF's global web ACLs.
A real Region fails in more ways than this one: slowly, in part, and with answers that are wrong.

Route 53 Developer Guide, "How Amazon Route 53 determines whether a health check is healthy": an HTTP or HTTPS endpoint has to answer with a
status of 2xx or 3xx; a check becomes unhealthy after FailureThreshold answers in a row, and healthy in the same way. "Monitoring health
checks using CloudWatch": HealthCheckStatus, "1 indicates healthy and 0 indicates unhealthy", by HealthCheckId, in us-east-1. Here one
checker asks each second, whatever RequestInterval says, and only HTTP and HTTPS endpoints of API Gateway are asked.
"""

import asyncio
import json
import re
import sys
import time
import urllib.parse

CREDENTIAL = re.compile(r"Credential=[^/]+/[0-9]{8}/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request")
GLOBAL = ("cloudfront", "iam", "route53")
HOST = re.compile(r"(?:^|\.)(?:s3|execute-api|cognito-idp)[.-]([a-z]{2}(?:-[a-z]+)+-[0-9])\.")
CONTROL = re.compile(r"^/_lectern/regions/([a-z0-9-]+)/lost$")

lost = set()


def region_of(method, path, headers, query, body):
    """The Region that a request is for, or None where it is for none or cannot be told."""
    from ministack.services import cognito, s3

    signed = CREDENTIAL.search(headers.get("authorization", "")) or CREDENTIAL.search("Credential=" + query.get("X-Amz-Credential", [""])[0])
    if signed and signed[2] not in GLOBAL:
        return signed[1]
    if signed:
        return None
    if headers.get("x-amz-target", "").startswith("AWSCognitoIdentityProviderService."):
        asked = json.loads(body or b"{}")
        pool = asked.get("UserPoolId")
        if pool is None and asked.get("ClientId"):
            pool = cognito._find_pool_by_client_id(asked["ClientId"])[0]
        return pool.partition("_")[0] if pool else None
    if named := HOST.search(headers.get("host", "")):
        return named[1]
    # Forms, and objects that anybody may read: the bucket is the first part of the path.
    bucket = path.split("/")[1] if method in ("POST", "PUT", "GET", "HEAD") else ""
    found = s3._buckets.get(bucket) if bucket else None
    return found.get("region") if found else None


def install(replaced):
    from ministack.services import apigateway_v1, cloudfront, eventbridge, lambda_svc

    @replaced(apigateway_v1, "_handle_execute_in_scope")
    async def execute(original, api_id, stage, method, path, headers, body, query_params, account, region):
        if region in lost:
            return 503, {"Content-Length": "0"}, b""
        return await original(api_id, stage, method, path, headers, body, query_params, account, region)

    @replaced(cloudfront, "_fetch_from_origin")
    async def fetch(original, origin, *rest):
        named = HOST.search(origin.get("domain_name", ""))
        if named and named[1] in lost:
            raise cloudfront.OriginUnreachable(origin["domain_name"])
        return await original(origin, *rest)

    @replaced(eventbridge, "_invoke_target")
    def invoke_target(original, target, *rest):
        if region_in(target.get("Arn", "")) in lost:
            return None
        return original(target, *rest)

    @replaced(lambda_svc, "_execute_function_dispatch")
    def dispatch(original, func, config, *rest):
        # Whatever starts it, an event that was on its way when the Region was lost among them.
        if region_in(config["FunctionArn"]) in lost:
            return {"body": None, "error": True, "function_error": "Unhandled", "throttle": False, "log": ""}
        return original(func, config, *rest)


def region_in(arn):
    parts = arn.split(":")
    return parts[3] if len(parts) > 3 else ""


def refuse_what_is_lost(app):
    async def answer(scope, receive, send):
        if scope["type"] != "http":
            return await app(scope, receive, send)
        if control := CONTROL.match(scope["path"]):
            {"PUT": lost.add, "DELETE": lost.discard}[scope["method"]](control[1])
            return await say(send, 204)
        if not lost:
            return await app(scope, receive, send)
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        query = urllib.parse.parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        messages, body = [], b""
        if "x-amz-target" in headers:
            while True:
                messages.append(await receive())
                body += messages[-1].get("body", b"")
                if not messages[-1].get("more_body"):
                    break
        if region_of(scope["method"], scope["path"], headers, query, body) in lost:
            return await say(send, 503)

        async def receive_again():
            return messages.pop(0) if messages else await receive()

        return await app(scope, receive_again, send)

    return answer


async def say(send, status):
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


async def check_health(reports):
    """Asks every endpoint each second, as a checker outside of all Regions."""
    from ministack import app
    from ministack.services import route53

    # By health check: whether it is healthy, and how many answers in a row say otherwise.
    known = {}

    async def is_up(config):
        local = f"{config['FullyQualifiedDomainName'].partition('.')[0]}.execute-api.localhost"
        path = config.get("ResourcePath") or "/"
        headers = {"host": local, "user-agent": "Amazon-Route53-Health-Check-Service"}
        answer = await app._handle_execute_api_request(local, path, "GET", headers, b"", {}, path, "")
        return answer is not None and 200 <= answer[0] < 400

    while True:
        await asyncio.sleep(1)
        for (_, number), check in list(route53._health_checks._data.items()):
            config = check.get("config", {})
            is_of_an_api = ".execute-api." in config.get("FullyQualifiedDomainName", "") and config.get("Type") in ("HTTP", "HTTPS")
            if not is_of_an_api or config.get("Disabled"):
                continue
            try:
                up = await is_up(config)
            except Exception as error:
                print(f"health check {number}: {error}", file=sys.stderr)
                up = False
            healthy, against = known.get(number, (True, 0))
            against = 0 if up == healthy else against + 1
            if against >= config.get("FailureThreshold", 3):
                healthy, against = up, 0
            known[number] = (healthy, against)
            reports.send(
                "metric", region="us-east-1", namespace="AWS/Route53", name="HealthCheckStatus", dimensions={"HealthCheckId": number},
                timestamp=time.time(), unit="None", values=[float(healthy != config.get("Inverted", False))], counts=None, statistics=None,
            )
