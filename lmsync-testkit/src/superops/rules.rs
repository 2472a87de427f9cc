//! What is wrong with a document, in the words and at the places of the service.

use apollo_compiler::ast::{Definition, Document, Field, Selection};
use apollo_compiler::diagnostic::ToCliReport;
use apollo_compiler::parser::SourceSpan;
use apollo_compiler::validation::DiagnosticList;
use apollo_compiler::{Name, Schema};

use super::errors::Invalid;

/// The rules by what is said when they are broken. Seen: `WrongType`, `VariableTypeMismatch`;
/// assumed: the others, which are rules of the library behind the service.
const RULES: [(&str, &str); 22] = [
    ("is not supported by", "UnknownArgument"),
    ("the required argument", "MissingFieldArgument"),
    ("cannot be used for argument", "VariableTypeMismatch"),
    ("expected value of type", "WrongType"),
    ("the required field", "WrongType"),
    ("does not exist on", "WrongType"),
    ("int cannot represent", "WrongType"),
    ("is not defined", "UndefinedVariable"),
    ("unused variable", "UnusedVariable"),
    ("is declared multiple times", "DuplicateVariableName"),
    ("is provided multiple times", "DuplicateArgumentNames"),
    ("cannot find type", "UnknownType"),
    ("cannot find fragment", "UndefinedFragment"),
    ("must be used in an operation", "UnusedFragment"),
    ("cannot reference itself", "FragmentCycle"),
    ("is not a type defined in the schema", "UnknownType"),
    ("cannot be applied to", "InvalidFragmentType"),
    ("cannot find directive", "UnknownDirective"),
    ("directive is not supported", "MisplacedDirective"),
    ("can only be used once", "DuplicateDirectiveName"),
    ("the same name", "FieldsConflict"),
    ("anonymous operation", "LoneAnonymousOperationViolation"),
];

/// Said where nothing is selected of an object.
const NOTHING_SELECTED: &str = "must have a subselection";

/// What was found in the document `text`. Where it is no document, that alone.
pub(super) fn violations(types: &Schema, text: &str, found: &DiagnosticList) -> Vec<Invalid> {
    let document = Document::parse(text, "request");
    let document = document.unwrap_or_else(|bad| bad.partial);
    let mut violations = Vec::new();
    for diagnostic in found.iter() {
        let told = diagnostic.to_json();
        if let Some(detail) = told.message.strip_prefix("syntax error: ") {
            return vec![Invalid::syntax(detail)];
        }
        let place = diagnostic.error.location();
        let place = place.map(|at| Place::of(types, &document, at));
        let place = place.unwrap_or_default();
        if place.is_consequence(&told.message) {
            continue;
        }
        let violation = place.violation(types, &told.message);
        violations.push(violation.at(told.locations.first()));
    }
    violations
}

/// The innermost field at a place of a document, with those around it.
#[derive(Debug, Default)]
struct Place<'d> {
    path: Vec<&'d str>,
    /// The type that it is selected of, where the schema has that.
    parent: Option<Name>,
    field: Option<&'d Field>,
}

impl<'d> Place<'d> {
    fn of(types: &Schema, document: &'d Document, at: SourceSpan) -> Self {
        let mut place = Self::default();
        let mut definitions = document.definitions.iter();
        let holds = |definition: &&Definition| holds(definition.location(), at);
        match definitions.rfind(holds) {
            Some(Definition::OperationDefinition(operation)) => {
                let root = types.root_operation(operation.operation_type).cloned();
                place.go_into(types, root, &operation.selection_set, at);
            }
            Some(Definition::FragmentDefinition(fragment)) => {
                let root = Some(fragment.type_condition.clone());
                place.go_into(types, root, &fragment.selection_set, at);
            }
            _ => {}
        }
        place
    }

    fn go_into(
        &mut self,
        types: &Schema,
        parent: Option<Name>,
        selections: &'d [Selection],
        at: SourceSpan,
    ) {
        for selection in selections {
            match selection {
                Selection::Field(field) if holds(field.location(), at) => {
                    self.path.push(&field.name);
                    self.parent.clone_from(&parent);
                    self.field = Some(field);
                    let of = parent.as_ref().and_then(|parent| {
                        let field = types.type_field(parent, &field.name).ok()?;
                        Some(field.ty.inner_named_type().clone())
                    });
                    return self.go_into(types, of, &field.selection_set, at);
                }
                Selection::InlineFragment(inline) if holds(inline.location(), at) => {
                    let of = inline.type_condition.clone().or(parent);
                    return self.go_into(types, of, &inline.selection_set, at);
                }
                _ => {}
            }
        }
    }

    /// Whether nothing is selected here only because all that is selected is wrong, which is told.
    fn is_consequence(&self, told: &str) -> bool {
        told.contains(NOTHING_SELECTED)
            && self
                .field
                .is_some_and(|field| !field.selection_set.is_empty())
    }

    /// What is wrong here, of which the compiler says `told`.
    fn violation(&self, types: &Schema, told: &str) -> Invalid {
        let path = self.path.join("/");
        let (rule, detail) = match self.of_selection(types, told) {
            Some(told) => told,
            None => {
                let rule = RULES.iter().find(|(words, _)| told.contains(words));
                (
                    rule.map_or("InvalidDocument", |(_, rule)| rule),
                    told.to_owned(),
                )
            }
        };
        Invalid::rule(rule, &detail, &path)
    }

    /// What the service says of a field that does not exist, or of which the wrong is selected.
    fn of_selection(&self, types: &Schema, told: &str) -> Option<(&'static str, String)> {
        let (parent, field) = (self.parent.as_ref()?, self.field?);
        let name = &field.name;
        if told.contains("does not have a field") {
            let detail = format!("Field '{name}' in type '{parent}' is undefined");
            return Some(("FieldUndefined", detail));
        }
        let of = &types.type_field(parent, name).ok()?.ty;
        let named = of.inner_named_type();
        if told.contains("must not have subselections") {
            // The service prints "null" for a type that may not be null.
            let named = if of.is_non_null() { "null" } else { named };
            let detail = format!("Sub selection not allowed on leaf type {named} of field {name}");
            return Some(("SubSelectionNotAllowed", detail));
        }
        told.contains(NOTHING_SELECTED).then(|| {
            let detail = format!("Sub selection required for type {named} of field {name}");
            ("SubSelectionRequired", detail)
        })
    }
}

fn holds(place: Option<SourceSpan>, at: SourceSpan) -> bool {
    place.is_some_and(|place| (place.offset()..place.end_offset()).contains(&at.offset()))
}
