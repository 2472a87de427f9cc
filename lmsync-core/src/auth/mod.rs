//! Credentials: fixed headers, and tokens that expire.

mod client_credentials;
mod credential;
mod header;
mod token;

pub use self::client_credentials::{ClassifySignIn, ClientCredentials, ClientCredentialsConfig};
pub use self::credential::{Authorizer, Credential};
pub use self::header::HeaderAuth;
pub use self::token::{AccessToken, TokenAuth, TokenSource};
