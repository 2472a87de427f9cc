//! A token that stays the same until somebody replaces it by hand.

use async_trait::async_trait;

use super::credential::{Authorizer, Credential};
use crate::error::Result;
use crate::http::Meter;

/// Sends the same credential with every request.
#[derive(Debug, Clone)]
pub struct HeaderAuth(Credential);

impl HeaderAuth {
    /// Sends `credential`.
    #[must_use]
    pub fn new(credential: Credential) -> Self {
        Self(credential)
    }
}

#[async_trait]
impl Authorizer for HeaderAuth {
    async fn credential(&self, _meter: &Meter) -> Result<Credential> {
        Ok(self.0.clone())
    }

    fn renew(&self, _refused: &Credential) -> bool {
        false
    }
}
