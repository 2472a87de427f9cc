//! Credentials: fixed headers, and tokens that expire.

mod client_credentials;
mod credential;
mod header;
mod token;
mod token_answer;

pub use self::client_credentials::{ClassifySignIn, ClientCredentials, ClientCredentialsConfig};
pub use self::credential::{Authorizer, Credential};
pub use self::header::HeaderAuth;
pub use self::token::{AccessToken, TokenAuth, TokenSource};
