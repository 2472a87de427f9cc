//! How a simulated SuperOps account is set up.

use crate::fleet::Fleet;

use super::errors::Invalid;
use super::schema::Schema;

/// The two products, which have different schemas at different addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Product {
    /// For service providers: assets belong to a client.
    Msp,
    /// For internal IT: assets belong to a department; there are no clients.
    It,
}

impl Product {
    /// What the vendor's reference says of the product's assets, customers and sites, as GraphQL
    /// writes schemas.
    ///
    /// Documented: <https://developer.superops.com/msp> and <https://developer.superops.com/it>
    #[must_use]
    pub const fn schema(self) -> &'static str {
        match self {
            Self::Msp => concat!(
                include_str!("common.graphql"),
                "\n",
                include_str!("msp.graphql")
            ),
            Self::It => concat!(
                include_str!("common.graphql"),
                "\n",
                include_str!("it.graphql")
            ),
        }
    }

    /// Holds a GraphQL document against [the schema](Self::schema), by all rules of GraphQL.
    ///
    /// # Errors
    /// What is wrong with it, in the words of the service.
    pub fn check(self, document: &str) -> Result<(), String> {
        let checked = Schema::of(self).document(document);
        checked.map(drop).map_err(|invalid| {
            let messages = invalid.iter().map(Invalid::message);
            messages.collect::<Vec<_>>().join("; ")
        })
    }

    /// The fields of an object type of [the schema](Self::schema), with their types as GraphQL
    /// writes them; none where there is no such type.
    #[must_use]
    pub fn fields(self, name: &str) -> Vec<(String, String)> {
        Schema::of(self).fields(name)
    }

    /// The path of the product's only endpoint.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::Msp => "/msp",
            Self::It => "/it",
        }
    }
}

/// When ids inside JSON scalars, such as `client.accountId`, come as numbers and not as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnquotedIds {
    /// Always text.
    Never,
    /// Numbers in every third asset, as the live service mixes them.
    Sometimes,
    /// Always numbers beyond 2^53.
    Always,
}

/// What a simulated SuperOps account is made from.
#[derive(Clone)]
pub struct SuperOpsSpec {
    /// The machines it manages.
    pub fleet: Fleet,
    /// The product.
    pub product: Product,
    /// The subdomain that requests must name.
    pub subdomain: String,
    /// The token that requests must bear.
    pub token: String,
    /// Requests in any rolling minute; `None` for no limit.
    pub requests_per_minute: Option<usize>,
    /// The most records a page holds, whatever is asked for.
    pub page_cap: usize,
    /// When ids come as numbers.
    pub unquoted_ids: UnquotedIds,
    /// Whether `totalCount` comes as text, as in the vendor's own example.
    pub total_count_as_text: bool,
}

impl SuperOpsSpec {
    /// An MSP account as the vendor documents it: a hundred requests a minute, a hundred records a page.
    #[must_use]
    pub fn new(fleet: Fleet) -> Self {
        Self {
            fleet,
            product: Product::Msp,
            subdomain: "acmemsp".to_owned(),
            token: "simulated-superops-token".to_owned(),
            requests_per_minute: Some(100),
            page_cap: 100,
            unquoted_ids: UnquotedIds::Sometimes,
            total_count_as_text: false,
        }
    }
}

impl From<Fleet> for SuperOpsSpec {
    fn from(fleet: Fleet) -> Self {
        Self::new(fleet)
    }
}

/// Shows everything but the token: what tests print must not teach them to look away.
impl std::fmt::Debug for SuperOpsSpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SuperOpsSpec")
            .field("fleet", &self.fleet)
            .field("product", &self.product)
            .field("subdomain", &self.subdomain)
            .field("requests_per_minute", &self.requests_per_minute)
            .field("page_cap", &self.page_cap)
            .field("unquoted_ids", &self.unquoted_ids)
            .field("total_count_as_text", &self.total_count_as_text)
            .finish_non_exhaustive()
    }
}
