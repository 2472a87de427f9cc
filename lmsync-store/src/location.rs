//! A store by the text that names it.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use lmsync_core::{Error, Result, Secret};

use crate::read::ReadStore;

/// The place of a store: `sqlite:FILE`, `postgres://USER@HOST/DATABASE`, `parquet:FOLDER`.
///
/// ```
/// use lmsync_store::StoreLocation;
///
/// let location: StoreLocation = "sqlite:assets.db".parse()?;
/// assert_eq!(location.to_string(), "sqlite:assets.db");
/// assert!("assets.db".parse::<StoreLocation>().is_err());
/// # Ok::<(), lmsync_store::core::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum StoreLocation {
    /// An SQLite file, relative to the working folder; nothing in its name is decoded.
    Sqlite(PathBuf),
    /// A Postgres database, by its URL, which may hold a password.
    Postgres(Secret),
    /// A folder of Parquet files.
    Parquet(PathBuf),
}

const FORMS: &str = "write sqlite:FILE, postgres://USER@HOST/DATABASE or parquet:FOLDER";

impl FromStr for StoreLocation {
    type Err = Error;

    /// Reads a location. Nothing is opened.
    ///
    /// # Errors
    /// `config` when it has none of the forms.
    fn from_str(text: &str) -> Result<Self> {
        // The text may hold a password, so that no error quotes it.
        let wrong = |why: &str| Error::config(format!("the store: {why}")).with_hint(FORMS);
        let (scheme, rest) = text
            .split_once(':')
            .ok_or_else(|| wrong("it names no kind"))?;
        match (scheme, rest) {
            ("sqlite" | "parquet", "") => Err(wrong("it names no file")),
            ("sqlite", file) => Ok(Self::Sqlite(file.into())),
            ("parquet", folder) => Ok(Self::Parquet(folder.into())),
            ("postgres" | "postgresql", rest) if rest.starts_with("//") => {
                Ok(Self::Postgres(Secret::from(text)))
            }
            _ => Err(wrong("its kind is not known")),
        }
    }
}

impl fmt::Display for StoreLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(file) => write!(f, "sqlite:{}", file.display()),
            // Its URL may hold a password.
            Self::Postgres(_) => f.write_str("the Postgres database"),
            Self::Parquet(folder) => write!(f, "parquet:{}", folder.display()),
        }
    }
}

impl StoreLocation {
    /// Tells whether `text` begins as a location does, though the rest of it may be wrong: whoever takes the names
    /// of files, too, knows by this which is meant.
    #[must_use]
    pub fn is_meant_by(text: &str) -> bool {
        let scheme = text.split_once(':').map(|(scheme, _)| scheme);
        matches!(
            scheme,
            Some("sqlite" | "postgres" | "postgresql" | "parquet")
        )
    }

    /// Tells whether there is nothing in its place yet. What a database server has is not known before it is asked.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        match self {
            Self::Sqlite(path) | Self::Parquet(path) => !path.exists(),
            Self::Postgres(_) => false,
        }
    }

    /// Opens the store, and makes what is missing in it.
    ///
    /// # Errors
    /// `store` when it cannot be used; `unsupported` when this kind of store is not compiled in.
    pub async fn open(&self) -> Result<Arc<dyn ReadStore>> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(file) => Ok(Arc::new(crate::SqliteStore::open(file)?)),
            #[cfg(feature = "postgres")]
            Self::Postgres(url) => Ok(Arc::new(crate::PostgresStore::connect(url.expose()).await?)),
            #[cfg(feature = "parquet")]
            Self::Parquet(folder) => Ok(Arc::new(crate::ParquetStore::open(folder)?)),
            #[allow(unreachable_patterns)]
            other => Err(other.not_compiled_in()),
        }
    }

    fn not_compiled_in(&self) -> Error {
        let feature = match self {
            Self::Sqlite(_) => "sqlite",
            Self::Postgres(_) => "postgres",
            Self::Parquet(_) => "parquet",
        };
        Error::unsupported(
            "this build of lmsync",
            &format!("stores of the kind {feature}"),
        )
        .with_hint(format!("enable the feature `{feature}` of lmsync-store"))
    }
}
