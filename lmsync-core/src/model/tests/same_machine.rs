use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::machine::{MAC_A, Machine, UUID_A, any_machine};
use super::*;

const MAC_B: &str = "f8:75:a4:19:c6:22";
const IDS: [&str; 10] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"];

/// An asset and the caller's label for its customer.
type Labelled = (Asset, Option<&'static str>);

/// The machines as records of one account each, all of one customer.
fn one_customer(machines: &[Machine]) -> Vec<Labelled> {
    let numbered = machines.iter().zip(IDS).map(|(machine, id)| Machine {
        instance: "a",
        id,
        ..*machine
    });
    numbered
        .map(|machine| (machine.build(), Some("acme")))
        .collect()
}

fn index(assets: &[Labelled]) -> SameMachine {
    let mut fleet = SameMachine::default();
    for (asset, label) in assets {
        match label {
            Some(label) => fleet.add_for(asset, label),
            None => fleet.add(asset),
        }
    }
    fleet
}

fn groups(assets: &[Labelled]) -> Vec<MachineGroup> {
    index(assets).groups()
}

fn ids(group: &MachineGroup) -> Vec<&str> {
    let members = group.members.iter();
    members.map(|member| &*member.vendor_id).collect()
}

fn all_ids(groups: &[MachineGroup]) -> Vec<Vec<&str>> {
    groups.iter().map(ids).collect()
}

fn serial(serial: &'static str) -> Machine {
    Machine {
        serial: Some(serial),
        ..Machine::default()
    }
}

#[test]
fn nothing_in_common_is_no_group() {
    assert_eq!(groups(&[]), []);
    let assets = one_customer(&[serial("ABC1"), serial("ABC2"), Machine::default()]);
    assert_eq!(groups(&assets), []);
}

#[test]
fn placeholders_link_nobody() {
    let junk = Machine {
        maker: Some("Dell"),
        ..serial("Default string")
    };
    assert_eq!(groups(&one_customer(&[junk, junk, junk])), []);
}

#[test]
fn records_are_linked_by_way_of_others() {
    let all = Machine {
        mac: Some(MAC_A),
        ..serial("ABC1")
    };
    let by_mac = Machine {
        mac: Some(MAC_A),
        ..Machine::default()
    };
    let told = groups(&one_customer(&[serial("ABC1"), by_mac, all]));
    assert_eq!(all_ids(&told), [["1", "2", "3"]]);
    let evidence = |left, right, by| SharedKeys {
        left,
        right,
        by: vec![by],
    };
    let expected = [
        evidence(0, 2, IdentityKind::Serial),
        evidence(1, 2, IdentityKind::Mac),
    ];
    assert_eq!(told[0].evidence, expected);
}

#[test]
fn containers_are_not_their_host() {
    let assets = one_customer(&[serial("ABC1"), serial("ABC1"), serial("ABC1")]);
    assert_eq!(all_ids(&groups(&assets)), [["1", "2", "3"]]);
    let mut contained = assets;
    for (asset, _) in &mut contained[1..] {
        asset.virtualization = Virtualization::Container;
        asset.identity = identity_keys(asset);
    }
    assert_eq!(groups(&contained), []);
}

#[test]
fn product_numbers_of_hp_keep_machines_apart() {
    let product = |product| Machine {
        maker: Some("HP"),
        product,
        ..serial("ABC1")
    };
    let told = groups(&one_customer(&[
        product(Some("P1#ABU")),
        product(Some("P2")),
        product(None),
        product(Some("p1")),
    ]));
    assert_eq!(all_ids(&told), [vec!["1", "3", "4"], vec!["2"]]);
    let [own, other] = &told[..] else {
        panic!("{told:?}");
    };
    assert_eq!((own.conflicts.len(), other.conflicts.len()), (1, 1));
    let (own_told, other_told) = (&own.conflicts[0], &other.conflicts[0]);
    assert_eq!(own_told.veto, Veto::ProductNumber);
    assert_eq!((own_told.left, &*own_told.right.vendor_id), (1, "2"));
    assert_eq!(
        (own_told.veto_left, &*own_told.veto_right.vendor_id),
        (0, "2")
    );
    assert_eq!((other_told.left, &*other_told.right.vendor_id), (0, "3"));
    assert_eq!(&*other_told.veto_right.vendor_id, "1");
}

#[test]
fn a_product_number_speaks_for_a_group_that_grew_without_one() {
    let product = |product| Machine {
        maker: Some("HP"),
        product,
        ..serial("ABC1")
    };
    let told = groups(&one_customer(&[
        product(None),
        product(Some("P1")),
        product(Some("P2")),
    ]));
    assert_eq!(all_ids(&told), [vec!["1", "2"], vec!["3"]]);
    assert_eq!(told[0].conflicts[0].veto_left, 1);
}

#[test]
fn adapters_that_moved_merge_no_two_machines() {
    // One tool without serial numbers saw both adapters, which were in two machines before.
    let with = |serial, mac| Machine {
        serial,
        mac: Some(mac),
        ..Machine::default()
    };
    let mut assets = one_customer(&[
        with(Some("ABC1"), MAC_A),
        with(Some("ABC2"), MAC_B),
        with(None, MAC_A),
    ]);
    assets[2].0.network.adapters.push(Adapter {
        mac: MacAddress::parse(MAC_B),
        ..Adapter::default()
    });
    assets[2].0.identity = identity_keys(&assets[2].0);
    let told = groups(&assets);
    assert_eq!(all_ids(&told), [vec!["1", "3"], vec!["2"]]);
    let [contradiction] = &told[0].conflicts[..] else {
        panic!("{told:?}");
    };
    assert_eq!(contradiction.veto, Veto::Serial);
    assert_eq!((contradiction.left, contradiction.veto_left), (1, 0));
    assert_eq!(contradiction.by, [IdentityKind::Mac]);
}

#[test]
fn a_host_name_at_two_customers_is_two_machines() {
    let named = Machine {
        hostname: Some("pc1"),
        mac: Some(MAC_A),
        ..Machine::default()
    };
    let mut assets = one_customer(&[named, named]);
    assert_eq!(all_ids(&groups(&assets)), [["1", "2"]]);
    assets[1].1 = Some("globex");
    assert_eq!(groups(&assets), []);
    // A label and a record's customer are no comparison.
    assets[1].1 = None;
    assert_eq!(groups(&assets), []);
    // Without a label, customers of one account are compared by their ids.
    for ((asset, label), id) in assets.iter_mut().zip(["7", "7"]) {
        (asset.customer, *label) = (Some(Ref::new(id, None)), None);
    }
    assert_eq!(all_ids(&groups(&assets)), [["1", "2"]]);
    assets[1].0.customer = Some(Ref::new("8", None));
    assert_eq!(groups(&assets), []);
}

#[test]
fn what_is_possible_joins_nothing_and_is_told_on_both_sides() {
    let named = |serial| Machine {
        hostname: Some("pc1"),
        serial,
        ..Machine::default()
    };
    let told = groups(&one_customer(&[
        named(Some("ABC1")),
        named(Some("ABC1")),
        named(None),
    ]));
    assert_eq!(all_ids(&told), [vec!["1", "2"], vec!["3"]]);
    for (group, (left, right)) in told.iter().zip([(0, "3"), (0, "1")]) {
        let [possible] = &group.possible[..] else {
            panic!("{told:?}");
        };
        assert_eq!((possible.left, &*possible.right.vendor_id), (left, right));
        assert_eq!(possible.by, [IdentityKind::Hostname]);
        assert_eq!((&possible.conflicts[..], possible.veto), (&[][..], None));
    }
}

#[test]
fn a_possible_pair_says_that_its_groups_rule_it_out() {
    let named = |serial, mac| Machine {
        hostname: Some("pc1"),
        serial,
        mac,
        ..Machine::default()
    };
    let told = groups(&one_customer(&[
        named(Some("ABC1"), Some(MAC_A)),
        named(None, Some(MAC_A)),
        named(Some("ABC2"), None),
    ]));
    assert_eq!(all_ids(&told), [vec!["1", "2"], vec!["3"]]);
    assert_eq!(told[0].possible[0].veto, Some(Veto::Serial));
    assert_eq!(told[1].possible[0].veto, Some(Veto::Serial));
}

#[test]
fn a_record_that_was_added_twice_counts_as_it_was_read_last() {
    let other = Machine {
        instance: "b",
        id: "2",
        ..serial("ABC2")
    }
    .build();
    let old = Machine {
        instance: "a",
        id: "1",
        ..serial("ABC1")
    }
    .build();
    let mut new = Machine {
        instance: "a",
        id: "1",
        ..serial("ABC2")
    }
    .build();
    new.source.fetched_at += chrono::TimeDelta::hours(1);
    let assets = [other, old, new].map(|asset| (asset, Some("acme")));
    let told = groups(&assets);
    assert_eq!(all_ids(&told), [["1", "2"]]);
    let [other, old, new] = assets;
    assert_eq!(groups(&[new, old, other]), told);
}

#[test]
fn a_key_that_thousands_share_costs_no_square_and_merges_across_no_veto() {
    let rules = Rules::default();
    let mut fleet = SameMachine::default();
    for number in 0..5_000 {
        let source = Source::new("example", "acme", format!("{number:05}"), now());
        let mut draft = AssetDraft::new(source, &rules, now());
        draft.hardware_uuid(UUID_A);
        if number % 2 == 0 {
            draft.serial(&*format!("7XKQ{:04}", number / 20));
        }
        fleet.add_for(&draft.finish(), "acme");
    }
    let told = fleet.groups();
    // Those without a serial number are with the first that has one.
    let sizes: Vec<_> = told.iter().map(|group| group.members.len()).collect();
    assert_eq!(sizes.len(), 250);
    assert_eq!((sizes[0], sizes.iter().sum::<usize>()), (2_510, 5_000));
    assert!(sizes[1..].iter().all(|size| *size == 10), "{sizes:?}");
    // Each of the others is told to be a contradiction of the first.
    assert_eq!(told[0].conflicts.len(), 249);
    assert!(told[1..].iter().all(|group| group.conflicts.len() == 1));
}

/// Ten records at most, half of which have one serial number.
fn fleet() -> impl Strategy<Value = Vec<Labelled>> {
    let label = option::of(select(vec!["acme", "globex"]));
    let one = (any_machine(), any::<bool>(), label);
    prop::collection::vec(one, 0..=IDS.len()).prop_map(|fleet| {
        let numbered = fleet.into_iter().zip(IDS);
        numbered
            .map(|((mut machine, is_alike, label), id)| {
                if is_alike {
                    (machine.maker, machine.serial) = (Some("HP"), Some("ABC1"));
                }
                (Machine { id, ..machine }.build(), label)
            })
            .collect()
    })
}

fn link(left: &Labelled, right: &Labelled) -> CustomerLink {
    match (left.1, right.1) {
        (None, None) => CustomerLink::ByRecord,
        (Some(left), Some(right)) if left == right => CustomerLink::Same,
        _ => CustomerLink::Different,
    }
}

fn relation(left: &Labelled, right: &Labelled) -> Correlation {
    correlate(&left.0, &right.0, link(left, right))
}

/// The asset that a report names.
fn named<'a>(assets: &'a [Labelled], name: &NamedAsset) -> &'a Labelled {
    let is_it = |asset: &&Labelled| NamedAsset::from(&asset.0) == *name;
    assets.iter().find(is_it).unwrap()
}

/// The group that has the asset, if any has.
fn group_of<'a>(told: &'a [MachineGroup], asset: &Labelled) -> Option<&'a MachineGroup> {
    let name = NamedAsset::from(&asset.0);
    told.iter().find(|group| group.members.contains(&name))
}

fn is_told(told: &[MachineGroup], left: &Labelled, right: &Labelled, is_same: bool) -> bool {
    let (Some(left), Some(right)) = (group_of(told, left), group_of(told, right)) else {
        return false;
    };
    let points = |from: &MachineGroup, to: &MachineGroup| {
        if is_same {
            let mut conflicts = from.conflicts.iter();
            conflicts.any(|one| to.members.contains(&one.right))
        } else {
            let mut possible = from.possible.iter();
            possible.any(|one| to.members.contains(&one.right))
        }
    };
    left == right || (points(left, right) && points(right, left))
}

/// The members of the groups with two or more.
fn members(told: &[MachineGroup]) -> Vec<&[NamedAsset]> {
    let groups = told.iter().filter(|group| group.members.len() > 1);
    groups.map(|group| &*group.members).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn each_pair_is_what_correlate_says(assets in fleet()) {
        let told = groups(&assets);
        for (at, left) in assets.iter().enumerate() {
            for right in &assets[at + 1..] {
                match relation(left, right) {
                    Correlation::Same { .. } => prop_assert!(is_told(&told, left, right, true)),
                    Correlation::Possible { .. } => prop_assert!(is_told(&told, left, right, false)),
                    Correlation::Different { .. } => {
                        let group = group_of(&told, left);
                        prop_assert!(group.is_none() || group != group_of(&told, right));
                    }
                    Correlation::Unrelated => {}
                }
            }
        }
    }

    #[test]
    fn what_is_told_is_true(assets in fleet()) {
        for group in groups(&assets) {
            let member = |place: usize| named(&assets, &group.members[place]);
            let mut linked = vec![0];
            let mut evidence = group.evidence.clone();
            prop_assert_eq!(evidence.len() + 1, group.members.len());
            while let Some(next) = evidence.iter().position(|one| linked.contains(&one.left) != linked.contains(&one.right)) {
                let SharedKeys { left, right, by } = evidence.swap_remove(next);
                prop_assert!(left < right);
                linked.extend([left, right]);
                prop_assert_eq!(relation(member(left), member(right)), Correlation::Same { by });
            }
            prop_assert_eq!(&evidence, &[]);
            for one in &group.conflicts {
                let (left, right) = (member(one.left), named(&assets, &one.right));
                prop_assert_eq!(relation(left, right), Correlation::Same { by: one.by.clone() });
                let (left, right) = (member(one.veto_left), named(&assets, &one.veto_right));
                prop_assert_eq!(relation(left, right), Correlation::Different { veto: one.veto });
            }
            for one in &group.possible {
                let (by, conflicts) = (one.by.clone(), one.conflicts.clone());
                let (left, right) = (member(one.left), named(&assets, &one.right));
                prop_assert_eq!(relation(left, right), Correlation::Possible { by, conflicts });
            }
        }
    }

    #[test]
    fn the_order_of_adding_makes_no_difference(
        (assets, shuffled) in fleet().prop_flat_map(|assets| (Just(assets.clone()), Just(assets).prop_shuffle())),
    ) {
        prop_assert_eq!(groups(&assets), groups(&shuffled));
    }

    #[test]
    fn two_readings_of_one_moment_make_no_difference_either(
        (assets, shuffled) in fleet().prop_flat_map(|mut assets| {
            for (place, (asset, _)) in assets.iter_mut().enumerate() {
                asset.source.vendor_id = IDS[place % 3].to_owned();
            }
            (Just(assets.clone()), Just(assets).prop_shuffle())
        }),
    ) {
        prop_assert_eq!(groups(&assets), groups(&shuffled));
    }

    #[test]
    fn json_gives_back_the_groups(assets in fleet()) {
        let told = groups(&assets);
        let json = serde_json::to_string(&told).unwrap();
        prop_assert_eq!(serde_json::from_str::<Vec<MachineGroup>>(&json).unwrap(), told);
    }

    /// Where nothing is ruled out, pairs that stand for others make the groups that all pairs make.
    #[test]
    fn few_pairs_make_the_same_groups(mut assets in fleet(), few in 0..4_usize, has_serials: bool) {
        for (asset, _) in &mut assets {
            if has_serials && asset.serial.key.is_some() {
                asset.serial.key = Some("ABC1".to_owned());
            } else {
                asset.serial = Serial::default();
            }
            asset.product_number = None;
            asset.identity = identity_keys(asset);
        }
        let exact = groups(&assets);
        let told = index(&assets).groups_within(few);
        prop_assert_eq!(members(&told), members(&exact));
    }

    #[test]
    fn few_pairs_merge_nothing_across_a_veto(assets in fleet(), few in 0..4_usize) {
        for group in index(&assets).groups_within(few) {
            let members: Vec<_> = group.members.iter().map(|name| named(&assets, name)).collect();
            for (at, left) in members.iter().enumerate() {
                for right in &members[at + 1..] {
                    let is_vetoed = matches!(relation(left, right), Correlation::Different { .. });
                    prop_assert!(!is_vetoed, "{left:?} {right:?}");
                }
            }
        }
    }
}
