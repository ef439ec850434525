//! Sets of addresses.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// What never is a public address: private (RFC 1918, RFC 4193), of the host, of the link, to many at once, and none at all. Shared
/// addresses (100.64.0.0/10) are not among them: a VPC that uses them says so in its own ranges.
const PRIVATE: [&str; 13] = [
    "0.0.0.0/32",
    "10.0.0.0/8",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "224.0.0.0/4",
    "255.255.255.255/32",
    "::/128",
    "::1/128",
    "fc00::/7",
    "fe80::/10",
    "ff00::/8",
];

/// Addresses as ranges that neither overlap nor touch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ranges {
    /// First and last, in order.
    v4: Vec<(u32, u32)>,
    v6: Vec<(u128, u128)>,
}

impl Ranges {
    /// What is not public anywhere, and the addresses of these.
    pub fn private_and(own: impl IntoIterator<Item = IpNet>) -> Self {
        let private = PRIVATE.iter().filter_map(|range| range.parse().ok());
        private.chain(own).collect()
    }

    /// Whether an address is in the set.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(address) => is_in(&self.v4, address.to_bits()),
            IpAddr::V6(address) => is_in(&self.v6, address.to_bits()),
        }
    }
}

impl FromIterator<IpNet> for Ranges {
    fn from_iter<T: IntoIterator<Item = IpNet>>(nets: T) -> Self {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for net in nets {
            match net {
                IpNet::V4(net) => v4.push(net),
                IpNet::V6(net) => v6.push(net),
            }
        }
        let v4 = Ipv4Net::aggregate(&v4);
        let v6 = Ipv6Net::aggregate(&v6);
        let mut ranges = Self {
            v4: v4
                .iter()
                .map(|net| (net.network().to_bits(), net.broadcast().to_bits()))
                .collect(),
            v6: v6
                .iter()
                .map(|net| (net.network().to_bits(), net.broadcast().to_bits()))
                .collect(),
        };
        ranges.v4.sort_unstable();
        ranges.v6.sort_unstable();
        ranges
    }
}

fn is_in<T: PartialOrd + Copy>(ranges: &[(T, T)], address: T) -> bool {
    let after = ranges.partition_point(|(first, _)| *first <= address);
    after
        .checked_sub(1)
        .and_then(|at| ranges.get(at))
        .is_some_and(|(_, last)| address <= *last)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn private_addresses_are_told_from_public_ones_at_their_edges() {
        let ranges = Ranges::private_and(["100.64.0.0/16".parse().unwrap(), "2001:db8:1::/48".parse().unwrap()]);
        for (address, is_in) in [
            ("9.255.255.255", false),
            ("10.0.0.0", true),
            ("10.255.255.255", true),
            ("11.0.0.0", false),
            ("172.15.255.255", false),
            ("172.16.0.0", true),
            ("172.31.255.255", true),
            ("172.32.0.0", false),
            ("192.168.0.1", true),
            ("192.169.0.0", false),
            ("169.254.169.254", true),
            ("127.0.0.1", true),
            ("0.0.0.0", true),
            ("0.0.0.1", false),
            ("224.0.0.251", true),
            ("240.0.0.1", false),
            ("255.255.255.255", true),
            ("100.64.1.1", true),
            ("100.65.0.0", false),
            ("8.8.8.8", false),
            ("::", true),
            ("::1", true),
            ("::2", false),
            ("fd00::1", true),
            ("fe80::1", true),
            ("fec0::1", false),
            ("ff02::1", true),
            ("2001:db8:1::7", true),
            ("2001:db8:2::7", false),
            ("2600::1", false),
        ] {
            assert_eq!(ranges.contains(address.parse().unwrap()), is_in, "{address}");
        }
    }

    #[test]
    fn an_empty_set_has_nothing() {
        assert!(!Ranges::default().contains("10.0.0.1".parse().unwrap()));
    }

    proptest! {
        #[test]
        fn an_address_is_in_the_set_if_it_is_in_one_of_its_parts(nets in prop::collection::vec((any::<u32>(), 0_u8..=32), 0..12), address in any::<u32>()) {
            let nets: Vec<_> = nets.into_iter().map(|(bits, length)| IpNet::V4(Ipv4Net::new(bits.into(), length).unwrap().trunc())).collect();
            let ranges: Ranges = nets.iter().copied().collect();
            let edges = nets.iter().flat_map(|net| [net.network(), net.broadcast()]);
            for address in edges.chain([IpAddr::V4(address.into())]) {
                prop_assert_eq!(ranges.contains(address), nets.iter().any(|net| net.contains(&address)));
            }
        }
    }
}
