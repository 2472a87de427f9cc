//! All figures of the page, counted a second way: from the lines, by plain loops.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Months, NaiveDate, TimeDelta};
use serde_json::Value;

use crate::TODAY;
use crate::fleets::{Folder, day, fleet};
use crate::page::{Page, number};

/// Last days of support, as the makers name them.
const SUPPORT: [(&str, &str, &str); 7] = [
    (
        "Microsoft Windows 10 Pro",
        "Windows 10, 22H2, Home and Pro",
        "2025-10-14",
    ),
    (
        "Microsoft Windows 11 Pro",
        "Windows 11, 23H2, Home and Pro",
        "2025-11-11",
    ),
    (
        "Microsoft Windows 11 Enterprise",
        "Windows 11, 23H2, Enterprise and Education",
        "2026-11-10",
    ),
    (
        "Microsoft Windows Server 2016 Standard",
        "Windows Server 2016",
        "2027-01-12",
    ),
    (
        "Microsoft Windows Server 2012 R2 Standard",
        "Windows Server 2012 R2",
        "2023-10-10",
    ),
    ("Ubuntu 20.04 LTS", "Ubuntu 20.04 LTS", "2025-05-31"),
    ("Ubuntu 24.04 LTS", "Ubuntu 24.04 LTS", "2029-05-31"),
];

fn date(asset: &Value, member: &str) -> Option<NaiveDate> {
    Some(day(asset[member].as_str()?))
}

fn last_seen(asset: &Value) -> Option<NaiveDate> {
    let is_report = asset["check_in_basis"] == "agent_check_in";
    let text = asset["last_check_in"].as_str().filter(|_| is_report)?;
    Some(day(&text[..10]))
}

fn support(asset: &Value) -> Option<NaiveDate> {
    let found = SUPPORT
        .iter()
        .find(|(name, ..)| asset["os"]["name"] == *name);
    found.map(|(_, _, end)| day(end))
}

fn serial(asset: &Value) -> Option<(String, String)> {
    (asset["serial"]["status"] == "valid").then(|| {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (
            text(&asset["source"]["instance"]),
            text(&asset["serial"]["key"]),
        )
    })
}

/// The machine that the record is: by the serial number of its maker, or by itself.
fn machine(asset: &Value) -> String {
    match serial(asset) {
        Some((_, key)) => key,
        None => format!("{}", asset["source"]),
    }
}

fn customer(asset: &Value) -> String {
    match (&asset["customer"]["name"], &asset["customer"]["id"]) {
        (Value::String(name), _) => name.trim().to_lowercase(),
        (_, Value::String(id)) => format!("customer {id} {}", asset["source"]["instance"]),
        _ => "no customer".to_owned(),
    }
}

fn machines<'a>(assets: impl Iterator<Item = &'a Value>) -> usize {
    assets.map(machine).collect::<BTreeSet<_>>().len()
}

/// The records of `assets` for which `is_one` holds.
fn count(assets: &[Value], is_one: impl Fn(&Value) -> bool) -> usize {
    assets.iter().filter(|asset| is_one(asset)).count()
}

/// Holds every figure of `page` against `assets`.
fn hold(page: &Page, assets: &[Value]) {
    let today = day(TODAY);
    let soon = today + TimeDelta::days(90);
    let expiry = |asset: &Value| date(asset, "warranty_expiry");
    let bought = |asset: &Value| date(asset, "purchase_date");
    let ran_out = |asset: &Value| expiry(asset).is_some_and(|day| day < today);
    let runs_out = |asset: &Value| expiry(asset).is_some_and(|day| day >= today && day <= soon);
    let past = |asset: &Value| support(asset).is_some_and(|end| end < today);
    let long_ago = today - TimeDelta::days(90);
    let unseen = |asset: &Value| last_seen(asset).is_some_and(|day| day < long_ago);
    let status = |asset: &Value, status: &str| asset["serial"]["status"] == status;
    let serials: Vec<_> = assets.iter().filter_map(serial).collect();
    let is_shared = |asset: &Value| {
        serial(asset).is_some_and(|own| serials.iter().filter(|one| **one == own).count() > 1)
    };
    let known_by = |asset: &Value| {
        let own = machine(asset);
        let accounts = assets
            .iter()
            .filter(|one| machine(one) == own)
            .map(|one| one["source"]["instance"].to_string());
        accounts.collect::<BTreeSet<_>>().len()
    };
    let accounts: BTreeSet<String> = assets
        .iter()
        .map(|asset| asset["source"]["instance"].to_string())
        .collect();

    assert_eq!(page.card("Assets").0, assets.len());
    let small = page.card("Assets").1;
    assert!(
        small.starts_with(&format!("{} machine", machines(assets.iter()))),
        "{small}"
    );
    for (card, list, expected) in [
        ("Warranty has run out", "ran-out", count(assets, ran_out)),
        ("Runs out in 90 days", "soon", count(assets, runs_out)),
        ("System past support", "ended", count(assets, past)),
        (
            "5 years or older",
            "old",
            count(assets, |asset| {
                bought(asset).is_some_and(|day| day <= today - Months::new(60))
            }),
        ),
        ("Not seen for 90 days", "unseen-list", count(assets, unseen)),
    ] {
        assert_eq!(
            (page.card(card).0, page.heading(list)),
            (expected, expected),
            "{card}"
        );
    }
    for (title, list, expected) in [
        ("Has run out", "ran-out", count(assets, ran_out)),
        (
            "No serial number",
            "missing",
            count(assets, |asset| status(asset, "missing")),
        ),
        (
            "Placeholder for a serial number",
            "placeholder",
            count(assets, |asset| status(asset, "placeholder")),
        ),
        (
            "Serial number that is there twice",
            "duplicate",
            count(assets, is_shared),
        ),
        (
            "Bought in the future",
            "bought-later",
            count(assets, |asset| bought(asset).is_some_and(|day| day > today)),
        ),
        (
            "Bought after the warranty ended",
            "bought-after-end",
            count(assets, |asset| {
                bought(asset)
                    .zip(expiry(asset))
                    .is_some_and(|(bought, end)| bought > end)
            }),
        ),
    ] {
        assert_eq!(
            (page.heading(list), page.records(title)),
            (expected, expected),
            "{title}"
        );
    }
    assert_eq!(
        page.card("No warranty date").0,
        count(assets, |asset| expiry(asset).is_none())
    );
    let never = format!(
        "{} without any report",
        count(assets, |asset| last_seen(asset).is_none())
    );
    assert_eq!(page.card("Not seen for 90 days").1, never);
    let without = count(assets, |asset| {
        status(asset, "missing") || status(asset, "placeholder")
    });
    assert_eq!(page.card("Without a serial number").0, without);
    if accounts.len() > 1 {
        assert_eq!(
            page.heading("alone"),
            count(assets, |asset| known_by(asset) == 1)
        );
    }

    let tables = page.tables();
    let row = |caption: &str, name: &str| -> Option<Vec<usize>> {
        let row = tables[caption].iter().find(|row| row[0] == name)?;
        Some(row[1..].iter().map(|cell| number(cell)).collect())
    };
    // Each month, and what is around them.
    let chart = "Warranties by the month of their last day";
    let first = today.with_day(1).unwrap() - Months::new(12);
    let end = first + Months::new(49);
    let bars = |from: NaiveDate, to: NaiveDate| {
        let lies = |asset: &Value| expiry(asset).is_some_and(|day| day >= from && day < to);
        let later = |asset: &Value| expiry(asset).is_some_and(|day| day > soon);
        vec![
            count(assets, |asset| lies(asset) && ran_out(asset)),
            count(assets, |asset| lies(asset) && runs_out(asset)),
            count(assets, |asset| lies(asset) && later(asset)),
        ]
    };
    assert_eq!(tables[chart].len(), 1 + 1 + 49 + 1);
    assert_eq!(row(chart, "Earlier").unwrap(), bars(NaiveDate::MIN, first));
    assert_eq!(row(chart, "Later").unwrap(), bars(end, NaiveDate::MAX));
    for month in (0..49).map(|month| first + Months::new(month)) {
        let name = month.format("%B %Y").to_string();
        assert_eq!(
            row(chart, &name).unwrap(),
            bars(month, month + Months::new(1)),
            "{name}"
        );
    }
    // Each year, and what is around them.
    let chart = "Assets by the year of purchase";
    let year = |is_it: &dyn Fn(i32) -> bool| {
        count(assets, |asset| {
            bought(asset).is_some_and(|day| is_it(day.year()))
        })
    };
    assert_eq!(
        row(chart, "Before 2015").unwrap(),
        [year(&|year| year < 2015)]
    );
    for own in 2015..=2026 {
        assert_eq!(
            row(chart, &own.to_string()).unwrap(),
            [year(&|year| year == own)],
            "{own}"
        );
    }
    assert_eq!(
        row(chart, "After 2026").map_or(0, |row| row[0]),
        year(&|year| year > 2026)
    );
    // Each system.
    let systems = tables.get("Operating systems by the end of their support");
    for (name, release, end) in SUPPORT {
        let found = systems.and_then(|systems| systems.iter().find(|row| row[0] == release));
        let expected = count(assets, |asset| asset["os"]["name"] == name);
        assert_eq!(
            found.map_or(0, |row| number(&row[3])),
            expected,
            "{release}"
        );
        assert!(found.is_none_or(|row| row[1] == end), "{found:?}");
    }
    // Each customer, by all that its row says.
    let mut expected: Vec<(String, Vec<usize>)> = Vec::new();
    let names: BTreeSet<String> = assets.iter().map(customer).collect();
    for name in names {
        let own: Vec<Value> = assets
            .iter()
            .filter(|asset| customer(asset) == name)
            .cloned()
            .collect();
        let later = count(&own, |asset| expiry(asset).is_some_and(|day| day > soon));
        let figures = vec![
            own.len(),
            machines(own.iter()),
            count(&own, ran_out),
            count(&own, runs_out),
            later,
            count(&own, |asset| expiry(asset).is_none()),
            count(&own, past),
            count(&own, unseen),
        ];
        // Customers without a name are shown by their id alone.
        let shown = name.split(" \"").next().unwrap().to_owned();
        expected.push((shown, figures));
    }
    let mut told: Vec<(String, Vec<usize>)> = tables["Assets by customer"][1..]
        .iter()
        .filter(|row| row[0] != "All")
        .map(|row| {
            (
                row[0].to_lowercase(),
                row[1..].iter().map(|cell| number(cell)).collect(),
            )
        })
        .collect();
    expected.sort();
    told.sort();
    assert_eq!(told, expected);
    let all = row("Assets by customer", "All").unwrap();
    let sum = |place: usize| {
        expected
            .iter()
            .map(|(_, figures)| figures[place])
            .sum::<usize>()
    };
    for place in [0, 2, 3, 4, 5, 6, 7] {
        assert_eq!(all[place], sum(place));
    }
    // Each account.
    for account in &accounts {
        let account = account.trim_matches('"');
        let own: Vec<Value> = assets
            .iter()
            .filter(|asset| asset["source"]["instance"] == account)
            .cloned()
            .collect();
        let row = tables["What each account came to"]
            .iter()
            .find(|row| row[0] == account)
            .unwrap();
        assert_eq!(number(&row[2]), own.len());
        if accounts.len() > 1 {
            let caption = "Assets of each account, by whether another account knows the machine";
            let row = tables[caption]
                .iter()
                .find(|row| row[0] == account)
                .unwrap();
            let shared = count(&own, |asset| known_by(asset) > 1);
            let figures: Vec<usize> = row[1..].iter().map(|cell| number(cell)).collect();
            assert_eq!(figures, [own.len(), shared, own.len() - shared]);
        }
    }
}

#[test]
fn every_figure_is_that_of_a_count_over_the_lines() {
    let mut by_customers: BTreeMap<usize, usize> = BTreeMap::new();
    for (seed, assets) in [
        (1, 0),
        (2, 1),
        (3, 2),
        (4, 10),
        (5, 60),
        (6, 200),
        (7, 200),
        (8, 350),
    ] {
        let lines = fleet(seed, assets);
        let folder = Folder::new();
        folder.put(&lines);
        folder.report(&[]).expect(0);
        let page = Page(folder.page());
        let assets: Vec<Value> = lines
            .iter()
            .filter(|line| line["record"] == "asset")
            .cloned()
            .collect();
        hold(&page, &assets);
        *by_customers
            .entry(page.card("Customers with assets").0)
            .or_default() += 1;
    }
    // The fleets are not all alike.
    assert!(by_customers.len() > 3, "{by_customers:?}");
}

#[test]
fn a_page_about_a_customer_has_the_figures_of_its_assets() {
    let lines = fleet(11, 200);
    let folder = Folder::new();
    folder.put(&lines);
    let expected: Vec<&Value> = lines
        .iter()
        .filter(|line| line["record"] == "asset" && customer(line) == "acme")
        .collect();
    assert!(expected.len() > 10);
    for name in ["Acme", "  ACME "] {
        folder.report(&["--customer", name]).expect(0);
        let page = Page(folder.page());
        assert_eq!(page.card("Assets").0, expected.len());
        let unknown = expected
            .iter()
            .filter(|asset| asset["warranty_expiry"].is_null())
            .count();
        assert_eq!(page.card("No warranty date").0, unknown);
        let others: Vec<_> = page
            .tables()
            .into_keys()
            .filter(|caption| caption.contains("Initech"))
            .collect();
        assert_eq!(others, [] as [String; 0]);
    }
}
