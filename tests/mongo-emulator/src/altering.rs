//! What somebody else changes in a collection behind a client's back.

use crate::bson::Document;
use crate::clock::Time;
use crate::emulator::MongoEmulator;
use crate::lock;
use crate::store::Collection;

impl MongoEmulator {
    /// Drops the index of that name.
    pub fn drop_index(&self, database: &str, collection: &str, name: &str) {
        self.alter(database, collection, |collection| {
            collection
                .indexes
                .retain(|index| Document(index).str("name") != Some(name));
        });
    }

    /// Gives a collection or view other options.
    pub fn set_options(&self, database: &str, collection: &str, options: Vec<u8>) {
        self.alter(database, collection, |collection| collection.options = options);
    }

    fn alter(&self, database: &str, name: &str, change: impl FnOnce(&mut Collection)) {
        let mut state = lock(&self.shared.state);
        let id = state.store.id_at(database, name, Time::LATEST);
        if let Some(collection) = id.and_then(|id| state.store.get_mut(id)) {
            change(collection);
        }
    }
}
