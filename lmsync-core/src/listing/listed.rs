//! What a record has to tell to be listed.

use crate::model::{Asset, Customer, Issue, IssueCode, Ref, Software};
use crate::window::{WindowFilter, WindowVerdict};

/// A record that a listing can hand out.
pub trait Listed: Send + Sync + 'static {
    /// The vendor's id, which no other record of the listing has.
    fn vendor_id(&self) -> &str;

    /// Where the record stands to the window of `filter`.
    fn window_verdict(&self, filter: &WindowFilter) -> WindowVerdict {
        let _ = filter;
        WindowVerdict::Inside
    }

    /// The customer that it belongs to.
    fn customer(&self) -> Option<&Ref> {
        None
    }

    /// The serial number that no other record of the listing should have.
    fn serial_key(&self) -> Option<&str> {
        None
    }

    /// Notes that another record of the listing has the same serial number.
    fn flag_duplicate_serial(&mut self) {}
}

impl Listed for Asset {
    fn vendor_id(&self) -> &str {
        &self.source.vendor_id
    }

    fn window_verdict(&self, filter: &WindowFilter) -> WindowVerdict {
        filter.verdict(self)
    }

    fn customer(&self) -> Option<&Ref> {
        self.customer.as_ref()
    }

    fn serial_key(&self) -> Option<&str> {
        self.serial.key.as_deref()
    }

    fn flag_duplicate_serial(&mut self) {
        let duplicate = IssueCode::DuplicateSerial;
        if !self.issues.iter().any(|issue| issue.code == duplicate) {
            self.issues.push(Issue::new(duplicate, "serial"));
        }
    }
}

impl Listed for Software {
    fn vendor_id(&self) -> &str {
        &self.source.vendor_id
    }

    fn customer(&self) -> Option<&Ref> {
        self.customer.as_ref()
    }
}

impl Listed for Customer {
    fn vendor_id(&self) -> &str {
        &self.source.vendor_id
    }
}
