//! CloudWatch's alarm evaluation as a pure function: definition and datapoints in, state out.
