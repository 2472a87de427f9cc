//! The vendor's schema, and the documents that were held against it.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use apollo_compiler::executable::Operation;
use apollo_compiler::response::{ExecutionResponse, JsonMap};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema as Types, introspection, request};
use serde_json::{Map, Value};

use super::errors::Invalid;
use super::rules;
use super::spec::Product;

/// So many documents are remembered: connectors have a handful, and tests many.
const MOST_DOCUMENTS: usize = 256;

/// A document that is valid, or what is wrong with it.
type Checked = Result<Arc<Valid<ExecutableDocument>>, Vec<Invalid>>;

/// The types of one product.
pub(super) struct Schema {
    pub(super) types: Valid<Types>,
    checked: Mutex<HashMap<String, Checked>>,
}

static MSP: LazyLock<Schema> = LazyLock::new(|| Schema::read(Product::Msp.schema()));
static IT: LazyLock<Schema> = LazyLock::new(|| Schema::read(Product::It.schema()));

impl Schema {
    pub(super) fn of(product: Product) -> &'static Self {
        match product {
            Product::Msp => &MSP,
            Product::It => &IT,
        }
    }

    // The text is this crate's own, and every test of the simulator reads it.
    #[allow(clippy::expect_used)]
    fn read(text: &str) -> Self {
        let types = Types::parse_and_validate(text, "schema.graphql");
        Self {
            types: types.expect("the schema is written well"),
            checked: Mutex::default(),
        }
    }

    /// Whether `value` can stand for the scalar or the enum `name`.
    pub(super) fn allows(&self, name: &str, value: &Value) -> bool {
        match self.types.types.get(name) {
            Some(ExtendedType::Enum(of)) => {
                let word = value.as_str();
                word.is_some_and(|word| of.values.keys().any(|known| known == word))
            }
            Some(ExtendedType::Scalar(_)) => true,
            _ => false,
        }
    }

    /// The fields of the object type `name`, with their types.
    pub(super) fn fields(&self, name: &str) -> Vec<(String, String)> {
        let Some(ExtendedType::Object(object)) = self.types.types.get(name) else {
            return Vec::new();
        };
        let fields = object.fields.values();
        fields
            .map(|field| (field.name.to_string(), field.ty.to_string()))
            .collect()
    }

    /// The document that `text` is; a listing pays for its first page alone.
    pub(super) fn document(&self, text: &str) -> Checked {
        let mut checked = self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = checked.get(text) {
            return known.clone();
        }
        let document = ExecutableDocument::parse_and_validate(&self.types, text, "request");
        let document = document
            .map(Arc::new)
            .map_err(|found| rules::violations(&self.types, text, &found.errors));
        if checked.len() == MOST_DOCUMENTS {
            checked.clear();
        }
        checked.insert(text.to_owned(), document.clone());
        document
    }

    /// The variables of `operation`, of which these are `given`, with defaults for the others.
    pub(super) fn variables(
        &self,
        operation: &Operation,
        given: Option<&Map<String, Value>>,
    ) -> Result<Valid<JsonMap>, Invalid> {
        let given: JsonMap = given
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.as_str().into(), value.clone().into()))
            .collect();
        request::coerce_variable_values(&self.types, operation, &given)
            .map_err(|error| Invalid::request(&error.message().to_string()))
    }

    /// What `operation` asks of the schema itself.
    pub(super) fn introspect(
        &self,
        document: &Valid<ExecutableDocument>,
        operation: &Operation,
        variables: &Valid<JsonMap>,
    ) -> Result<ExecutionResponse, Invalid> {
        let told = introspection::check_max_depth(document, operation).and_then(|()| {
            let implementers = self.types.implementers_map();
            introspection::partial_execute(
                &self.types,
                &implementers,
                document,
                operation,
                variables,
            )
        });
        told.map_err(|error| Invalid::request(&error.message().to_string()))
    }
}
