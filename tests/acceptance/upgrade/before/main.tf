module "network" {
  source       = "../0.1.0/network"
  name         = "edu"
  private_link = { service_name = "com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0" }
}

module "monitoring" {
  source          = "../0.1.0/monitoring"
  name            = "edu"
  dashboard       = false
  critical_emails = ["ops@example.com"]
}

module "backup" {
  source              = "../0.1.0/backup"
  name                = "edu"
  cluster             = "main"
  bucket              = "edu-dumps"
  secret_arn          = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf"
  mongo_dump_zip      = "${path.module}/p.zip"
  mongo_restore_zip   = "${path.module}/p.zip"
  failure_topic_arn   = "arn:aws:sns:eu-west-1:123456789012:alarms"
  large               = true
  restore_secret_arns = ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf"]
  drill               = { secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf" }
}
