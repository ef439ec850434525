//! CloudWatch's alarm and metric API on 127.0.0.1.
