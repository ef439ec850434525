//! awsQuery requests: a form whose keys are paths, `Metrics.member.1.MetricStat.Stat=Sum`.

use std::collections::BTreeMap;

use serde::de::value::{Error, MapAccessDeserializer, MapDeserializer, SeqDeserializer};
use serde::de::{Deserializer, Error as _, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use crate::error::ApiError;
use crate::protocol::Input;

/// Deeper paths than any request has.
const MAX_DEPTH: usize = 32;

/// A form as a tree. The form does not say what is a number; the reading type does.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Tree {
    Text(String),
    List(Vec<Tree>),
    Map(BTreeMap<String, Tree>),
}

/// Action, API version and members of a form.
pub(crate) struct Form {
    pub(crate) action: String,
    pub(crate) version: String,
    pub(crate) input: Input,
}

pub(crate) fn decode(body: &[u8]) -> Result<Form, ApiError> {
    let mut root = BTreeMap::new();
    for (key, value) in form_urlencoded::parse(body) {
        let path: Vec<&str> = key.split('.').collect();
        if path.len() > MAX_DEPTH {
            return Err(ApiError::malformed("The request is nested too deeply."));
        }
        insert(&mut root, &path, value.into_owned());
    }
    let mut take = |key: &str| match root.remove(key) {
        Some(Tree::Text(text)) => text,
        _ => String::new(),
    };
    let (action, version) = (take("Action"), take("Version"));
    if action.is_empty() {
        return Err(ApiError::malformed("The request has no Action."));
    }
    Ok(Form {
        action,
        version,
        input: Input::Form(with_lists(Tree::Map(root))),
    })
}

fn insert(map: &mut BTreeMap<String, Tree>, path: &[&str], value: String) {
    let [head, rest @ ..] = path else { return };
    if rest.is_empty() {
        map.insert((*head).to_owned(), Tree::Text(value));
        return;
    }
    let child = map
        .entry((*head).to_owned())
        .or_insert_with(|| Tree::Map(BTreeMap::new()));
    if !matches!(child, Tree::Map(_)) {
        *child = Tree::Map(BTreeMap::new());
    }
    if let Tree::Map(children) = child {
        insert(children, rest, value);
    }
}

/// Turns `{member: {1: a, 2: b}}` into `[a, b]`.
fn with_lists(tree: Tree) -> Tree {
    let Tree::Map(mut map) = tree else { return tree };
    if map.len() == 1
        && let Some(Tree::Map(members)) = map.remove("member")
    {
        let numbered = members
            .into_iter()
            .map(|(index, item)| (index.parse::<u32>().unwrap_or(u32::MAX), item));
        let mut numbered: Vec<_> = numbered.collect();
        numbered.sort_by_key(|(index, _)| *index);
        return Tree::List(numbered.into_iter().map(|(_, item)| with_lists(item)).collect());
    }
    Tree::Map(map.into_iter().map(|(key, child)| (key, with_lists(child))).collect())
}

impl<'de> IntoDeserializer<'de> for &'de Tree {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl Tree {
    fn parse<T: std::str::FromStr>(&self, expected: &str) -> Result<T, Error> {
        match self {
            Self::Text(text) => text
                .parse()
                .map_err(|_| Error::custom(format!("\"{text}\" is no {expected}"))),
            _ => Err(Error::custom(format!("a structure stands where {expected} belongs"))),
        }
    }

    fn entries(map: &BTreeMap<String, Tree>) -> impl Iterator<Item = (&str, &Tree)> {
        map.iter().map(|(key, child)| (key.as_str(), child))
    }
}

impl<'de> Deserializer<'de> for &'de Tree {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Tree::Text(text) => visitor.visit_borrowed_str(text),
            Tree::List(items) => visitor.visit_seq(SeqDeserializer::new(items.iter())),
            Tree::Map(map) => visitor.visit_map(MapDeserializer::new(Tree::entries(map))),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_bool(self.parse("boolean")?)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_i64(self.parse("integer")?)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_u64(self.parse("integer")?)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_f64(self.parse("number")?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            // An empty list is sent as an empty value.
            Tree::Text(text) if text.is_empty() => {
                visitor.visit_seq(SeqDeserializer::<_, Error>::new(std::iter::empty::<&Tree>()))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self {
            // So is an empty structure.
            Tree::Text(text) if text.is_empty() => {
                visitor.visit_map(MapDeserializer::new(std::iter::empty::<(&str, &Tree)>()))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self {
            Tree::Text(text) => visitor.visit_enum(text.as_str().into_deserializer()),
            Tree::Map(map) => visitor.visit_enum(MapAccessDeserializer::new(MapDeserializer::new(Tree::entries(map)))),
            Tree::List(_) => Err(Error::custom("a list stands where a choice belongs")),
        }
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u16 u32 u128 f32 char str string bytes byte_buf unit unit_struct tuple tuple_struct map
        identifier ignored_any
    }
}
