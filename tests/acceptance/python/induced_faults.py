"""Faults in examples/education-platform, and the alarms that they raise: python3 induced_faults.py CONFIGURATION

CONFIGURATION is JSON: endpoint (AWS), cloudwatch (its endpoint), domain (of the distribution), verify (header and value of the origin), users
(user_pool_id and client_id of the secondary Region), regions (primary, secondary), api and files (id and stage, and bucket, of the
secondary Region), and until (a file; when it exists, the secondary Region's MongoDB does not answer).

Prints {"baseline": seconds, "minutes"} when the alarms have stayed quiet through some minutes without a fault, and a dump has failed; the caller then
takes the MongoDB away and makes the file. Prints {"alarm", "fault", "seconds"} for each alarm that is raised, and ends when all are. A minute of the alarms is some
seconds here: the clock of the CloudWatch emulator is moved on.
"""

import concurrent.futures
import http.client
import json
import os
import sys
import threading
import time
import urllib.parse
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

PASSWORD = "correct-Horse-7-battery"
NAME = "fault@example.com"
# An alarm is raised when all of five minutes are bad.
QUIET_MINUTES = 6
MINUTE_SECONDS = 2.5
PATIENCE_SECONDS = 180

GLOBAL = "us-east-1"

# By alarm: its Region, and the fault that raises it.
EXPECTED = {
    "edu/lambda/dump/errors/critical": ("secondary", "the role of the dumps may not write objects"),
    "edu/mongo_dump/main/failures/critical": ("secondary", "the role of the dumps may not write objects"),
    "edu/upload_janitor/files/failures/warning": ("secondary", "MongoDB does not answer"),
    "edu/api_gateway/main/error_rate_5xx/critical": ("secondary", "MongoDB does not answer"),
    "edu/cognito/web/sign_in_failures/critical": ("secondary", "somebody guesses passwords"),
    "edu/s3/files/errors_4xx/warning": ("secondary", "a client reads objects that are not there"),
    "edu/flow_logs/vpc/public_addresses/critical": ("secondary", "a flow to a public address"),
    "edu-global/cloudfront/site/error_rate_4xx/critical": ("global", "viewers call the API without a token"),
    "edu/cognito_export/main/failures/warning": ("primary", "the export's role may not list users"),
}


class Platform:
    def __init__(self, configuration):
        self.configuration = configuration
        self.regions = {**configuration["regions"], "global": GLOBAL}
        self.stopped = threading.Event()
        self.address = urllib.parse.urlparse(configuration["endpoint"]).netloc

    def client(self, service, place, **named):
        endpoint = self.configuration["cloudwatch" if service == "cloudwatch" else "endpoint"]
        return boto3.client(service, endpoint_url=endpoint, region_name=self.regions[place], **named)

    def advance(self):
        body = json.dumps({"advance_seconds": 60}).encode()
        urllib.request.urlopen(f"{self.configuration['cloudwatch']}/_emulator/clock", data=body).close()

    def raised(self):
        found = set()
        for place in self.regions:
            names = [name for name, (where, _) in EXPECTED.items() if where == place]
            alarms = self.client("cloudwatch", place).describe_alarms(AlarmNames=names)["MetricAlarms"]
            if missing := set(names) - {alarm["AlarmName"] for alarm in alarms}:
                sys.exit(f"there is no alarm {sorted(missing)} in {self.regions[place]}")
            found |= {alarm["AlarmName"] for alarm in alarms if alarm["StateValue"] == "ALARM"}
        return found

    def schedule(self, place, ending):
        scheduler = self.client("scheduler", place)
        (name,) = [one["Name"] for one in scheduler.list_schedules()["Schedules"] if one["Name"].endswith(ending)]
        return scheduler.get_schedule(Name=name)

    def run_schedule(self, place, ending, kind="Event"):
        """Invokes what a schedule starts, with its input."""
        schedule = self.schedule(place, ending)
        text = schedule["Target"].get("Input", "{}")
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        for attribute, value in (("schedule-arn", schedule["Arn"]), ("scheduled-time", now), ("execution-id", "by-hand"), ("attempt-number", "1")):
            text = text.replace(f"<aws.scheduler.{attribute}>", value)
        self.client("lambda", place, config=Config(read_timeout=60)).invoke(FunctionName=schedule["Target"]["Arn"], Payload=text, InvocationType=kind)

    def ask(self, host, path, **headers):
        # Not the address of the users, who would share its limit of requests.
        connection = http.client.HTTPConnection(self.address, timeout=30, source_address=("127.0.0.2", 0))
        try:
            connection.request("GET", path, headers={"Host": host, "X-Forwarded-Proto": "https", **headers})
            answer = connection.getresponse()
            answer.read()
            return answer.status
        except OSError:
            return 0
        finally:
            connection.close()

    # What is repeated until all alarms are raised.

    def without_token(self):
        self.ask(self.configuration["domain"], "/v1/profile", **{"x-lectern-viewer-country": "DE"})
        time.sleep(0.1)

    def guess(self):
        client = self.client("cognito-idp", "secondary")
        parameters = {"USERNAME": NAME, "PASSWORD": "a-wrong-Guess-1"}
        try:
            client.initiate_auth(AuthFlow="USER_PASSWORD_AUTH", ClientId=self.configuration["users"]["client_id"], AuthParameters=parameters)
        except ClientError:
            time.sleep(0.1)

    def with_token(self, token):
        api, verify = self.configuration["api"], self.configuration["verify"]
        # The local cloud's name of an API; on AWS it is `host`.
        return self.ask(f"{api['id']}.execute-api.localhost", f"/{api['stage']}/profile", Authorization=token, **{verify["name"]: verify["value"]})

    # What is done once.

    def sign_in(self):
        users = self.configuration["users"]
        client = self.client("cognito-idp", "secondary")
        name = {"UserPoolId": users["user_pool_id"], "Username": NAME}
        client.admin_create_user(**name, UserAttributes=[{"Name": "email", "Value": NAME}, {"Name": "email_verified", "Value": "true"}], MessageAction="SUPPRESS")
        client.admin_set_user_password(**name, Password=PASSWORD, Permanent=True)
        parameters = {"USERNAME": NAME, "PASSWORD": PASSWORD}
        answer = client.initiate_auth(AuthFlow="USER_PASSWORD_AUTH", ClientId=users["client_id"], AuthParameters=parameters)
        return answer["AuthenticationResult"]["IdToken"]

    def sign_off(self):
        name = {"UserPoolId": self.configuration["users"]["user_pool_id"], "Username": NAME}
        self.client("cognito-idp", "secondary").admin_delete_user(**name)

    def run_without(self, action, place, ending):
        """Runs a schedule while a role may not do something: that of its input, or else that of its function."""
        target = self.schedule(place, ending)["Target"]
        arn = json.loads(target.get("Input", "{}")).get("role_arn")
        arn = arn or self.client("lambda", place).get_function_configuration(FunctionName=target["Arn"])["Role"]
        role = {"RoleName": arn.rpartition("/")[2], "PolicyName": "fault"}
        iam = self.client("iam", "global")
        deny = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": action, "Resource": "*"}]}
        iam.put_role_policy(**role, PolicyDocument=json.dumps(deny))
        try:
            self.run_schedule(place, ending, "RequestResponse")
        finally:
            iam.delete_role_policy(**role)

    def read_what_is_not_there(self):
        client = self.client("s3", "secondary", config=Config(max_pool_connections=8, s3={"addressing_style": "path"}))

        def read(number):
            try:
                client.get_object(Bucket=self.configuration["files"], Key=f"files/{number}")
            except ClientError:
                pass

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(read, range(120)))

    def log_a_flow(self):
        (log,) = self.client("ec2", "secondary").describe_flow_logs()["FlowLogs"]
        now = int(time.time())
        fields = {
            "version": "5", "account-id": "000000000000", "interface-id": "eni-0a1b2c3d4e5f60718", "srcaddr": "10.43.0.10", "dstaddr": "203.0.113.7",
            "pkt-srcaddr": "10.43.0.10", "pkt-dstaddr": "203.0.113.7", "srcport": "44321", "dstport": "443", "protocol": "6", "packets": "10",
            "bytes": "840", "start": str(now - 60), "end": str(now), "action": "ACCEPT", "log-status": "OK",
        }
        names = [name.strip("${}") for name in log["LogFormat"].split()]
        line = " ".join(fields.get(name, "-") for name in names)
        # ARN of the log group, or its name.
        group = log.get("LogGroupName") or log["LogDestination"].split(":log-group:")[-1].removesuffix(":*")
        place = {"logGroupName": group, "logStreamName": "eni-0a1b2c3d4e5f60718-all"}
        logs = self.client("logs", "secondary")
        logs.create_log_stream(**place)
        logs.put_log_events(**place, logEvents=[{"timestamp": now * 1000, "message": line}])


def main(configuration):
    configuration = json.loads(configuration)
    platform = Platform(configuration)
    started = time.monotonic()
    token = platform.sign_in()
    if (status := platform.with_token(token)) != 200:
        sys.exit(f"the API of the secondary Region answers {status}")
    for _ in range(QUIET_MINUTES):
        platform.advance()
        platform.with_token(token)
        time.sleep(1)
    if raised := platform.raised():
        sys.exit(f"in ALARM without a fault: {sorted(raised)}")
    quiet = round(time.monotonic() - started, 1)
    started = time.monotonic()
    # A dump reads first, so MongoDB still answers.
    platform.run_without("s3:PutObject", "secondary", "MongoDBDumpEvery6Hours")
    print(json.dumps({"baseline": quiet, "minutes": QUIET_MINUTES}), flush=True)
    while not os.path.exists(configuration["until"]):
        time.sleep(0.05)

    def over_and_over(act, *arguments):
        while not platform.stopped.is_set():
            try:
                act(*arguments)
            except Exception as error:
                print(f"{act.__name__}: {error!r}", file=sys.stderr)
                time.sleep(0.5)

    acts = [(platform.without_token,), (platform.without_token,), (platform.guess,), (platform.guess,)]
    # A minute with fewer than 20 requests raises no alarm.
    acts += [(platform.with_token, token)] * 16
    threads = [threading.Thread(target=over_and_over, args=act, daemon=True) for act in acts]
    for thread in threads:
        thread.start()
    platform.run_schedule("secondary", "upload-janitor")
    platform.log_a_flow()
    platform.run_without("cognito-idp:List*", "primary", "cognito-export")
    told = set()
    while len(told) < len(EXPECTED):
        if "edu/s3/files/errors_4xx/warning" not in told:
            platform.read_what_is_not_there()
        time.sleep(MINUTE_SECONDS)
        seconds = round(time.monotonic() - started, 1)
        for name in sorted(platform.raised() - told):
            print(json.dumps({"alarm": name, "fault": EXPECTED[name][1], "seconds": seconds}), flush=True)
            told.add(name)
        if seconds > PATIENCE_SECONDS:
            sys.exit(f"no alarm after {seconds} s: {sorted(set(EXPECTED) - told)}")
        platform.advance()
    platform.stopped.set()
    for thread in threads:
        thread.join(30)
    platform.sign_off()


main(*sys.argv[1:])
