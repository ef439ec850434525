//! What a resource author needs besides schema, pure model and CRUD.

mod num;

pub use num::Num;
