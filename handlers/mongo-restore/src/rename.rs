//! Other names for what is restored.

use dump_format::names::Namespace;
use serde::{Deserialize, Serialize};

/// Databases that belong to the server.
const SERVERS_OWN: [&str; 3] = ["admin", "config", "local"];

/// One other name: of a database and all that is in it, or of one collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rename {
    /// A database, or `<database>.<collection>`, as dumped.
    pub from: String,
    /// The same kind of name.
    pub to: String,
}

/// Why names cannot be as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenameError {
    /// One is a database and the other a collection.
    #[error("from and to must both be a database, or both be <database>.<collection>")]
    Unlike,
    /// A name that no server takes.
    #[error("{0:?} cannot be a name: a database has 1 to 63 bytes, with its collection at most 255")]
    Name(String),
    /// A database of the server's own.
    #[error("{0} is the server's own database")]
    ServersOwn(String),
    /// A collection of the server's own.
    #[error("{0:?}: collections whose names begin with system. or have .system. in them are the server's own")]
    System(String),
    /// A database of this program's own.
    #[error("{0} is reserved for the progress of a restore: use another name")]
    RestoresOwn(String),
    /// Nothing that is restored has this name.
    #[error("{0:?} does not match a selected namespace: correct it, or include it")]
    Unused(String),
    /// The same `from` twice.
    #[error("{0:?} is listed twice")]
    Doubled(String),
    /// Two namespaces would get one name.
    #[error("{first} and {second} would both be renamed to {to}")]
    Collision {
        /// As dumped.
        first: String,
        /// As dumped.
        second: String,
        /// Under the new name.
        to: String,
    },
    /// A name gets too long.
    #[error("{from} would get a name of more than 255 bytes in database {database}")]
    TooLong {
        /// As dumped.
        from: String,
        /// Under the new name.
        database: String,
    },
    /// A view would look at another database.
    #[error("the view {view} would be in another database than {on}, which it looks at: rename both or neither")]
    ViewLeft {
        /// As dumped.
        view: String,
        /// As dumped.
        on: String,
    },
}

fn split(name: &str) -> (&str, Option<&str>) {
    name.split_once('.')
        .map_or((name, None), |(database, collection)| (database, Some(collection)))
}

impl Rename {
    pub(crate) fn check_all(renames: &[Self]) -> Result<(), (usize, RenameError)> {
        for (at, rename) in renames.iter().enumerate() {
            rename.check().map_err(|problem| (at, problem))?;
            if renames[..at].iter().any(|before| before.from == rename.from) {
                return Err((at, RenameError::Doubled(rename.from.clone())));
            }
        }
        Ok(())
    }

    fn check(&self) -> Result<(), RenameError> {
        let (from, to) = (split(&self.from), split(&self.to));
        if from.1.is_some() != to.1.is_some() {
            return Err(RenameError::Unlike);
        }
        for (name, (database, collection)) in [(&self.from, from), (&self.to, to)] {
            if Namespace::new(database, collection.unwrap_or("c")).is_err() || name.contains(['\0', '$']) {
                return Err(RenameError::Name(name.clone()));
            }
        }
        if SERVERS_OWN.contains(&to.0) {
            return Err(RenameError::ServersOwn(to.0.to_owned()));
        }
        // The server refuses to create those (userAllowedCreateNS), and what it keeps in system.views decides what other names stand for.
        let is_system = |collection: &str| collection.starts_with("system.") || collection.contains(".system.");
        if to.1.is_some_and(is_system) {
            return Err(RenameError::System(self.to.clone()));
        }
        Ok(())
    }

    /// `FROM=TO` as it is typed; an equals sign in a name is typed `\=`. `None`: there is no other one, or more than one.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        let mut names = vec![String::new()];
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            match (letter, names.last_mut()) {
                ('=', _) => names.push(String::new()),
                ('\\', Some(name)) => name.push(letters.next_if_eq(&'=').unwrap_or('\\')),
                (letter, Some(name)) => name.push(letter),
                (_, None) => {}
            }
        }
        let [from, to] = <[String; 2]>::try_from(names).ok()?;
        Some(Self { from, to })
    }

    /// Whether it gives this namespace another name, or would if there was no stronger one.
    pub(crate) fn is_of(&self, namespace: &Namespace) -> bool {
        self.from == namespace.to_string() || self.from == namespace.database()
    }

    /// The namespace's new name. One of the collection itself is stronger than one of its database.
    pub(crate) fn apply(renames: &[Self], namespace: &Namespace) -> Result<Namespace, RenameError> {
        let (mut database, mut collection) = (namespace.database(), namespace.collection());
        let whole = namespace.to_string();
        if let Some(rename) = renames.iter().find(|rename| rename.from == whole) {
            let to = split(&rename.to);
            (database, collection) = (to.0, to.1.unwrap_or_default());
        } else if let Some(rename) = renames.iter().find(|rename| rename.from == database) {
            database = &rename.to;
        }
        Namespace::new(database, collection).map_err(|_| RenameError::TooLong {
            from: namespace.to_string(),
            database: database.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_equals_sign_in_a_name_can_be_typed() {
        for (typed, expected) in [
            ("shop=copy", Some(("shop", "copy"))),
            (r"shop.a\=b=shop.c", Some(("shop.a=b", "shop.c"))),
            (r"shop.a=shop.b\=\=", Some(("shop.a", "shop.b=="))),
            (r"shop.a\b=shop.c\", Some((r"shop.a\b", r"shop.c\"))),
            ("shop.a=b=shop.c", None),
            ("shop", None),
            (r"shop\=copy", None),
        ] {
            let found = Rename::typed(typed);
            let found = found.as_ref().map(|rename| (rename.from.as_str(), rename.to.as_str()));
            assert_eq!(found, expected, "{typed}");
        }
    }
}
