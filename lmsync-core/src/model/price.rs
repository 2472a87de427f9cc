//! The price of an asset.

use serde::{Deserialize, Serialize};

/// The price of an asset, without what it costs to run it.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Price {
    /// The amount, in whole units of the currency; more than nothing.
    pub amount: f64,
    /// The currency, as the vendor has it; `None` where it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

impl Price {
    /// The price of so many units of a currency. Nothing and less is no price, since tools write nothing where
    /// nobody filled it in.
    #[must_use]
    pub fn new(amount: f64, currency: Option<String>) -> Option<Self> {
        let is_price = amount.is_finite() && amount > 0.0;
        is_price.then_some(Self { amount, currency })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_no_price() {
        let euros = Price::new(1249.5, Some("EUR".to_owned())).unwrap();
        let json = serde_json::to_string(&euros).unwrap();
        assert_eq!(json, r#"{"amount":1249.5,"currency":"EUR"}"#);
        for amount in [0.0, -0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(Price::new(amount, None), None, "{amount}");
        }
    }
}
