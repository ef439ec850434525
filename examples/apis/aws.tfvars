# For real AWS: put your own names here. Credentials and region come from the environment.
name            = "edu"
bucket          = "edu-files-CHANGE-ME"
mongo_secret    = { arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf" }
atlas           = { project_id = "0123456789abcdef01234567", cluster_names = ["main"] }
cors_origins    = ["https://learn.example.com"]
critical_emails = ["oncall@example.com"]
warning_emails  = ["team@example.com"]

# true where API Gateway has no role for logs in this account and region yet: aws apigateway get-account
manage_account_logging_role = false
