//! The Atlas resources through a real provider process, against the Atlas emulator (B2, B8, D1, G2, G3).

mod access_list;
mod endpoint;
mod faults;
mod identity;
mod kill;
mod ownership;
mod planned;
mod private_link;
mod secrets;
mod settings;
pub(crate) mod world;
