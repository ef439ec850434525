output "project_id" {
  description = "ID of the Atlas project."
  value       = local.project_id
}

output "cluster_name" {
  description = "Name of the cluster, for `cluster` of the modules mongo-probe and backup."
  value       = mongodbatlas_advanced_cluster.this.name
}

output "cluster_id" {
  description = "ID of the cluster."
  value       = mongodbatlas_advanced_cluster.this.cluster_id
}

output "atlas" {
  description = "Value for `atlas` of the module network: `project_id` and `cluster_names`. It depends on the cluster."
  value       = { project_id = mongodbatlas_advanced_cluster.this.project_id, cluster_names = [mongodbatlas_advanced_cluster.this.name] }
}

output "mongodb_version" {
  description = "Version of MongoDB that the cluster runs."
  value       = mongodbatlas_advanced_cluster.this.mongo_db_version
}

output "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the cluster and its snapshots."
  value       = local.kms_key_arn
}

output "kms_role_arn" {
  description = "ARN of the IAM role that Atlas assumes to use the key."
  value       = aws_iam_role.atlas.arn
}

output "database_user_names" {
  description = "Map of name to the user name in MongoDB, which is the ARN of the IAM role."
  value       = { for key, user in mongodbatlas_database_user.this : key => user.username }
}
