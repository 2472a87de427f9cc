//! The accounts of one of several processes.

use std::fmt;
use std::str::FromStr;

use lmsync_core::{Error, Result};
use sha2::{Digest, Sha256};

/// One of several processes that share the accounts of a configuration: `3/10` is the fourth of
/// ten.
///
/// Accounts are dealt by the request limit that their vendor counts them against
/// ([`AccountConfig::limit_name`](crate::AccountConfig::limit_name)), since each process keeps to a limit
/// by itself: those that share one are in one shard. That is a Halo account, a SuperOps subdomain, a
/// key of ConnectWise RMM, and all Syncro accounts together, since Syncro counts by source address.
/// Which shard it is depends on nothing but the name of the limit and the number of shards, the
/// same in all versions and on all machines.
///
/// ```
/// use lmsync::Shard;
///
/// let shard: Shard = "3/10".parse()?;
/// assert_eq!(shard, Shard::new(3, 10)?);
/// assert!("10/10".parse::<Shard>().is_err());
/// # Ok::<(), lmsync::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Shard {
    index: u32,
    count: u32,
}

const FORM: &str = "write I/N, such as 0/4 for the first of four; I goes from 0 to N-1";

impl Shard {
    /// The shard `index`, from 0 on, of `count`.
    ///
    /// # Errors
    /// `config` when there is no such shard.
    pub fn new(index: u32, count: u32) -> Result<Self> {
        match index < count {
            true => Ok(Self { index, count }),
            false => {
                let message = format!("there is no shard {index} of {count}");
                Err(Error::config(message).with_hint(FORM))
            }
        }
    }

    /// Tells whether accounts that are counted against `limit` are in this shard.
    #[must_use]
    pub fn holds(self, limit: &str) -> bool {
        let digest = Sha256::digest(limit);
        let number = digest
            .iter()
            .take(8)
            .fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
        number % u64::from(self.count) == u64::from(self.index)
    }
}

impl FromStr for Shard {
    type Err = Error;

    /// Reads `I/N`.
    ///
    /// # Errors
    /// `config` when it has another form, or there is no such shard.
    fn from_str(text: &str) -> Result<Self> {
        let wrong = || Error::config(format!("`{text}` is no shard")).with_hint(FORM);
        let number = |digits: &str| {
            let is_number = digits.bytes().all(|digit| digit.is_ascii_digit());
            is_number.then(|| digits.parse().ok()).flatten()
        };
        let (index, count) = text.split_once('/').ok_or_else(wrong)?;
        let (index, count) = number(index).zip(number(count)).ok_or_else(wrong)?;
        Self::new(index, count)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(limit: &str, count: u32) -> Vec<u32> {
        let shards = (0..count).filter(|index| Shard::new(*index, count).unwrap().holds(limit));
        shards.collect()
    }

    #[test]
    fn every_limit_is_in_one_shard_and_always_in_the_same() {
        for count in 1..20 {
            for number in 0..50 {
                assert_eq!(place(&format!("limit {number}"), count).len(), 1);
            }
        }
        // Of versions that were deployed: pods of two of them must agree.
        let places = ["syncro", "halo https://acme.halopsa.com/api "].map(|limit| place(limit, 10));
        assert_eq!(places, [[4], [3]]);
    }

    #[test]
    fn many_limits_are_dealt_about_evenly() {
        let first = Shard::new(0, 4).unwrap();
        let held = (0..4_000).filter(|number| first.holds(&number.to_string()));
        assert!((900..1_100).contains(&held.count()));
    }

    #[test]
    fn what_is_no_shard_is_refused_with_the_form() {
        for text in [
            "", "1", "/", "1/", "/2", "2/2", "0/0", "-1/2", "+0/2", "0/2/3", " 0/2", "a/b",
        ] {
            let error = text.parse::<Shard>().unwrap_err();
            assert!(error.hint().unwrap().contains("I/N"), "{text}");
        }
        assert_eq!("007/010".parse::<Shard>().unwrap().to_string(), "7/10");
    }
}
