//! One HTTP stack for all vendors: transport, limits, retries, redaction.

mod answer;
mod call;
mod client;
mod endpoint;
mod limit;
mod link;
mod meter;
mod network;
mod origins;
mod proxy;
mod reading;
mod redact;
mod reqwest;
mod retry;
mod said;
mod tls;
mod transport;
mod unpack;

pub use self::answer::Answer;
pub use self::call::Call;
pub(crate) use self::client::USER_AGENT;
pub use self::client::{HttpClient, HttpClientBuilder, Received};
pub use self::endpoint::Endpoint;
pub use self::limit::{Budget, Limiter, Permit};
pub use self::meter::{Meter, Usage};
pub use self::network::{NetworkConfig, Pem, ProxyChoice};
pub use self::redact::Redactor;
pub use self::reqwest::ReqwestTransport;
pub use self::retry::{Idempotency, RetryPolicy};
pub use self::said::Said;
pub use self::transport::{Transport, TransportError, TransportErrorKind};
