# A metric for each event that the CIS AWS Foundations Benchmark (1.4, section 4) wants an alarm for. The alarms are the bundle's: it has
# the actions, and plans and reads them together.

locals {
  failed_sign_in = "{ ($.eventName = ConsoleLogin) && ($.errorMessage = \"Failed authentication\") }"
  events = {
    cloudtrail_changes     = ["CreateTrail", "DeleteTrail", "StartLogging", "StopLogging", "UpdateTrail"]
    config_changes         = ["DeleteConfigurationRecorder", "DeleteDeliveryChannel", "PutConfigurationRecorder", "PutDeliveryChannel", "StopConfigurationRecorder"]
    kms_key_deletion       = ["DisableKey", "ScheduleKeyDeletion"]
    s3_policy_changes      = ["DeleteBucketCors", "DeleteBucketLifecycle", "DeleteBucketPolicy", "DeleteBucketReplication", "PutBucketAcl", "PutBucketCors", "PutBucketLifecycle", "PutBucketPolicy", "PutBucketReplication"]
    iam_changes            = ["AttachGroupPolicy", "AttachRolePolicy", "AttachUserPolicy", "CreatePolicy", "CreatePolicyVersion", "DeleteGroupPolicy", "DeletePolicy", "DeletePolicyVersion", "DeleteRolePolicy", "DeleteUserPolicy", "DetachGroupPolicy", "DetachRolePolicy", "DetachUserPolicy", "PutGroupPolicy", "PutRolePolicy", "PutUserPolicy"]
    security_group_changes = ["AuthorizeSecurityGroupEgress", "AuthorizeSecurityGroupIngress", "CreateSecurityGroup", "DeleteSecurityGroup", "RevokeSecurityGroupEgress", "RevokeSecurityGroupIngress"]
    network_acl_changes    = ["CreateNetworkAcl", "CreateNetworkAclEntry", "DeleteNetworkAcl", "DeleteNetworkAclEntry", "ReplaceNetworkAclAssociation", "ReplaceNetworkAclEntry"]
    gateway_changes        = ["AttachInternetGateway", "CreateCustomerGateway", "CreateInternetGateway", "DeleteCustomerGateway", "DeleteInternetGateway", "DetachInternetGateway"]
    route_table_changes    = ["CreateRoute", "CreateRouteTable", "DeleteRoute", "DeleteRouteTable", "DisassociateRouteTable", "ReplaceRoute", "ReplaceRouteTableAssociation"]
    vpc_changes            = ["AcceptVpcPeeringConnection", "AttachClassicLinkVpc", "CreateVpc", "CreateVpcPeeringConnection", "DeleteVpc", "DeleteVpcPeeringConnection", "DetachClassicLinkVpc", "DisableVpcClassicLink", "EnableVpcClassicLink", "ModifyVpcAttribute", "RejectVpcPeeringConnection"]
    organization_changes   = ["AcceptHandshake", "AttachPolicy", "CreateAccount", "CreateOrganizationalUnit", "CreatePolicy", "DeclineHandshake", "DeleteOrganization", "DeleteOrganizationalUnit", "DeletePolicy", "DetachPolicy", "DisablePolicyType", "EnablePolicyType", "InviteAccountToOrganization", "LeaveOrganization", "MoveAccount", "RemoveAccountFromOrganization", "UpdateOrganizationalUnit", "UpdatePolicy"]
  }
  # Where another service has an event of the same name.
  sources = { config_changes = "config.amazonaws.com", kms_key_deletion = "kms.amazonaws.com", organization_changes = "organizations.amazonaws.com", s3_policy_changes = "s3.amazonaws.com" }

  by_name = {
    for key, names in local.events : key => format(
      contains(keys(local.sources), key) ? "{ ($.eventSource = ${lookup(local.sources, key, "")}) && (%s) }" : "{ %s }",
      join(" || ", [for name in names : "($.eventName = ${name})"]),
    )
  }

  cis = {
    unauthorized_calls     = { number = "4.1", severity = "warning", about = "API calls that were denied", pattern = "{ ($.errorCode = \"*UnauthorizedOperation\") || ($.errorCode = \"AccessDenied*\") }" }
    sign_in_without_mfa    = { number = "4.2", severity = "warning", about = "sign-ins to the console without MFA", pattern = "{ ($.eventName = ConsoleLogin) && ($.additionalEventData.MFAUsed != Yes) && ($.userIdentity.type = IAMUser) && ($.responseElements.ConsoleLogin = Success) }" }
    root_usage             = { number = "4.3", severity = "critical", about = "use of the root user", pattern = "{ ($.userIdentity.type = Root) && ($.userIdentity.invokedBy NOT EXISTS) && ($.eventType != AwsServiceEvent) }" }
    iam_changes            = { number = "4.4", severity = "warning", about = "changes of IAM policies", pattern = local.by_name.iam_changes }
    cloudtrail_changes     = { number = "4.5", severity = "critical", about = "changes of trails", pattern = local.by_name.cloudtrail_changes }
    sign_in_failures       = { number = "4.6", severity = "warning", about = "failed sign-ins to the console", pattern = local.failed_sign_in }
    kms_key_deletion       = { number = "4.7", severity = "critical", about = "customer managed keys that were disabled or scheduled for deletion", pattern = local.by_name.kms_key_deletion }
    s3_policy_changes      = { number = "4.8", severity = "warning", about = "changes of bucket policies, ACLs, CORS, lifecycle rules and replication", pattern = local.by_name.s3_policy_changes }
    config_changes         = { number = "4.9", severity = "critical", about = "changes of the AWS Config recorder and delivery channel", pattern = local.by_name.config_changes }
    security_group_changes = { number = "4.10", severity = "warning", about = "changes of security groups", pattern = local.by_name.security_group_changes }
    network_acl_changes    = { number = "4.11", severity = "warning", about = "changes of network ACLs", pattern = local.by_name.network_acl_changes }
    gateway_changes        = { number = "4.12", severity = "critical", about = "changes of internet and customer gateways, which the network has none of", pattern = local.by_name.gateway_changes }
    route_table_changes    = { number = "4.13", severity = "warning", about = "changes of route tables", pattern = local.by_name.route_table_changes }
    vpc_changes            = { number = "4.14", severity = "warning", about = "changes of VPCs and peering connections", pattern = local.by_name.vpc_changes }
    organization_changes   = { number = "4.15", severity = "critical", about = "changes of the organization", pattern = local.by_name.organization_changes }
  }

  # The log group whose events are counted: the trail's own or an existing one.
  counted = merge(
    { for key, group in aws_cloudwatch_log_group.trail : key => group.name },
    { for settings in var.cloudtrail[*] : "main" => settings.log_group_name if !settings.create && settings.log_group_name != null },
  )

  alarms = length(local.counted) == 0 ? {} : {
    for key, alarm in local.cis : key => merge(alarm, {
      severity  = coalesce(try(var.alarms[key].severity, null), alarm.severity)
      threshold = coalesce(try(var.alarms[key].threshold, null), 1)
      period    = coalesce(try(var.alarms[key].period, null), 300)
    }) if !contains(keys(var.alarms), key) || try(var.alarms[key] != null, false)
  }
}

resource "aws_cloudwatch_log_metric_filter" "cis" {
  for_each = local.alarms

  region         = var.region
  name           = "${var.name}-${each.key}"
  log_group_name = one(values(local.counted))
  pattern        = each.value.pattern

  metric_transformation {
    namespace     = "${var.name}/audit"
    name          = each.key
    value         = "1"
    default_value = "0"
  }
}
