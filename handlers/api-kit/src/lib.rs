//! api-kit
