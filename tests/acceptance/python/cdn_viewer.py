"""Viewers of a distribution, and clients of its API that come without it: python3 cdn_viewer.py CONFIGURATION STEP. Ends with 0 when all is as
it should be.

The step "keys" prints a key pair in PEM as JSON. "use" asks for files, assets and the API; CONFIGURATION has then: endpoint (of the local
cloud), domain (CloudFront's), key_id, private (PEM), api (id), bucket, replica, values (of the origin header: the new one and the one before).
"disable" turns a distribution off by its id (distribution), so that it can be deleted.
"""

import base64
import http.client
import json
import sys
import time
import urllib.parse

import boto3
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

ALIAS = "learn.example.com"


def keys():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return {"private": private.decode(), "public": public.decode()}


def safe(data):
    return base64.b64encode(data).decode().replace("+", "-").replace("=", "_").replace("/", "~")


class Viewer:
    def __init__(self, configuration):
        self.configuration = configuration
        self.address = urllib.parse.urlparse(configuration["endpoint"]).netloc

    def ask(self, path, host=ALIAS, method="GET", scheme="https", country="DE", body=None, **headers):
        """Status, headers in lower case, and body."""
        connection = http.client.HTTPConnection(self.address, timeout=60)
        # TLS ends before the local cloud, as at an edge.
        headers = {"Host": host, "X-Forwarded-Proto": scheme, "x-lectern-viewer-country": country, **headers}
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, content

    def sign(self, policy, private=None):
        key = serialization.load_pem_private_key((private or self.configuration["private"]).encode(), None)
        return safe(key.sign(policy.encode(), padding.PKCS1v15(), hashes.SHA256()))

    def link(self, path, expires=None, host=ALIAS, private=None, key_id=None):
        """A signed URL with a canned policy, as download-api makes it."""
        expires = int(time.time()) + 300 if expires is None else expires
        policy = f'{{"Statement":[{{"Resource":"https://{host}{path}","Condition":{{"DateLessThan":{{"AWS:EpochTime":{expires}}}}}}}]}}'
        mark = "&" if "?" in path else "?"
        key_id = key_id or self.configuration["key_id"]
        return f"{path}{mark}Expires={expires}&Signature={self.sign(policy, private)}&Key-Pair-Id={key_id}&Hash-Algorithm=SHA256"

    def cookies(self, resource):
        until = int(time.time()) + 300
        policy = json.dumps({"Statement": [{"Resource": resource, "Condition": {"DateLessThan": {"AWS:EpochTime": until}}}]})
        own = {"Policy": safe(policy.encode()), "Signature": self.sign(policy), "Key-Pair-Id": self.configuration["key_id"], "Hash-Algorithm": "SHA256"}
        return "; ".join(f"CloudFront-{name}={value}" for name, value in own.items())

    def client(self, method="GET", path="/v1/profile", **headers):
        """Of the API, by the address that API Gateway gives it."""
        return self.ask(path, f"{self.configuration['api']}.execute-api.localhost", method, **headers)


def expect(name, answer, status, code=None):
    got, headers, body = answer
    assert got == status and (code is None or code.encode() in body), f"{name}: {got} {headers} {body[:500]}"
    return headers, body


def files(viewer, first):
    expect("unsigned", viewer.ask("/files/a"), 403, "MissingKey")
    expect("over http", viewer.ask(viewer.link("/files/a"), scheme="http"), 403, "HTTPS")
    headers, body = expect("signed", viewer.ask(viewer.link("/files/a")), 200)
    assert body == b"second", body
    assert headers["cache-control"] == "private, no-store" and "sandbox" in headers["content-security-policy"], headers
    assert not [name for name in headers if name.startswith("x-amz-server-side-encryption") or name == "x-amz-version-id"], headers
    query = urllib.parse.urlencode({"response-content-disposition": 'attachment; filename="a.txt"', "versionId": first})
    headers, body = expect("a version", viewer.ask(viewer.link(f"/files/a?{query}")), 200)
    assert (body, headers["content-disposition"]) == (b"first", 'attachment; filename="a.txt"'), (body, headers)
    of_cloudfront = viewer.configuration["domain"]
    expect("CloudFront's own name", viewer.ask(viewer.link("/files/a", host=of_cloudfront), of_cloudfront), 200)
    expect("cookies", viewer.ask("/files/a", Cookie=viewer.cookies(f"https://{ALIAS}/files/*")), 200)
    expect("cookies for others", viewer.ask("/files/a", Cookie=viewer.cookies(f"https://{ALIAS}/files/b*")), 403, "AccessDenied")
    expect("expired", viewer.ask(viewer.link("/files/a", int(time.time()) - 1)), 403, "AccessDenied")
    expect("of another file", viewer.ask(viewer.link("/files/a").replace("/files/a", "/files/b")), 403, "AccessDenied")
    expect("of another version", viewer.ask(viewer.link(f"/files/a?{query}").replace(first, "another")), 403, "AccessDenied")
    expect("of another host", viewer.ask(viewer.link("/files/a", host="elsewhere.example.com")), 403, "AccessDenied")
    expect("by another key", viewer.ask(viewer.link("/files/a", private=keys()["private"])), 403, "AccessDenied")
    expect("by a key that nobody knows", viewer.ask(viewer.link("/files/a", key_id="K0UNKNOWN")), 403, "InvalidKey")
    expect("written", viewer.ask(viewer.link("/files/a"), method="PUT", body=b"x"), 403)
    # The replica has it: a key that does not exist is an answer of the first region's bucket, and no failure.
    expect("missing", viewer.ask(viewer.link("/files/replica-only")), 403, "AccessDenied")


def assets(viewer):
    for path in ("/", "/index.html"):
        headers, body = expect(path, viewer.ask(path), 200)
        assert body == b"<!doctype html>", body
        assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains", headers
        assert headers["x-content-type-options"] == "nosniff" and headers["x-frame-options"] == "DENY", headers
    headers, _ = expect("over http", viewer.ask("/", scheme="http"), 301)
    assert headers["location"] == f"https://{ALIAS}/", headers
    # Neither the files nor what else is in the bucket.
    expect("beside the assets", viewer.ask("/secret.txt"), 403)
    expect("out of the assets", viewer.ask("/../files/a"), 403)


def countries(viewer):
    for path in ("/", viewer.link("/files/a"), "/v1/profile"):
        expect(f"{path} from France", viewer.ask(path, country="FR"), 403, "your country")


def api(viewer):
    new, before = viewer.configuration["values"]
    forbidden, unknown = "urn:lectern:problem:forbidden", "urn:lectern:problem:unauthenticated"
    expect("no header", viewer.client(), 403, forbidden)
    expect("a preflight without it", viewer.client("OPTIONS"), 403, forbidden)
    expect("another value", viewer.client(**{"x-origin-verify": "0" * 32}), 403, forbidden)
    expect("a part of the value", viewer.client(**{"x-origin-verify": new[:-1]}), 403, forbidden)
    expect("both values in one", viewer.client(**{"x-origin-verify": f"{new}{before}"}), 403, forbidden)
    for value in (new, before):
        expect("a value", viewer.client(**{"x-origin-verify": value}), 401, unknown)
    expect("through the distribution", viewer.ask("/v1/profile"), 401, unknown)
    expect("a header that the client made up", viewer.ask("/v1/profile", **{"x-origin-verify": "mine"}), 401, unknown)
    headers, _ = expect("a preflight through it", viewer.ask("/v1/profile", method="OPTIONS", Origin="https://learn.example.com"), 200)
    assert headers["access-control-allow-origin"] == "https://learn.example.com", headers
    assert headers["strict-transport-security"] and headers["cache-control"] == "no-store", headers
    expect("over http", viewer.ask("/v1/profile", scheme="http"), 403, "HTTPS")
    expect("a body as large as the API takes", viewer.ask("/v1/profile", method="POST", body=b"x" * 65536), 401, unknown)
    expect("a larger one", viewer.ask("/v1/profile", method="POST", body=b"x" * 65537), 403, "Request blocked")


def use(configuration):
    viewer = Viewer(configuration)
    s3 = boto3.client("s3", endpoint_url=configuration["endpoint"])
    put = lambda bucket, key, body: s3.put_object(Bucket=configuration[bucket], Key=key, Body=body)
    first = put("bucket", "files/a", b"first")["VersionId"]
    put("bucket", "files/a", b"second")
    put("bucket", "files/b", b"of another file")
    put("bucket", "secret.txt", b"no asset")
    put("bucket", "site/index.html", b"<!doctype html>")
    put("replica", "files/replica-only", b"of the replica")
    files(viewer, first)
    assets(viewer)
    countries(viewer)
    api(viewer)
    return {}


def disable(configuration):
    cloudfront = boto3.client("cloudfront", endpoint_url=configuration["endpoint"])
    found = cloudfront.get_distribution_config(Id=configuration["distribution"])
    found["DistributionConfig"]["Enabled"] = False
    cloudfront.update_distribution(Id=configuration["distribution"], IfMatch=found["ETag"], DistributionConfig=found["DistributionConfig"])
    return {}


def main():
    configuration, step = sys.argv[1:]
    print(json.dumps({"keys": lambda _: keys(), "use": use, "disable": disable}[step](json.loads(configuration))))


main()
