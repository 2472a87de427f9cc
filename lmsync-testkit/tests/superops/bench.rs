//! A simulator and a time to ask it at.

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{Request, Response};
use lmsync_testkit::fleet::{Fleet, FleetSpec};
use lmsync_testkit::gate::answer_by_schema;
use lmsync_testkit::superops::{Product, SuperOpsSimulator, SuperOpsSpec};
use serde_json::{Value, json};

pub(crate) const LIST: &str = "query ($input: ListInfoInput!) { getAssetList(input: $input) { \
    assets { assetId name } listInfo { page pageSize hasMore totalCount } } }";

pub(crate) struct Bench {
    pub(crate) simulator: SuperOpsSimulator,
    pub(crate) now: DateTime<Utc>,
    path: &'static str,
}

pub(crate) fn fleet(machines: usize) -> Fleet {
    Fleet::new(FleetSpec::new(
        machines,
        DateTime::from_timestamp(1_767_225_600, 0).unwrap(),
    ))
}

impl Bench {
    /// An account of so many assets without a limit on requests.
    pub(crate) fn new(machines: usize) -> Self {
        Self::of(SuperOpsSpec {
            requests_per_minute: None,
            ..SuperOpsSpec::new(fleet(machines))
        })
    }

    pub(crate) fn it(machines: usize) -> Self {
        Self::of(SuperOpsSpec {
            product: Product::It,
            ..SuperOpsSpec::new(fleet(machines))
        })
    }

    pub(crate) fn of(spec: SuperOpsSpec) -> Self {
        Self {
            now: spec.fleet.spec().now,
            path: spec.product.path(),
            simulator: SuperOpsSimulator::new(spec),
        }
    }

    pub(crate) fn pass(&mut self, time: TimeDelta) {
        self.now += time;
    }

    pub(crate) fn request(&self, query: &str, variables: Value) -> Request<Bytes> {
        let body = json!({ "query": query, "variables": variables }).to_string();
        Request::post(format!("https://api.superops.ai{}", self.path))
            .header("CustomerSubDomain", self.simulator.subdomain())
            .header(
                "Authorization",
                format!("Bearer {}", self.simulator.token()),
            )
            .header("Content-Type", "application/json")
            .body(Bytes::from(body))
            .unwrap()
    }

    pub(crate) fn send(&mut self, request: &Request<Bytes>) -> Response<Bytes> {
        answer_by_schema(&mut self.simulator, request, self.now)
    }

    /// The whole answer to `query`, which has status 200.
    pub(crate) fn ask(&mut self, query: &str, variables: Value) -> Value {
        let request = self.request(query, variables);
        let response = self.send(&request);
        assert_eq!(response.status(), 200);
        serde_json::from_slice(response.body()).unwrap()
    }

    /// The data that answers `query`, which goes well.
    pub(crate) fn data(&mut self, query: &str, variables: Value) -> Value {
        let mut answer = self.ask(query, variables);
        assert_eq!(answer.get("errors"), None, "{answer}");
        answer["data"].take()
    }

    pub(crate) fn page(&mut self, page: usize, size: usize) -> Value {
        let input = json!({ "input": { "page": page, "pageSize": size } });
        self.data(LIST, input)["getAssetList"].take()
    }

    /// The selected fields of the asset that stands at `place`.
    pub(crate) fn asset(&mut self, place: usize, selection: &str) -> Value {
        let id = self.id(place);
        let query =
            format!("query ($id: ID!) {{ getAsset(input: {{ assetId: $id }}) {{ {selection} }} }}");
        self.data(&query, json!({ "id": id }))["getAsset"].take()
    }

    pub(crate) fn id(&self, place: usize) -> String {
        self.simulator.asset_ids()[place].clone()
    }
}

/// The ids of the assets on a page.
pub(crate) fn ids(page: &Value) -> Vec<String> {
    let rows = page["assets"].as_array().unwrap();
    rows.iter()
        .map(|row| row["assetId"].as_str().unwrap().to_owned())
        .collect()
}

/// The vendor's code in an answer's only error.
pub(crate) fn code(answer: &Value) -> &str {
    assert_eq!(answer["errors"].as_array().map(Vec::len), Some(1));
    answer["errors"][0]["extensions"]["clientError"][0]["code"]
        .as_str()
        .unwrap()
}
