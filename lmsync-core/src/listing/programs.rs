//! Lists of the programs that are installed on an asset.

use super::listed::Listed;
use super::read_all::CompleteList;
use crate::model::{Asset, InstalledSoftware, Origin};

/// A program in a list of those that are installed on an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    id: String,
    installed: InstalledSoftware,
}

impl Program {
    /// The program that the list has under `id`; where it has none, all that it tells stands for one.
    #[must_use]
    pub fn new(id: Option<String>, installed: InstalledSoftware) -> Self {
        let id = id.unwrap_or_else(|| format!("{installed:?}"));
        Self { id, installed }
    }
}

impl Listed for Program {
    fn vendor_id(&self) -> &str {
        &self.id
    }
}

impl CompleteList<Program> {
    /// `asset` with the programs of the list, and a note on those that could not be read or are missing.
    #[must_use]
    pub fn add_to(self, asset: Asset, origin: &Origin) -> Asset {
        let mut draft = origin.reopen(asset);
        let rejected = self.rejected.into_iter().map(|bad| Err(bad.reason));
        let programs = self
            .records
            .into_iter()
            .map(|program| Ok(program.installed));
        draft.installed(programs.chain(rejected));
        if let Some(why) = self.incomplete_reason {
            draft.gap("software", why);
        }
        draft.finish()
    }
}
