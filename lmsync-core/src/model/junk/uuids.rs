//! SMBIOS UUIDs that many machines share.

/// Tells whether many machines have the UUID, in either order of its first three parts.
///
/// Tools disagree on that order: SMBIOS 2.6 swapped the bytes of those parts, and what reads an
/// older table, or ignores the rule, shows each UUID's twin.
/// Documented: DMTF DSP0134, section 7.2.1.
pub(in super::super) fn is_shared(uuid: [u8; 16]) -> bool {
    [uuid, twin(uuid)].into_iter().any(|uuid| {
        LISTED.contains(&u128::from_be_bytes(uuid))
            || is_filler(uuid)
            || is_counting(uuid)
            || is_untagged_dell(uuid)
    })
}

/// UUIDs as one of the two orders has them.
const LISTED: &[u128] = &[
    // Documented: <https://github.com/glpi-project/glpi/blob/main/src/Blacklist.php>
    0x03000200_0400_0500_0006_000700080009,
    0x6AB5B300_538D_1014_9FB5_B0684D007B53,
    // Documented: <https://github.com/osquery/osquery/blob/master/osquery/core/system.cpp>
    0x10000000_0000_8000_0040_000000000000,
    // Documented: <https://github.com/freebsd/freebsd-src/blob/main/libexec/rc/rc.d/hostid>
    0x07090201_0103_0301_0807_060504030201,
    0x11111111_2222_3333_4444_555555555555,
    0x890E2D14_CACD_45D1_AE66_BC80E8BFEB0F,
    0x8E275844_178F_44A8_ACEB_A7D7E5178C63,
    0xDC698397_FA54_4CF2_82C8_B1B5307A6A7F,
    // Seen: lists of agents in public repositories.
    0x02000100_0300_0400_0005_000600070008,
    0x01234567_8910_1112_1314_151617181920,
];

/// The same UUID with the bytes of its first three parts in the other order.
fn twin(mut uuid: [u8; 16]) -> [u8; 16] {
    uuid[..4].reverse();
    uuid[4..6].reverse();
    uuid[6..8].reverse();
    uuid
}

/// Tells whether hardly anything is in the UUID: at most three different bytes, one pattern over
/// and over, or nothing but `F` in the last part.
///
/// Nothing but `0` in the last part counts where the rest has at most six different bytes. A UUID
/// of zeros that ends in a network adapter's address is a machine's own, as Supermicro makes them.
fn is_filler(uuid: [u8; 16]) -> bool {
    let (rest, last) = uuid.split_at(10);
    different(&uuid) <= 3
        || (1..=8).any(|length| uuid.iter().zip(&uuid[length..]).all(|(a, b)| a == b))
        || last.iter().all(|byte| *byte == 0xff)
        || (last.iter().all(|byte| *byte == 0) && different(rest) <= 6)
}

/// The number of different bytes.
fn different(bytes: &[u8]) -> usize {
    let is_first = |(at, byte): &(usize, &u8)| !bytes[..*at].contains(byte);
    bytes.iter().enumerate().filter(is_first).count()
}

/// Tells whether the UUID counts up or down, as `00010203-0405-…` by bytes and
/// `12345678-1234-5678-90AB-…` by digits do, for half of its digits at least.
fn is_counting(uuid: [u8; 16]) -> bool {
    let digits: Vec<u8> = uuid
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 0xf])
        .collect();
    let up = |a: u8, b: u8| b == a.wrapping_add(1) || (a == 9 && b == 0);
    let steps = |values: &[u8], is_step: &dyn Fn(u8, u8) -> bool| {
        let pairs = values.windows(2);
        pairs.filter(|pair| is_step(pair[0], pair[1])).count()
    };
    [&up as &dyn Fn(u8, u8) -> bool, &|a, b| up(b, a)]
        .into_iter()
        .any(|is_step| steps(&digits, is_step) >= 16 || steps(&uuid, is_step) >= 10)
}

/// Tells whether the UUID is one of Dell's in which the service tag is blank.
///
/// Dell writes `DELL` and the seven characters of the tag into it; a board that was exchanged and
/// never given the tag has blanks there. Seen: `4C4C4544-0000-2010-8020-80C04F202020` on many machines.
fn is_untagged_dell(uuid: [u8; 16]) -> bool {
    let tag = [5, 6, 9, 10, 13, 14, 15].map(|at| uuid[at] & 0x7f);
    uuid.starts_with(b"LLED") && tag.iter().all(|letter| matches!(letter, 0 | b' '))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_listed_uuid_and_its_byte_swapped_twin_is_shared() {
        for uuid in LISTED {
            let uuid = uuid.to_be_bytes();
            assert!(is_shared(uuid), "{uuid:02x?}");
            assert!(is_shared(twin(uuid)), "{uuid:02x?}");
        }
    }

    proptest! {
        #[test]
        fn a_twin_is_shared_when_its_uuid_is(uuid: [u8; 16]) {
            prop_assert_eq!(twin(twin(uuid)), uuid);
            prop_assert_eq!(is_shared(twin(uuid)), is_shared(uuid));
        }

        #[test]
        fn one_byte_over_and_over_is_shared(byte: u8) {
            prop_assert!(is_shared([byte; 16]));
        }

        #[test]
        fn random_uuids_are_a_machines_own(mut uuid: [u8; 16], version in 1..=5_u8) {
            uuid[6] = version << 4 | uuid[6] & 0xf;
            uuid[8] = 0x80 | uuid[8] & 0x3f;
            prop_assert!(!is_shared(uuid));
        }

        #[test]
        fn uuids_that_makers_build_from_serial_numbers_are_a_machines_own(
            tag in "[1-9B-DF-HJ-NP-TV-Z][0-9B-DF-HJ-NP-TV-Z]{6}",
            product in "[1-9][0-9]{5}",
            serial in "(CZ|MX|SG|US)[A-Z0-9][0-9]{3}[A-Z0-9]{4}",
            mac: [u8; 3],
        ) {
            let tag: [u8; 7] = tag.into_bytes().try_into().unwrap();
            let dell = [
                0x4c, 0x4c, 0x45, 0x44, 0, tag[1], tag[2], 0x10,
                0x80, tag[3], tag[0] | 0x80, 0xc0, 0x4f, tag[4], tag[5], tag[6],
            ];
            prop_assert!(!is_shared(dell));
            let hp: [u8; 16] = format!("{product}{serial}").into_bytes().try_into().unwrap();
            prop_assert!(!is_shared(hp));
            prop_assert!(!is_shared(twin(hp)));
            let mut supermicro = [0; 16];
            supermicro[10..].copy_from_slice(&[0x0c, 0xc4, 0x7a, mac[0], mac[1], mac[2]]);
            prop_assert!(!is_shared(supermicro));
        }
    }
}
