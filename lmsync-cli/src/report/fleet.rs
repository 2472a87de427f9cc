//! The records of a fleet, with as much of each as the page needs.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use lmsync::model::{
    Asset, CheckInBasis, Customer, Ref, SameMachine, SerialStatus, Software, Source,
};

use super::systems::System;
use super::text::{key, link, shown};

/// The records of a fleet.
#[derive(Debug, Default)]
pub(crate) struct Fleet {
    pub(crate) accounts: Vec<Account>,
    /// Headings, in the order in which they were met.
    pub(crate) customers: Vec<Heading>,
    pub(crate) entries: Vec<Entry>,
    /// Lines that could not be read.
    pub(crate) skipped: usize,
    /// Records of assets that came more than once.
    pub(crate) repeated: usize,
}

/// An account whose records are there, or of which something is known.
#[derive(Debug, Clone, Default)]
pub(crate) struct Account {
    pub(crate) connector: String,
    pub(crate) instance: String,
    /// Assets, each once.
    pub(crate) assets: usize,
    pub(crate) software: usize,
    pub(crate) customers: usize,
    /// The moment at which the newest of its assets was read.
    pub(crate) read_at: Option<DateTime<Utc>>,
    pub(crate) end: Option<End>,
}

/// The end of the last sync of an account, as far as somebody noted it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct End {
    /// Set if everything that the vendor has was read.
    pub(crate) is_complete: bool,
    /// Set if a window left assets out.
    pub(crate) is_filtered: bool,
    /// Records that could not be read.
    pub(crate) rejected: u64,
    /// The reason why it is not complete.
    pub(crate) reason: Option<String>,
    /// Assets that the sync wrote, where that has to be the number of those that are there.
    pub(crate) wrote: Option<u64>,
    /// Software assets and customers, where their records are not read here.
    pub(crate) others: Option<(u64, u64)>,
}

/// A customer on the page: the same name in several accounts is one.
#[derive(Debug, Clone)]
pub(crate) struct Heading {
    /// The first spelling.
    pub(crate) name: String,
    /// The name for comparing; `None` for a customer without a name, and for no customer.
    pub(crate) key: Option<String>,
}

/// An asset's record, as far as the page needs it.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// The place of its account.
    pub(crate) account: usize,
    /// The place of its customer's heading.
    pub(crate) customer: usize,
    /// The machine that it is: the same number for records of one machine.
    pub(crate) machine: usize,
    pub(crate) vendor_id: String,
    pub(crate) name: String,
    /// Manufacturer and model.
    pub(crate) model: String,
    pub(crate) url: Option<String>,
    pub(crate) serial: String,
    pub(crate) serial_key: Option<String>,
    pub(crate) serial_status: SerialStatus,
    pub(crate) system: System,
    /// The day on which the machine last reported to its tool. The change of a record is no report.
    pub(crate) last_seen: Option<NaiveDate>,
    pub(crate) purchased: Option<NaiveDate>,
    pub(crate) expires: Option<NaiveDate>,
    fetched_at: DateTime<Utc>,
}

/// The customer that a heading stands for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Whom {
    Named(String),
    Unnamed { account: usize, id: String },
    Nobody,
}

/// A fleet that is being read.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    fleet: Fleet,
    accounts: HashMap<(String, String), usize>,
    customers: HashMap<Whom, usize>,
    entries: HashMap<(usize, String), usize>,
    same: SameMachine,
}

impl Reading {
    /// Notes an asset. One that came before counts once, as it was read last.
    pub(crate) fn asset(&mut self, asset: &Asset) {
        let account = self.account_of(&asset.source);
        let customer = self.customer_of(account, asset.customer.as_ref());
        match &self.fleet.customers[customer].key {
            Some(label) => self.same.add_for(asset, label),
            None => self.same.add(asset),
        }
        let entry = Entry::new(asset, account, customer);
        let place = self.fleet.entries.len();
        let known = *self
            .entries
            .entry((account, entry.vendor_id.clone()))
            .or_insert(place);
        let noted = &mut self.fleet.accounts[account];
        noted.read_at = noted.read_at.max(Some(entry.fetched_at));
        match self.fleet.entries.get_mut(known) {
            None => {
                noted.assets += 1;
                self.fleet.entries.push(entry);
            }
            Some(before) => {
                self.fleet.repeated += 1;
                if before.fetched_at <= entry.fetched_at {
                    *before = entry;
                }
            }
        }
    }

    /// Notes a customer, who may have no assets.
    pub(crate) fn customer(&mut self, customer: &Customer) {
        let account = self.account_of(&customer.source);
        self.fleet.accounts[account].customers += 1;
        let id = customer.source.vendor_id.clone();
        self.customer_of(account, Some(&Ref::new(id, Some(customer.name.clone()))));
    }

    /// Notes a software asset.
    pub(crate) fn software(&mut self, software: &Software) {
        let account = self.account_of(&software.source);
        self.fleet.accounts[account].software += 1;
    }

    /// Notes a line that could not be read.
    pub(crate) fn skipped(&mut self) {
        self.fleet.skipped += 1;
    }

    /// Notes how the last sync of an account ended.
    pub(crate) fn end(&mut self, connector: &str, instance: &str, end: End) {
        let account = self.account(connector, instance);
        self.fleet.accounts[account].end = Some(end);
    }

    /// The fleet, once everything was read: records of one machine know it.
    pub(crate) fn finish(self) -> Fleet {
        let Self {
            mut fleet,
            accounts,
            entries,
            same,
            ..
        } = self;
        for (number, entry) in fleet.entries.iter_mut().enumerate() {
            entry.machine = number;
        }
        for group in same.groups().iter().filter(|group| group.members.len() > 1) {
            let places = group.members.iter().filter_map(|member| {
                let account = accounts.get(&(member.connector.clone(), member.instance.clone()))?;
                entries.get(&(*account, member.vendor_id.clone())).copied()
            });
            let places: Vec<usize> = places.collect();
            for place in &places {
                fleet.entries[*place].machine = places[0];
            }
        }
        fleet
    }

    fn account_of(&mut self, source: &Source) -> usize {
        self.account(&source.connector, &source.instance)
    }

    fn account(&mut self, connector: &str, instance: &str) -> usize {
        let all = &mut self.fleet.accounts;
        let key = (connector.to_owned(), instance.to_owned());
        *self.accounts.entry(key).or_insert_with(|| {
            all.push(Account {
                connector: shown(connector),
                instance: shown(instance),
                ..Account::default()
            });
            all.len() - 1
        })
    }

    fn customer_of(&mut self, account: usize, customer: Option<&Ref>) -> usize {
        let name = customer
            .and_then(|customer| customer.name.as_deref())
            .unwrap_or_default();
        let whom = match (key(name), customer) {
            (key, _) if !key.is_empty() => Whom::Named(key),
            (_, Some(customer)) => Whom::Unnamed {
                account,
                id: customer.id.clone(),
            },
            (_, None) => Whom::Nobody,
        };
        let all = &mut self.fleet.customers;
        *self.customers.entry(whom).or_insert_with_key(|whom| {
            all.push(match whom {
                Whom::Named(key) => Heading {
                    name: shown(name),
                    key: Some(key.clone()),
                },
                Whom::Unnamed { id, .. } => Heading {
                    name: shown(&format!("Customer {id}")),
                    key: None,
                },
                Whom::Nobody => Heading {
                    name: "No customer".to_owned(),
                    key: None,
                },
            });
            all.len() - 1
        })
    }
}

impl Entry {
    fn new(asset: &Asset, account: usize, customer: usize) -> Self {
        let text = |text: &Option<String>| text.as_deref().map(shown).unwrap_or_default();
        let (manufacturer, model) = (text(&asset.manufacturer), text(&asset.model));
        let serial = asset.serial.value.as_ref().or(asset.serial.raw.as_ref());
        Self {
            account,
            customer,
            machine: 0,
            vendor_id: asset.source.vendor_id.clone(),
            name: shown(&asset.name),
            model: match model.starts_with(&manufacturer) {
                true => model,
                false => format!("{manufacturer} {model}").trim().to_owned(),
            },
            url: asset.source.url.as_deref().and_then(link),
            serial: serial.map(|serial| shown(serial)).unwrap_or_default(),
            serial_key: asset.serial.key.clone(),
            serial_status: asset.serial.status,
            system: System::of(&asset.os),
            last_seen: match asset.check_in_basis {
                CheckInBasis::AgentCheckIn => asset.last_check_in.map(|at| at.date_naive()),
                _ => None,
            },
            purchased: asset.purchase_date,
            expires: asset.warranty_expiry,
            fetched_at: asset.source.fetched_at,
        }
    }
}
