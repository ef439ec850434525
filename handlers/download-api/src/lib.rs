//! download-api
