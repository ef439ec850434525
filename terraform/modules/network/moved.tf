# What was made by 0.1.0, by the addresses that it has now.

moved {
  from = aws_vpc.this
  to   = aws_vpc.this["main"]
}

moved {
  from = aws_default_security_group.this
  to   = aws_default_security_group.this["main"]
}
