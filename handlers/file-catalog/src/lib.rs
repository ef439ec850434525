//! file-catalog
