"""Users of examples/education-platform on a game day: python3 game_day_users.py CONFIGURATION STEP.

CONFIGURATION is JSON: endpoint (of the local cloud), domain (of the distribution), and users: for each Region, first the primary, region,
user_pool_id and client_id; count, how many users.
"keys" prints a key pair in PEM. "override" sets the write path: parameter, value. "second-factor" makes an administrator with one. "sign-up" makes the users in the first pool, one of them an administrator, and prints their subjects.
"use" lets them work until stdin ends: each request is a line on stdout, {"at", "kind", "ok", "status", "place"}, and what was acknowledged
has "wrote" too.

They know of the platform no more than an app does. Where a Region does not answer they try the pool of the other one, and where their
password is not known there they reset it by a code. The code is the local cloud's for everybody; on AWS it is sent to a verified address.
"""

import base64
import hashlib
import hmac
import http.client
import json
import sys
import threading
import time
import urllib.parse
import uuid

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

PASSWORD = "correct-Horse-7-battery"
RESET_CODE = "654321"
QUICK = Config(connect_timeout=2, read_timeout=10, retries={"total_max_attempts": 1})


def keys():
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return {"private": private.decode(), "public": public.decode()}


class Platform:
    def __init__(self, configuration):
        self.configuration = configuration
        self.address = urllib.parse.urlparse(configuration["endpoint"]).netloc
        self.pools = [
            {**pool, "client": boto3.client("cognito-idp", endpoint_url=configuration["endpoint"], region_name=pool["region"], config=QUICK)}
            for pool in configuration.get("users", [])
        ]

    def ask(self, method, path, body=None, token=None, **headers):
        """A request to the distribution: status, headers in lower case, and body. 0 where nobody answers."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers.update({"Host": self.configuration["domain"], "X-Forwarded-Proto": "https", "x-lectern-viewer-country": "DE"})
        if token:
            headers["Authorization"] = token
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
            body = json.dumps(body)
        connection = http.client.HTTPConnection(self.address, timeout=15)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        except OSError:
            return 0, {}, b""
        finally:
            connection.close()

    def sign_up(self):
        pool = self.pools[0]
        subjects = {}
        for number in range(self.configuration["count"]):
            name = {"UserPoolId": pool["user_pool_id"], "Username": f"user-{number}@example.com"}
            attributes = [{"Name": "email", "Value": name["Username"]}, {"Name": "email_verified", "Value": "true"}]
            user = pool["client"].admin_create_user(**name, UserAttributes=attributes, MessageAction="SUPPRESS")["User"]
            pool["client"].admin_set_user_password(**name, Password=PASSWORD, Permanent=True)
            if number == 0:
                pool["client"].admin_add_user_to_group(**name, GroupName="admin")
            subjects[name["Username"]] = next(one["Value"] for one in user["Attributes"] if one["Name"] == "sub")
        return subjects


def code_of(secret):
    """A code of an authenticator app (RFC 6238)."""
    counter = int(time.time() // 30).to_bytes(8, "big")
    mac = hmac.new(base64.b32decode(secret + "=" * (-len(secret) % 8)), counter, hashlib.sha1).digest()
    at = mac[19] & 15
    return f"{(int.from_bytes(mac[at : at + 4], 'big') & 0x7FFFFFFF) % 1000000:06}"


def second_factor(configuration):
    """Makes an administrator with an authenticator app, and tells how to sign in."""
    pool = Platform(configuration).pools[0]
    client, name = pool["client"], {"UserPoolId": pool["user_pool_id"], "Username": "page@example.com"}
    attributes = [{"Name": "email", "Value": name["Username"]}, {"Name": "email_verified", "Value": "true"}]
    client.admin_create_user(**name, UserAttributes=attributes, MessageAction="SUPPRESS")
    client.admin_set_user_password(**name, Password=PASSWORD, Permanent=True)
    client.admin_add_user_to_group(**name, GroupName="admin")
    parameters = {"USERNAME": name["Username"], "PASSWORD": PASSWORD}
    answer = client.initiate_auth(AuthFlow="USER_PASSWORD_AUTH", ClientId=pool["client_id"], AuthParameters=parameters)
    token = answer["AuthenticationResult"]["AccessToken"]
    secret = client.associate_software_token(AccessToken=token)["SecretCode"]
    client.verify_software_token(AccessToken=token, UserCode=code_of(secret))
    client.set_user_mfa_preference(AccessToken=token, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True})
    return {"email": name["Username"], "password": PASSWORD, "secret": secret}


class User:
    """One who keeps a token, and signs in again where it is not taken."""

    def __init__(self, platform, number):
        self.platform, self.name = platform, f"user-{number}@example.com"
        self.token, self.place, self.etag, self.link, self.count = None, 0, None, None, 0

    def tell(self, kind, ok, status, **more):
        line = {"at": time.time(), "kind": kind, "ok": ok, "status": status, "user": self.name, "place": self.place, **more}
        print(json.dumps(line), flush=True)

    def sign_in(self):
        """Tries the pool of the place, and then the other one; whether it has a token."""
        for place in (self.place, 1 - self.place):
            pool = self.platform.pools[place]
            try:
                self.token = self.ask_for_token(pool)
            except ClientError as error:
                code = error.response["Error"]["Code"]
                self.tell("sign-in", False, error.response["ResponseMetadata"]["HTTPStatusCode"], code=code, pool=pool["region"])
                # Known there, but not with this password: as after an import.
                if code in ("NotAuthorizedException", "PasswordResetRequiredException") and place == 1:
                    self.reset_password(pool)
                continue
            except Exception as error:
                self.tell("sign-in", False, 0, code=type(error).__name__, pool=pool["region"])
                continue
            self.place = place
            self.tell("sign-in", True, 200, pool=pool["region"])
            return True
        # As long as somebody waits before the next try.
        time.sleep(1)
        return False

    def ask_for_token(self, pool):
        parameters = {"USERNAME": self.name, "PASSWORD": PASSWORD}
        answer = pool["client"].initiate_auth(AuthFlow="USER_PASSWORD_AUTH", ClientId=pool["client_id"], AuthParameters=parameters)
        return answer["AuthenticationResult"]["IdToken"]

    def reset_password(self, pool):
        client = {"ClientId": pool["client_id"], "Username": self.name}
        try:
            pool["client"].forgot_password(**client)
            pool["client"].confirm_forgot_password(**client, ConfirmationCode=RESET_CODE, Password=PASSWORD)
            self.tell("password-reset", True, 200, pool=pool["region"])
        except Exception as error:
            self.tell("password-reset", False, 0, code=type(error).__name__, pool=pool["region"])

    def call(self, kind, method, path, body=None, wanted=(200,), **headers):
        """A request to the API with the token; None where it did not do what it should."""
        if self.token is None and not self.sign_in():
            return None
        status, answered, content = self.platform.ask(method, path, body, self.token, **headers)
        if status not in wanted:
            self.tell(kind, False, status)
            # 401: a token of the other Region's pool.
            if status == 401:
                self.token, self.etag = None, None
            return None
        return answered, json.loads(content) if content else None

    def change_profile(self):
        if self.etag is None:
            answer = self.call("profile", "GET", "/v1/profile")
            if answer is None:
                return
            self.etag = answer[0]["etag"]
        self.count += 1
        name = f"Name {self.count} of {self.name.partition('@')[0]}"
        merge = {"Content_Type": "application/merge-patch+json", "If_Match": self.etag}
        answer = self.call("profile", "PATCH", "/v1/profile", {"name": name}, (200, 412), **merge)
        if answer is None:
            return
        if answer[1].get("name") != name:
            self.etag = None
            return self.tell("profile", False, 412)
        self.etag = answer[0]["etag"]
        self.tell("profile", True, 200, wrote={"kind": "profile", "name": name})

    def upload(self):
        content = f"%PDF-1.7 {uuid.uuid4()}".encode()
        announced = {
            "name": f"notes-{uuid.uuid4()}.pdf", "size": len(content), "content_type": "application/pdf",
            "sha256": base64.b64encode(hashlib.sha256(content).digest()).decode(), "course": "algebra", "visibility": "everyone",
        }
        answer = self.call("upload", "POST", "/v1/files", announced, (200, 201))
        if answer is None:
            return
        ticket = answer[1]
        status = post_form(ticket["upload"], content)
        if status not in (200, 201, 204):
            return self.tell("upload", False, status)
        if self.call("upload", "POST", f"/v1/files/{ticket['file']['id']}/complete") is not None:
            self.tell("upload", True, 200, wrote={"kind": "file", "id": ticket["file"]["id"], "name": announced["name"], "sha256": announced["sha256"]})

    def download(self):
        """By a signed URL, which is asked for again when it is used up; the list of files says which there are."""
        if self.link is None or self.link["until"] < time.time():
            answer = self.call("link", "GET", "/v1/files?limit=1")
            files = (answer or (None, {"files": []}))[1]["files"]
            if not files:
                return
            answer = self.call("link", "GET", f"/v1/files/{files[0]['id']}")
            if answer is None:
                return
            self.link = {"url": urllib.parse.urlparse(answer[1]["url"]), "until": time.time() + 200}
            self.tell("link", True, 200)
        url = self.link["url"]
        status, _, content = self.platform.ask("GET", f"{url.path}?{url.query}")
        self.tell("download", status == 200 and content.startswith(b"%PDF-1.7 "), status)

    def open_page(self):
        status, _, content = self.platform.ask("GET", "/")
        self.tell("page", status == 200 and b"<!doctype html>" in content, status)


def post_form(upload, content):
    boundary = "----a-boundary-that-no-file-has"
    form = b""
    for name, value in upload["fields"].items():
        form += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    form += f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'.encode()
    form += content + f"\r\n--{boundary}--\r\n".encode()
    target = urllib.parse.urlparse(upload["url"])
    connection = http.client.HTTPConnection(target.netloc, timeout=15)
    try:
        connection.request("POST", target.path, form, {"Content-Type": f"multipart/form-data; boundary={boundary}"})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except OSError:
        return 0
    finally:
        connection.close()


def use(configuration):
    platform = Platform(configuration)
    ended = threading.Event()

    def work(number):
        user = User(platform, number)
        # The first is the administrator.
        steps = [user.upload, user.change_profile] if number == 0 else [user.change_profile, user.download, user.open_page]
        while not ended.is_set():
            for step in steps:
                try:
                    step()
                except Exception as error:
                    user.tell("error", False, 0, code=repr(error))
                ended.wait(0.4)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(configuration["count"])]
    for thread in threads:
        thread.start()
    sys.stdin.read()
    ended.set()
    for thread in threads:
        thread.join()


def override(configuration):
    """Sets the write path, as the README of origin-failover says."""
    ssm = boto3.client("ssm", endpoint_url=configuration["endpoint"], region_name="us-east-1")
    ssm.put_parameter(Name=configuration["parameter"], Value=configuration["value"], Overwrite=True)
    return {}


def main():
    configuration, step = sys.argv[1:]
    configuration = json.loads(configuration)
    if step == "use":
        return use(configuration)
    steps = {"keys": keys, "sign-up": lambda: Platform(configuration).sign_up(), "override": lambda: override(configuration), "second-factor": lambda: second_factor(configuration)}
    print(json.dumps(steps[step]()))


main()
