//! Many accounts at once: what becomes of each is its own, whatever becomes of the others.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use lmsync::dates::DateLines;
use lmsync::model::{Asset, AssetId, Software, Source};
use lmsync::store::{
    AccountKey, Batch, Landed, Landing, PassReport, Records, SqliteStore, Store, StreamName,
};
use lmsync::two_way::{AssetDates, DateField, DateFields, History, PlanRules};
use lmsync::{
    Accounts, AssetQuery, AssetStream, CheckReport, CheckScope, Connector, ConnectorInfo,
    CustomerStream, Discard, Environment, Error, ErrorKind, JsonLines, OpenedAccount, Result, Stop,
    SyncEvent, SyncOptions, Tee, Vendors,
};
use lmsync_testkit::demo::{DEMO, Limits, SECRET};
use lmsync_testkit::fleet::{Fleet, FleetSpec};
use lmsync_testkit::{FakeConnector, InMemory, MemoryJournal, VirtualClock};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

fn fake(instance: &str, assets: usize) -> FakeConnector {
    let fake = FakeConnector::new(instance).with_customer("c", "Globex");
    (0..assets).fold(fake, |fake, id| fake.with_asset(id.to_string(), |_| {}))
}

fn dead() -> Error {
    Error::new(ErrorKind::Network, "the line is dead").with_hint("pull the plug")
}

fn of<C: Connector>(connectors: impl IntoIterator<Item = C>) -> Accounts {
    let opened = connectors.into_iter().map(OpenedAccount::reading);
    Accounts::from_opened(opened).unwrap()
}

/// A connector whose calls do what they are told to.
#[derive(Debug)]
struct Odd {
    fake: FakeConnector,
    call: fn(),
}

fn panics() {
    panic!("a defect of the connector");
}

#[async_trait]
impl Connector for Odd {
    fn info(&self) -> &ConnectorInfo {
        self.fake.info()
    }

    async fn check(&self, scope: CheckScope) -> CheckReport {
        (self.call)();
        self.fake.check(scope).await
    }

    fn assets(&self, query: AssetQuery) -> AssetStream {
        (self.call)();
        self.fake.assets(query)
    }

    fn customers(&self) -> CustomerStream {
        self.fake.customers()
    }

    async fn asset(&self, id: &AssetId) -> Result<Asset> {
        self.fake.asset(id).await
    }
}

/// A healthy account, one that fails, one that breaks down, and a healthy one.
fn motley() -> Accounts {
    let failing = fake("failing", 250);
    failing.fail_listings_after(120, dead());
    let broken = Odd {
        fake: fake("broken", 1),
        call: panics,
    };
    let connectors: [Arc<dyn Connector>; 4] = [
        Arc::new(fake("first", 250)),
        Arc::new(failing),
        Arc::new(broken),
        Arc::new(fake("last", 3)),
    ];
    of(connectors)
}

#[tokio::test]
async fn an_account_that_fails_or_breaks_down_stops_no_other() {
    let reports = motley().sync(&SyncOptions::new(), Arc::new(Discard)).await;
    let read: Vec<_> = reports
        .iter()
        .map(|report| (&*report.instance, report.complete, report.assets))
        .collect();
    let expected = [
        ("first", true, 250),
        ("failing", false, 120),
        ("broken", false, 0),
        ("last", true, 3),
    ];
    assert_eq!(read, expected);
    let failed = reports[1].error.as_ref().unwrap();
    assert_eq!(
        (failed.kind, &*failed.message, failed.hint.as_deref()),
        (
            ErrorKind::Network,
            "the line is dead",
            Some("pull the plug")
        )
    );
    let broken = reports[2].error.as_ref().unwrap();
    assert_eq!(broken.kind, ErrorKind::Cancelled);
    assert!(broken.message.contains("defect"), "{broken:?}");
    assert!(reports[0].is_ok() && reports[3].is_ok());
}

#[tokio::test]
async fn checks_of_all_come_in_order_whatever_becomes_of_one() {
    let failing = fake("failing", 1);
    failing.fail(dead());
    let broken = Odd {
        fake: fake("broken", 1),
        call: panics,
    };
    let connectors: [Arc<dyn Connector>; 3] = [
        Arc::new(broken),
        Arc::new(failing),
        Arc::new(fake("last", 3)),
    ];
    let checks = of(connectors).check(CheckScope::read()).await;
    let told: Vec<_> = checks.iter().map(|one| (&*one.instance, one.ok)).collect();
    assert_eq!(
        told,
        [("broken", false), ("failing", false), ("last", true)]
    );
    let json = serde_json::to_value(&checks[0]).unwrap();
    assert!(
        json["checks"][0]["detail"]
            .as_str()
            .unwrap()
            .contains("defect"),
        "{json}"
    );
    assert_eq!(json["vendor"], "fake");
}

#[tokio::test]
async fn an_incomplete_account_says_why() {
    let hiding = fake("hiding", 2);
    hiding.hide_records("a group cannot be read");
    let reports = of([hiding])
        .sync(&SyncOptions::new(), Arc::new(Discard))
        .await;
    let failure = reports[0].error.as_ref().unwrap();
    assert_eq!(failure.kind, ErrorKind::Vendor);
    assert!(failure.message.contains("a group"), "{failure:?}");
    assert!(!reports[0].complete && reports[0].assets == 2);
}

#[tokio::test]
async fn events_tell_the_course_of_each_account() {
    let events = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&events);
    let options = SyncOptions::new().on_event(move |account, event| {
        let told = match event {
            SyncEvent::Started => "started".to_owned(),
            SyncEvent::Records {
                stream,
                reported_total,
                ..
            } => format!("{stream} of {}", reported_total.unwrap_or_default()),
            SyncEvent::Finished { report, .. } => format!("finished {}", report.records()),
            _ => "something else".to_owned(),
        };
        heard.lock().unwrap().push((account.instance.clone(), told));
    });
    motley().sync(&options, Arc::new(Discard)).await;
    let events = events.lock().unwrap();
    let of_account = |name: &str| -> Vec<&str> {
        let own = events.iter().filter(|(account, _)| account == name);
        own.map(|(_, told)| told.as_str()).collect()
    };
    let first = of_account("first");
    assert_eq!(
        (first[0], first[first.len() - 1]),
        ("started", "finished 251")
    );
    let assets = first.iter().filter(|told| **told == "assets of 250");
    // The first, the hundred-and-first and the two-hundred-and-first.
    assert_eq!(assets.count(), 3);
    assert!(first.contains(&"customers of 1"));
    assert_eq!(of_account("broken"), ["started", "finished 0"]);
    assert_eq!(of_account("failing").last(), Some(&"finished 121"));
}

/// A place that lets a pass wait until it is told to go on, and counts those that are under way.
#[derive(Debug)]
struct Gate {
    open: Semaphore,
    arrived: Semaphore,
    inside: AtomicUsize,
    most: AtomicUsize,
}

#[derive(Debug)]
struct Waiting(Arc<Gate>);

#[async_trait]
impl Store for GateStore {
    async fn begin(&self, _: &AccountKey, stream: StreamName) -> Result<Box<dyn Landing>> {
        match stream {
            StreamName::Assets => Ok(Box::new(Waiting(Arc::clone(&self.0)))),
            _ => Discard.begin(&AccountKey::new("", ""), stream).await,
        }
    }

    fn batch_size(&self) -> usize {
        1
    }
}

#[derive(Debug)]
struct GateStore(Arc<Gate>);

#[async_trait]
impl Landing for Waiting {
    async fn put(&mut self, _: &Arc<Batch>) -> Result<Landed> {
        let inside = self.0.inside.fetch_add(1, Ordering::SeqCst) + 1;
        self.0.most.fetch_max(inside, Ordering::SeqCst);
        self.0.arrived.add_permits(1);
        pass(&self.0.open).await;
        self.0.inside.fetch_sub(1, Ordering::SeqCst);
        Ok(Landed::default())
    }

    async fn finish(self: Box<Self>, report: &PassReport) -> Result<Landed> {
        Ok(report.landed)
    }
}

fn gate() -> (Arc<Gate>, Arc<dyn Store>) {
    let gate = Arc::new(Gate {
        open: Semaphore::new(0),
        arrived: Semaphore::new(0),
        inside: AtomicUsize::new(0),
        most: AtomicUsize::new(0),
    });
    let store = GateStore(Arc::clone(&gate));
    (gate, Arc::new(store))
}

/// Waits for one permit, and uses it up.
async fn pass(permits: &Semaphore) {
    permits.acquire().await.unwrap().forget();
}

#[tokio::test]
async fn no_more_accounts_are_read_at_a_time_than_allowed() {
    const ACCOUNTS: usize = 12;
    for most in [1, 3] {
        let accounts = of((0..ACCOUNTS).map(|number| fake(&format!("account {number}"), 1)));
        let (gate, store) = gate();
        let options = SyncOptions::new().accounts_at_a_time(most);
        let sync = tokio::spawn(async move { accounts.sync(&options, store).await });
        for _ in 0..most {
            pass(&gate.arrived).await;
        }
        // Whoever else could come would come now.
        for _ in 0..1_000 {
            tokio::task::yield_now().await;
        }
        gate.open.add_permits(ACCOUNTS);
        let reports = sync.await.unwrap();
        assert!(reports.iter().all(|report| report.is_ok()));
        assert_eq!(gate.most.load(Ordering::SeqCst), most);
    }
}

#[tokio::test]
async fn a_run_that_is_stopped_says_how_far_each_account_came() {
    let accounts = of(["running", "waiting"].map(|name| fake(name, 5)));
    let (gate, store) = gate();
    let (end, ended) = tokio::sync::oneshot::channel::<&str>();
    let options = SyncOptions::new()
        .accounts_at_a_time(1)
        .stop(Stop::when(async { ended.await.unwrap() }));
    let sync = tokio::spawn(async move { accounts.sync(&options, store).await });
    pass(&gate.arrived).await;
    // The first record is let through; the second waits.
    gate.open.add_permits(1);
    pass(&gate.arrived).await;
    end.send("enough").unwrap();
    let reports = sync.await.unwrap();
    for report in &reports {
        let failure = report.error.as_ref().unwrap();
        assert_eq!(failure.kind, ErrorKind::Cancelled);
        assert!(failure.message.contains("enough"), "{failure:?}");
        assert!(!report.complete);
    }
    let mut came: Vec<u64> = reports.iter().map(|report| report.assets).collect();
    came.sort_unstable();
    assert_eq!(came, [0, 1]);
}

#[tokio::test]
async fn a_sync_that_is_dropped_ends() {
    let accounts = of([fake("acme", 5)]);
    let (gate, store) = gate();
    let watched = Arc::downgrade(&store);
    let options = SyncOptions::new();
    {
        let sync = std::pin::pin!(accounts.sync(&options, store));
        let arrived = std::pin::pin!(pass(&gate.arrived));
        futures_util::future::select(sync, arrived).await;
    }
    // Its task lets go of the store.
    while watched.upgrade().is_some() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn rows_are_counted_over_all_tables() {
    let folder = tempfile::tempdir().unwrap();
    let store = || -> Arc<dyn Store> {
        Arc::new(SqliteStore::open(folder.path().join("records.db")).unwrap())
    };
    let software = |fake: FakeConnector| {
        let source = Source::new("fake", "acme", "s", fake.now());
        fake.with_software([Software::new(source, "Editor")])
    };
    let counts = |reports: Vec<lmsync::SyncReport>| {
        assert!(reports[0].is_ok(), "{reports:?}");
        serde_json::to_value(&reports[0]).unwrap()["store"].clone()
    };
    let options = SyncOptions::new();
    let first = of([software(fake("acme", 3))])
        .sync(&options, store())
        .await;
    assert_eq!(
        counts(first),
        json!({ "inserted": 5, "changed": 0, "unchanged": 0, "deleted": 0, "kept_back": 0 })
    );
    let renamed = software(fake("acme", 1).with_asset("1", |asset| asset.name = "new".to_owned()));
    let second = of([renamed]).sync(&options, store()).await;
    assert_eq!(
        counts(second),
        json!({ "inserted": 0, "changed": 1, "unchanged": 3, "deleted": 1, "kept_back": 0 })
    );
}

#[tokio::test]
async fn an_account_that_another_run_lands_is_refused_and_the_others_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> =
        Arc::new(SqliteStore::open(folder.path().join("records.db")).unwrap());
    let taken = store
        .begin(&AccountKey::new("fake", "taken"), StreamName::Customers)
        .await;
    let taken = taken.unwrap();
    let accounts = of(["taken", "free"].map(|name| fake(name, 2)));
    let reports = accounts.sync(&SyncOptions::new(), Arc::clone(&store)).await;
    let refused = reports[0].error.as_ref().unwrap();
    assert_eq!(refused.kind, ErrorKind::Store);
    assert_eq!((reports[0].assets, reports[0].store), (0, None));
    assert!(reports[1].is_ok());
    drop(taken);
    let reports = accounts.sync(&SyncOptions::new(), store).await;
    assert!(reports.iter().all(|report| report.is_ok()), "{reports:?}");
}

/// The lines that were written, as JSON.
fn lines(written: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(written).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test]
async fn lines_beside_a_store_are_the_same_records_and_rows_are_counted_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(folder.path().join("records.db")).unwrap());
    let (output, end) = JsonLines::to(Vec::new());
    let both = Arc::new(Tee::new(store, Arc::new(output)));
    let reports = of([fake("acme", 250)])
        .sync(&SyncOptions::new(), both)
        .await;
    assert_eq!(reports[0].store.unwrap().inserted, 251);
    let written = lines(&end.await.unwrap());
    let ids: BTreeSet<&str> = written
        .iter()
        .filter(|line| line["record"] == "asset")
        .map(|line| line["source"]["vendor_id"].as_str().unwrap())
        .collect();
    assert_eq!((written.len(), ids.len()), (251, 250));
}

/// A writer that takes so many lines, and no more.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(1).ok_or(io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn lines_that_cannot_be_written_make_the_account_incomplete() {
    let (output, end) = JsonLines::to(Full(10));
    let closed = output.closed();
    let reports = of([fake("acme", 2_000)])
        .sync(&SyncOptions::new(), Arc::new(output))
        .await;
    assert!(!reports[0].complete, "{reports:?}");
    assert_eq!(reports[0].error.as_ref().unwrap().kind, ErrorKind::Store);
    closed.await;
    let error = end.await.err().unwrap();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
}

#[tokio::test]
async fn whoever_reads_along_gets_the_records_as_they_come() {
    let (mut reader, writer) = io::pipe().unwrap();
    let (output, end) = JsonLines::to(io::BufWriter::new(writer));
    let account = AccountKey::new("fake", "acme");
    let mut landing = output.begin(&account, StreamName::Assets).await.unwrap();
    let fake = fake("acme", 1);
    let asset = fake.asset(&AssetId::from("0")).await.unwrap();
    let pass = lmsync::store::PassId::at(fake.now());
    let batch = Batch::new(pass, Records::Assets(vec![asset]), None);
    landing.put(&Arc::new(batch)).await.unwrap();
    // The output is open still.
    let line = tokio::task::spawn_blocking(move || {
        let mut line = Vec::new();
        let mut byte = [0];
        while line.last() != Some(&b'\n') {
            io::Read::read_exact(&mut reader, &mut byte).unwrap();
            line.push(byte[0]);
        }
        line
    });
    assert_eq!(lines(&line.await.unwrap())[0]["record"], "asset");
    drop((landing, output));
    end.await.unwrap();
}

fn simulated(clock: &Arc<VirtualClock>) -> Environment {
    let clock: lmsync::SharedClock = Arc::clone(clock) as _;
    let fleet = Fleet::new(FleetSpec::new(3, clock.now()));
    let simulator = DEMO[0].simulator(fleet, Limits::None);
    Environment::new(
        Arc::new(InMemory::new(simulator, Arc::clone(&clock))),
        clock,
    )
}

#[tokio::test(start_paused = true)]
async fn all_that_is_wrong_with_configurations_is_told_at_once() {
    let environment = simulated(&Arc::default());
    let vendors = Vendors::built_in();
    let keys = |name: &str| {
        let mut keys = DEMO[0].keys("https://127.0.0.1");
        keys["name"] = name.into();
        keys
    };
    let with = |key: &str, value: Value| {
        let mut keys = keys("odd");
        keys[key] = value;
        keys
    };
    let read = |keys: Vec<Value>| -> Vec<lmsync::ConnectorConfig> {
        keys.into_iter()
            .map(|keys| vendors.read(keys).unwrap())
            .collect()
    };
    let configs = read(vec![
        with("concurrency", 0.into()),
        keys("good"),
        with("requests_per_minute", 0.into()),
    ]);
    let problems = Accounts::open(&configs, &environment).unwrap_err();
    let places: Vec<&str> = problems.all().iter().map(|one| &*one.place).collect();
    assert_eq!(
        places,
        ["connector 1 (superops, odd)", "connector 3 (superops, odd)"]
    );
    let error = Error::from(problems);
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.message().contains("concurrency"), "{error}");
    assert!(!format!("{error:?}").contains(SECRET));

    let configs = read(vec![keys("twin"), keys("good"), keys("twin")]);
    let problems = Accounts::open(&configs, &environment).unwrap_err();
    let [problem] = problems.all() else {
        panic!("{problems}");
    };
    assert!(
        problem.to_string().contains("connector 1 (superops, twin)"),
        "{problem}"
    );
    let accounts = Accounts::open(&configs[..2], &environment).unwrap();
    assert_eq!((accounts.len(), accounts.is_empty()), (2, false));
    assert!(accounts.connector("superops", "twin").is_some());
    assert!(accounts.connector("syncro", "twin").is_none());
}

#[test]
fn accounts_that_could_not_be_told_apart_are_refused() {
    let twice = ["acme", "acme"].map(|name| OpenedAccount::reading(fake(name, 1)));
    assert!(Accounts::from_opened(twice).is_err());
}

#[test]
fn accounts_that_share_a_limit_name_the_same_one_without_a_secret() {
    for demo in DEMO {
        let name = |origin: &str, change: fn(&mut Value)| {
            let mut keys = demo.keys(origin);
            change(&mut keys);
            let config = Vendors::built_in().read(keys).unwrap();
            config.limit_name().unwrap().unwrap()
        };
        let (here, there) = ("https://127.0.0.1", "https://127.0.0.2");
        let own = name(here, |_| {});
        assert_eq!(own, name(here, |keys| keys["name"] = "other".into()));
        assert_ne!(own, name(there, |_| {}), "{}", demo.vendor);
        assert!(!own.contains(SECRET), "{own}");
    }
    // The vendor's own address: all accounts of Syncro, whoever they are of.
    let syncro = ["one", "two"].map(|account| {
        let keys = json!({ "vendor": "syncro", "hostname": account, "api_key": account });
        Vendors::built_in()
            .read(keys)
            .unwrap()
            .limit_name()
            .unwrap()
    });
    assert_eq!(
        syncro,
        [Some("syncro".to_owned()), Some("syncro".to_owned())]
    );
    // Both products of Halo, since it is one account.
    let halo = ["halo-psa", "halo-itsm"].map(|vendor| {
        let demo = DEMO.iter().find(|demo| demo.vendor == vendor).unwrap();
        let config = Vendors::built_in()
            .read(demo.keys("https://127.0.0.1"))
            .unwrap();
        config.limit_name().unwrap()
    });
    assert_eq!(halo[0], halo[1]);
}

fn date_line(instance: &str, id: &str) -> String {
    let line = json!({ "asset": { "instance": instance, "vendor_id": id },
        "warranty_expiry": "2027-05-31", "source": "lookup" });
    format!("{line}\n")
}

fn expiry_alone() -> PlanRules {
    PlanRules::new().enable(DateFields::NONE.with(DateField::WarrantyExpiry))
}

#[tokio::test(start_paused = true)]
async fn dates_of_an_account_that_fails_keep_no_other_from_being_written() {
    let (good, failing) = (fake("good", 1), fake("failing", 1));
    failing.fail(dead());
    let opened = [&failing, &good].map(|fake| OpenedAccount::two_way(fake.clone()));
    let accounts = Accounts::from_opened(opened).unwrap().two_way().unwrap();
    let text = [date_line("failing", "0"), date_line("good", "0")].concat();
    let targets = accounts.find(DateLines::parse("dates", &text)).await;
    let plan = accounts
        .plan(targets, &expiry_alone(), &History::default())
        .await;
    let failed: Vec<bool> = plan.lines.iter().map(|line| line.has_failed()).collect();
    assert_eq!(failed, [true, false]);
    let journal = MemoryJournal::default();
    let applied = accounts
        .apply(plan.accounts, &journal, &Stop::never())
        .await;
    assert!(applied.iter().all(|account| account.is_done()));
    let day = "2027-05-31".parse().ok();
    assert_eq!(good.dates("0"), AssetDates::new(None, day));
    assert_eq!(journal.entries().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_serial_number_finds_its_asset_in_whichever_account_has_it() {
    let with_serial = |instance: &str, serial: &str| {
        FakeConnector::new(instance).with_asset("0", |asset| {
            asset.serial.key = Some(serial.to_owned());
        })
    };
    let (one, other) = (with_serial("one", "AB12"), with_serial("other", "AB13"));
    let opened = [&one, &other].map(|fake| OpenedAccount::two_way(fake.clone()));
    let accounts = Accounts::from_opened(opened).unwrap().two_way().unwrap();
    let line = |serial: &str| {
        format!(
            "{{\"serial\":\"{serial}\",\"purchase_date\":\"2024-03-01\",\"source\":\"manual\"}}\n"
        )
    };
    let text = [line("ab13"), line("AB14")].concat();
    let targets = accounts.find(DateLines::parse("dates", &text)).await;
    let found: Vec<_> = targets
        .assets()
        .map(|asset| asset.instance.clone())
        .collect();
    assert_eq!(found, ["other"]);
    assert!(targets.problems[0].to_string().contains("dates, line 2"));
    assert_eq!(targets.lost.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn no_write_is_begun_once_the_run_is_to_end() {
    let good = fake("good", 3);
    let opened = [OpenedAccount::two_way(good.clone())];
    let accounts = Accounts::from_opened(opened).unwrap().two_way().unwrap();
    let text: String = (0..3)
        .map(|id| date_line("good", &id.to_string()))
        .collect();
    let targets = accounts.find(DateLines::parse("dates", &text)).await;
    let plan = accounts
        .plan(targets, &expiry_alone(), &History::default())
        .await;
    let stop = Stop::when(std::future::ready("enough"));
    let applied = accounts
        .apply(plan.accounts, &MemoryJournal::default(), &stop)
        .await;
    let report = applied[0].outcome.as_ref().unwrap();
    assert_eq!((report.attempted.len(), report.left.len()), (0, 3));
    let error = report.journal_error.as_ref().unwrap();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert!(good.written().is_empty() && !applied[0].is_done());
}

#[tokio::test(start_paused = true)]
async fn a_stored_plan_is_applied_where_its_account_is_and_nowhere_else() {
    let good = fake("good", 1);
    let accounts = |fake: &FakeConnector| {
        let opened = [OpenedAccount::two_way(fake.clone())];
        Accounts::from_opened(opened).unwrap().two_way().unwrap()
    };
    let here = accounts(&good);
    let targets = here
        .find(DateLines::parse("dates", &date_line("good", "0")))
        .await;
    let plan = here
        .plan(targets, &expiry_alone(), &History::default())
        .await;
    let stored = serde_json::to_string(&plan.accounts).unwrap();
    let read = || serde_json::from_str(&stored).unwrap();
    let (journal, never) = (MemoryJournal::default(), Stop::never());
    let elsewhere = accounts(&fake("other", 1))
        .apply(read(), &journal, &never)
        .await;
    let refused = elsewhere[0].outcome.as_ref().unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Config);
    assert!(here.apply(read(), &journal, &never).await[0].is_done());
    // And back again.
    let undo = here.plan_undo(&journal.history()).await;
    assert!(here.apply(undo.accounts, &journal, &never).await[0].is_done());
    assert_eq!(good.dates("0"), AssetDates::default());
}

#[test]
fn accounts_that_only_read_and_those_of_one_name_take_no_dates() {
    let reading = Accounts::from_opened([OpenedAccount::reading(fake("acme", 1))]).unwrap();
    let problems = reading.two_way().unwrap_err();
    assert_eq!(problems.all()[0].error.kind(), ErrorKind::Unsupported);
}
