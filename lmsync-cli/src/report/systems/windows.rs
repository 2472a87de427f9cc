//! Windows, by build and edition, and by name where that is all there is.

use super::source::Source::{Windows, WindowsServer};
use super::{Release, Told, on, release};

/// A release of Windows for people's machines, by its build. Editions end at different days.
struct Client {
    /// The name of the product: 10 or 11.
    product: &'static str,
    /// The vendor's word for the release, such as `22h2`.
    version: &'static str,
    build: u32,
    /// Home, Pro, Pro Education, Pro for Workstations.
    pro: Release,
    /// Enterprise, Education.
    enterprise: Release,
    /// Enterprise of the long-term channel.
    long_term: Option<Release>,
    /// IoT Enterprise of the long-term channel.
    iot_long_term: Option<Release>,
}

macro_rules! client {
    ($product:literal, $version:literal, $build:literal, $pro:expr, $enterprise:expr) => {
        client!($product, $version, $build, $pro, $enterprise, None, None)
    };
    ($product:literal, $version:literal, $build:literal, $pro:expr, $enterprise:expr, $long:expr, $iot:expr) => {
        Client {
            product: $product,
            version: $version,
            build: $build,
            pro: release(
                concat!("Windows ", $product, ", ", $version, ", Home and Pro"),
                $pro,
                Windows,
            ),
            enterprise: release(
                concat!(
                    "Windows ",
                    $product,
                    ", ",
                    $version,
                    ", Enterprise and Education"
                ),
                $enterprise,
                Windows,
            ),
            long_term: long_term(
                concat!("Windows ", $product, ", ", $version, ", Enterprise LTSC"),
                $long,
            ),
            iot_long_term: long_term(
                concat!(
                    "Windows ",
                    $product,
                    ", ",
                    $version,
                    ", IoT Enterprise LTSC"
                ),
                $iot,
            ),
        }
    };
}

const fn long_term(name: &'static str, end: Option<chrono::NaiveDate>) -> Option<Release> {
    match end {
        Some(_) => Some(release(name, end, Windows)),
        None => None,
    }
}

const CLIENTS: &[Client] = &[
    client!("11", "26H1", 28000, on(2028, 3, 14), on(2029, 3, 13)),
    client!("11", "25H2", 26200, on(2027, 10, 12), on(2028, 10, 10)),
    client!(
        "11",
        "24H2",
        26100,
        on(2026, 10, 13),
        on(2027, 10, 12),
        on(2029, 10, 9),
        on(2034, 10, 10)
    ),
    client!("11", "23H2", 22631, on(2025, 11, 11), on(2026, 11, 10)),
    client!("11", "22H2", 22621, on(2024, 10, 8), on(2025, 10, 14)),
    client!("11", "21H2", 22000, on(2023, 10, 10), on(2024, 10, 8)),
    client!("10", "22H2", 19045, on(2025, 10, 14), on(2025, 10, 14)),
    client!(
        "10",
        "21H2",
        19044,
        on(2023, 6, 13),
        on(2024, 6, 11),
        on(2027, 1, 12),
        on(2032, 1, 13)
    ),
    client!("10", "21H1", 19043, on(2022, 12, 13), on(2022, 12, 13)),
    client!("10", "20H2", 19042, on(2022, 5, 10), on(2023, 5, 9)),
    client!("10", "2004", 19041, on(2021, 12, 14), on(2021, 12, 14)),
    client!("10", "1909", 18363, on(2021, 5, 11), on(2022, 5, 10)),
    client!("10", "1903", 18362, on(2020, 12, 8), on(2020, 12, 8)),
    client!(
        "10",
        "1809",
        17763,
        on(2020, 11, 10),
        on(2021, 5, 11),
        on(2029, 1, 9),
        on(2029, 1, 9)
    ),
    client!("10", "1803", 17134, on(2019, 11, 12), on(2021, 5, 11)),
    client!("10", "1709", 16299, on(2019, 4, 9), on(2020, 10, 13)),
    client!("10", "1703", 15063, on(2018, 10, 9), on(2019, 10, 8)),
    client!(
        "10",
        "1607",
        14393,
        on(2018, 4, 10),
        on(2019, 4, 9),
        on(2026, 10, 13),
        on(2026, 10, 13)
    ),
    client!("10", "1511", 10586, on(2017, 10, 10), on(2017, 10, 10)),
    client!(
        "10",
        "1507",
        10240,
        on(2017, 5, 9),
        on(2017, 5, 9),
        on(2025, 10, 14),
        on(2025, 10, 14)
    ),
];

/// Windows 10 of which the release is not told: the last day of any, but for the long-term channel.
const SOME_10: Release = release("Windows 10, release not told", on(2025, 10, 14), Windows);

/// Older ones, by the words that stand after `windows`, the longest first, and by their build.
const OLDER: &[(&str, u32, Release)] = &[
    (
        "8.1",
        9600,
        release("Windows 8.1", on(2023, 1, 10), Windows),
    ),
    ("8", 9200, release("Windows 8", on(2016, 1, 12), Windows)),
    ("7", 7601, release("Windows 7", on(2020, 1, 14), Windows)),
    (
        "vista",
        6002,
        release("Windows Vista", on(2017, 4, 11), Windows),
    ),
    ("xp", 2600, release("Windows XP", on(2014, 4, 8), Windows)),
];

/// Windows Server, by the words that its name has, those of a second edition first, and by its build.
const SERVERS: &[(&[&str], u32, Release)] = &[
    (
        &["2025"],
        26100,
        release("Windows Server 2025", on(2034, 10, 10), WindowsServer),
    ),
    (
        &["23h2"],
        25398,
        release("Windows Server, 23H2", on(2025, 10, 24), WindowsServer),
    ),
    (
        &["2022"],
        20348,
        release("Windows Server 2022", on(2031, 10, 14), WindowsServer),
    ),
    (
        &["20h2"],
        19042,
        release("Windows Server, 20H2", on(2022, 8, 9), WindowsServer),
    ),
    (
        &["2004"],
        19041,
        release("Windows Server, 2004", on(2021, 12, 14), WindowsServer),
    ),
    (
        &["1909"],
        18363,
        release("Windows Server, 1909", on(2021, 5, 11), WindowsServer),
    ),
    (
        &["1903"],
        18362,
        release("Windows Server, 1903", on(2020, 12, 8), WindowsServer),
    ),
    (
        &["2019"],
        17763,
        release("Windows Server 2019", on(2029, 1, 9), WindowsServer),
    ),
    (
        &["1803"],
        17134,
        release("Windows Server, 1803", on(2019, 11, 12), WindowsServer),
    ),
    (
        &["1709"],
        16299,
        release("Windows Server, 1709", on(2019, 4, 9), WindowsServer),
    ),
    (
        &["2016"],
        14393,
        release("Windows Server 2016", on(2027, 1, 12), WindowsServer),
    ),
    (
        &["2012", "r2"],
        9600,
        release("Windows Server 2012 R2", on(2023, 10, 10), WindowsServer),
    ),
    (
        &["2012"],
        9200,
        release("Windows Server 2012", on(2023, 10, 10), WindowsServer),
    ),
    (
        &["2008", "r2"],
        7601,
        release("Windows Server 2008 R2", on(2020, 1, 14), WindowsServer),
    ),
    (
        &["2008"],
        6003,
        release("Windows Server 2008", on(2020, 1, 14), WindowsServer),
    ),
    (
        &["2003"],
        3790,
        release("Windows Server 2003", on(2015, 7, 14), WindowsServer),
    ),
    (
        &["2000"],
        2195,
        release("Windows 2000 Server", on(2010, 7, 13), WindowsServer),
    ),
];

/// The release of a client.
pub(super) fn client(told: &Told) -> Option<&'static Release> {
    let build = build(told);
    let is_of_build = |client: &&Client| build == Some(client.build);
    let product = ["11", "10"].into_iter().find(|product| {
        told.has(product)
            || told
                .words()
                .any(|word| word.strip_prefix("win") == Some(*product))
    });
    let is_of_name = |client: &&Client| {
        let version = client.version.to_lowercase();
        product == Some(client.product) && (told.version == version || told.has(&version))
    };
    let mut clients = CLIENTS.iter();
    let found = clients
        .clone()
        .find(is_of_build)
        .or_else(|| clients.find(is_of_name));
    match found {
        Some(client) => Some(of_edition(client, told)),
        None if product == Some("10") && build.is_none() && !is_long_term(told) => Some(&SOME_10),
        None if product.is_some() => None,
        None => older(told, build),
    }
}

fn older(told: &Told, build: Option<u32>) -> Option<&'static Release> {
    let is_it = |(word, own, _): &&(&str, u32, Release)| told.has(word) || build == Some(*own);
    OLDER.iter().find(is_it).map(|(_, _, release)| release)
}

/// The release for the edition that the name tells. Where it tells none, that of the edition which is supported longest: nobody is warned
/// of what may not be so.
fn of_edition(client: &'static Client, told: &Told) -> &'static Release {
    let long_term = if told.has("iot") {
        &client.iot_long_term
    } else {
        &client.long_term
    };
    match long_term {
        Some(release) if is_long_term(told) => release,
        _ if told.has("home") || told.has("pro") || told.has("professional") => &client.pro,
        _ => &client.enterprise,
    }
}

fn is_long_term(told: &Told) -> bool {
    told.has("ltsc") || told.has("ltsb")
}

/// The release of a server.
pub(super) fn server(told: &Told) -> Option<&'static Release> {
    let has_words =
        |(words, _, _): &&(&[&str], u32, Release)| words.iter().all(|word| told.has(word));
    let build = build(told);
    let is_of_build = |(_, own, _): &&(&[&str], u32, Release)| build == Some(*own);
    let mut servers = SERVERS.iter();
    let found = servers
        .clone()
        .find(has_words)
        .or_else(|| servers.find(is_of_build));
    found.map(|(_, _, release)| release)
}

/// The build: a field of its own, or the third number of a version such as `10.0.19045.4529`.
fn build(told: &Told) -> Option<u32> {
    let number = |text: &str| text.split('.').next()?.parse().ok();
    let of_version = || {
        let version = told.version.split_whitespace().next()?;
        number(version.splitn(3, '.').nth(2)?)
    };
    number(told.build.trim())
        .filter(|build| *build > 1_000)
        .or_else(of_version)
}
