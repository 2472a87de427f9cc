//! From a GraphQL document to the fields it selects, held against the schema.

use graphql_parser::query::{
    Definition, Directive, Document, Field as Node, FragmentDefinition, OperationDefinition,
    Selection, SelectionSet, Type, Value as Literal, VariableDefinition,
};
use graphql_parser::{Pos, parse_query};
use serde_json::{Map, Value};

use super::errors::Invalid;
use super::schema::{self, named};
use super::spec::Product;
use super::values;

/// Selections nest no deeper in any honest document; a fragment that holds itself would.
const DEEPEST: usize = 16;

/// A field that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Selected {
    /// What it is called in the answer: its alias, else its name.
    pub(super) key: String,
    /// Its name.
    pub(super) name: String,
    /// Its type, as GraphQL writes it.
    pub(super) of: &'static str,
    /// Its arguments.
    pub(super) arguments: Map<String, Value>,
    /// What is asked for of it.
    pub(super) fields: Vec<Selected>,
}

/// What a document asks for: a query, or a mutation.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Operation {
    /// Its top-level fields, which are of type `Query` or `Mutation`.
    pub(super) fields: Vec<Selected>,
    /// The name of that type.
    pub(super) root: &'static str,
}

/// Reads `text`; `given` are the variables that came with it.
pub(super) fn read(
    product: Product,
    text: &str,
    given: Option<&Map<String, Value>>,
) -> Result<Operation, Vec<Invalid>> {
    let document: Document<'_, &str> =
        parse_query(text).map_err(|error| vec![Invalid::syntax(&error.to_string())])?;
    let Some((root, definitions, selection)) = operation(&document) else {
        return Err(vec![Invalid::syntax("one query or mutation expected")]);
    };
    let mut reader = Reader {
        product,
        fragments: fragments(&document),
        definitions,
        variables: Map::new(),
        invalid: Vec::new(),
    };
    reader.take_variables(given);
    let fields = reader.select(root, selection, &mut Vec::new());
    if reader.invalid.is_empty() {
        Ok(Operation { fields, root })
    } else {
        Err(reader.invalid)
    }
}

type Operated<'a, 'd> = (
    &'static str,
    &'d [VariableDefinition<'a, &'a str>],
    &'d SelectionSet<'a, &'a str>,
);

/// The only operation of `document`.
fn operation<'a, 'd>(document: &'d Document<'a, &'a str>) -> Option<Operated<'a, 'd>> {
    let mut operations = document
        .definitions
        .iter()
        .filter_map(|definition| match definition {
            Definition::Operation(operation) => Some(operation),
            Definition::Fragment(_) => None,
        });
    let only = operations.next().filter(|_| operations.next().is_none())?;
    Some(match only {
        OperationDefinition::SelectionSet(set) => ("Query", &[], set),
        OperationDefinition::Query(query) => {
            ("Query", &query.variable_definitions, &query.selection_set)
        }
        OperationDefinition::Mutation(mutation) => (
            "Mutation",
            &mutation.variable_definitions,
            &mutation.selection_set,
        ),
        OperationDefinition::Subscription(_) => return None,
    })
}

fn fragments<'a, 'd>(
    document: &'d Document<'a, &'a str>,
) -> Vec<&'d FragmentDefinition<'a, &'a str>> {
    document
        .definitions
        .iter()
        .filter_map(|definition| match definition {
            Definition::Fragment(fragment) => Some(fragment),
            Definition::Operation(_) => None,
        })
        .collect()
}

struct Reader<'a, 'd> {
    product: Product,
    fragments: Vec<&'d FragmentDefinition<'a, &'a str>>,
    definitions: &'d [VariableDefinition<'a, &'a str>],
    variables: Map<String, Value>,
    invalid: Vec<Invalid>,
}

impl<'a, 'd> Reader<'a, 'd> {
    fn take_variables(&mut self, given: Option<&Map<String, Value>>) {
        for definition in self.definitions {
            let default = || {
                let literal = definition.default_value.as_ref()?;
                Some(values::json(literal, &Map::new()))
            };
            let value = given
                .and_then(|given| given.get(definition.name))
                .cloned()
                .or_else(default);
            let of = values::type_text(&definition.var_type);
            let checked = values::check(self.product, &of, value.as_ref().unwrap_or(&Value::Null));
            if let Err(detail) = checked {
                self.invalid
                    .push(Invalid::variable(definition.name, &detail));
            }
            if let Some(value) = value {
                self.variables.insert(definition.name.to_owned(), value);
            }
        }
    }

    /// The fields that `set` selects of `parent`, fragments resolved.
    fn select(
        &mut self,
        parent: &'static str,
        set: &'d SelectionSet<'a, &'a str>,
        path: &mut Vec<&'a str>,
    ) -> Vec<Selected> {
        let mut selected = Vec::new();
        self.collect(parent, set, path, 0, &mut selected);
        selected
    }

    fn collect(
        &mut self,
        parent: &'static str,
        set: &'d SelectionSet<'a, &'a str>,
        path: &mut Vec<&'a str>,
        depth: usize,
        into: &mut Vec<Selected>,
    ) {
        if depth + path.len() > DEEPEST {
            let detail = "Fragment cycles are not allowed";
            self.refuse("FragmentCycle", detail, path, set.span.0);
            return;
        }
        for selection in &set.items {
            match selection {
                Selection::Field(node) if self.included(&node.directives) => {
                    if let Some(field) = self.field(parent, node, path) {
                        add(into, field);
                    }
                }
                Selection::InlineFragment(inline) if self.included(&inline.directives) => {
                    self.collect(parent, &inline.selection_set, path, depth + 1, into);
                }
                Selection::FragmentSpread(spread) if self.included(&spread.directives) => {
                    let name = spread.fragment_name;
                    let found = self.fragments.iter().find(|fragment| fragment.name == name);
                    match found.copied() {
                        Some(fragment) => {
                            self.collect(parent, &fragment.selection_set, path, depth + 1, into);
                        }
                        None => {
                            let detail = format!("Undefined fragment '{name}'");
                            self.refuse("UndefinedFragment", &detail, path, spread.position);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// What `@include` and `@skip` say.
    fn included(&self, directives: &[Directive<'a, &'a str>]) -> bool {
        directives.iter().all(|directive| {
            let condition = directive.arguments.iter().find(|(name, _)| *name == "if");
            let condition = condition.map(|(_, value)| values::json(value, &self.variables));
            match directive.name {
                "include" => condition != Some(Value::Bool(false)),
                "skip" => condition != Some(Value::Bool(true)),
                _ => true,
            }
        })
    }

    fn field(
        &mut self,
        parent: &'static str,
        node: &'d Node<'a, &'a str>,
        path: &mut Vec<&'a str>,
    ) -> Option<Selected> {
        path.push(node.name);
        let field = self.known_field(parent, node, path);
        path.pop();
        field
    }

    fn known_field(
        &mut self,
        parent: &'static str,
        node: &'d Node<'a, &'a str>,
        path: &mut Vec<&'a str>,
    ) -> Option<Selected> {
        let key = node.alias.unwrap_or(node.name).to_owned();
        let name = node.name.to_owned();
        if node.name == "__typename" {
            return Some(Selected {
                key,
                name,
                of: "String!",
                arguments: Map::new(),
                fields: Vec::new(),
            });
        }
        let Some(field) = schema::find(self.product, parent, node.name) else {
            let detail = format!("Field '{name}' in type '{parent}' is undefined");
            self.refuse("FieldUndefined", &detail, path, node.position);
            return None;
        };
        let arguments = self.arguments(field, node, path);
        let fields = self.sub_selection(field, node, path);
        Some(Selected {
            key,
            name,
            of: &field.of,
            arguments,
            fields,
        })
    }

    fn sub_selection(
        &mut self,
        field: &'static schema::Field,
        node: &'d Node<'a, &'a str>,
        path: &mut Vec<&'a str>,
    ) -> Vec<Selected> {
        let of = named(&field.of);
        let nothing_asked = node.selection_set.items.is_empty();
        match (schema::is_object(self.product, of), nothing_asked) {
            (true, false) => return self.select(of, &node.selection_set, path),
            (false, true) => {}
            (true, true) => {
                let detail = format!(
                    "Sub selection required for type {of} of field {}",
                    field.name
                );
                self.refuse("SubSelectionRequired", &detail, path, node.position);
            }
            (false, false) => {
                // The service prints "null" for a type that may not be null.
                let of = if field.of.ends_with('!') { "null" } else { of };
                let detail = format!(
                    "Sub selection not allowed on leaf type {of} of field {}",
                    field.name
                );
                self.refuse("SubSelectionNotAllowed", &detail, path, node.position);
            }
        }
        Vec::new()
    }

    fn arguments(
        &mut self,
        field: &'static schema::Field,
        node: &'d Node<'a, &'a str>,
        path: &[&'a str],
    ) -> Map<String, Value> {
        let mut arguments = Map::new();
        for (name, literal) in &node.arguments {
            match field.arguments.iter().find(|(known, _)| known == name) {
                Some((_, of)) => {
                    let value = self.argument(name, of, literal, path, node.position);
                    arguments.insert((*name).to_owned(), value);
                }
                None => {
                    let detail = format!("Unknown field argument {name}");
                    self.refuse("UnknownArgument", &detail, path, node.position);
                }
            }
        }
        for (name, of) in &field.arguments {
            if of.ends_with('!') && !arguments.contains_key(*name) {
                let detail = format!("Missing field argument {name}");
                self.refuse("MissingFieldArgument", &detail, path, node.position);
            }
        }
        arguments
    }

    fn argument(
        &mut self,
        name: &str,
        of: &str,
        literal: &Literal<'a, &'a str>,
        path: &[&'a str],
        at: Pos,
    ) -> Value {
        let mut used = Vec::new();
        values::variables_in(literal, &mut used);
        for variable in used {
            if self.definitions.iter().all(|known| known.name != variable) {
                let detail = format!("Undefined variable {variable}");
                self.refuse("UndefinedVariable", &detail, path, at);
                return Value::Null;
            }
        }
        let value = values::json(literal, &self.variables);
        match literal {
            // Its value was checked against its own type already.
            Literal::Variable(variable) => self.fitting_variable(variable, of, path, at),
            _ => {
                if let Err(detail) = values::check(self.product, of, &value) {
                    let detail = format!("argument '{name}' is not a valid '{of}': {detail}");
                    self.refuse("WrongType", &detail, path, at);
                }
            }
        }
        value
    }

    /// Refuses a variable that was declared with another type than the argument it is used for.
    fn fitting_variable(&mut self, variable: &str, of: &str, path: &[&'a str], at: Pos) {
        let declared = self.definitions.iter().find(|known| known.name == variable);
        let Some(declared) = declared else { return };
        let text = values::type_text(&declared.var_type);
        let never_null =
            matches!(declared.var_type, Type::NonNullType(_)) || declared.default_value.is_some();
        let same = text.trim_end_matches('!') == of.trim_end_matches('!');
        if !same || (of.ends_with('!') && !never_null) {
            let detail = format!("Variable type '{text}' does not match expected type '{of}'");
            self.refuse("VariableTypeMismatch", &detail, path, at);
        }
    }

    fn refuse(&mut self, rule: &str, detail: &str, path: &[&str], at: Pos) {
        self.invalid
            .push(Invalid::rule(rule, detail, &path.join("/"), at));
    }
}

/// Adds `field`; what is asked for twice under one key is one field.
fn add(fields: &mut Vec<Selected>, field: Selected) {
    match fields.iter_mut().find(|known| known.key == field.key) {
        Some(known) => {
            for part in field.fields {
                add(&mut known.fields, part);
            }
        }
        None => fields.push(field),
    }
}
