//! The alarm catalogue as data: metrics, thresholds, sources and what an operator does.
