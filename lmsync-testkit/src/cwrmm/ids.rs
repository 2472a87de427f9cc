//! The vendor's ids: written like UUIDs, and only those of devices are some.

/// Legacy ids in the form of a UUID: the text "Company" or "Site" and a number, in hexadecimal.
const COMPANIES: &str = "436f6d70-616e-7920-4944-";
const SITES: &str = "53697465-2049-443a-2020-";

pub(super) fn company(number: u64) -> String {
    format!("{COMPANIES}{number:012x}")
}

/// The number of the company `id`.
pub(super) fn company_number(id: &str) -> Option<u64> {
    u64::from_str_radix(id.strip_prefix(COMPANIES)?, 16).ok()
}

pub(super) fn site(number: u64) -> String {
    format!("{SITES}{number:012x}")
}

/// The number of the site `id`.
pub(super) fn site_number(id: &str) -> Option<u64> {
    u64::from_str_radix(id.strip_prefix(SITES)?, 16).ok()
}

/// The id of the device that is the machine numbered `machine`.
pub(super) fn device(machine: u64, plain: bool) -> String {
    if plain {
        return format!("EP-{machine}");
    }
    let mixed = machine.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    format!("{mixed:08x}-e131-49f1-8a24-{machine:012x}")
}

/// The number of the machine that is the device `id`.
pub(super) fn machine(id: &str) -> Option<u64> {
    let number = match id.strip_prefix("EP-") {
        Some(number) => return number.parse().ok(),
        None => u64::from_str_radix(id.rsplit('-').next()?, 16).ok()?,
    };
    (device(number, false) == id).then_some(number)
}

/// A machine's SMBIOS UUID.
pub(super) fn hardware(machine: u64) -> String {
    let mixed = machine.wrapping_mul(0xd6e8_feb8_6659_fd93);
    format!(
        "{:08x}-{:04x}-4c4c-b044-{machine:012x}",
        mixed >> 32,
        (mixed >> 16) & 0xffff
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_lead_back_to_what_they_are_of() {
        for number in [1, 17, 100_000] {
            assert_eq!(company_number(&company(number)), Some(number));
            assert_eq!(site_number(&site(number)), Some(number));
            assert_eq!(machine(&device(number, false)), Some(number));
            assert_eq!(machine(&device(number, true)), Some(number));
        }
        for other in ["404404404", "", "EP-", "0e30-1", &company(1)] {
            assert_eq!(machine(other), None, "{other}");
        }
    }
}
