//! The software installed on an asset: of its record, or of a list of its own.

use lmsync_core::http::Meter;
use lmsync_core::json::{KeepRaw, LenientObject, OneOrMany};
use lmsync_core::model::Asset;
use lmsync_core::{Error, ErrorKind, Rejection, Result};

use crate::api::Api;
use crate::{map, wire};

impl Api {
    /// `asset` with what is installed on it; one that is gone meanwhile stays as it is.
    pub(crate) async fn add_software(&self, asset: Asset, meter: &Meter) -> Result<Asset> {
        let origin = self.account.origin();
        let asset_id = &asset.source.vendor_id;
        let own = match self.asset(asset_id, KeepRaw::No, meter).await {
            Ok((row, _)) => row.record.map_err(unusable)?.software,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Ok(origin.with_gap(asset, "software", error.message()));
            }
            Err(error) => return Err(error),
        };
        let programs = self.programs(asset_id, own, meter).await?;
        Ok(map::with_software(asset, &programs, origin))
    }

    /// The programs of an asset: its record's `own`, or else those of their own list.
    pub(crate) async fn programs(
        &self,
        asset_id: &str,
        own: Option<OneOrMany<LenientObject<wire::Program>>>,
        meter: &Meter,
    ) -> Result<Vec<LenientObject<wire::Program>>> {
        match own {
            Some(OneOrMany(programs)) => Ok(programs),
            None => self.asset_software(asset_id, meter).await,
        }
    }
}

/// The error of reading one asset that cannot be used.
pub(crate) fn unusable(rejection: Rejection) -> Error {
    rejection.into_error("GET /Asset/{id}")
}
