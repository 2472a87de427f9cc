//! The simulated vendor does what the suite tells it to.

use std::sync::Arc;

use lmsync_testkit::conformance::Profile;

use crate::flaw::Flaw;
use crate::vendors::Slip;

proofs! { vendor:
    an_account_has_what_it_is_made_with {
        Shelf {
            "the vendor shows no assets": slip(Slip::ShowsNoAssets),
            "an empty account has an asset": slip(Slip::AlwaysHasAnAsset),
            "all assets are one customer's": slip(Slip::HasOneCustomer),
        }
    }
    the_vendor_is_as_its_profile_says {
        Shelf {
            "it has pages and not an export": profile(|_| Profile::export()),
            "it has larger pages": profile(|_| Profile::numbered(10)),
            "it counts": profile(Profile::without_counts),
            "its list has serial numbers": profile(Profile::serials_with_detail_only),
            "nothing but its key lets in": profile(|profile| {
                profile.credential_headers(["authorization", "x-client"])
            }),
            "it has one host": profile(|profile| profile.hosts(["shelf.example", "files.example"])),
            "nobody signs in elsewhere": profile(|profile| profile.sign_in_hosts(["login.example"])),
            "nobody signs in": profile(|profile| profile.sign_in_hosts(["shelf.example"])),
        }
    }
    what_is_deleted_is_gone {
        Shelf {
            "nothing is deleted": slip(Slip::DeletesNothing),
            "another asset is deleted as well": slip(Slip::DeletesTwo),
        }
    }
    what_is_added_is_there {
        Shelf {
            "nothing is added": slip(Slip::AddsNothing),
            "two assets are added": slip(Slip::AddsTwo),
            "another asset is named": slip(Slip::NamesAnotherThanItAdded),
        }
    }
    so_many_requests_are_refused_as_are_to_be {
        Shelf {
            "nothing is refused": slip(Slip::RefusesNothing),
            "one request too many is refused": slip(Slip::RefusesOneMore),
        }
    }
    the_budget_allows_something {
        Shelf {
            "it allows nothing": slip(Slip::AllowsNothing),
            "it allows anything in no time": slip(Slip::AllowsAnythingInNoTime),
        }
    }
}

/// A sound connector to a vendor that is not.
pub(crate) fn slip(slip: Slip) -> Flaw {
    Flaw {
        vendor: Some(slip),
        ..Flaw::default()
    }
}

/// A profile that says what is not so.
pub(crate) fn profile(change: impl Fn(Profile) -> Profile + Send + Sync + 'static) -> Flaw {
    Flaw {
        profile: Some(Arc::new(change)),
        ..Flaw::default()
    }
}
