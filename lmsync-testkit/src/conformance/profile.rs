//! What a vendor is like, as far as the suite has to know it.

use std::collections::BTreeSet;

use http::header::{self, HeaderMap, HeaderName};

use crate::{PointerPlace, Recorded};

/// So many records stand for a page where a vendor has none.
const IN_PLACE_OF_A_PAGE: usize = 50;

/// What a vendor is like, as far as the suite has to know it.
///
/// What it does not say is as with most vendors: one host, an `Authorization` header, a sign-in
/// that is a request without that header, serial numbers in the list, records that are counted.
///
/// ```
/// use lmsync_testkit::conformance::Profile;
///
/// let plain = Profile::numbered(50);
/// let other = Profile::cursors(100)
///     .next_page_in_body("/meta/next")
///     .credential_headers(["x-api-key"])
///     .without_counts();
/// # let _ = (plain, other);
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Profile {
    pub(super) paging: Paging,
    pub(super) page_size: usize,
    pub(super) next_page: Option<PointerPlace>,
    pub(super) has_several_lists: bool,
    pub(super) has_serials_with_detail_only: bool,
    pub(super) counts: bool,
    pub(super) credential_headers: Vec<HeaderName>,
    sign_in: Option<fn(&Recorded) -> bool>,
    hosts: Vec<String>,
    sign_in_hosts: Vec<String>,
}

/// How a vendor's assets are paged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paging {
    /// Several pages can be fetched at a time.
    Numbered,
    /// Each page says where the next one is.
    Cursors,
    /// There are no pages: all comes at once, after some waiting.
    Export,
}

impl Profile {
    /// A vendor whose pages are numbered, or can otherwise be asked for ahead, and hold at most
    /// `page_size` assets.
    #[must_use]
    pub fn numbered(page_size: usize) -> Self {
        Self::new(Paging::Numbered, page_size)
    }

    /// A vendor whose pages of at most `page_size` assets are asked for one after the other: each
    /// holds the cursor or the link of the next.
    ///
    /// Say where, too, and let [`conformance_pointers!`](crate::conformance_pointers!) stand
    /// beside [`conformance!`](crate::conformance!).
    #[must_use]
    pub fn cursors(page_size: usize) -> Self {
        Self::new(Paging::Cursors, page_size)
    }

    /// A vendor without pages: an export of all assets is ordered, waited for and fetched.
    #[must_use]
    pub fn export() -> Self {
        Self::new(Paging::Export, IN_PLACE_OF_A_PAGE)
    }

    fn new(paging: Paging, page_size: usize) -> Self {
        Self {
            paging,
            page_size: page_size.max(1),
            next_page: None,
            has_several_lists: false,
            has_serials_with_detail_only: false,
            counts: true,
            credential_headers: vec![header::AUTHORIZATION],
            sign_in: None,
            hosts: Vec::new(),
            sign_in_hosts: Vec::new(),
        }
    }

    /// Sets where the body of a page has the cursor or link of the next one, as a JSON pointer
    /// such as `/meta/next`.
    #[must_use]
    pub fn next_page_in_body(mut self, pointer: impl Into<String>) -> Self {
        self.next_page = Some(PointerPlace::Body(pointer.into()));
        self
    }

    /// Sets which header of a page has the cursor or link of the next one, in lower case. In a
    /// `link` header it is the address of `rel="next"`.
    #[must_use]
    pub fn next_page_in_header(mut self, name: &'static str) -> Self {
        self.next_page = Some(PointerPlace::Header(HeaderName::from_static(name)));
        self
    }

    /// Says that assets come in several lists, such as those of each site, and that nobody counts
    /// the lists: one that is not named is missed by nobody.
    #[must_use]
    pub fn several_lists(mut self) -> Self {
        self.has_several_lists = true;
        self
    }

    /// Says that serial numbers come with the detail of an asset and not in the list.
    #[must_use]
    pub fn serials_with_detail_only(mut self) -> Self {
        self.has_serials_with_detail_only = true;
        self
    }

    /// Says that the vendor does not count its assets: the check can tell no number, and what
    /// slips from one numbered page to another cannot be missed by anyone.
    #[must_use]
    pub fn without_counts(mut self) -> Self {
        self.counts = false;
        self
    }

    /// Sets the headers that carry credentials, in lower case, in place of `authorization`.
    #[must_use]
    pub fn credential_headers(mut self, names: impl IntoIterator<Item = &'static str>) -> Self {
        self.credential_headers = names.into_iter().map(HeaderName::from_static).collect();
        self
    }

    /// Sets which requests are sign-ins, where it is not those without a credential. A sign-in is
    /// one request.
    #[must_use]
    pub fn sign_in(mut self, is_sign_in: fn(&Recorded) -> bool) -> Self {
        self.sign_in = Some(is_sign_in);
        self
    }

    /// Sets the hosts of the vendor's API, each with its port unless that is the usual one.
    #[must_use]
    pub fn hosts<H: Into<String>>(mut self, hosts: impl IntoIterator<Item = H>) -> Self {
        self.hosts = hosts.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the hosts to sign in at, where they are not those of the API.
    #[must_use]
    pub fn sign_in_hosts<H: Into<String>>(mut self, hosts: impl IntoIterator<Item = H>) -> Self {
        self.sign_in_hosts = hosts.into_iter().map(Into::into).collect();
        self
    }

    /// The values of the credential headers.
    pub(super) fn credentials<'h>(
        &'h self,
        headers: &'h HeaderMap,
    ) -> impl Iterator<Item = &'h http::HeaderValue> {
        let names = self.credential_headers.iter();
        names.flat_map(|name| headers.get_all(name))
    }

    pub(super) fn has_credential(&self, request: &Recorded) -> bool {
        self.credentials(&request.headers).next().is_some()
    }

    pub(super) fn is_sign_in(&self, request: &Recorded) -> bool {
        match self.sign_in {
            Some(is_sign_in) => is_sign_in(request),
            None => !self.has_credential(request),
        }
    }

    /// Whether the vendor is signed in to at a host apart.
    pub(super) fn signs_in_elsewhere(&self) -> bool {
        !self.sign_in_hosts.is_empty()
    }

    /// The hosts that requests may go to, sign-ins or others: where none was named, the host of
    /// the first of `sent`.
    pub(super) fn hosts_for(&self, are_sign_ins: bool, sent: &[Recorded]) -> BTreeSet<String> {
        let (named, of_sign_ins) = match are_sign_ins && self.signs_in_elsewhere() {
            true => (&self.sign_in_hosts, true),
            false => (&self.hosts, false),
        };
        if !named.is_empty() {
            return named.iter().cloned().collect();
        }
        let counts = |request: &&Recorded| {
            !self.signs_in_elsewhere() || self.is_sign_in(request) == of_sign_ins
        };
        let first = sent.iter().find(counts);
        first.map(host).into_iter().collect()
    }
}

/// The host that a request went to, with its port unless that is the usual one.
pub(super) fn host(request: &Recorded) -> String {
    let authority = request.uri.authority().map(http::uri::Authority::as_str);
    let authority = authority.unwrap_or_default();
    authority
        .strip_suffix(":443")
        .unwrap_or(authority)
        .to_owned()
}
