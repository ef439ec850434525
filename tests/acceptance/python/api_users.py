"""Users of the platform, who know of it no more than its contract: python3 api_users.py CONFIGURATION. Ends with 0 when all is as
it should be, and prints what a test has to know of it as JSON.

CONFIGURATION is JSON: endpoint (AWS), name (of the copy), region, api (id), stage, url (as printed), user_pool_id, client_id, secrets
(texts that no log may hold).
Ada is an administrator, Bob learns algebra, Eve something else; their memberships are named after their subjects by whoever calls,
between the two steps "sign-up" and "use". The step "abandon" announces two files that nobody completes and prints their ids, "traces" prints all that logs, metrics and S3 hold,
"left" what an apply makes and a destroy has to remove, "left-here" the same without what belongs to another copy.
"""

import base64
import hashlib
import http.client
import json
import sys
import time
import urllib.parse

import boto3

PASSWORD = "correct-Horse-7-battery"
PART_BYTES = 64 * 1024 * 1024


class Platform:
    def __init__(self, configuration):
        self.configuration = configuration
        self.address = urllib.parse.urlparse(configuration["endpoint"]).netloc
        self.cognito = boto3.client(
            "cognito-idp", endpoint_url=configuration["endpoint"], region_name=configuration["region"]
        )

    def sign_up(self, name, *groups):
        pool = {"UserPoolId": self.configuration["user_pool_id"], "Username": f"{name}@example.com"}
        attributes = [{"Name": "email", "Value": pool["Username"]}, {"Name": "email_verified", "Value": "true"}]
        user = self.cognito.admin_create_user(**pool, UserAttributes=attributes, MessageAction="SUPPRESS")["User"]
        self.cognito.admin_set_user_password(**pool, Password=PASSWORD, Permanent=True)
        for group in groups:
            self.cognito.admin_add_user_to_group(**pool, GroupName=group)
        return next(one["Value"] for one in user["Attributes"] if one["Name"] == "sub")

    def sign_in(self, name, client_id=None, token="IdToken"):
        answer = self.cognito.initiate_auth(
            AuthFlow="USER_PASSWORD_AUTH",
            ClientId=client_id or self.configuration["client_id"],
            AuthParameters={"USERNAME": f"{name}@example.com", "PASSWORD": PASSWORD},
        )
        return answer["AuthenticationResult"][token]

    def call(self, token, method, path, body=None, **headers):
        """Status, headers and JSON of an answer."""
        connection = http.client.HTTPConnection(self.address, timeout=60)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        # The local cloud's name of an API; on AWS it is <api>.execute-api.<region>.amazonaws.com.
        headers["Host"] = f"{self.configuration['api']}.execute-api.localhost"
        if token is not None:
            headers["Authorization"] = token
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
            body = body if isinstance(body, str) else json.dumps(body)
        connection.request(method, f"/{self.configuration['stage']}{path}", body, headers)
        response = connection.getresponse()
        text = response.read().decode()
        return response.status, response.headers, json.loads(text) if text else None


def expect(answer, status, problem=None):
    found, headers, body = answer
    assert found == status, f"{found} instead of {status}: {body}"
    if problem is not None:
        assert body["type"] == f"urn:lectern:problem:{problem}", body
    return body


def send(url, method, body, headers):
    """A request to S3 as a browser would send it."""
    target = urllib.parse.urlparse(url)
    connection = http.client.HTTPConnection(target.netloc, timeout=120)
    connection.request(method, f"{target.path}?{target.query}" if target.query else target.path, body, headers)
    response = connection.getresponse()
    return response.status, response.headers, response.read()


def post_form(upload, content):
    boundary = "----a-boundary-that-no-file-has"
    form = b""
    for name, value in upload["fields"].items():
        form += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    form += f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'.encode()
    form += content + f"\r\n--{boundary}--\r\n".encode()
    return send(upload["url"], "POST", form, {"Content-Type": f"multipart/form-data; boundary={boundary}"})


def sha256(content):
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def nobody_gets_in_without_a_token(platform):
    bob = platform.sign_in("bob")
    forged = bob.rsplit(".", 1)[0] + "." + base64.urlsafe_b64encode(b"x" * 256).decode().rstrip("=")
    header, claims, signature = bob.split(".")
    loud = json.loads(base64.urlsafe_b64decode(claims + "=="))
    loud["cognito:groups"] = ["admin"]
    promoted = base64.urlsafe_b64encode(json.dumps(loud).encode()).decode().rstrip("=")
    # AWS lets nobody have a token of a second; the local cloud does, which spares the test five minutes.
    client = platform.cognito.create_user_pool_client(
        UserPoolId=platform.configuration["user_pool_id"],
        ClientName="brief",
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        IdTokenValidity=1,
        TokenValidityUnits={"IdToken": "seconds"},
    )["UserPoolClient"]["ClientId"]
    brief = platform.sign_in("bob", client)
    expect(platform.call(brief, "GET", "/profile"), 200)
    time.sleep(3)
    tokens = {
        "none": None,
        "nonsense": "nonsense",
        "forged": forged,
        "promoted": ".".join([header, promoted, signature]),
        "expired": brief,
    }
    for name, token in tokens.items():
        for method, path in (("GET", "/files"), ("GET", "/profile"), ("POST", "/files")):
            status, _, body = platform.call(token, method, path)
            assert status == 401, f"{name} {method} {path}: {status} {body}"
    # It says nothing of who somebody is. API Gateway on AWS refuses it; the functions do, wherever it comes from.
    access = platform.sign_in("bob", token="AccessToken")
    for path in ("/files", "/profile"):
        expect(platform.call(access, "GET", path), 401, "unauthenticated")
    platform.cognito.delete_user_pool_client(UserPoolId=platform.configuration["user_pool_id"], ClientId=client)


def the_address_that_was_printed_answers(platform):
    url = f"{platform.configuration['url']}/files"
    for token, wanted in (({}, 401), ({"Authorization": platform.sign_in("bob")}, 200)):
        status, _, said = send(url, "GET", None, token)
        assert status == wanted, f"{url}: {status} {said}"


def an_administrator_uploads_and_users_download(platform):
    ada, bob, eve = (platform.sign_in(name) for name in ("ada", "bob", "eve"))
    content = b"%PDF-1.7 " + bytes(range(256)) * 100
    name = platform.configuration["secrets"][0]
    announced = {
        "name": name,
        "size": len(content),
        "content_type": "application/pdf",
        "sha256": sha256(content),
        "course": "algebra",
        "visibility": "course",
    }
    expect(platform.call(bob, "POST", "/files", announced), 403, "forbidden")
    # API Gateway's model refuses this before a function is called.
    expect(platform.call(ada, "POST", "/files", {**announced, "size": "many"}), 400, "invalid-body")
    key = {"Idempotency_Key": "notes-of-week-1"}
    ticket = expect(platform.call(ada, "POST", "/files", announced, **key), 201)
    again = expect(platform.call(ada, "POST", "/files", announced, **key), 200)
    assert again["file"]["id"] == ticket["file"]["id"]
    expect(platform.call(ada, "POST", "/files", {**announced, "size": 7}, **key), 409, "idempotency-key-reused")
    path = f"/files/{ticket['file']['id']}"
    expect(platform.call(ada, "POST", f"{path}/complete"), 409)
    expect(platform.call(bob, "GET", path), 404, "not-found")
    status, _, said = post_form(ticket["upload"], content)
    assert status in (200, 201, 204), f"{status} {said}"
    file = expect(platform.call(ada, "POST", f"{path}/complete"), 200)
    assert file["status"] == "available", file
    seen = expect(platform.call(bob, "GET", "/files?course=algebra&limit=10"), 200)
    assert [one["id"] for one in seen["files"]] == [file["id"]], seen
    link = expect(platform.call(bob, "GET", path), 200)
    assert "response-content-disposition=attachment" in link["url"], link
    status, _, got = send(link["url"], "GET", None, {})
    assert (status, got) == (200, content), status
    assert expect(platform.call(eve, "GET", "/files"), 200)["files"] == []
    expect(platform.call(eve, "GET", path), 404, "not-found")
    expect(platform.call(bob, "DELETE", path), 403, "forbidden")
    return path


def a_large_file_goes_in_parts(platform):
    ada = platform.sign_in("ada")
    content = b"0123456789abcdef" * (100_000_016 // 16)
    parts = [content[at : at + PART_BYTES] for at in range(0, len(content), PART_BYTES)]
    announced = {
        "name": "lecture.mp4",
        "size": len(content),
        "content_type": "video/mp4",
        "part_sha256": [sha256(part) for part in parts],
        "course": "algebra",
        "visibility": "everyone",
    }
    ticket = expect(platform.call(ada, "POST", "/files", announced), 201)
    path = f"/files/{ticket['file']['id']}"
    for part, content in zip(ticket["upload"]["parts"], parts):
        expect(platform.call(ada, "POST", f"{path}/complete"), 409)
        status, _, said = send(part["url"], "PUT", content, part["headers"])
        assert status == 200, f"{status} {said}"
    expect(platform.call(ada, "POST", f"{path}/complete"), 200)
    expect(platform.call(ada, "DELETE", path), 204)
    expect(platform.call(ada, "GET", path), 404, "not-found")


def abandon_two_uploads(platform):
    """One arrives and is not completed, the other is begun in parts."""
    ada = platform.sign_in("ada")
    content = b"%PDF-1.7 draft"
    announced = {
        "name": "draft.pdf",
        "size": len(content),
        "content_type": "application/pdf",
        "sha256": sha256(content),
        "course": "algebra",
        "visibility": "course",
    }
    arrived = expect(platform.call(ada, "POST", "/files", announced), 201)
    status, _, said = post_form(arrived["upload"], content)
    assert status in (200, 201, 204), f"{status} {said}"
    del announced["sha256"]
    announced.update(size=PART_BYTES * 2, part_sha256=[sha256(content)] * 2)
    in_parts = expect(platform.call(ada, "POST", "/files", announced), 201)
    print(json.dumps([ticket["file"]["id"] for ticket in (arrived, in_parts)]))


def everybody_has_a_profile_of_their_own(platform):
    bob, eve = platform.sign_in("bob"), platform.sign_in("eve")
    _, name, phone, street = platform.configuration["secrets"]
    merge = {"Content_Type": "application/merge-patch+json"}
    status, headers, body = platform.call(bob, "GET", "/profile")
    assert (status, body) == (200, {}), body
    changed = {"name": name, "phone": phone, "address": {"lines": [street], "city": "Ulm", "country": "DE"}}
    expect(platform.call(bob, "PATCH", "/profile", changed, **merge), 428, "precondition-required")
    answer = platform.call(bob, "PATCH", "/profile", changed, If_Match=headers["ETag"], **merge)
    assert expect(answer, 200) == changed, answer
    expect(platform.call(bob, "PATCH", "/profile", changed, If_Match=headers["ETag"], **merge), 412, "precondition-failed")
    etag = answer[1]["ETag"]
    less = expect(platform.call(bob, "PATCH", "/profile", {"phone": None, "locale": "de-DE"}, If_Match=etag, **merge), 200)
    assert less == {"name": name, "locale": "de-DE", "address": changed["address"]}, less
    assert expect(platform.call(bob, "GET", "/profile/export"), 200)["profile"] == less
    assert expect(platform.call(eve, "GET", "/profile"), 200) == {}


def print_traces(platform):
    """Every log event, every metric with its dimensions, and every object with all that S3 says of it."""
    client = {"region_name": platform.configuration["region"]}
    logs = boto3.client("logs", endpoint_url=platform.configuration["endpoint"], **client)
    for page in logs.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            for events in logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"]):
                for event in events["events"]:
                    print(group["logGroupName"], event["message"])
    # Its own endpoint, from the environment.
    for page in boto3.client("cloudwatch", **client).get_paginator("list_metrics").paginate():
        for metric in page["Metrics"]:
            print(json.dumps(metric))
    s3 = boto3.client("s3", endpoint_url=platform.configuration["endpoint"], **client)
    for bucket in s3.list_buckets()["Buckets"]:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket["Name"]):
            for one in page.get("Contents", []):
                place = {"Bucket": bucket["Name"], "Key": one["Key"]}
                found = s3.get_object(**place)
                content = found.pop("Body").read().decode("utf-8", "replace")
                print(place, found, s3.get_object_tagging(**place)["TagSet"], content)


def print_left(platform, name=""):
    """Names by their kind, as JSON; kinds without any are left out. Keys that wait for their deletion count as gone.

    Of what has no region, only what has `name` in its name.
    """

    def client(service):
        return boto3.client(service, region_name=platform.configuration["region"])

    keys = [client("kms").describe_key(KeyId=key["KeyId"])["KeyMetadata"] for key in client("kms").list_keys()["Keys"]]
    alarms = client("cloudwatch").describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    left = {
        "alarms": [one["AlarmName"] for one in alarms["MetricAlarms"] + alarms["CompositeAlarms"]],
        "aliases": [one["AliasName"] for one in client("kms").list_aliases()["Aliases"]],
        "buckets": [one["Name"] for one in client("s3").list_buckets()["Buckets"]],
        "endpoints": [one["VpcEndpointId"] for one in client("ec2").describe_vpc_endpoints()["VpcEndpoints"]],
        "functions": [one["FunctionName"] for one in client("lambda").list_functions()["Functions"]],
        "keys": [one["KeyId"] for one in keys if one["KeyState"] != "PendingDeletion" and one["KeyManager"] == "CUSTOMER"],
        "log groups": [one["logGroupName"] for one in client("logs").describe_log_groups()["logGroups"]],
        "policies": [one["PolicyName"] for one in client("iam").list_policies(Scope="Local")["Policies"]],
        "rest APIs": [one["name"] for one in client("apigateway").get_rest_apis()["items"]],
        "roles": [one["RoleName"] for one in client("iam").list_roles()["Roles"]],
        "schedules": [one["Name"] for one in client("scheduler").list_schedules()["Schedules"]],
        "security groups": [
            one["GroupId"] for one in client("ec2").describe_security_groups()["SecurityGroups"] if one["GroupName"] != "default"
        ],
        "secrets": [one["Name"] for one in client("secretsmanager").list_secrets()["SecretList"]],
        "topics": [one["TopicArn"] for one in client("sns").list_topics()["Topics"]],
        "user pools": [one["Name"] for one in client("cognito-idp").list_user_pools(MaxResults=60)["UserPools"]],
        "VPCs": [one["VpcId"] for one in client("ec2").describe_vpcs()["Vpcs"] if not one["IsDefault"]],
    }
    for kind in ("buckets", "policies", "roles"):
        left[kind] = [one for one in left[kind] if name in one]
    print(json.dumps({kind: names for kind, names in left.items() if names}))


def a_page_asks_before_it_sends(platform):
    """API Gateway answers for every path by itself: no function is asked, and what it says is the contract's."""
    page = {"Origin": "http://localhost:5173", "Access_Control_Request_Headers": "authorization,content-type"}
    asked = {"/files": "GET, POST", "/files/{id}": "DELETE, GET", "/files/{id}/complete": "POST", "/profile": "DELETE, GET, PATCH"}
    for path, methods in asked.items():
        for method in methods.split(", "):
            path = path.replace("{id}", "0190f6a1-7d3b-7c00-8000-000000000000")
            status, headers, _ = platform.call(None, "OPTIONS", path, Access_Control_Request_Method=method, **page)
            assert status == 200, f"{path}: {status}"
            assert headers["Access-Control-Allow-Origin"] == page["Origin"], headers
            assert headers["Access-Control-Allow-Methods"] == methods, headers
            allowed = headers["Access-Control-Allow-Headers"].split(", ")
            assert {"authorization", "content-type", "if-match", "idempotency-key"} <= set(allowed), headers
            # A function's answer has the request's id.
            assert "x-request-id" not in headers, headers


def main(configuration, step):
    platform = Platform(json.loads(configuration))
    if step == "sign-up":
        subjects = {"ada": platform.sign_up("ada", "admin"), "bob": platform.sign_up("bob"), "eve": platform.sign_up("eve")}
        print(json.dumps(subjects))
        return
    if step in ("abandon", "traces", "left"):
        {"abandon": abandon_two_uploads, "traces": print_traces, "left": print_left}[step](platform)
        return
    if step == "left-here":
        print_left(platform, platform.configuration["name"])
        return
    nobody_gets_in_without_a_token(platform)
    the_address_that_was_printed_answers(platform)
    a_page_asks_before_it_sends(platform)
    an_administrator_uploads_and_users_download(platform)
    a_large_file_goes_in_parts(platform)
    everybody_has_a_profile_of_their_own(platform)


main(*sys.argv[1:])
