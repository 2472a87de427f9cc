//! The simulated vendor does what the suite tells it to.

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
