"""What there is of a VPC's way to MongoDB, by the services' own APIs: `topologies.py <endpoint> <region> <vpc> [<VPC endpoint to delete first>]`."""

import json
import sys

import boto3

endpoint, region, vpc, *deleted = sys.argv[1:]


def client(service):
    return boto3.client(service, endpoint_url=endpoint, region_name=region)


ec2, elbv2, route53 = client("ec2"), client("elbv2"), client("route53")
if deleted:
    ec2.delete_vpc_endpoints(VpcEndpointIds=deleted)
endpoints = ec2.describe_vpc_endpoints(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["VpcEndpoints"]
balancers = [one for one in elbv2.describe_load_balancers()["LoadBalancers"] if one["VpcId"] == vpc]


def attributes(**which):
    ask = elbv2.describe_load_balancer_attributes if "LoadBalancerArn" in which else elbv2.describe_target_group_attributes
    return {one["Key"]: one["Value"] for one in ask(**which)["Attributes"]}


def group(arn):
    described = elbv2.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"][0]
    targets = elbv2.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
    return {
        "protocol": described["Protocol"],
        "health_check": described["HealthCheckProtocol"],
        "preserve_client_ip": attributes(TargetGroupArn=arn).get("preserve_client_ip.enabled"),
        "targets": sorted([one["Target"]["Id"], one["Target"]["Port"]] for one in targets),
    }


def interface(one):
    described = ec2.describe_network_interfaces(NetworkInterfaceIds=[one])["NetworkInterfaces"][0]
    return {"subnet": described["SubnetId"], "address": described["PrivateIpAddress"]}


print(
    json.dumps(
        {
            "endpoints": [
                {
                    "id": one["VpcEndpointId"],
                    "subnets": sorted(one["SubnetIds"]),
                    "interfaces": [interface(each) for each in one["NetworkInterfaceIds"]],
                }
                for one in endpoints
                if ".vpce-svc-" in one["ServiceName"] or "com.amazonaws.vpce" in one["ServiceName"]
            ],
            "balancers": [
                {
                    "scheme": one["Scheme"],
                    "type": one["Type"],
                    "dns_name": one["DNSName"],
                    "cross_zone": attributes(LoadBalancerArn=one["LoadBalancerArn"]).get("load_balancing.cross_zone.enabled"),
                    "listeners": {
                        str(each["Port"]): group(each["DefaultActions"][0]["TargetGroupArn"])
                        for each in elbv2.describe_listeners(LoadBalancerArn=one["LoadBalancerArn"])["Listeners"]
                    },
                }
                for one in balancers
            ],
            "zones": {
                zone["Name"]: {
                    "is_private": zone["Config"]["PrivateZone"],
                    "aliases": [
                        record["AliasTarget"]["DNSName"]
                        for record in route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
                        if "AliasTarget" in record
                    ],
                }
                for zone in route53.list_hosted_zones()["HostedZones"]
            },
        }
    )
)
