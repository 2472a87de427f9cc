//! Each text once.

use std::collections::HashMap;

use smol_str::SmolStr;

/// A number that stands for a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct TextId(u32);

/// Texts, each once, by the numbers that stand for them.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts {
    ids: HashMap<SmolStr, TextId>,
    texts: Vec<SmolStr>,
}

impl Texts {
    pub(super) fn id(&mut self, text: &str) -> TextId {
        if let Some(id) = self.ids.get(text) {
            return *id;
        }
        // The places alone of so many texts would take a hundred gigabytes.
        let id = TextId(u32::try_from(self.texts.len()).unwrap_or(u32::MAX));
        let text = SmolStr::new(text);
        self.texts.push(text.clone());
        self.ids.insert(text, id);
        id
    }

    pub(super) fn text(&self, id: TextId) -> &str {
        let text = usize::try_from(id.0).ok().and_then(|at| self.texts.get(at));
        text.map_or("", SmolStr::as_str)
    }
}
