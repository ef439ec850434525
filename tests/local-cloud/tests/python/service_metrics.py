"""Asks API Gateway, S3, Cognito, CloudFront and a load balancer, and prints what CloudWatch then knows of it: python3 service_metrics.py ENDPOINT CLOUDWATCH

Prints JSON: by namespace, name and dimensions, [sum, number of samples]; of load balancers the minimum of healthy and the maximum of
unhealthy targets.
"""

import datetime
import http.client
import json
import sys
import time
import urllib.parse

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT, CLOUDWATCH = sys.argv[1:]
REGION = "eu-west-1"


def client(service, region=REGION, **named):
    return boto3.client(service, endpoint_url=CLOUDWATCH if service == "cloudwatch" else ENDPOINT, region_name=region, **named)


def refused(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    raise AssertionError(f"{call.__name__} is not refused")


def ask(host, path):
    connection = http.client.HTTPConnection(urllib.parse.urlparse(ENDPOINT).netloc, timeout=15)
    connection.request("GET", path, headers={"Host": host, "X-Forwarded-Proto": "https"})
    status = connection.getresponse().status
    connection.close()
    return status


def stage():
    apis = client("apigateway")
    api = apis.create_rest_api(name="metered")["id"]
    root = apis.get_resources(restApiId=api)["items"][0]["id"]
    method = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    apis.put_method(**method, authorizationType="NONE")
    apis.put_method_response(**method, statusCode="200")
    apis.put_integration(**method, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    apis.put_integration_response(**method, statusCode="200")
    # A backend that is not there.
    broken = {**method, "resourceId": apis.create_resource(restApiId=api, parentId=root, pathPart="broken")["id"]}
    apis.put_method(**broken, authorizationType="NONE")
    uri = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/arn:aws:lambda:{REGION}:000000000000:function:none/invocations"
    apis.put_integration(**broken, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri)
    apis.create_deployment(restApiId=api, stageName="v1")
    host = f"{api}.execute-api.localhost"
    # The last is taken by no stage, and so counted for none.
    return [ask(host, path) for path in ("/v1/", "/v1/", "/v1/none", "/v1/broken", "/v2/")]


def bucket():
    s3 = client("s3", config=Config(s3={"addressing_style": "path"}))
    s3.create_bucket(Bucket="metered", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_metrics_configuration(Bucket="metered", Id="files", MetricsConfiguration={"Id": "files", "Filter": {"Prefix": "files/"}})
    s3.put_object(Bucket="metered", Key="files/one", Body=b"12345")
    s3.put_object(Bucket="metered", Key="other/one", Body=b"1")
    s3.get_object(Bucket="metered", Key="files/one")["Body"].read()
    told = [refused(s3.get_object, Bucket="metered", Key="files/none"), refused(s3.get_object, Bucket="metered", Key="other/none")]
    iam = client("iam")
    iam.create_user(UserName="nobody")
    key = iam.create_access_key(UserName="nobody")["AccessKey"]
    nobody = client("s3", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"], config=Config(s3={"addressing_style": "path"}))
    return told + [refused(nobody.get_object, Bucket="metered", Key="files/one")]


def pool():
    cognito = client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="metered")["UserPool"]["Id"]
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    number = cognito.create_user_pool_client(UserPoolId=pool, ClientName="web", ExplicitAuthFlows=flows)["UserPoolClient"]["ClientId"]
    cognito.admin_create_user(UserPoolId=pool, Username="somebody", TemporaryPassword="First-pass-1")

    def sign_in(password):
        return {"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": number, "AuthParameters": {"USERNAME": "somebody", "PASSWORD": password}}

    # A challenge is neither a success nor a failure.
    challenge = cognito.initiate_auth(**sign_in("First-pass-1"))
    answers = {"USERNAME": "somebody", "NEW_PASSWORD": "Second-pass-2"}
    done = cognito.respond_to_auth_challenge(ClientId=number, ChallengeName=challenge["ChallengeName"], Session=challenge["Session"], ChallengeResponses=answers)
    told = [refused(cognito.initiate_auth, **sign_in("wrong"))]
    refresh = {"AuthFlow": "REFRESH_TOKEN_AUTH", "ClientId": number}
    cognito.initiate_auth(**refresh, AuthParameters={"REFRESH_TOKEN": done["AuthenticationResult"]["RefreshToken"]})
    told.append(refused(cognito.initiate_auth, **refresh, AuthParameters={"REFRESH_TOKEN": "none"}))
    cognito.sign_up(ClientId=number, Username="else", Password="Third-pass-3")
    told.append(refused(cognito.sign_up, ClientId=number, Username="else", Password="Third-pass-3"))
    return {pool: "POOL", number: "CLIENT"}, told


def distribution():
    cloudfront = client("cloudfront")
    control = {"Name": "metered", "OriginAccessControlOriginType": "s3", "SigningBehavior": "always", "SigningProtocol": "sigv4"}
    control = cloudfront.create_origin_access_control(OriginAccessControlConfig=control)["OriginAccessControl"]["Id"]
    origin = {"Id": "files", "DomainName": f"metered.s3.{REGION}.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}, "OriginAccessControlId": control}
    made = cloudfront.create_distribution(DistributionConfig={
        "CallerReference": "metered", "Comment": "", "Enabled": True, "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": {
            "TargetOriginId": "files", "ViewerProtocolPolicy": "allow-all", "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
        },
    })["Distribution"]
    # A missing object, too, is refused to who may not list the bucket.
    s3 = client("s3", config=Config(s3={"addressing_style": "path"}))
    statement = {"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::metered/*"}
    statement["Condition"] = {"StringEquals": {"AWS:SourceArn": made["ARN"]}}
    s3.put_bucket_policy(Bucket="metered", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    return {made["Id"]: "DISTRIBUTION"}, [ask(made["DomainName"], path) for path in ("/files/one", "/files/none")]


def balancer():
    """Two targets, of which one loses its interface."""
    ec2, balancers = client("ec2"), client("elbv2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.0.0/24")["Subnet"]["SubnetId"]
    interfaces = [ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"] for _ in range(2)]
    made = balancers.create_load_balancer(Name="metered", Type="network", Scheme="internal", Subnets=[subnet])["LoadBalancers"][0]["LoadBalancerArn"]
    group = balancers.create_target_group(Name="metered", Protocol="TCP", Port=27017, VpcId=vpc, TargetType="ip")["TargetGroups"][0]["TargetGroupArn"]
    balancers.create_listener(LoadBalancerArn=made, Protocol="TCP", Port=27017, DefaultActions=[{"Type": "forward", "TargetGroupArn": group}])
    addresses = [interface["PrivateIpAddress"] for interface in interfaces]
    balancers.register_targets(TargetGroupArn=group, Targets=[{"Id": one} for one in addresses])

    def health():
        described = balancers.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        by_address = {one["Target"]["Id"]: one["TargetHealth"]["State"] for one in described}
        return [by_address[one] for one in addresses]

    before = health()
    ec2.delete_network_interface(NetworkInterfaceId=interfaces[0]["NetworkInterfaceId"])
    one = balancers.describe_target_health(TargetGroupArn=group, Targets=[{"Id": addresses[1]}])["TargetHealthDescriptions"]
    asked_for = [target["TargetHealth"]["State"] for target in one]
    return {made.partition(":loadbalancer/")[2]: "BALANCER", group.rpartition(":")[2]: "GROUP"}, before + health() + asked_for


def metrics(names):
    found = {}
    since = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)
    for region in (REGION, "us-east-1"):
        cloudwatch = client("cloudwatch", region)
        for namespace in ("AWS/ApiGateway", "AWS/S3", "AWS/Cognito", "AWS/CloudFront", "AWS/NetworkELB"):
            for metric in cloudwatch.list_metrics(Namespace=namespace)["Metrics"]:
                points = cloudwatch.get_metric_statistics(
                    Namespace=namespace, MetricName=metric["MetricName"], Dimensions=metric["Dimensions"], Period=60,
                    Statistics=["Sum", "SampleCount", "Minimum", "Maximum"], StartTime=since, EndTime=since + datetime.timedelta(hours=2),
                )["Datapoints"]
                dimensions = ",".join(sorted(f"{one['Name']}={names.get(one['Value'], one['Value'])}" for one in metric["Dimensions"]))
                value = [sum(point["Sum"] for point in points), sum(point["SampleCount"] for point in points)]
                if metric["MetricName"] == "HealthyHostCount":
                    value = min(point["Minimum"] for point in points)
                elif metric["MetricName"] == "UnHealthyHostCount":
                    value = max(point["Maximum"] for point in points)
                elif "Latency" in metric["MetricName"]:
                    value[0] = value[0] > 0
                found[f"{region} {namespace} {metric['MetricName']} {dimensions}"] = value
    return found


def main():
    told = {"stage": stage(), "bucket": bucket()}
    names = {}
    for name, act in (("pool", pool), ("distribution", distribution), ("balancer", balancer)):
        called, told[name] = act()
        names |= called
    # The health of targets is what is published last.
    until = time.monotonic() + 60
    unhealthy = "eu-west-1 AWS/NetworkELB UnHealthyHostCount LoadBalancer=BALANCER,TargetGroup=GROUP"
    while (found := metrics(names)).get(unhealthy) != 1 and time.monotonic() < until:
        time.sleep(0.5)
    print(json.dumps({"told": told, "metrics": found}, indent=1))


main()
