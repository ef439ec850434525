# What was made by 0.1.0, by the addresses that it has now.

moved {
  from = aws_kms_key.topics
  to   = aws_kms_key.topics["main"]
}

moved {
  from = aws_kms_alias.topics
  to   = aws_kms_alias.topics["main"]
}
