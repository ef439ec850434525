"""What CloudFront and WAF do with a request, where ministack lacks it: host names of a distribution, countries, key groups, origin groups,
versions of objects, API Gateway as an origin, and web ACLs in front of distributions and of stages.

By the CloudFront Developer Guide ("Restrict content with signed URLs and signed cookies", "Optimize high availability with CloudFront origin
failover", "Restrict the geographic distribution of your content") and the WAF Developer Guide ("Rule statements"). Nothing is cached.

Here nobody knows where an address is: the header `x-lectern-viewer-country` says the country of a request. Without it the country is not
known, and CloudFront serves what it cannot place.
"""

import base64
import binascii
import collections
import ipaddress
import json
import re
import time

EXECUTE_API = re.compile(r"^[a-z0-9]+\.execute-api\.[a-z0-9-]+\.amazonaws\.com$")
COUNTRY = "x-lectern-viewer-country"
# Parameters that are CloudFront's own and reach no origin, and the names that cookies have for them.
SIGNED = ("Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm")


class Refused(Exception):
    """A request without a signature that counts: the code and message of CloudFront's answer."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code, self.message = code, message


def install(replaced):
    """`replaced(module, name)` is a decorator that wraps module.name and passes it the original first."""
    from ministack import app
    from ministack.services import apigateway_v1, cloudfront, s3, waf

    serve_aliases(replaced, app, cloudfront)
    read_more_of_the_configuration(replaced, cloudfront)
    guard_distributions(replaced, cloudfront, waf)
    fetch_from_all_origins(replaced, app, cloudfront, s3)
    guard_stages(replaced, apigateway_v1, waf)
    keep_web_acls_whole(replaced, waf)
    log_web_acls(replaced, waf)


def serve_aliases(replaced, app, cloudfront):
    @replaced(app, "_parse_cloudfront_dataplane_host")
    def label(original, host):
        if found := original(host):
            return found
        name = host.split(":")[0].lower()
        wildcard = "*." + name.partition(".")[2]
        for distribution in cloudfront._distributions.values():
            if {name, wildcard} & set(cloudfront._get_distribution_aliases(distribution)):
                return distribution["DomainName"].partition(".")[0]
        return None


def items(cloudfront, element, *path):
    for name in path:
        element = element if element is None else cloudfront._find(element, name)
    return [] if element is None else list(element)


def read_more_of_the_configuration(replaced, cloudfront):
    """Key groups of a behaviour; origin groups, as origins with members; the countries; the web ACL."""

    @replaced(cloudfront, "_dataplane_behavior")
    def behavior(original, element, path_pattern=None):
        groups = items(cloudfront, element, "TrustedKeyGroups", "Items")
        return {**original(element, path_pattern), "key_groups": [group.text for group in groups]}

    @replaced(cloudfront, "parse_distribution_dataplane_config")
    def parse(original, distribution):
        parsed = original(distribution)
        config = cloudfront._dist_config_el(distribution)
        for group in items(cloudfront, config, "OriginGroups", "Items"):
            members = [cloudfront._text(member, "OriginId") for member in items(cloudfront, group, "Members", "Items")]
            codes = items(cloudfront, group, "FailoverCriteria", "StatusCodes", "Items")
            parsed["origins"][cloudfront._text(group, "Id")] = {
                "domain_name": cloudfront._text(group, "Id"),
                "members": [parsed["origins"][member] for member in members],
                "codes": {int(code.text) for code in codes},
            }
        geo = {}
        for element in items(cloudfront, config, "Restrictions", "GeoRestriction"):
            geo[cloudfront._local_tag_name(element)] = element
        countries = {location.text for location in items(cloudfront, geo.get("Items"))}
        parsed["geo"] = (geo["RestrictionType"].text if geo else "none", countries)
        parsed["web_acl"] = cloudfront._text(config, "WebACLId")
        return parsed


def guard_distributions(replaced, cloudfront, waf):
    """In this order: the web ACL, the country, HTTPS, the signature."""

    @replaced(cloudfront, "handle_viewer_request")
    async def handle(original, distribution, method, path, raw_uri, raw_query, headers, body, query_params, client_ip="127.0.0.1"):
        parsed = cloudfront.parse_distribution_dataplane_config(distribution)
        blocked = by_web_acl(waf, parsed["web_acl"], request_of(method, path, raw_query, headers, body, client_ip))
        if blocked is not None:
            status, extra = blocked
            answer = cloudfront._cf_error_response(status, "Request blocked.", cloudfront._ERROR_X_CACHE)
            return answer[0], {**answer[1], **extra}, answer[2]
        kind, countries = parsed["geo"]
        country = headers.get(COUNTRY)
        if country and kind != "none" and (country in countries) != (kind == "whitelist"):
            explanation = "The Amazon CloudFront distribution is configured to block access from your country."
            return cloudfront._cf_error_response(403, explanation, cloudfront._ERROR_X_CACHE)
        behavior = cloudfront._match_behavior(parsed, path)
        is_https = headers.get("x-forwarded-proto", "http") == "https"
        if behavior and behavior["key_groups"] and (is_https or behavior["viewer_protocol_policy"] == "allow-all"):
            keys = {
                key: cloudfront._public_keys[key]["Config"]["EncodedKey"]
                for group in behavior["key_groups"] if group in cloudfront._key_groups
                for key in cloudfront._key_groups[group]["Config"]["Items"]
            }
            cookies = {name: field["value"] for name, field in cloudfront._event_cookies_from_header(headers.get("cookie", "")).items()}
            scheme = "https" if is_https else "http"
            url = f"{scheme}://{headers.get('host', '').partition(':')[0]}{raw_uri}"
            try:
                raw_query = check_signature(url, raw_query, cookies, keys, client_ip, time.time())
            except Refused as refused:
                xml = f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>{refused.code}</Code><Message>{refused.message}</Message></Error>'
                status, answered, _ = cloudfront._cf_error_response(403, "", cloudfront._ERROR_X_CACHE)
                return status, {**answered, "Content-Type": "text/xml"}, xml.encode()
            query_params = {name: values for name, values in query_params.items() if name not in SIGNED}
        return await original(distribution, method, path, raw_uri, raw_query, headers, body, query_params, client_ip)


def check_signature(url, raw_query, cookies, keys, client_ip, now):
    """The query string without CloudFront's own parameters, if the URL or its cookies are signed by one of `keys` (PEM by id)."""
    from urllib.parse import unquote_plus

    pairs = [pair for pair in raw_query.split("&") if pair]
    own = {pair.partition("=")[0]: unquote_plus(pair.partition("=")[2]) for pair in pairs if pair.partition("=")[0] in SIGNED}
    rest = "&".join(pair for pair in pairs if pair.partition("=")[0] not in SIGNED)
    if not own:
        own = {name: cookies[f"CloudFront-{name}"] for name in SIGNED if f"CloudFront-{name}" in cookies}
    if not own.get("Key-Pair-Id"):
        raise Refused("MissingKey", "Missing Key-Pair-Id query parameter or cookie value")
    if own["Key-Pair-Id"] not in keys:
        raise Refused("InvalidKey", "Unknown Key")
    resource = url + (f"?{rest}" if rest else "")
    if "Policy" in own:
        policy = decoded("Policy", own["Policy"])
    elif own.get("Expires", "").isdigit():
        # A canned policy is not sent: CloudFront makes the same text of the URL and the time.
        condition = f'{{"DateLessThan":{{"AWS:EpochTime":{own["Expires"]}}}}}'
        policy = f'{{"Statement":[{{"Resource":"{resource}","Condition":{condition}}}]}}'.encode()
    else:
        raise Refused("MissingExpires", "Missing Expires query parameter or cookie value")
    if not is_signed(policy, decoded("Signature", own.get("Signature", "")), keys[own["Key-Pair-Id"]], own.get("Hash-Algorithm", "SHA1")):
        raise Refused("AccessDenied", "Access denied")
    if not allows(policy, resource, client_ip, now):
        raise Refused("AccessDenied", "Access denied")
    return rest


def decoded(name, text):
    try:
        return base64.b64decode(text.replace("-", "+").replace("_", "=").replace("~", "/"), validate=True)
    except binascii.Error:
        raise Refused(f"Malformed{name}", f"Could not unencode {name}") from None


def is_signed(policy, signature, pem, algorithm):
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

    digests = {"SHA1": hashes.SHA1, "SHA256": hashes.SHA256}
    if algorithm not in digests:
        return False
    key = serialization.load_pem_public_key(pem.encode())
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, policy, padding.PKCS1v15(), digests[algorithm]())
        else:
            key.verify(signature, policy, ec.ECDSA(digests[algorithm]()))
    except InvalidSignature:
        return False
    return True


def allows(policy, resource, client_ip, now):
    """Whether a policy's one statement is about this URL, address and time."""
    try:
        (statement,) = json.loads(policy)["Statement"]
        condition = statement["Condition"]
        until = condition["DateLessThan"]["AWS:EpochTime"]
        since = condition.get("DateGreaterThan", {}).get("AWS:EpochTime", 0)
        network = ipaddress.ip_network(condition.get("IpAddress", {}).get("AWS:SourceIp", "0.0.0.0/0"), strict=False)
    except (ValueError, KeyError, TypeError):
        raise Refused("MalformedPolicy", "Malformed Policy") from None
    pattern = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in statement.get("Resource", "*"))
    # A question mark in a URL begins its query string and stands for itself as well.
    return bool(re.fullmatch(pattern, resource)) and since <= now < until and ipaddress.ip_address(client_ip) in network


def fetch_from_all_origins(replaced, app, cloudfront, s3):
    @replaced(cloudfront, "_fetch_from_origin")
    async def fetch(original, origin, method, uri, query, headers, *rest):
        if "members" not in origin:
            return await fetch_one(original, origin, method, uri, query, headers, *rest)
        first, second = origin["members"]
        try:
            answer = await fetch_one(original, first, method, uri, query, headers, *rest)
        except (cloudfront.OriginTimeout, cloudfront.OriginUnreachable):
            answer = None
        if answer is not None and (answer[0] not in origin["codes"] or method not in ("GET", "HEAD", "OPTIONS")):
            return answer
        return await fetch_one(original, second, method, uri, query, headers, *rest)

    async def fetch_one(original, origin, method, uri, query, headers, body, is_https, client_ip, viewer_xff, dist_arn):
        if origin.get("s3_bucket"):
            headers = {**headers, "x-lectern-query": query}
        elif EXECUTE_API.match(origin["domain_name"]):
            return await execute_api(origin, method, uri, query, headers, body, client_ip, viewer_xff)
        return await original(origin, method, uri, query, headers, body, is_https, client_ip, viewer_xff, dist_arn)

    async def execute_api(origin, method, uri, query, headers, body, client_ip, viewer_xff):
        from urllib.parse import parse_qs, unquote

        sent = cloudfront._origin_request_headers(origin, headers, client_ip, viewer_xff)
        sent = {name.lower(): value for name, value in sent.items()}
        raw = origin["origin_path"] + uri
        # API Gateway knows its APIs by their host names, and answers 403 to any other.
        if sent["host"].partition(":")[0] != origin["domain_name"]:
            return 403, "Forbidden", {"content-type": "application/json", "x-amzn-errortype": "ForbiddenException"}, b'{"message":"Forbidden"}'
        # ministack knows them by another name.
        local = f"{origin['domain_name'].partition('.')[0]}.execute-api.localhost"
        answer = await app._handle_execute_api_request(
            local, unquote(raw), method, sent, body or b"", parse_qs(query, keep_blank_values=True), raw, query)
        if answer is None:
            raise cloudfront.OriginUnreachable(f"there is no API {origin['domain_name']}")
        status, answered, content = answer
        pairs = [(name, value) for name, values in answered.items() for value in (values if isinstance(values, list) else [values])]
        return status, "", cloudfront._multidict_from_pairs(pairs), content

    @replaced(s3, "serve_cloudfront_origin_fetch")
    def serve(original, bucket, key, method, headers, source_arn="", oai_id=""):
        """A version, and the names and types that a signed request asks for: S3 takes them from signed requests alone."""
        from urllib.parse import parse_qs

        headers = dict(headers or {})
        query = parse_qs(headers.pop("x-lectern-query", ""), keep_blank_values=True)
        asked = {name: values for name, values in query.items() if name == "versionId" or name.startswith("response-")}
        if not asked or not source_arn:
            return original(bucket, key, method, headers, source_arn, oai_id)
        owner = s3._bucket_owner_account(bucket) or s3.get_account_id()
        action = "s3:GetObjectVersion" if "versionId" in asked else "s3:GetObject"
        is_there = "versionId" in asked or key in (s3._ensure_bucket(bucket) or {"objects": {}})["objects"]
        if not is_there or not may_read(s3, owner, bucket, key, source_arn, action):
            return s3._error("AccessDenied", "Access Denied", 403, f"/{bucket}/{key}")
        # An origin access control signs what CloudFront asks for.
        headers["authorization"] = "AWS4-HMAC-SHA256"
        if method == "HEAD":
            status, answered, _ = s3._head_object(bucket, key, headers, asked)
            return status, answered, b""
        return s3._get_object(bucket, key, headers, asked)


def may_read(s3, owner, bucket, key, source_arn, action):
    from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy

    policy = s3._bucket_policies.get_scoped(owner, None, bucket)
    context = EvalContext(
        principal_arn="*", principal_type="Service", principal_account="", action=action,
        resource_arn=f"arn:aws:s3:::{bucket}/{key}", region=s3.get_region(), service_context={"aws:sourcearn": source_arn},
    )
    return bool(policy) and evaluate_resource_policy(policy, context, service="cloudfront.amazonaws.com").decision == "Allow"


def guard_stages(replaced, apigateway, waf):
    """A stage's web ACL is asked before everything else, and a blocked request gets the API's answer WAF_FILTERED."""

    @replaced(apigateway, "_handle_execute_in_scope")
    async def execute(original, api_id, stage, method, path, headers, body, query_params, account, region):
        arn = f"arn:aws:apigateway:{region}::/restapis/{api_id}/stages/{stage}"
        acl = waf._associations.get_scoped(account, region, arn)
        query = "&".join(f"{name}={value}" for name, values in query_params.items() for value in (values if isinstance(values, list) else [values]))
        client = (headers.get("x-forwarded-for") or "127.0.0.1").split(",")[-1].strip()
        if by_web_acl(waf, acl, request_of(method, path, query, headers, body, client)) is not None:
            request = {
                "api_id": api_id, "stage_name": stage, "stage": apigateway.stages_for_api(api_id).get(stage) or {}, "headers": headers,
                "query_params": query_params, "path_params": {}, "resource_path": path, "request_id": apigateway.new_uuid(),
            }
            return apigateway._gateway_error_response(apigateway._GatewayError("WAF_FILTERED", "Forbidden", "ForbiddenException"), request)
        return await original(api_id, stage, method, path, headers, body, query_params, account, region)


def request_of(method, path, query, headers, body, client_ip):
    headers = {name.lower(): value if isinstance(value, str) else ", ".join(value) for name, value in headers.items()}
    return {"method": method, "path": path, "query": query, "headers": headers, "body": body or b"", "ip": client_ip}


# Requests of an address that a rate-based rule has counted, by web ACL, rule and address.
counted = collections.defaultdict(collections.deque)


def by_web_acl(waf, arn, request):
    """None, or the status and headers of a web ACL that blocks the request."""
    acl, _ = waf._resolve_local_web_acl(arn) if arn else (None, None)
    if acl is None:
        return None
    limit = 16384
    for settings in (acl.get("AssociationConfig") or {}).get("RequestBody", {}).values():
        limit = int(settings["DefaultSizeInspectionLimit"].removeprefix("KB_")) * 1024
    for rule in sorted(acl["Rules"], key=lambda rule: rule["Priority"]):
        action = rule.get("Action", {})
        if not matches(rule["Statement"], request, limit, (arn, rule["Name"])):
            continue
        if "Allow" in action:
            return None
        if "Block" in action:
            return response_of(action["Block"])
    return response_of(acl["DefaultAction"]["Block"]) if "Block" in acl["DefaultAction"] else None


def response_of(block):
    custom = block.get("CustomResponse") or {}
    headers = {header["Name"]: header["Value"] for header in custom.get("ResponseHeaders") or []}
    return custom.get("ResponseCode", 403), headers


def matches(statement, request, limit, rule):
    """The statements that the modules use. What AWS's managed groups look for is AWS's own: here they match nothing."""
    ((kind, settings),) = statement.items()
    if kind == "OrStatement":
        return any(matches(one, request, limit, rule) for one in settings["Statements"])
    if kind == "AndStatement":
        return all(matches(one, request, limit, rule) for one in settings["Statements"])
    if kind == "NotStatement":
        return not matches(settings["Statement"], request, limit, rule)
    if kind == "ManagedRuleGroupStatement":
        return False
    if kind == "RateBasedStatement":
        return is_too_often(settings, request, rule)
    field, oversize = field_of(settings["FieldToMatch"], request, limit)
    if oversize is not None:
        return oversize
    if field is None:
        return False
    if kind == "SizeConstraintStatement":
        size, length = int(settings["Size"]), len(field)
        return {"EQ": length == size, "NE": length != size, "LE": length <= size, "LT": length < size, "GE": length >= size,
                "GT": length > size}[settings["ComparisonOperator"]]
    if kind == "ByteMatchStatement":
        wanted = base64.b64decode(settings["SearchString"])
        return {"EXACTLY": field == wanted, "STARTS_WITH": field.startswith(wanted), "ENDS_WITH": field.endswith(wanted),
                "CONTAINS": wanted in field}[settings["PositionalConstraint"]]
    raise NotImplementedError(f"the local cloud does not evaluate WAF's {kind}")


def field_of(field, request, limit):
    """A part of the request as bytes, or what OversizeHandling decides for a body that is longer than WAF reads."""
    ((kind, settings),) = field.items()
    if kind == "SingleHeader":
        value = request["headers"].get(settings["Name"].lower())
        return (None if value is None else value.encode()), None
    if kind == "Body":
        if len(request["body"]) > limit and settings.get("OversizeHandling") in ("MATCH", "NO_MATCH"):
            return None, settings["OversizeHandling"] == "MATCH"
        return request["body"][:limit], None
    if kind in ("UriPath", "QueryString", "Method"):
        return request[{"UriPath": "path", "QueryString": "query", "Method": "method"}[kind]].encode(), None
    raise NotImplementedError(f"the local cloud does not read WAF's {kind}")


def is_too_often(settings, request, rule):
    if settings.get("AggregateKeyType", "IP") != "IP" or settings.get("ScopeDownStatement"):
        raise NotImplementedError("the local cloud counts requests by address alone")
    now, times = time.monotonic(), counted[(*rule, request["ip"])]
    while times and times[0] <= now - int(settings.get("EvaluationWindowSec", 300)):
        times.popleft()
    times.append(now)
    return len(times) > int(settings["Limit"])


def keep_web_acls_whole(replaced, waf):
    kept = ("AssociationConfig", "CustomResponseBodies", "CaptchaConfig", "ChallengeConfig", "TokenDomains")

    @replaced(waf, "create_web_acl_record")
    def create(original, name, scope, props):
        uid, arn, record = original(name, scope, props)
        record.update({field: props[field] for field in kept if props.get(field) is not None})
        return uid, arn, record

    @replaced(waf, "_update_web_acl")
    def update(original, data):
        answer = original(data)
        if answer[0] == 200:
            acl = waf.web_acl_record(data["Id"], data["Scope"])
            for field in kept:
                acl.pop(field, None)
            acl.update({field: data[field] for field in kept if data.get(field) is not None})
            acl["Description"] = data.get("Description", "")
        return answer


def log_web_acls(replaced, waf):
    """The settings of a web ACL's logs, which are kept and given back; nothing is logged. WAF refuses a log group by another name."""
    configurations = {}

    @replaced(waf, "handle_request")
    async def handle(original, method, path, headers, body, query_params):
        action = headers.get("x-amz-target", "").rpartition(".")[2]
        if action not in ("PutLoggingConfiguration", "GetLoggingConfiguration", "DeleteLoggingConfiguration"):
            return await original(method, path, headers, body, query_params)
        data = json.loads(body)
        configuration = data.get("LoggingConfiguration") or configurations.get(data.get("ResourceArn"))
        if configuration is None:
            return waf._waf_err("WAFNonexistentItemException", "AWS WAF couldn't perform the operation because your resource doesn't exist.")
        arn = configuration["ResourceArn"]
        if action == "DeleteLoggingConfiguration":
            del configurations[arn]
            return waf.json_response({})
        if action == "PutLoggingConfiguration":
            _, error = waf._resolve_local_web_acl(arn)
            if error:
                return error
            if not all(":log-group:aws-waf-logs-" in group for group in configuration["LogDestinationConfigs"]):
                return waf._waf_err("WAFInvalidParameterException", "The ARN isn't valid: a log group's name begins with aws-waf-logs-.")
            configurations[arn] = configuration
        return waf.json_response({"LoggingConfiguration": configuration})
