//! What devices of companies last said of themselves: heartbeats, and who is logged in.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};

use crate::fleet::Machine;

use super::listing::{Account, COMPANIES_AT_ONCE};
use super::query::Query;
use super::switches::Heartbeat;
use super::{answer, device, ids};

impl Account {
    /// The heartbeats of companies: of the devices that ever reported.
    pub(super) fn heartbeat(&self, query: &Query) -> Response<Bytes> {
        let (companies, heartbeat) = (query.list("resources"), &self.misbehaviour.heartbeat);
        if let Heartbeat::Fails(status) = heartbeat {
            return self.refuse(*status, "the heartbeat is out of order");
        }
        if let Some(refusal) = self.refuse_companies(query) {
            return refusal;
        }
        if *heartbeat == Heartbeat::AllFailed {
            return answer::ok(&json!({ "status": "failed" }));
        }
        if *heartbeat == Heartbeat::MixedBatchIs404
            && companies.iter().any(|id| self.is_without_devices(id))
        {
            return self.refuse(404, "resource not found");
        }
        let fails = |company: usize| match heartbeat {
            Heartbeat::FailsFor(these) => these.contains(&company),
            _ => false,
        };
        self.told_of("clientID", &companies, fails, |machine| {
            let at = machine.last_check_in?;
            Some(json!({
                "EndpointID": ids::device(machine.id, self.misbehaviour.plain_ids),
                "DcDateTimeUTC": device::instant(at),
                "Availability": machine.online,
            }))
        })
    }

    /// Who is logged in on the devices of companies.
    pub(super) fn system_states(&self, query: &Query) -> Response<Bytes> {
        if let Some(refusal) = self.refuse_companies(query) {
            return refusal;
        }
        let companies = query.list("resources");
        self.told_of(
            "companyID",
            &companies,
            |_| false,
            |machine| Some(device::state(machine, &self.misbehaviour)),
        )
    }

    /// Refuses what is no question about one to four companies.
    fn refuse_companies(&self, query: &Query) -> Option<Response<Bytes>> {
        match query.get("resourceType") {
            Some("companies") => {}
            Some("endpoints") => return Some(self.refuse(403, "client has no access")),
            _ => return Some(self.refuse(400, "Invalid Resource Type")),
        }
        let number = query.list("resources").len();
        let is_wrong = number == 0 || number > COMPANIES_AT_ONCE;
        is_wrong.then(|| self.refuse(400, "invalid number of resources"))
    }

    /// The elements of companies, with the companies that `fails` or that have no devices beside.
    fn told_of(
        &self,
        key: &str,
        companies: &[String],
        fails: impl Fn(usize) -> bool,
        element: impl Fn(&Machine) -> Option<Value>,
    ) -> Response<Bytes> {
        let (mut told, mut failed) = (Vec::new(), Vec::new());
        for id in companies {
            let failure = match self.company_index(id) {
                None => Some("Not Found"),
                Some(index) if self.of_company(index).is_empty() => Some("Not Found"),
                Some(index) if fails(index) => Some("Forbidden"),
                Some(index) => {
                    told.extend(self.by_site(key, id, index, &element));
                    None
                }
            };
            if let Some(error) = failure {
                failed.push(json!({ "resourceType": "Company", "resource": id, "error": error }));
            }
        }
        let status = match (told.is_empty(), failed.is_empty()) {
            (_, true) => "success",
            (false, false) => "partial_success",
            (true, false) => "failed",
        };
        answer::ok(&json!({
            "status": status, "successfulRecords": told, "failedRecords": failed
        }))
    }

    /// One record per site of a company.
    fn by_site(
        &self,
        key: &str,
        id: &str,
        company: usize,
        element: impl Fn(&Machine) -> Option<Value>,
    ) -> Vec<Value> {
        let mut sites: BTreeMap<usize, Vec<Value>> = BTreeMap::new();
        let machines = self.of_company(company).iter();
        for machine in machines.filter_map(|index| self.population.machine(*index)) {
            let site = sites.entry(machine.site).or_default();
            site.extend(element(&machine));
        }
        let fleet = self.population.fleet();
        sites
            .into_iter()
            .map(|(site, endpoints)| {
                let site = ids::site(fleet.site(company, site).id);
                json!({ key: id, "siteID": site, "endpoints": endpoints })
            })
            .collect()
    }
}
