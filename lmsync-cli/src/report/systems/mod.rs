//! Operating systems, and the days on which their makers end support.

mod apple;
mod esxi;
mod linux;
mod source;
mod windows;

use chrono::NaiveDate;
use lmsync::model::{OperatingSystem, OsFamily};

pub(crate) use self::source::Source;

/// A release of an operating system, as its maker supports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Release {
    /// Its name, for people.
    pub(crate) name: &'static str,
    /// The last day of support that nobody has to pay extra for; `None` where the maker has named none.
    pub(crate) end: Option<NaiveDate>,
    /// The place where the day was read.
    pub(crate) source: Source,
}

/// An operating system, judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum System {
    /// A release that the tables have.
    Known(&'static Release),
    /// One that is told, and in no table, or not told well enough to say which release it is.
    Unlisted,
    /// Nothing is told.
    Untold,
}

impl System {
    /// Judges `os` by its name, version and build.
    pub(crate) fn of(os: &OperatingSystem) -> Self {
        let is_told = os.name.is_some() || os.version.is_some() || os.build.is_some();
        let told = Told::of(os);
        let found = match os.family {
            OsFamily::Windows => windows::client(&told),
            OsFamily::WindowsServer => windows::server(&told),
            OsFamily::MacOs => apple::find(&told),
            OsFamily::Linux => linux::find(&told),
            OsFamily::Esxi => esxi::find(&told),
            _ => None,
        };
        match found {
            Some(release) => Self::Known(release),
            None if is_told => Self::Unlisted,
            None => Self::Untold,
        }
    }

    /// The release that it is, where support ended before `today`.
    pub(crate) fn past_support(self, today: NaiveDate) -> Option<&'static Release> {
        match self {
            Self::Known(release) if release.end.is_some_and(|end| end < today) => Some(release),
            _ => None,
        }
    }
}

/// The texts that tell of an operating system, in small letters.
struct Told {
    name: String,
    version: String,
    build: String,
}

impl Told {
    fn of(os: &OperatingSystem) -> Self {
        let small = |text: &Option<String>| text.as_deref().unwrap_or_default().to_lowercase();
        Self {
            name: small(&os.name),
            version: small(&os.version),
            build: small(&os.build),
        }
    }

    /// The words of the name, where signs but the dot part words.
    fn words(&self) -> impl Iterator<Item = &str> {
        self.name
            .split(|c: char| !(c.is_alphanumeric() || c == '.'))
            .filter(|word| !word.is_empty())
    }

    fn has(&self, word: &str) -> bool {
        self.words().any(|one| one == word)
    }

    /// Versions that are told, that of the field first, then numbers in the name.
    fn versions(&self) -> impl Iterator<Item = &str> {
        let of_field = self.version.split_whitespace().take(1);
        let is_number = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit());
        of_field.chain(self.words()).filter(is_number)
    }
}

/// The release among `table` whose version begins one of those that are told, by whole numbers.
fn by_version(table: &'static [(&'static str, Release)], told: &Told) -> Option<&'static Release> {
    told.versions()
        .find_map(|version| table.iter().find(|(known, _)| begins(version, known)))
        .map(|(_, release)| release)
}

/// Tells whether `version` is `known`, or that and further numbers: `13.6.7` begins with `13`, and `135` does not.
fn begins(version: &str, known: &str) -> bool {
    match version.strip_prefix(known) {
        Some(rest) => !rest.starts_with(|c: char| c.is_ascii_alphanumeric()),
        None => false,
    }
}

/// A release, for tables.
const fn release(name: &'static str, end: Option<NaiveDate>, source: Source) -> Release {
    Release { name, end, source }
}

/// A day, for tables; one that there is not is an error of the compiler.
const fn on(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(day) => Some(day),
        None => panic!("there is no such day"),
    }
}

#[cfg(test)]
mod tests;
