variable "name" {
  description = "First part of the names of all resources."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,23}$", var.name))
    error_message = "name must begin with a letter and have at most 24 characters: a-z, 0-9 and -, because the name of a load balancer can have 32 characters."
  }
}

variable "cidr" {
  description = "Private IPv4 CIDR block of the VPC, from /16 to /22. The subnet of each zone has a sixteenth of it. Not used with `vpc`."
  type        = string
  default     = "10.42.0.0/16"
  nullable    = false

  validation {
    condition     = can(regex("^(10\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.|192\\.168\\.)[0-9.]+/(1[6-9]|2[0-2])$", var.cidr)) && try(cidrsubnet(var.cidr, 0, 0) == var.cidr, false)
    error_message = "cidr must be a private range (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16) from /16 to /22 without host bits, for example 10.42.0.0/16."
  }
}

variable "vpc" {
  description = "Existing VPC: private subnets and their route tables, by Availability Zone. DNS resolution and DNS hostnames must be enabled. Default: the module creates a VPC."
  type = object({
    id              = string
    subnet_ids      = map(string)
    route_table_ids = map(string)
  })
  default = null

  validation {
    condition     = var.vpc == null ? true : length(var.vpc.subnet_ids) >= 2 && keys(var.vpc.subnet_ids) == keys(var.vpc.route_table_ids)
    error_message = "vpc.subnet_ids and vpc.route_table_ids must have the same zones, at least two, for example { \"eu-west-1a\" = \"subnet-...\", \"eu-west-1b\" = \"subnet-...\" }, so that the network survives the loss of a zone."
  }

  validation {
    condition     = var.vpc == null || var.availability_zones == null
    error_message = "availability_zones must not be set together with vpc: the zones of an existing VPC are those of vpc.subnet_ids."
  }
}

variable "availability_zones" {
  description = "Availability Zones to create subnets in. Only append to the list, because the position of a zone determines the CIDR block of its subnet. Default: the first two zones of the Region. Set the zones if Atlas, or the service in `private_link`, is not available in those two."
  type        = list(string)
  default     = null

  validation {
    condition     = var.availability_zones == null ? true : length(var.availability_zones) >= 2 && length(var.availability_zones) <= 6 && length(distinct(var.availability_zones)) == length(var.availability_zones)
    error_message = "availability_zones must have two to six different zones, for example [\"eu-west-1a\", \"eu-west-1b\"], so that the network survives the loss of a zone."
  }
}

variable "interface_endpoints" {
  description = "AWS services to create interface endpoints for, by the last part of the service name. The default contains the services that the functions call; `lambda` is for functions that invoke themselves. Functions do not need an endpoint for CloudWatch Logs."
  type        = set(string)
  default     = ["kms", "lambda", "secretsmanager", "sts"]
  nullable    = false

  validation {
    condition     = alltrue([for service in var.interface_endpoints : can(regex("^[a-z][a-z0-9.-]+$", service)) && !contains(["s3", "dynamodb"], service)])
    error_message = "interface_endpoints must have names such as \"kms\" or \"ecr.api\". s3 is not allowed, because the module creates a gateway endpoint for S3."
  }
}

variable "interface_endpoints_without_policy" {
  description = "Services in `interface_endpoints` that do not support endpoint policies. AWS rejects endpoints with a policy for them."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "interface_endpoint_zones" {
  description = "Availability Zones of services that are not available in every zone, for example `{ sts = [\"us-east-1a\", \"us-east-1b\"] }`. To list them, run `aws ec2 describe-vpc-endpoint-services`."
  type        = map(set(string))
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.interface_endpoint_zones), var.interface_endpoints)) == 0
    error_message = "interface_endpoint_zones contains services that are not in interface_endpoints."
  }
}

variable "endpoint_account_ids" {
  description = "IDs of other accounts whose keys, secrets, functions and roles can be used through the interface endpoints. The account of the module is always allowed."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for account in var.endpoint_account_ids : can(regex("^[0-9]{12}$", account))])
    error_message = "endpoint_account_ids must contain account IDs of twelve digits."
  }
}

variable "dns_firewall" {
  description = "Domains that resources in the VPC can resolve, in addition to the endpoints of this module, for example `login.example.com` or `*.example.com`. Default: the resolver answers all queries. DNS queries can then be used to send data out of the VPC."
  type = object({
    allowed_domains = optional(set(string), [])
  })
  default = null

  validation {
    condition     = var.dns_firewall == null ? true : alltrue([for domain in var.dns_firewall.allowed_domains : can(regex("^(\\*\\.)?([a-z0-9_-]+\\.)+[a-z0-9-]+$", domain))])
    error_message = "dns_firewall.allowed_domains must contain host names of at least two parts. The first part can be *; \"*\" alone would allow every name."
  }
}

variable "s3_account_ids" {
  description = "IDs of other accounts whose buckets can be used through the S3 endpoint. The account of the module is always allowed."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for account in var.s3_account_ids : can(regex("^[0-9]{12}$", account))])
    error_message = "s3_account_ids must contain account IDs of twelve digits."
  }
}

variable "atlas" {
  description = "MongoDB Atlas project in which to create (or adopt) the private link: its ID, and the names of the clusters whose connection strings to wait for. Default: no resources in Atlas."
  type = object({
    project_id     = string
    cluster_names  = optional(set(string), [])
    adopt_existing = optional(bool, true)
  })
  default = null

  validation {
    condition     = var.atlas == null ? true : can(regex("^[0-9a-f]{24}$", var.atlas.project_id))
    error_message = "atlas.project_id must have 24 hexadecimal digits. Project Settings in Atlas shows it."
  }
}

variable "private_link" {
  description = "Name of an endpoint service that this module does not manage, for the MongoDB endpoints, for example `com.amazonaws.vpce.<region>.vpce-svc-<id>`. Default: none."
  type = object({
    service_name = string
  })
  default = null

  validation {
    condition     = var.private_link == null ? true : can(regex("^(cn\\.)?com\\.amazonaws\\.vpce\\.[a-z0-9-]+\\.vpce-svc-[0-9a-f]+$", var.private_link.service_name))
    error_message = "private_link.service_name must have the form com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0."
  }
}

variable "topology" {
  description = "How functions connect to MongoDB: `endpoint` creates one interface endpoint with an address in every zone; `nlb` creates a Network Load Balancer in front of one endpoint per zone."
  type        = string
  default     = "endpoint"
  nullable    = false

  validation {
    condition     = contains(["endpoint", "nlb"], var.topology)
    error_message = "topology must be \"endpoint\" or \"nlb\"."
  }
}

variable "nlb" {
  description = "Settings of the topology `nlb`: the ports of the cluster nodes (three per shard), and the host name of the connection string, which the module resolves to the load balancer inside the VPC. Default of `hostname`: no host name resolves to the load balancer."
  type = object({
    ports    = optional(set(number), [1024, 1025, 1026])
    hostname = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition     = length(var.nlb.ports) >= 1 && length(var.nlb.ports) <= 50 && alltrue([for port in var.nlb.ports : port >= 1024 && port <= 65535 && floor(port) == port])
    error_message = "nlb.ports must have 1 to 50 ports from 1024 to 65535. A load balancer can have 50 listeners."
  }

  validation {
    condition     = var.nlb.hostname == null ? true : can(regex("^[a-z0-9-]+(\\.[a-z0-9-]+){2,}$", var.nlb.hostname))
    error_message = "nlb.hostname must be a full host name without a port, for example pl-0-eu-west-1.abcde.mongodb.net."
  }
}

variable "flow_logs" {
  description = "Retention of the VPC flow logs in CloudWatch Logs, and a customer managed key whose policy must allow CloudWatch Logs to use it. If null, there are no flow logs, and the flow log alarm has no data."
  type = object({
    retention_days = optional(number, 90)
    kms_key_arn    = optional(string)
  })
  default = {}

  validation {
    condition     = var.flow_logs == null ? true : contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.flow_logs.retention_days)
    error_message = "flow_logs.retention_days must be a value that CloudWatch Logs accepts: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "permissions_boundary" {
  description = "ARN of the policy to set as permissions boundary of the role. Default: no boundary."
  type        = string
  default     = null
}

variable "region" {
  description = "Region of the resources of the module. Default: the provider's Region."
  type        = string
  default     = null
}

variable "tags" {
  description = "Map of tags to assign to all resources of the module, in addition to the provider's `default_tags`."
  type        = map(string)
  default     = {}
  nullable    = false
}
