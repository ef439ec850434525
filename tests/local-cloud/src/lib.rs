//! Starts and stops the AWS emulators the examples and tests run against.
