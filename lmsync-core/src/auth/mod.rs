//! Credentials: fixed headers, and tokens that expire.

mod credential;
mod header;
mod oauth;
mod sign_in;
mod token;
mod token_answer;

pub use self::credential::{Authorizer, Credential};
pub use self::header::HeaderAuth;
pub use self::oauth::{ClientAuth, Grant, OAuth, OAuthConfig};
pub use self::sign_in::{SignIn, SignInAnswer, SignInClient};
pub use self::token::{AccessToken, SendToken, TokenAuth, TokenSource};
