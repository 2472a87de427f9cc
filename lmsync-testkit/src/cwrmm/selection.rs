//! Which devices of a list are wanted, and in which order.

use std::cmp::Ordering;

use crate::fleet::{Fleet, Machine};

use super::device;
use super::query::Query;

/// The choice that the parameters of a list make.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Selection {
    filter: Option<Filter>,
    order: Vec<(Key, Direction)>,
}

/// The families of devices that are listed, or those that are not.
#[derive(Debug, PartialEq, Eq)]
struct Filter {
    is_in: bool,
    families: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    CreatedAt,
    FriendlyName,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Rising,
    Falling,
}

impl Selection {
    /// What `filter` and `sortBy` say.
    ///
    /// # Errors
    /// The vendor's words where they cannot be read.
    pub(super) fn of(query: &Query) -> Result<Self, &'static str> {
        let filter = match query.get("filter").filter(|text| !text.is_empty()) {
            Some(text) => Some(Filter::of(text).ok_or("invalid filter")?),
            None => None,
        };
        let order = query.list("sortBy");
        let order: Option<Vec<_>> = order.iter().map(|text| sort(text)).collect();
        let order = order.ok_or("invalid sortBy")?;
        Ok(Self { filter, order })
    }

    /// Says if all devices are wanted, in whatever order.
    pub(super) fn is_everything(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn wants(&self, machine: &Machine) -> bool {
        self.filter.as_ref().is_none_or(|filter| {
            let family = device::family(machine);
            filter.families.iter().any(|name| name == family) == filter.is_in
        })
    }

    /// Which of two devices comes first; equal where that is not asked for.
    pub(super) fn compare(&self, fleet: &Fleet, one: &Machine, other: &Machine) -> Ordering {
        let by = |key: Key| match key {
            Key::CreatedAt => device::created(fleet, one).cmp(&device::created(fleet, other)),
            Key::FriendlyName => one.name.cmp(&other.name),
        };
        let orders = self.order.iter().map(|(key, direction)| match direction {
            Direction::Rising => by(*key),
            Direction::Falling => by(*key).reverse(),
        });
        orders.fold(Ordering::Equal, Ordering::then)
    }
}

impl Filter {
    /// Reads `endpointType in (Server,Desktop)`, or the same with `not in`.
    fn of(text: &str) -> Option<Self> {
        let rest = text.trim().strip_prefix("endpointType")?.trim_start();
        let (is_in, rest) = match rest.strip_prefix("not ") {
            Some(rest) => (false, rest.trim_start()),
            None => (true, rest),
        };
        let list = rest.strip_prefix("in")?.trim();
        let list = list.strip_prefix('(')?.strip_suffix(')')?;
        let families = list.split(',').map(|name| name.trim().to_owned());
        Some(Self {
            is_in,
            families: families.collect(),
        })
    }
}

/// Reads `friendlyName asc`; rising where no direction is told.
fn sort(text: &str) -> Option<(Key, Direction)> {
    let mut words = text.split_whitespace();
    let key = match words.next()? {
        "createdAt" => Key::CreatedAt,
        "friendlyName" => Key::FriendlyName,
        _ => return None,
    };
    let direction = match words.next() {
        None | Some("asc") => Direction::Rising,
        Some("desc") => Direction::Falling,
        Some(_) => return None,
    };
    words.next().is_none().then_some((key, direction))
}
