use std::fmt;

macro_rules! open_status {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
            /// A word this client does not know, as received; empty where the answer had none.
            Other(String),
        }

        impl $name {
            pub(crate) fn from_reply(text: Option<String>) -> Self {
                match text.as_deref() {
                    $(Some($text) => Self::$variant,)+
                    _ => Self::Other(text.unwrap_or_default()),
                }
            }

            /// The word as Atlas writes it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Other(text) => text,
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

open_status! {
    /// Where a private endpoint service is in its life: INITIATING -> AVAILABLE -> DELETING -> gone, or FAILED from
    /// anywhere. Open, because Atlas has added words before.
    ServiceStatus {
        /// Atlas builds the load balancers; there is no service name yet.
        Initiating = "INITIATING",
        /// Built. Atlas says this for a new AWS service that has no endpoint yet, too.
        Available = "AVAILABLE",
        /// Built and without endpoints: the word used before AVAILABLE took its place.
        WaitingForUser = "WAITING_FOR_USER",
        /// Not built; the error message says why.
        Failed = "FAILED",
        /// On its way out.
        Deleting = "DELETING",
    }
}

open_status! {
    /// Where the connection of an interface endpoint is: NONE -> PENDING_ACCEPTANCE -> PENDING -> AVAILABLE, or
    /// REJECTED or FAILED. Open, because clients have met words the API's document does not list.
    ConnectionStatus {
        /// Registered with Atlas; AWS has not reported the endpoint yet.
        None = "NONE",
        /// AWS has the connection request; Atlas accepts it by itself.
        PendingAcceptance = "PENDING_ACCEPTANCE",
        /// AWS connects.
        Pending = "PENDING",
        /// Connected.
        Available = "AVAILABLE",
        /// AWS did not connect.
        Rejected = "REJECTED",
        /// Atlas gave up; the error message says why.
        Failed = "FAILED",
        /// On its way out.
        Deleting = "DELETING",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_words_and_unknown_words_keep_their_text() {
        assert_eq!(
            ServiceStatus::from_reply(Some("WAITING_FOR_USER".into())),
            ServiceStatus::WaitingForUser
        );
        assert_eq!(
            ConnectionStatus::from_reply(Some("NONE".into())),
            ConnectionStatus::None
        );
        assert_eq!(
            ConnectionStatus::from_reply(Some("VERIFIED".into())),
            ConnectionStatus::Other("VERIFIED".into())
        );
        assert_eq!(ServiceStatus::from_reply(Some("FOO".into())).as_str(), "FOO");
        assert_eq!(ServiceStatus::from_reply(None), ServiceStatus::Other(String::new()));
    }
}
