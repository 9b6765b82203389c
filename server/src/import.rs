//! placeholder
use chrono::{DateTime, Utc};
use std::path::Path;
/// x
pub struct Report;
impl Report {
    /// x
    pub fn rejected(&self) -> u64 { 0 }
}
impl std::fmt::Display for Report { fn fmt(&self, _f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { Ok(()) } }
/// x
pub async fn run(_store: &store::Store, _dir: &Path, _now: DateTime<Utc>) -> anyhow::Result<Report> { Ok(Report) }
