use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::line::Encoder;

/// One raw BSON document, written twice: `bson`, its bytes in base64, which a restore reads, and `json`, its line, for
/// people. A reader refuses a pair that does not agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exact(pub Vec<u8>);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    bson: String,
    json: Box<RawValue>,
}

impl Exact {
    fn line(&self) -> String {
        let mut line = Vec::new();
        Encoder::new().encode(&self.0, &mut line);
        line.pop();
        // Lines are UTF-8, whatever documents hold.
        String::from_utf8(line).unwrap_or_default()
    }
}

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let json = RawValue::from_string(self.line()).map_err(S::Error::custom)?;
        let bson = STANDARD.encode(&self.0);
        Pair { bson, json }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let pair = Pair::deserialize(deserializer)?;
        let raw = STANDARD
            .decode(&pair.bson)
            .map_err(|_| D::Error::custom("bson is not base64"))?;
        let exact = Self(raw);
        if exact.line() == pair.json.get() {
            return Ok(exact);
        }
        Err(D::Error::custom("bson and json are not the same document"))
    }
}
