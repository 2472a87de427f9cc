use std::time::Duration;

use super::*;
use crate::conformance::Vendor;

#[test]
fn devices_are_taken_off_the_list_added_and_changed() {
    let mut caller = Caller::new();
    let ids = caller.account.asset_ids();
    // The list by company is worked out before, to see that it is worked out again.
    let listed = |caller: &mut Caller| {
        let (_, page, _) = caller.list("limit=100", &companies([3]));
        endpoints(&page)
    };
    let before = listed(&mut caller);
    assert!(before.contains(&ids[2]));
    assert!(caller.account.remove_asset(&ids[2]));
    assert!(!caller.account.remove_asset(&ids[2]));
    assert_eq!(listed(&mut caller), before[1..]);
    let added = caller.account.insert_asset_at(1);
    assert_eq!(caller.account.asset_ids()[..2], [ids[0].clone(), added]);
    let rename = |machine: &mut Machine| {
        machine.customer = 2;
        machine.site = 0;
    };
    assert!(caller.account.change_asset(&ids[0], rename));
    assert!(!caller.account.change_asset(&ids[2], rename));
    assert!(listed(&mut caller).contains(&ids[0]));
}

#[test]
fn the_suite_takes_adds_and_counts_as_it_is_promised() {
    let mut account = Caller::new().account;
    let ids = Vendor::asset_ids(&account);
    let first = ids.first().unwrap();
    Vendor::remove_asset(&mut account, first);
    assert_eq!(&ids - &Vendor::asset_ids(&account), [first.clone()].into());
    let added = account.insert_asset();
    assert_eq!(&Vendor::asset_ids(&account) - &ids, [added].into());
    assert_eq!(account.budget(), (500, Duration::from_secs(300)));
    assert_eq!(Vendor::writes(&account), 0);
    let boundless = CwRmmSimulator::new(CwRmmSpec {
        requests_in_five_minutes: None,
        ..fleet().into()
    });
    assert_eq!(boundless.budget(), (usize::MAX, Duration::from_secs(300)));
}

#[test]
fn every_write_counts_even_one_that_is_refused() {
    let mut caller = Caller::new();
    for method in [Method::PUT, Method::DELETE] {
        let path = "/api/platform/v1/company/companies";
        let (status, _, _) = caller.send(method, path, &Value::Null);
        assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    }
    caller.list("", &companies([1]));
    caller.status("v1/company/companies");
    assert_eq!(Vendor::writes(&caller.account), 2);
}
