//! Times as clients, policies and MongoDB have them.

use std::time::{Duration, SystemTime};

use mongodb::bson::DateTime;

/// Without its part of a second, which neither a policy nor a link can say.
pub(crate) fn whole_seconds(time: SystemTime) -> SystemTime {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    SystemTime::UNIX_EPOCH + Duration::from_secs(since.as_secs())
}

/// Like `2015-12-29T00:00:00Z`, in whole seconds.
pub(crate) fn rfc3339(time: SystemTime) -> String {
    DateTime::from_system_time(whole_seconds(time))
        .try_to_rfc3339_string()
        .unwrap_or_default()
}

/// Like `20151229T000000Z`.
pub(crate) fn amz_date(time: SystemTime) -> String {
    rfc3339(time).replace(['-', ':'], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_whole_seconds() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(1_451_347_200_999);
        assert_eq!(rfc3339(time), "2015-12-29T00:00:00Z");
        assert_eq!(amz_date(time), "20151229T000000Z");
    }
}
