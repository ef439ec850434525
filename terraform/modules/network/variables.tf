variable "name" {
  description = "First part of the names of all resources."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,23}$", var.name))
    error_message = "name begins with a letter and has at most 24 of a-z, 0-9 and -, so that the load balancer's name stays within its 32 characters."
  }
}

variable "cidr" {
  description = "Private IPv4 range of the VPC, from /16 to /22. The subnet of each zone gets a sixteenth of it. Not used with `vpc`."
  type        = string
  default     = "10.42.0.0/16"
  nullable    = false

  validation {
    condition     = can(regex("^(10\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.|192\\.168\\.)[0-9.]+/(1[6-9]|2[0-2])$", var.cidr)) && try(cidrsubnet(var.cidr, 0, 0) == var.cidr, false)
    error_message = "cidr is a private range (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16) from /16 to /22 by its first address, as 10.42.0.0/16."
  }
}

variable "vpc" {
  description = "An existing VPC with private subnets and their route tables, by zone. Both of its DNS settings must be on. `null`: the module creates a VPC."
  type = object({
    id              = string
    subnet_ids      = map(string)
    route_table_ids = map(string)
  })
  default = null

  validation {
    condition     = var.vpc == null ? true : length(var.vpc.subnet_ids) >= 2 && keys(var.vpc.subnet_ids) == keys(var.vpc.route_table_ids)
    error_message = "vpc.subnet_ids and vpc.route_table_ids have the same two zones or more, as { \"eu-west-1a\" = \"subnet-...\", \"eu-west-1b\" = \"subnet-...\" }: one alone does not survive its loss."
  }

  validation {
    condition     = var.vpc == null || var.availability_zones == null
    error_message = "The zones of a VPC that is there already are those of vpc.subnet_ids: leave availability_zones out."
  }
}

variable "availability_zones" {
  description = "Zones to create subnets in. Only append to the list: a zone's position decides the range of its subnet. `null`: the region's first two zones. Name the zones if Atlas, or the service in `private_link`, is not available in those two."
  type        = list(string)
  default     = null

  validation {
    condition     = var.availability_zones == null ? true : length(var.availability_zones) >= 2 && length(var.availability_zones) <= 6 && length(distinct(var.availability_zones)) == length(var.availability_zones)
    error_message = "availability_zones has two to six different zones, as [\"eu-west-1a\", \"eu-west-1b\"]: one alone does not survive its loss."
  }
}

variable "interface_endpoints" {
  description = "AWS services to create interface endpoints for, by the last part of the service name. The default has what the handlers call; `lambda` is for functions that hand over to themselves. Function logs reach CloudWatch Logs without an endpoint."
  type        = set(string)
  default     = ["kms", "lambda", "secretsmanager", "sts"]
  nullable    = false

  validation {
    condition     = alltrue([for service in var.interface_endpoints : can(regex("^[a-z][a-z0-9.-]+$", service)) && !contains(["s3", "dynamodb"], service)])
    error_message = "interface_endpoints has names such as \"kms\" or \"ecr.api\". Not s3: it has its gateway, and functions may talk to no other."
  }
}

variable "interface_endpoints_without_policy" {
  description = "Services in `interface_endpoints` that do not support endpoint policies. AWS refuses to create their endpoints with one."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "interface_endpoint_zones" {
  description = "Zones of services that are not offered in every zone, as `{ sts = [\"us-east-1a\", \"us-east-1b\"] }`. `aws ec2 describe-vpc-endpoint-services` lists them. AWS refuses an endpoint in any other zone."
  type        = map(set(string))
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.interface_endpoint_zones), var.interface_endpoints)) == 0
    error_message = "interface_endpoint_zones is about services that interface_endpoints names."
  }
}

variable "endpoint_account_ids" {
  description = "Other accounts whose keys, secrets, functions and roles can be used through the interface endpoints. This account is always allowed."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for account in var.endpoint_account_ids : can(regex("^[0-9]{12}$", account))])
    error_message = "endpoint_account_ids has account ids of twelve digits."
  }
}

variable "dns_firewall" {
  description = "Let the VPC's resolver answer only for the endpoints of this module and for `allowed_domains`, such as `login.example.com` or `*.example.com`. `null`: the resolver answers every query, and a query can carry data out of the VPC."
  type = object({
    allowed_domains = optional(set(string), [])
  })
  default = null

  validation {
    condition     = var.dns_firewall == null ? true : alltrue([for domain in var.dns_firewall.allowed_domains : can(regex("^(\\*\\.)?([a-z0-9_-]+\\.)+[a-z0-9-]+$", domain))])
    error_message = "dns_firewall.allowed_domains has host names of two parts or more, whose first may be *: \"*\" alone would allow everything."
  }
}

variable "s3_account_ids" {
  description = "Other accounts whose buckets functions can reach through the S3 endpoint. This account is always allowed."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for account in var.s3_account_ids : can(regex("^[0-9]{12}$", account))])
    error_message = "s3_account_ids has account ids of twelve digits."
  }
}

variable "atlas" {
  description = "MongoDB Atlas project to create, or adopt, the private link of: its id, and the clusters whose connection strings to wait for. `null`: no resources in Atlas."
  type = object({
    project_id     = string
    cluster_names  = optional(set(string), [])
    adopt_existing = optional(bool, true)
  })
  default = null

  validation {
    condition     = var.atlas == null ? true : can(regex("^[0-9a-f]{24}$", var.atlas.project_id))
    error_message = "atlas.project_id has 24 hexadecimal digits: Project Settings in Atlas shows it."
  }
}

variable "private_link" {
  description = "Name of the endpoint service to create the MongoDB endpoints for, if it is not managed by this module, as `com.amazonaws.vpce.<region>.vpce-svc-<id>`. `null`: none."
  type = object({
    service_name = string
  })
  default = null

  validation {
    condition     = var.private_link == null ? true : can(regex("^(cn\\.)?com\\.amazonaws\\.vpce\\.[a-z0-9-]+\\.vpce-svc-[0-9a-f]+$", var.private_link.service_name))
    error_message = "private_link.service_name looks as com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0."
  }
}

variable "topology" {
  description = "How functions reach MongoDB. `endpoint`: one interface endpoint with an address in every zone. `nlb`: a network load balancer in front of one endpoint per zone."
  type        = string
  default     = "endpoint"
  nullable    = false

  validation {
    condition     = contains(["endpoint", "nlb"], var.topology)
    error_message = "topology is \"endpoint\" or \"nlb\"."
  }
}

variable "nlb" {
  description = "Settings of the topology `nlb`: the ports of the cluster's nodes (three per shard), and the host name of the connection string that resolves to the load balancer inside the VPC. Without `hostname` no name does."
  type = object({
    ports    = optional(set(number), [1024, 1025, 1026])
    hostname = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition     = length(var.nlb.ports) >= 1 && length(var.nlb.ports) <= 50 && alltrue([for port in var.nlb.ports : port >= 1024 && port <= 65535 && floor(port) == port])
    error_message = "nlb.ports has 1 to 50 ports, a load balancer's most, from 1024 to 65535."
  }

  validation {
    condition     = var.nlb.hostname == null ? true : can(regex("^[a-z0-9-]+(\\.[a-z0-9-]+){2,}$", var.nlb.hostname))
    error_message = "nlb.hostname is a full host name without a port, as pl-0-eu-west-1.abcde.mongodb.net."
  }
}

variable "flow_logs" {
  description = "Retention of the VPC's flow logs in CloudWatch Logs, and a customer managed key, whose policy must allow CloudWatch Logs to use it. `null`: no flow logs, and the alarm on public addresses has no data."
  type = object({
    retention_days = optional(number, 90)
    kms_key_arn    = optional(string)
  })
  default = {}

  validation {
    condition     = var.flow_logs == null ? true : contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.flow_logs.retention_days)
    error_message = "flow_logs.retention_days is one that CloudWatch Logs knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, or 3 to 10 years' days."
  }
}

variable "permissions_boundary" {
  description = "ARN of the policy that is set as permissions boundary on the role. `null`: no boundary."
  type        = string
  default     = null
}

variable "region" {
  description = "Region of the module's resources. `null`: the provider's region."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags for every resource that takes tags, in addition to the provider's `default_tags`."
  type        = map(string)
  default     = {}
  nullable    = false
}
