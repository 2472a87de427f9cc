//! Texts that need a rule of their own: sizes, moments, form factors.

use super::names::TenantField;
use crate::model::{AssetDraft, AssetKind, Size, SizeUnit, VendorInstant, Virtualization, clean};

/// More than a pebibyte is no size of a machine: the name's unit is not the number's.
const MOST_BYTES: u64 = 1 << 50;

/// Reads the size `text` of a field that the vendor calls `name`: in the unit that the text
/// names, else in one that is a word of the name, as in `RAM (GB)` or `physicalMemoryInBytes`.
///
/// A bare number is taken for gigabytes or for bytes where it can be nothing else, and then noted
/// as [`UnitAssumed`](crate::model::IssueCode::UnitAssumed); `None` for one that could be either.
/// 1,024 of memory, for one, are as likely megabytes. A "GB" is 2³⁰ bytes.
#[must_use]
pub fn size<'t>(field: TenantField, name: &str, text: &'t str) -> Option<Size<'t>> {
    if let Some(stated) = Size::in_text(text, SizeUnit::binary) {
        return Some(stated);
    }
    let number = text.trim().parse::<f64>();
    let is_huge = number.as_ref().is_ok_and(|number| *number >= 1e8);
    if let Some(unit) = words(name).find_map(SizeUnit::binary) {
        let stated = Size::Stated { number: text, unit };
        let is_believable = match stated.bytes() {
            Some(bytes) => bytes <= MOST_BYTES,
            None => !is_huge,
        };
        if is_believable {
            return Some(stated);
        }
    }
    let most_gigabytes = match field {
        TenantField::Memory => 1024.0,
        _ => 1e5,
    };
    let unit = match number {
        Ok(_) if is_huge => SizeUnit::Bytes,
        Ok(number) if number >= most_gigabytes => return None,
        // What is no number is noted as such.
        _ => SizeUnit::Gibibytes,
    };
    Some(Size::Assumed { number: text, unit })
}

/// The words of a name, also of one `inCamelCase`; a single letter is no unit.
fn words(name: &str) -> impl Iterator<Item = &str> {
    let is_separator = |letter: char| !letter.is_alphanumeric();
    name.split(is_separator)
        .flat_map(humps)
        .filter(|word| word.len() > 1)
}

/// The parts of a word that begin with a capital behind a small letter.
fn humps(word: &str) -> impl Iterator<Item = &str> {
    let mut was_lower = false;
    let mut starts: Vec<usize> = word
        .char_indices()
        .filter_map(|(at, letter)| {
            let is_start = at == 0 || (was_lower && letter.is_uppercase());
            was_lower = letter.is_lowercase();
            is_start.then_some(at)
        })
        .collect();
    starts.push(word.len());
    (1..starts.len()).map(move |end| &word[starts[end - 1]..starts[end]])
}

/// A moment as text, or as the seconds (10 digits) or milliseconds (13 digits) since 1970.
#[must_use]
pub fn moment(text: &str) -> VendorInstant<'_> {
    let digits = text.trim();
    match (digits.len(), digits.parse::<i64>()) {
        (10, Ok(seconds)) => VendorInstant::EpochSeconds(seconds),
        (13, Ok(milliseconds)) => VendorInstant::EpochMillis(milliseconds),
        _ => VendorInstant::Text(text),
    }
}

/// Puts a form factor such as `Physical Laptop` or `Virtual Server` into `draft`: the kind, and
/// whether the machine is real.
///
/// A kind that is there stays, but a workstation may be told to be a desktop or a laptop.
pub fn form_factor(draft: &mut AssetDraft<'_>, text: &str) {
    let Some(text) = clean(text) else {
        return;
    };
    let kind = AssetKind::from_words(&text);
    let is_finer = matches!(kind, Some(AssetKind::Desktop | AssetKind::Laptop));
    if draft.asset.kind == AssetKind::Workstation && is_finer {
        draft.asset.kind = AssetKind::Unknown;
    }
    draft.kind(text.as_str(), kind);
    if draft.asset.virtualization == Virtualization::Unknown
        && let Some(told) = Virtualization::from_words(&text)
    {
        draft.asset.virtualization = told;
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;

    use super::*;
    use crate::model::{Rules, Source};

    const GIB: u64 = 1 << 30;

    fn memory(name: &str, text: &str) -> Option<u64> {
        size(TenantField::Memory, name, text).and_then(Size::bytes)
    }

    #[test]
    fn a_size_has_the_unit_that_its_text_or_else_its_name_tells() {
        for (name, text, bytes) in [
            ("RAM", "16 GB", 16 * GIB),
            ("RAM (MB)", "16 GB", 16 * GIB),
            ("RAM (GB)", "16", 16 * GIB),
            ("ram_gb", "16", 16 * GIB),
            ("Memory MB", "8192", 8 * GIB),
            ("memoryGB", "2048", 2048 * GIB),
            ("physicalMemoryInBytes", "17179869184", 16 * GIB),
            ("\u{dc}bersichtInMB", "1024", GIB),
        ] {
            let read = size(TenantField::Memory, name, text).unwrap();
            assert!(matches!(read, Size::Stated { .. }), "{name}: {text}");
            assert_eq!(read.bytes(), Some(bytes), "{name}: {text}");
        }
    }

    #[test]
    fn a_bare_number_is_read_where_it_can_be_but_one_thing() {
        assert_eq!(memory("RAM", "16"), Some(16 * GIB));
        assert_eq!(memory("RAM", "15.5"), Some(31 * GIB / 2));
        assert_eq!(memory("RAM", "17179869184"), Some(16 * GIB));
        for unclear in ["1024", "8192", "16777216"] {
            assert_eq!(size(TenantField::Memory, "RAM", unclear), None);
        }
        let storage = |text| size(TenantField::Storage, "hdd", text);
        assert_eq!(storage("2000").and_then(Size::bytes), Some(2000 * GIB));
        assert_eq!(storage("512000"), None);
        // A name's unit that makes a size beyond all bounds is not believed.
        assert_eq!(memory("ram_gb", "17179869184"), Some(16 * GIB));
        assert_eq!(memory("ram_gb", "16384000"), None);
        assert_eq!(memory("ram_gb", "1536"), Some(1536 * GIB));
        for text in ["16", "lots", "NaN"] {
            let read = size(TenantField::Memory, "B", text);
            assert!(matches!(read, Some(Size::Assumed { .. })), "{text}");
        }
    }

    #[test]
    fn a_moment_may_be_a_number_of_seconds_or_milliseconds() {
        let seconds = VendorInstant::EpochSeconds(1_774_958_400);
        assert_eq!(moment("1774958400"), seconds);
        let milliseconds = VendorInstant::EpochMillis(1_774_958_400_000);
        assert_eq!(moment(" 1774958400000\n"), milliseconds);
        for text in ["2026-03-31", "20260331", "17749584000"] {
            assert_eq!(moment(text), VendorInstant::Text(text));
        }
    }

    #[test]
    fn a_form_factor_makes_a_workstation_finer_and_leaves_other_kinds() {
        use AssetKind as K;
        let after = |kind, text: &str| {
            let rules = Rules::default();
            let now = DateTime::UNIX_EPOCH;
            let mut draft = AssetDraft::new(Source::new("a", "b", "1", now), &rules, now);
            draft.asset.kind = kind;
            form_factor(&mut draft, text);
            (draft.asset.kind, draft.asset.virtualization)
        };
        for (kind, text, expected) in [
            (K::Workstation, "Physical Laptop", K::Laptop),
            (K::Unknown, "Physical Desktop", K::Desktop),
            (K::Unknown, "Workstation", K::Workstation),
            (K::Server, "Physical Desktop", K::Server),
            (K::Workstation, "Virtual Server", K::Workstation),
            (K::Unknown, " ", K::Unknown),
        ] {
            assert_eq!(after(kind, text).0, expected, "{kind:?}: {text}");
        }
        let guest = (K::Server, Virtualization::Guest);
        assert_eq!(after(K::Unknown, "Virtual Server"), guest);
    }

    proptest! {
        #[test]
        fn any_name_and_text_are_read(name in "\\PC{0,20}", text in "\\PC{0,20}") {
            let _ = memory(&name, &text);
            let _ = moment(&text);
            let letters: usize = words(&name).map(str::len).sum();
            prop_assert!(letters <= name.len());
        }
    }
}
