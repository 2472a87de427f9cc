use std::fs;
use std::path::PathBuf;

use chrono::{DateTime, NaiveDate};
use lmsync::two_way::{AssetDates, HeldDate};
use lmsync_testkit::conformance::{Treatment, TwoWayVendor, Vendor};

use super::*;

const FIELDS: [&str; 2] = ["--fields", "purchase_date,warranty_expiry"];

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn dates(purchase: Option<&str>, expiry: Option<&str>) -> AssetDates {
    AssetDates::new(purchase.map(day), expiry.map(day))
}

/// A SuperOps account called `acme`, a configuration of it, and a folder for the rest.
struct Desk {
    account: Account,
    folder: Folder,
    config: PathBuf,
    ids: Vec<String>,
}

impl Desk {
    /// An account whose machines hold no dates.
    fn new() -> Self {
        let account = Account::with_machines(12);
        let folder = Folder::new();
        let config = folder.config(&account.table("acme", TOKEN, ""));
        let simulator = account.server.simulator();
        let ids: Vec<String> =
            simulator.with(|vendor| Vendor::asset_ids(vendor).into_iter().collect());
        let desk = Self {
            account,
            folder,
            config,
            ids,
        };
        for id in &desk.ids {
            desk.hold(id, AssetDates::default());
        }
        desk
    }

    fn vendor<T>(&self, look: impl FnOnce(&mut SuperOpsSimulator) -> T) -> T {
        self.account.server.simulator().with(look)
    }

    fn hold(&self, id: &str, dates: AssetDates) {
        self.vendor(|vendor| vendor.hold_dates(id, dates));
    }

    fn held(&self, id: &str) -> AssetDates {
        self.vendor(|vendor| vendor.held_dates(id))
    }

    fn writes(&self) -> usize {
        self.vendor(|vendor| Vendor::writes(vendor))
    }

    /// Writes the dates file, one value a line.
    fn dates(&self, lines: &[Value]) {
        let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
        self.dates_text(&lines.join("\n"));
    }

    fn dates_text(&self, text: &str) {
        fs::write(self.folder.path("dates.jsonl"), text).unwrap();
    }

    /// A lookup of `expiry` for the asset with this place in the account.
    fn expiry(&self, place: usize, expiry: &str) -> Value {
        json!({ "asset": { "connector": "superops", "instance": "acme", "vendor_id": self.ids[place] },
                "warranty_expiry": expiry, "source": "lookup" })
    }

    /// The program on the dates file, with a plan in `plan.jsonl`.
    fn program(&self) -> Program {
        Program::new("two_way_sync")
            .arg("--config")
            .arg(&self.config)
            .arg("--dates")
            .arg(self.folder.path("dates.jsonl"))
            .arg("--plan")
            .arg(self.folder.path("plan.jsonl"))
    }

    /// The program with both fields enabled, writing, with a journal in `journal.jsonl`.
    fn applying(&self) -> Program {
        self.program()
            .args(FIELDS)
            .args(["--apply", "--journal"])
            .arg(self.folder.path("journal.jsonl"))
    }

    /// Of each line of the plan, the action and the reason.
    fn verdicts(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let lines = self.folder.lines("plan.jsonl");
        lines
            .iter()
            .map(|line| (text(&line["action"]), text(&line["reason"])))
            .collect()
    }
}

#[test]
fn without_arguments_a_plan_is_shown_and_no_field_is_enabled() {
    let run = Program::new("two_way_sync").run().expect(0);
    for product in ["superops", "syncro", "cwrmm", "halo-psa", "halo-itsm"] {
        assert!(run.stdout.contains(&format!("{product}-demo")));
    }
    assert!(run.stdout.contains("no field is enabled"), "{}", run.stdout);
    assert_eq!(run.stderr, "");
}

#[test]
fn the_embedded_simulators_take_dates() {
    let folder = Folder::new();
    let run = Program::new("two_way_sync")
        .args(FIELDS)
        .args(["--apply", "--journal"])
        .arg(folder.path("journal.jsonl"))
        .run()
        .expect(0);
    let lines = folder.lines("journal.jsonl");
    assert!(lines.iter().all(|line| line["outcome"] == "written"));
    let dates = lines
        .iter()
        .map(|line| line["changes"].as_array().unwrap().len());
    let told = format!("Dates: {} written.", dates.sum::<usize>());
    assert!(run.stdout.contains(&told), "{}", run.stdout);
    let accounts: BTreeSet<&str> = lines
        .iter()
        .map(|line| line["asset"]["instance"].as_str().unwrap())
        .collect();
    assert_eq!(accounts.len(), 5);
}

#[test]
fn a_dry_run_plans_and_writes_nothing() {
    let desk = Desk::new();
    desk.hold(&desk.ids[1], dates(None, Some("2025-01-01")));
    desk.dates(&[desk.expiry(0, "2027-05-31"), desk.expiry(1, "2027-05-31")]);
    let run = desk
        .program()
        .args(["--fields", "warranty_expiry", "--journal"])
        .arg(desk.folder.path("journal.jsonl"))
        .run()
        .expect(0);
    assert!(run.stdout.contains("Nothing was written"), "{}", run.stdout);
    let plan = desk.folder.lines("plan.jsonl");
    assert_eq!(
        plan[0],
        json!({
            "asset": { "connector": "superops", "instance": "acme", "vendor_id": desk.ids[0] },
            "field": "warranty_expiry",
            "old": null,
            "new": "2027-05-31",
            "action": "write",
            "reason": "the vendor holds no date",
        })
    );
    assert_eq!(plan[1]["old"], "2025-01-01");
    assert_eq!(plan[1]["action"], "skip");
    assert_eq!(desk.writes(), 0);
    assert!(!desk.folder.path("journal.jsonl").exists());
}

#[test]
fn what_is_applied_is_written_journalled_and_not_written_again() {
    let desk = Desk::new();
    desk.dates(&[
        json!({ "asset": { "connector": "superops", "instance": "acme", "vendor_id": desk.ids[0] },
                "purchase_date": "2024-03-01", "warranty_expiry": "2027-02-28", "source": "manual" }),
        desk.expiry(1, "2027-05-31"),
    ]);
    desk.applying().run().expect(0);
    let both = dates(Some("2024-03-01"), Some("2027-02-28"));
    assert_eq!(desk.held(&desk.ids[0]), both);
    let journal = desk.folder.lines("journal.jsonl");
    assert_eq!(journal.len(), 2);
    let mut first = journal[0].clone();
    let at = first.as_object_mut().unwrap().remove("at").unwrap();
    assert!(DateTime::parse_from_rfc3339(at.as_str().unwrap()).is_ok());
    assert_eq!(
        first,
        json!({
            "asset": { "connector": "superops", "instance": "acme", "vendor_id": desk.ids[0] },
            "changes": [
                { "field": "purchase_date", "old": null, "new": "2024-03-01", "source": "manual" },
                { "field": "warranty_expiry", "old": null, "new": "2027-02-28", "source": "manual" },
            ],
            "outcome": "written",
            "detail": null,
        })
    );
    assert_eq!(desk.writes(), 2);
    for _ in 0..2 {
        desk.applying().run().expect(0);
        assert_eq!(
            (desk.writes(), desk.folder.lines("journal.jsonl").len()),
            (2, 2)
        );
    }
    assert!(!desk.folder.path("journal.jsonl.pending").exists());
}

#[test]
fn the_policy_decides() {
    for (policy, later, earlier) in [
        ("fill-empty", "2025-06-01", "2025-06-01"),
        ("never-shorten", "2027-01-01", "2025-06-01"),
        ("replace", "2027-01-01", "2024-01-01"),
    ] {
        let desk = Desk::new();
        for id in &desk.ids[..2] {
            desk.hold(id, dates(None, Some("2025-06-01")));
        }
        desk.dates(&[desk.expiry(0, "2027-01-01"), desk.expiry(1, "2024-01-01")]);
        desk.applying().args(["--policy", policy]).run().expect(0);
        assert_eq!(
            desk.held(&desk.ids[0]),
            dates(None, Some(later)),
            "{policy}"
        );
        assert_eq!(
            desk.held(&desk.ids[1]),
            dates(None, Some(earlier)),
            "{policy}"
        );
    }
}

#[test]
fn a_field_is_written_only_when_it_is_enabled() {
    let desk = Desk::new();
    desk.dates(&[
        json!({ "asset": { "connector": "superops", "instance": "acme", "vendor_id": desk.ids[0] },
        "purchase_date": "2024-03-01", "warranty_expiry": "2027-02-28", "source": "lookup" }),
    ]);
    desk.program().arg("--apply").run().expect(0);
    assert_eq!(desk.writes(), 0);
    let one = ["--fields", "purchase_date", "--apply"];
    desk.program().args(one).run().expect(0);
    assert_eq!(desk.held(&desk.ids[0]), dates(Some("2024-03-01"), None));
}

#[test]
fn what_cannot_be_meant_is_told_and_costs_nothing_else() {
    let desk = Desk::new();
    let good = desk.expiry(0, "2027-05-31");
    let contradiction = json!({ "asset": { "connector": "superops", "instance": "acme", "vendor_id": desk.ids[2] },
        "purchase_date": "2030-01-01", "warranty_expiry": "2029-01-01", "source": "lookup" });
    let lines = [
        good.to_string(),
        good.to_string(),
        // Two that disagree: the later expiry stands.
        desk.expiry(1, "2026-01-01").to_string(),
        desk.expiry(1, "2026-07-01").to_string(),
        contradiction.to_string(),
        desk.expiry(3, "0001-01-01").to_string(),
        desk.expiry(4, "2027-02-30").to_string(),
        json!({ "asset": { "connector": "superops", "instance": "acme", "vendor_id": "404404404" },
                "warranty_expiry": "2027-05-31", "source": "lookup" })
        .to_string(),
        json!({ "asset": { "instance": "nobody", "vendor_id": "1" },
                "warranty_expiry": "2027-05-31", "source": "lookup" })
        .to_string(),
        json!({ "serial": "N/A", "warranty_expiry": "2027-05-31", "source": "lookup" }).to_string(),
        json!({ "serial": "NO-SUCH-SERIAL", "warranty_expiry": "2027-05-31", "source": "lookup" })
            .to_string(),
        json!({ "asset": { "connector": "superops", "instance": "acme", "vendor_id": desk.ids[5] },
                "warranty_expiry": null, "source": "lookup" })
        .to_string(),
        "{\"serial\":".to_owned(),
    ];
    desk.hold(&desk.ids[5], dates(None, Some("2025-01-01")));
    desk.dates_text(&lines.join("\n"));
    let run = desk
        .applying()
        .args(["--policy", "replace"])
        .run()
        .expect(1);
    for told in [
        "line 7: warranty_expiry: \"2027-02-30\" is no day",
        "line 9: no account is called \"nobody\"",
        "line 10: \"N/A\" is a placeholder",
        "line 11: no asset has the serial number",
        "line 13: ",
    ] {
        assert!(run.stderr.contains(told), "{told}: {}", run.stderr);
    }
    assert_eq!(desk.held(&desk.ids[0]), dates(None, Some("2027-05-31")));
    assert_eq!(desk.held(&desk.ids[1]), dates(None, Some("2026-07-01")));
    assert_eq!(desk.held(&desk.ids[5]), dates(None, Some("2025-01-01")));
    assert_eq!(desk.writes(), 2);
    let verdicts = desk.verdicts();
    for reason in [
        "the latest of 2 dates that disagree",
        "the purchase would come after the expiry",
        "before 1990",
        "does not know",
        "a date is never cleared",
    ] {
        let is_told = verdicts.iter().any(|(_, told)| told.contains(reason));
        assert!(is_told, "{reason}: {verdicts:?}");
    }
    assert_eq!(
        verdicts
            .iter()
            .filter(|(action, _)| action == "write")
            .count(),
        2
    );
}

#[test]
fn no_date_is_written_by_a_placeholder_in_any_spelling() {
    let desk = Desk::new();
    let placeholders = [
        "SystemSerialNumber",
        "Default_string",
        "To be filled by OEM",
        "-1",
        "Type2 - Board Serial Number",
        "00020003-0004-0005-0006-000700080009",
        "00000000-0000-0000-0000-000000000000",
    ];
    for (id, placeholder) in desk.ids.iter().zip(placeholders) {
        desk.vendor(|vendor| {
            vendor.change_asset(id, |machine| machine.serial = Some(placeholder.to_owned()));
        });
    }
    let wish =
        |serial| json!({ "serial": serial, "warranty_expiry": "2027-05-31", "source": "lookup" });
    desk.dates(&placeholders.map(wish));
    let run = desk.applying().run().expect(1);
    for (line, placeholder) in (1..).zip(placeholders) {
        let told =
            format!("line {line}: \"{placeholder}\" is a placeholder that many machines share");
        assert!(run.stderr.contains(&told), "{told}: {}", run.stderr);
    }
    assert_eq!(desk.writes(), 0);
}

#[test]
fn a_serial_number_leads_to_exactly_one_asset() {
    let desk = Desk::new();
    let serial = |place: usize| {
        let machine = desk.vendor(|vendor| vendor.machine(&desk.ids[place]));
        machine.unwrap().serial.unwrap()
    };
    let one = serial(0);
    desk.vendor(|vendor| {
        for place in [1, 2] {
            vendor.change_asset(&desk.ids[place], |machine| {
                machine.serial = Some("TWICE-1".to_owned());
            });
        }
    });
    desk.dates(&[
        json!({ "serial": one.to_lowercase(), "warranty_expiry": "2027-05-31", "source": "lookup" }),
        json!({ "serial": "TWICE-1", "warranty_expiry": "2027-05-31", "source": "lookup" }),
    ]);
    let run = desk.applying().run().expect(1);
    assert!(run.stderr.contains("that of 2 assets"), "{}", run.stderr);
    assert_eq!(desk.held(&desk.ids[0]), dates(None, Some("2027-05-31")));
    assert_eq!(desk.writes(), 1);
    // Where the account cannot be listed in full, no serial number is sure.
    desk.vendor(|vendor| vendor.permissions().assets = false);
    let run = desk.applying().run().expect(1);
    assert!(run.stderr.contains("not listed in full"), "{}", run.stderr);
    assert_eq!(desk.writes(), 1);
}

#[test]
fn what_the_vendor_makes_of_a_date_is_told() {
    for (treatment, outcome, held) in [
        (Treatment::Ignore, "ignored_by_vendor", None),
        (Treatment::Shift, "altered_by_vendor", Some("2027-05-30")),
    ] {
        let desk = Desk::new();
        desk.vendor(|vendor| vendor.treat_dates(treatment));
        desk.dates(&[desk.expiry(0, "2027-05-31")]);
        let run = desk.applying().run().expect(1);
        let told = format!("Dates: 1 {outcome}.");
        assert!(run.stdout.contains(&told), "{}", run.stdout);
        assert_eq!(desk.folder.lines("journal.jsonl")[0]["outcome"], outcome);
        assert_eq!(desk.held(&desk.ids[0]), dates(None, held));
        // It would come to the same again.
        desk.applying().run().expect(0);
        assert_eq!(desk.writes(), 1);
    }
}

#[test]
fn a_missing_permission_is_told_with_where_to_give_it() {
    let desk = Desk::new();
    desk.vendor(TwoWayVendor::forbid_writing);
    desk.dates(&[desk.expiry(0, "2027-05-31"), desk.expiry(1, "2027-05-31")]);
    let run = desk.applying().run().expect(1);
    assert!(run.stdout.contains("Technician Roles"), "{}", run.stdout);
    let journal = desk.folder.lines("journal.jsonl");
    assert_eq!(journal.len(), 2);
    assert!(journal.iter().all(|line| line["outcome"] == "refused"));
    assert!(!(run.stdout + &run.stderr + &desk.folder.text("journal.jsonl")).contains(TOKEN));
    // With the permission, the same journal is no obstacle.
    desk.vendor(|vendor| vendor.permissions().edit = true);
    desk.applying().run().expect(0);
    assert_eq!(desk.held(&desk.ids[1]), dates(None, Some("2027-05-31")));
}

#[test]
fn text_that_is_no_date_is_left_alone() {
    let desk = Desk::new();
    let text = HeldDate::Unreadable("on loan".to_owned());
    let held = AssetDates {
        warranty_expiry: text,
        ..AssetDates::default()
    };
    desk.hold(&desk.ids[0], held.clone());
    desk.dates(&[desk.expiry(0, "2027-05-31")]);
    let run = desk
        .applying()
        .args(["--policy", "replace"])
        .run()
        .expect(0);
    assert!(run.stdout.contains("on loan"), "{}", run.stdout);
    assert_eq!((desk.held(&desk.ids[0]), desk.writes()), (held, 0));
}

#[test]
fn a_journal_that_was_cut_off_is_mended_and_a_damaged_one_is_refused() {
    let desk = Desk::new();
    desk.dates(&[desk.expiry(0, "2027-05-31"), desk.expiry(1, "2027-05-31")]);
    desk.applying().run().expect(0);
    let path = desk.folder.path("journal.jsonl");
    let whole = desk.folder.text("journal.jsonl");
    fs::write(&path, &whole[..whole.len() - 25]).unwrap();
    let run = desk.applying().run().expect(0);
    assert!(run.stderr.contains("cut off"), "{}", run.stderr);
    assert_eq!(desk.writes(), 2);
    assert_eq!(desk.folder.lines("journal.jsonl").len(), 1);
    fs::write(&path, format!("oops\n{whole}")).unwrap();
    let run = desk.applying().run().expect(2);
    assert!(run.stderr.contains("line 1 is damaged"), "{}", run.stderr);
}

#[test]
fn the_way_back_is_planned_and_taken() {
    let desk = Desk::new();
    desk.hold(&desk.ids[0], dates(None, Some("2025-01-01")));
    desk.dates(&[
        desk.expiry(0, "2027-05-31"),
        desk.expiry(1, "2027-05-31"),
        desk.expiry(2, "2027-05-31"),
    ]);
    desk.applying()
        .args(["--policy", "replace"])
        .run()
        .expect(0);
    desk.hold(&desk.ids[2], dates(None, Some("2029-01-01")));
    let undo = || {
        Program::new("two_way_sync")
            .arg("--config")
            .arg(&desk.config)
            .args(["--undo", "--journal"])
            .arg(desk.folder.path("journal.jsonl"))
    };
    let run = undo().run().expect(0);
    assert!(
        run.stdout.contains("2 dates to write, 1 date to leave"),
        "{}",
        run.stdout
    );
    assert_eq!(desk.writes(), 3);
    undo().arg("--apply").run().expect(0);
    let held = |place: usize| desk.held(&desk.ids[place]);
    assert_eq!(held(0), dates(None, Some("2025-01-01")));
    assert_eq!(held(1), AssetDates::default());
    assert_eq!(held(2), dates(None, Some("2029-01-01")));
    let journal = desk.folder.lines("journal.jsonl");
    assert_eq!(journal[4]["changes"][0]["source"], "undo");
    undo().arg("--apply").run().expect(0);
    assert_eq!(desk.writes(), 5);
}

#[test]
fn a_plan_on_standard_output_is_alone_there() {
    let desk = Desk::new();
    desk.dates(&[desk.expiry(0, "2027-05-31")]);
    let run = Program::new("two_way_sync")
        .arg("--config")
        .arg(&desk.config)
        .arg("--dates")
        .arg(desk.folder.path("dates.jsonl"))
        .args(FIELDS)
        .args(["--plan", "-"])
        .run()
        .expect(0);
    assert_eq!(json_lines(&run.stdout).len(), 1);
    assert!(run.stderr.contains("Nothing was written"));
}

#[test]
fn what_is_wrong_with_the_set_up_is_told_before_anything_is_sent() {
    let desk = Desk::new();
    let program = || {
        Program::new("two_way_sync")
            .arg("--config")
            .arg(&desk.config)
    };
    let run = program().run().expect(2);
    assert!(run.stderr.contains("--dates"), "{}", run.stderr);
    desk.program().args(["--fields", "serial"]).run().expect(2);
    desk.program()
        .args(["--policy", "overwrite"])
        .run()
        .expect(2);
    program().arg("--undo").run().expect(2);
    let run = desk.program().run().expect(2);
    assert!(run.stderr.contains("dates.jsonl"), "{}", run.stderr);
    desk.dates(&[desk.expiry(0, "2027-05-31")]);
    let run = desk
        .program()
        .args(["--apply", "--journal"])
        .arg(desk.folder.path("nowhere/journal.jsonl"))
        .run()
        .expect(2);
    assert!(run.stderr.contains("journal"), "{}", run.stderr);
    assert_eq!(desk.account.server.requests(), 0);
}

#[test]
fn what_a_listing_tells_is_not_asked_again() {
    let desk = Desk::new();
    let serials: Vec<String> = desk.vendor(|vendor| {
        let machines = desk.ids.iter().filter_map(|id| vendor.machine(id));
        machines.filter_map(|machine| machine.serial).collect()
    });
    for id in &desk.ids {
        desk.hold(id, dates(None, Some("2025-01-01")));
    }
    let unique: BTreeSet<&String> = serials.iter().collect();
    let lines: Vec<Value> = unique
        .iter()
        .map(|serial| json!({ "serial": serial, "warranty_expiry": "2027-05-31", "source": "lookup" }))
        .collect();
    desk.dates(&lines);
    desk.program().args(FIELDS).run();
    let filled = desk.verdicts();
    let filled = filled
        .iter()
        .filter(|(_, told)| told.contains("fill-empty keeps it"));
    assert!(filled.count() > 5);
    assert_eq!(desk.account.server.requests(), 1);
}

#[test]
fn a_plan_names_its_assets_and_a_run_that_writes_asks_for_no_names() {
    let desk = Desk::new();
    desk.dates(&[desk.expiry(0, "2027-05-31")]);
    let machine = desk.vendor(|vendor| vendor.machine(&desk.ids[0]).unwrap());
    let run = desk
        .program()
        .args(FIELDS)
        .env("COLUMNS", "200")
        .run()
        .expect(0);
    let named = format!("serial {}", machine.serial.unwrap());
    for told in [
        "superops acme",
        &machine.name,
        &named,
        "Would send 1 write to 1 account (0 purchase dates, 1 warranty expiry)",
    ] {
        assert!(run.stdout.contains(told), "{told} in {}", run.stdout);
    }
    // The dates, and the asset with its detail.
    let asked = desk.account.server.requests();
    assert!(asked > 1, "{asked}");
    let plan = desk.folder.lines("plan.jsonl");
    let asset = plan[0]["asset"].as_object().unwrap();
    let keys: Vec<&String> = asset.keys().collect();
    assert_eq!(keys, ["connector", "instance", "vendor_id"]);

    let run = desk.applying().env("COLUMNS", "200").run().expect(0);
    assert!(!run.stdout.contains(&named), "{}", run.stdout);
    assert!(!run.stdout.contains("Would send"), "{}", run.stdout);
    // The dates for the plan, again before the write, the write, and the dates it left.
    assert_eq!(desk.account.server.requests(), asked + 4);
}

#[cfg(unix)]
#[test]
fn a_journal_line_that_does_not_fit_leaves_no_part_of_it() {
    let desk = Desk::new();
    let all = 0..desk.ids.len();
    let wishes: Vec<Value> = all.map(|place| desk.expiry(place, "2027-05-31")).collect();
    desk.dates(&wishes);
    let limited = desk
        .applying()
        .in_shell(r#"trap '' XFSZ; ulimit -f 2; exec "$@""#);
    let run = limited.run().expect(1);
    assert!(run.stdout.contains("the journal"), "{}", run.stdout);
    let lines = desk.folder.lines("journal.jsonl").len();
    assert!((1..desk.ids.len()).contains(&lines), "{lines}");
    // With room, the next run finds out what became of the write without a line.
    desk.applying().run().expect(0);
    assert_eq!(desk.folder.lines("journal.jsonl").len(), desk.ids.len());
    assert_eq!(desk.writes(), desk.ids.len());
}

#[test]
fn a_journal_in_a_store_is_gone_on_with_and_undone() {
    let account = Account::with_machines(5);
    let folder = Folder::new();
    let config = folder.config(&account.table("demo", TOKEN, ""));
    let ids = account
        .server
        .simulator()
        .with(|simulator| simulator.asset_ids());
    let lines = ids.iter().map(|id| {
        let asset = json!({ "instance": "demo", "vendor_id": id });
        json!({ "asset": asset, "warranty_expiry": "2031-05-31", "source": "lookup" }).to_string()
    });
    let dates = folder.path("dates.jsonl");
    std::fs::write(&dates, lines.collect::<Vec<_>>().join("\n")).unwrap();
    let journal = format!("sqlite:{}", folder.path("journal.db").display());
    let run = |options: &[&str]| {
        let program = Program::new("two_way_sync").arg("--config").arg(&config);
        let program = program.args(["--journal", &journal]);
        let options = options.iter().fold(program, Program::arg);
        options.run().expect(0)
    };
    let dates = dates.to_str().unwrap();
    let write = [
        "--dates",
        dates,
        "--fields",
        "warranty_expiry",
        "--policy",
        "replace",
        "--apply",
    ];
    run(&write[..write.len() - 1]);
    assert!(!folder.path("journal.db").exists(), "a plan made a journal");
    run(&write);
    let writes = || {
        account
            .server
            .simulator()
            .with(|simulator| simulator.writes())
    };
    let written = writes();
    assert_eq!(written, ids.len());
    run(&write);
    assert_eq!(writes(), written);
    run(&["--undo", "--apply"]);
    assert_eq!(writes(), 2 * written);

    let parquet = Program::new("two_way_sync").arg("--config").arg(&config);
    let place = folder.path("nowhere");
    let location = format!("parquet:{}", place.display());
    let parquet = parquet.args(["--dates", dates, "--journal", &location]);
    let told = parquet.run().expect(2).stderr;
    assert!(
        told.contains("keeps no journals") && told.contains("sqlite:FILE"),
        "{told}"
    );
    assert!(!place.exists(), "a store that is refused was made");
}
