//! A list of assets, folded by customer, and not longer than a page bears.

use std::collections::{BTreeMap, HashMap};

use crate::report::fleet::{Entry, Fleet};

/// Most bytes that all lists of a page take: with the rest, the page stays below three megabytes.
const MOST_BYTES: usize = 2_200_000;
/// Bytes of a row that are markup.
const MARKUP: usize = 130;
/// Bytes of a record in a row that are markup.
const RECORD: usize = 16;
/// Bytes of its link that are markup.
const LINK: usize = 44;
/// Bytes of a customer's table that are markup and its name.
const HEADING: usize = 700;
/// Least number of rows that each customer has, as long as there is room.
const LEAST_ROWS: usize = 10;
/// Most rows of a list that is open from the beginning.
const FEW: usize = 25;

/// A list of assets.
pub(super) struct List<'f> {
    /// The name of the place that links lead to.
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    /// The header of the last column.
    pub(super) detail: &'static str,
    /// The rule by which an asset is listed, in a sentence.
    pub(super) meaning: String,
    /// The number of all of them.
    pub(super) total: usize,
    pub(super) groups: Vec<Group<'f>>,
    /// The customers that have no room, and their assets.
    pub(super) left_out: (usize, usize),
}

/// The assets of a customer.
pub(super) struct Group<'f> {
    pub(super) customer: &'f str,
    pub(super) total: usize,
    /// The number of rows that all of them would have.
    pub(super) lines: usize,
    pub(super) rows: Vec<Row<'f>>,
    pub(super) is_open: bool,
}

/// A machine of which the list says the same in one account or several.
pub(super) struct Row<'f> {
    /// The first of its records.
    pub(super) entry: &'f Entry,
    pub(super) records: Vec<Record<'f>>,
    pub(super) detail: String,
}

/// A record of a machine.
pub(super) struct Record<'f> {
    pub(super) account: &'f str,
    /// Its page in the vendor's portal.
    pub(super) url: Option<&'f str>,
}

impl Group<'_> {
    /// The bytes that it takes on the page.
    fn weight(&self) -> usize {
        HEADING + self.rows.iter().map(weight).sum::<usize>()
    }

    /// The number of assets that are in no row.
    pub(super) fn more(&self) -> usize {
        self.total - self.rows.iter().map(|row| row.records.len()).sum::<usize>()
    }
}

impl<'f> List<'f> {
    /// A list of the entries at `places`, each with what `say` says of it.
    pub(super) fn new(
        fleet: &'f Fleet,
        (id, title, detail): (&'static str, &'static str, &'static str),
        meaning: String,
        places: &[usize],
        say: impl Fn(&Entry) -> String,
    ) -> Self {
        let mut folded = folded(fleet, places, say);
        if places.len() <= FEW {
            folded.iter_mut().for_each(|group| group.is_open = true);
        }
        Self {
            id,
            title,
            detail,
            meaning,
            total: places.len(),
            groups: folded,
            left_out: (0, 0),
        }
    }
}

/// Cuts those of `lists` that are the longest, so that a page bears them all.
pub(super) fn fit<'l, 'f: 'l>(lists: impl Iterator<Item = &'l mut List<'f>>) {
    let lists: Vec<_> = lists.collect();
    let weights = lists
        .iter()
        .map(|list| list.groups.iter().map(Group::weight).sum());
    let most = level(weights.collect());
    for list in lists {
        list.left_out = cut(&mut list.groups, most);
    }
}

/// The bytes that each list may take, where the lists would take `weights`: what a short one leaves is for the others.
fn level(mut weights: Vec<usize>) -> usize {
    weights.sort_unstable();
    let (mut room, mut left) = (MOST_BYTES, weights.len());
    for weight in weights {
        let share = room / left;
        if weight > share {
            return share;
        }
        room -= weight;
        left -= 1;
    }
    MOST_BYTES
}

/// The entries at `places` by customer, in the order that they have: who has most of them first. Records of one machine of which the same is said
/// are in one row.
fn folded<'f>(
    fleet: &'f Fleet,
    places: &[usize],
    say: impl Fn(&Entry) -> String,
) -> Vec<Group<'f>> {
    let mut groups: BTreeMap<usize, Group<'f>> = BTreeMap::new();
    let mut rows: HashMap<(usize, usize, String), usize> = HashMap::new();
    for entry in places.iter().map(|place| &fleet.entries[*place]) {
        let group = groups.entry(entry.customer).or_insert_with(|| Group {
            customer: &fleet.customers[entry.customer].name,
            total: 0,
            lines: 0,
            rows: Vec::new(),
            is_open: false,
        });
        let detail = say(entry);
        let key = (entry.customer, entry.machine, detail.clone());
        let row = *rows.entry(key).or_insert(group.rows.len());
        if row == group.rows.len() {
            group.rows.push(Row {
                entry,
                records: Vec::new(),
                detail,
            });
            group.lines += 1;
        }
        group.total += 1;
        group.rows[row].records.push(Record {
            account: &fleet.accounts[entry.account].instance,
            url: entry.url.as_deref(),
        });
    }
    let mut groups: Vec<Group<'f>> = groups.into_values().collect();
    groups.sort_by(|one, other| {
        other
            .total
            .cmp(&one.total)
            .then_with(|| one.customer.cmp(other.customer))
    });
    groups
}

/// Leaves out that of `groups` for which `most` bytes have no room: rows of customers with many, then whole customers. Returns the number of
/// customers that are left out, and of their assets.
fn cut(groups: &mut Vec<Group<'_>>, most: usize) -> (usize, usize) {
    if groups.iter().map(Group::weight).sum::<usize>() <= most {
        return (0, 0);
    }
    let (mut room, count) = (most, groups.len());
    for (place, group) in groups.iter_mut().enumerate() {
        let fair = room / (count - place);
        let mut taken = HEADING;
        let has_room = |(number, row): &(usize, &Row<'_>)| {
            taken += weight(row);
            taken <= room && (*number < LEAST_ROWS || taken <= fair)
        };
        let rows = group.rows.iter().enumerate().take_while(has_room).count();
        group.rows.truncate(rows);
        room = room.saturating_sub(group.weight());
    }
    let shown = groups
        .iter()
        .take_while(|group| !group.rows.is_empty())
        .count();
    let left_out = groups.split_off(shown);
    (
        left_out.len(),
        left_out.iter().map(|group| group.total).sum(),
    )
}

/// The bytes that `row` takes on the page.
fn weight(row: &Row<'_>) -> usize {
    let entry = row.entry;
    let texts = [&entry.name, &entry.model, &entry.serial, &row.detail];
    let texts = texts
        .into_iter()
        .map(|text| escaped_length(text))
        .sum::<usize>();
    let records = row.records.iter().map(|record| {
        let link = record.url.map_or(0, |url| LINK + escaped_length(url));
        RECORD + escaped_length(record.account) + link
    });
    MARKUP + texts + records.sum::<usize>()
}

/// The bytes of `text`, where signs of HTML are escaped.
fn escaped_length(text: &str) -> usize {
    const ESCAPED: usize = 5;
    text.bytes()
        .map(|byte| {
            if b"<>&\"'".contains(&byte) {
                ESCAPED
            } else {
                1
            }
        })
        .sum()
}
