module "network" {
  source       = "../modules/network"
  name         = "edu"
  private_link = { service_name = "com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0" }
}

module "monitoring" {
  source          = "../modules/monitoring"
  name            = "edu"
  dashboard       = false
  critical_emails = ["ops@example.com"]
}

module "backup" {
  source              = "../modules/backup"
  name                = "edu"
  cluster             = "main"
  bucket              = "edu-dumps"
  secret_arn          = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf"
  dump_package        = { path = "${path.module}/p.zip" }
  restore_package     = { path = "${path.module}/p.zip" }
  schedule_name       = "MongoDBDumpEvery6Hours"
  dump_role_name      = "BucketMongoDBBackup"
  failure_topic       = { arn = "arn:aws:sns:eu-west-1:123456789012:alarms" }
  large               = true
  restore_secret_arns = ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf"]
  drill               = { secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf" }
}
