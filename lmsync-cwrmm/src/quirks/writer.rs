//! The requests that change something, with a token of their own.
//!
//! A key without the right to write still reads: the scopes of both are never asked for together.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lmsync_core::auth::{Authorizer, TokenAuth};
use lmsync_core::http::{Call, Endpoint, HttpClient, Idempotency, Meter};
use lmsync_core::{Error, ErrorKind, Result};
use url::Url;

use crate::answers;
use crate::quirks::scope::{Scope, Scopes};
use crate::quirks::sign_in::may_not_write;
use crate::wire::{NewField, NewValue};

/// A refused key is not asked about again for so long: a run of a thousand dates would ask
/// for a thousand tokens.
const REFUSAL_STANDS: Duration = Duration::from_secs(60);

/// What writes to one account; clones share the token.
#[derive(Debug, Clone)]
pub(crate) struct Writer {
    http: HttpClient,
    tokens: TokenAuth,
    endpoint: Endpoint,
    scopes: Scopes,
    /// When the key was refused last, and how.
    refusal: Arc<Mutex<Option<(Duration, Error)>>>,
    creating: Arc<tokio::sync::Mutex<()>>,
}

impl Writer {
    /// Writes through `http`, whose authorizer is `tokens`.
    pub(crate) fn new(
        http: HttpClient,
        tokens: TokenAuth,
        endpoint: Endpoint,
        scopes: Scopes,
    ) -> Self {
        Self {
            http,
            tokens,
            endpoint,
            scopes,
            refusal: Arc::default(),
            creating: Arc::default(),
        }
    }

    /// Gets a token to write with, unless there is one; writes nothing. A token that was
    /// granted with less than was asked for is kept: further ones would lock the key.
    pub(crate) async fn sign_in(&self, meter: &Meter) -> Result<()> {
        if let Some(error) = self.standing_refusal() {
            return Err(error);
        }
        if let Err(error) = self.tokens.credential(meter).await {
            if error.kind() == ErrorKind::Permission {
                *self.refusal() = Some((self.http.clock().elapsed(), error.clone()));
            }
            return Err(error);
        }
        if self.lacks(Scope::WriteCustomFields) {
            return Err(may_not_write());
        }
        Ok(())
    }

    fn standing_refusal(&self) -> Option<Error> {
        let refusal = self.refusal();
        let (at, error) = refusal.as_ref()?;
        (self.http.clock().elapsed() < *at + REFUSAL_STANDS).then(|| error.clone())
    }

    fn refusal(&self) -> MutexGuard<'_, Option<(Duration, Error)>> {
        self.refusal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the key is known to lack `scope`.
    pub(crate) fn lacks(&self, scope: Scope) -> bool {
        self.scopes.lack(scope)
    }

    /// Sets custom fields of one device, all in one request, soon after they were read at
    /// `read_at` by the client's clock or not at all.
    pub(crate) async fn set_values(
        &self,
        device: &str,
        values: &[NewValue<'_>],
        read_at: Duration,
        meter: &Meter,
    ) -> Result<()> {
        self.sign_in(meter).await?;
        let url = fields_of(&self.endpoint, device)?;
        let call = Call::put_json("set custom fields", &url, values, Idempotency::Once)?;
        let call = call.with_request_id().made_from_reading_at(read_at);
        self.http.send(&call, meter, answers::accept_saved).await
    }

    /// Creates a custom field for all devices; fine where it exists.
    pub(crate) async fn create_field(&self, field: &NewField<'_>, meter: &Meter) -> Result<()> {
        self.sign_in(meter).await?;
        let url = self
            .endpoint
            .join("/api/platform/v1/custom-field/definitions")?;
        let call = Call::post_json("create custom field", &url, field, Idempotency::Once)?;
        let call = call.with_request_id();
        self.http.send(&call, meter, answers::accept_created).await
    }

    /// The right to create fields: one at a time, so that none is created twice.
    pub(crate) async fn turn_to_create(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.creating.lock().await
    }
}

/// The address at which the custom fields of device `id` are read and written.
pub(crate) fn fields_of(endpoint: &Endpoint, id: &str) -> Result<Url> {
    let device = ["api", "platform", "v2", "device", "endpoints", id];
    endpoint.path(device.into_iter().chain(["custom-fields"]))
}
