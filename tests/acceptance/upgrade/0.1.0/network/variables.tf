variable "name" {
  description = "First part of the names of all that is made."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,23}$", var.name))
    error_message = "name begins with a letter and has at most 24 of a-z, 0-9 and -, so that the load balancer's name stays within its 32 characters."
  }
}

variable "cidr" {
  description = "Private IPv4 range of the VPC, from /16 to /22. Each zone's subnet takes a sixteenth."
  type        = string
  default     = "10.42.0.0/16"

  validation {
    condition     = can(regex("^(10\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.|192\\.168\\.)[0-9.]+/(1[6-9]|2[0-2])$", var.cidr)) && try(cidrsubnet(var.cidr, 0, 0) == var.cidr, false)
    error_message = "cidr is a private range (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16) from /16 to /22 by its first address, as 10.42.0.0/16."
  }
}

variable "availability_zones" {
  description = "Zones to have a subnet in; only append to it, since a zone's place decides its subnet's range. null: the region's first two. Name them if the service of private_link or Atlas is not in those."
  type        = list(string)
  default     = null

  validation {
    condition     = var.availability_zones == null ? true : length(var.availability_zones) >= 2 && length(var.availability_zones) <= 6 && length(distinct(var.availability_zones)) == length(var.availability_zones)
    error_message = "availability_zones has two to six different zones, as [\"eu-west-1a\", \"eu-west-1b\"]: one alone does not survive its loss."
  }
}

variable "interface_endpoints" {
  description = "Services of AWS to make interface endpoints for, by the last part of their service names. The default is what the handlers call: kms, lambda (a function that hands over to itself), secretsmanager and sts. What a function prints reaches CloudWatch Logs without one."
  type        = set(string)
  default     = ["kms", "lambda", "secretsmanager", "sts"]
  nullable    = false

  validation {
    condition     = alltrue([for service in var.interface_endpoints : can(regex("^[a-z][a-z0-9.-]+$", service)) && !contains(["s3", "dynamodb"], service)])
    error_message = "interface_endpoints has names such as \"kms\" or \"ecr.api\". Not s3: it has its gateway, and functions may talk to no other."
  }
}

variable "interface_endpoints_without_policy" {
  description = "Those of interface_endpoints whose service takes no endpoint policy: AWS refuses to make their endpoint with one."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "s3_account_ids" {
  description = "Other accounts whose buckets functions may reach through the S3 endpoint; this account's are always."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for account in var.s3_account_ids : can(regex("^[0-9]{12}$", account))])
    error_message = "s3_account_ids has account ids of twelve digits."
  }
}

variable "atlas" {
  description = "MongoDB Atlas project to make, or adopt, the private link of: its id, and the clusters whose connection strings to wait for. null: nothing is made at Atlas."
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
  description = "Endpoint service to make MongoDB's endpoints for, where its other side is made elsewhere: its name, as com.amazonaws.vpce.<region>.vpce-svc-<id>. null: none."
  type = object({
    service_name = string
  })
  default = null

  validation {
    condition     = var.private_link == null ? true : can(regex("^com\\.amazonaws\\.vpce\\.[a-z0-9-]+\\.vpce-svc-[0-9a-f]+$", var.private_link.service_name))
    error_message = "private_link.service_name looks as com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0."
  }
}

variable "topology" {
  description = "How functions reach MongoDB: \"endpoint\", one interface endpoint with an address in every zone, or \"nlb\", a network load balancer before one endpoint for each zone."
  type        = string
  default     = "endpoint"

  validation {
    condition     = contains(["endpoint", "nlb"], var.topology)
    error_message = "topology is \"endpoint\" or \"nlb\"."
  }
}

variable "nlb" {
  description = "Of topology \"nlb\": the ports of the cluster's nodes (three for each shard), and the host name in its connection string that is to lead to the load balancer; without one no name does."
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
  description = "Flow logs of the VPC to CloudWatch Logs: days to keep them, and a customer key, whose policy has to let CloudWatch Logs use it. null: no flow logs, and nothing for the alarm on public addresses to read."
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
