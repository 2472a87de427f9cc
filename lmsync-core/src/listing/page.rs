//! One page of a list, and what it says about the next.

use url::Url;

use crate::http::HttpClient;
use crate::json::Scalar;
use crate::summary::Rejection;

use super::Listed;

/// One page of a list.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Page<T> {
    /// The rows in the vendor's order.
    pub rows: Vec<Row<T>>,
    /// How many records there are on all pages, where the vendor says so.
    pub total: Option<u64>,
    /// What the page says about the next one.
    pub next: Next,
}

/// What a page says about the next one.
///
/// Numbered pages are read ahead, as many at a time as the connector may; cursors one after
/// the other.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Next {
    /// This is the last page.
    End,
    /// Pages are numbered.
    Numbered {
        /// How many pages there are, where that is known; they are then fetched
        /// ahead even without a [`total`](Page::total).
        pages: Option<u32>,
        /// Whether there is another page, where the vendor says so.
        more: Option<bool>,
        /// How many rows the vendor puts on a page: what it says, else what was asked for.
        size: u32,
    },
    /// The next page is at this cursor or link.
    Cursor(String),
    /// There is a next page and its place cannot be read, for this reason: the list ends here
    /// and is not complete.
    Unreadable(String),
}

impl Next {
    /// The next page by a numbered vendor that tells nothing but its page size.
    #[must_use]
    pub const fn numbered(size: u32) -> Self {
        Self::Numbered {
            pages: None,
            more: None,
            size,
        }
    }

    /// The page at the cursor that `value` holds: the end where it is absent, null or blank,
    /// unreadable where it is an array or an object.
    #[must_use]
    pub fn cursor(value: &Scalar) -> Self {
        match (value.text().map(str::trim), value.unexpected()) {
            (Some(cursor), _) if !cursor.is_empty() => Self::Cursor(cursor.to_owned()),
            (_, Some(kind)) => Self::Unreadable(format!("it is not text but {kind}")),
            _ => Self::End,
        }
    }

    /// The page that the link in `value` leads to, which came with the answer to `page`: the
    /// end where it is absent, null or blank, unreadable where it leads to an origin that
    /// `http` was not made for, or is no link.
    ///
    /// The cursor is the whole address.
    #[must_use]
    pub fn link(value: &Scalar, page: &Url, http: &HttpClient) -> Self {
        match Self::cursor(value) {
            Self::Cursor(link) => match http.next_link(page, &link) {
                Ok(url) => Self::Cursor(url.into()),
                Err(error) => Self::Unreadable(error.message().to_owned()),
            },
            other => other,
        }
    }
}

impl<T> Page<T> {
    /// The only page of a list that comes in one answer.
    #[must_use]
    pub fn only(rows: Vec<Row<T>>) -> Self {
        Self::new(rows, Next::End)
    }

    /// A page of `rows` as `map` reads them, and what it says about the next one.
    ///
    /// `map` gives a [`Row`], or a record or the reason why the row is none:
    ///
    /// ```
    /// use lmsync_core::json::{KeepRaw, WireRow};
    /// use lmsync_core::listing::{Next, Page, Row};
    /// use serde_json::value::RawValue;
    ///
    /// let answer = r#"[{"id":1},{"id":"two"}]"#;
    /// let rows: Vec<Box<RawValue>> = serde_json::from_str(answer).unwrap();
    /// # #[derive(serde::Deserialize)]
    /// # struct Device { id: u64 }
    /// let page = Page::of(rows, Next::numbered(50), |row| {
    ///     let device = WireRow::<Device>::read(&row, &["id"], KeepRaw::No).record?;
    ///     Ok(device.id)
    /// });
    /// assert!(matches!(&page.rows[..], [Row::Record(id), Row::Rejected(_)] if **id == 1));
    /// ```
    #[must_use]
    pub fn of<R, M: Into<Row<T>>>(
        rows: impl IntoIterator<Item = R>,
        next: Next,
        map: impl Fn(R) -> M,
    ) -> Self {
        let rows = rows.into_iter().map(|row| map(row).into());
        Self::new(rows.collect(), next)
    }

    /// A page with `rows`, and what it says about the next one.
    #[must_use]
    pub fn new(rows: Vec<Row<T>>, next: Next) -> Self {
        Self {
            rows,
            total: None,
            next,
        }
    }

    /// Sets how many records there are on all pages.
    #[must_use]
    pub fn with_total(mut self, total: impl Into<Option<u64>>) -> Self {
        self.total = total.into();
        self
    }
}

/// One row of a page.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Row<T> {
    /// A record; on its way to the caller it is not moved about with its page.
    Record(Box<T>),
    /// A row that could not be read.
    Rejected(Rejection),
    /// A row that could not be read and stands for records that nobody can count, such as
    /// a group of devices: the listing goes on, and is not complete.
    Gap(Rejection),
    /// A record that is none of what is listed, such as a licence among assets:
    /// counted with the vendor's total and not handed out.
    Skipped {
        /// Its id.
        vendor_id: String,
    },
}

impl<T> From<Result<T, Rejection>> for Row<T> {
    fn from(mapped: Result<T, Rejection>) -> Self {
        match mapped {
            Ok(record) => Self::Record(Box::new(record)),
            Err(rejection) => Self::Rejected(rejection),
        }
    }
}

impl<T: Listed> Row<T> {
    /// The id of what it is about, where that is known.
    #[must_use]
    pub fn vendor_id(&self) -> Option<&str> {
        match self {
            Self::Record(record) => Some(record.vendor_id()),
            Self::Rejected(rejection) | Self::Gap(rejection) => rejection.vendor_id.as_deref(),
            Self::Skipped { vendor_id } => Some(vendor_id),
        }
    }

    /// Why it could not be read, where it could not.
    pub(super) fn refusal(&self) -> Option<&str> {
        match self {
            Self::Rejected(rejection) | Self::Gap(rejection) => Some(&rejection.reason),
            Self::Record(_) | Self::Skipped { .. } => None,
        }
    }

    /// Why records are missing that this row stands for.
    pub(super) fn gap(&self) -> Option<&str> {
        match self {
            Self::Gap(rejection) => Some(&rejection.reason),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_text_and_nothing_else() {
        let next = |json: &str| Next::cursor(&serde_json::from_str(json).unwrap());
        assert_eq!(next("\" ab \""), Next::Cursor("ab".to_owned()));
        assert_eq!(next("17"), Next::Cursor("17".to_owned()));
        for end in ["null", "\"\"", "\" \""] {
            assert_eq!(next(end), Next::End, "{end}");
        }
        assert_eq!(next("[\"ab\"]"), Next::Cursor("ab".to_owned()));
        for odd in ["{}", "[]", "[\"ab\",\"cd\"]"] {
            assert!(matches!(next(odd), Next::Unreadable(_)), "{odd}");
        }
        assert_eq!(Next::cursor(&Scalar::Absent), Next::End);
    }
}
