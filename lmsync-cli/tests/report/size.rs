//! A page is never larger than a browser bears.

use serde_json::Value;

use crate::fleets::{Folder, fleet};
use crate::page::Page;
use crate::texts::hostile;

const MOST: usize = 3_000_000;

/// A fleet in which everything is wrong, of so many customers, with names that are as long as names get.
fn everything_wrong(assets: u64, customers: u64, names: &[String]) -> Vec<Value> {
    let mut lines = fleet(31, assets);
    for (number, line) in lines
        .iter_mut()
        .enumerate()
        .filter(|(_, line)| line["record"] == "asset")
    {
        let name = &names[number % names.len()];
        let customer = format!("{name} {}", number as u64 % customers);
        line["customer"] = serde_json::json!({ "id": customer, "name": customer });
        for member in ["name", "model", "manufacturer"] {
            line[member] = name.as_str().into();
        }
        line["warranty_expiry"] = "2020-01-01".into();
        line["purchase_date"] = "2020-02-02".into();
        line["last_check_in"] = "2020-01-01T00:00:00Z".into();
        line["check_in_basis"] = "agent_check_in".into();
    }
    lines
}

#[test]
fn long_lists_are_cut_and_the_rest_is_said() {
    let plain = ["PC".to_owned()];
    for (customers, names) in [(1, &plain[..]), (40, &plain[..]), (6_000, &plain[..])] {
        let folder = Folder::new();
        folder.put(&everything_wrong(6_000, customers, names));
        folder.report(&[]).expect(0);
        let page = Page(folder.page());
        assert!(page.0.len() < MOST, "{customers}: {}", page.0.len());
        assert_eq!(page.heading("ran-out"), 6_000);
        let rows = page.records("Has run out");
        assert!((200..6_000).contains(&rows), "{customers}: {rows}");
        // What is shown and what is said to be left out are all.
        let list = crate::page::between(&page.0, r#"<h3 id="ran-out">"#, "<h2");
        let left_out: usize = list
            .split(r#"<p class="more">And "#)
            .skip(1)
            .map(|said| crate::page::number(said.split(" more").next().unwrap()))
            .sum();
        assert_eq!(rows + left_out, 6_000, "{customers}");
    }
}

#[test]
fn names_of_ten_kilobytes_fit() {
    let folder = Folder::new();
    folder.put(&everything_wrong(1_000, 500, &hostile()));
    folder.report(&[]).expect(0);
    assert!(folder.page().len() < MOST, "{}", folder.page().len());
}
