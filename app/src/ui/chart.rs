//! Pictures of figures, drawn on the server; the same figures stand beside them as text.

use domain::Money;
use leptos::prelude::*;
use rust_decimal::prelude::ToPrimitive as _;

use super::text::Tone;

/// Wide enough that a tenth of a per cent is a whole unit.
const WIDTH: f64 = 1000.0;
/// Between two parts.
const GAP: f64 = 4.0;

/// How much of `whole` an amount is, from 0 to 1, for a bar. Of nothing, any amount is all.
pub fn share(part: Money, whole: Money) -> f64 {
    let (part, whole) = (part.amount(), whole.amount());
    let full = if part.is_zero() { 0.0 } else { 1.0 };
    part.checked_div(whole).and_then(|share| share.to_f64()).unwrap_or(full).clamp(0.0, 1.0)
}

/// Start and length of each part, gaps taken out; a part of nothing takes no room.
fn spans(shares: &[f64]) -> Vec<(f64, f64)> {
    let shown = shares.iter().filter(|share| **share > 0.0).count();
    let gaps = GAP * u32::try_from(shown.saturating_sub(1)).map_or(0.0, f64::from);
    let mut at = 0.0;
    shares
        .iter()
        .map(|share| {
            let length = share.clamp(0.0, 1.0) * (WIDTH - gaps);
            let start = at;
            if length > 0.0 {
                at += length + GAP;
            }
            (start, length)
        })
        .collect()
}

fn bar(parts: Vec<(f64, Tone)>) -> AnyView {
    let shares: Vec<f64> = parts.iter().map(|(share, _)| *share).collect();
    let rects = parts
        .iter()
        .zip(spans(&shares))
        .filter(|(_, (_, length))| *length > 0.0)
        .map(|((_, tone), (start, length))| {
            view! {
                <rect
                    class=tone.class()
                    x=format!("{start:.1}")
                    y="0"
                    width=format!("{length:.1}")
                    height="8"
                />
            }
        })
        .collect_view();
    view! {
        <svg class="bar" viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true">
            <rect class="track" x="0" y="0" width="1000" height="8"/>
            {rects}
        </svg>
    }
    .into_any()
}

/// One age of what is owed.
#[derive(Clone, Debug, PartialEq)]
pub struct Bucket {
    /// "1–30 days".
    pub label: String,
    /// The amount as people read it.
    pub amount: String,
    /// Its part of the whole, 0 to 1.
    pub share: f64,
    /// Neutral while not due, then warmer.
    pub tone: Tone,
}

impl Bucket {
    /// One age: label, amount as text, share of the whole (0 to 1), tone.
    pub fn new(label: impl Into<String>, amount: impl Into<String>, share: f64, tone: Tone) -> Self {
        Self { label: label.into(), amount: amount.into(), share, tone }
    }
}

/// How old the debts are: one bar in proportion, and every figure below it.
#[component]
pub fn AgeingBar(
    /// From not due to oldest; shares add up to 1.
    buckets: Vec<Bucket>,
) -> impl IntoView {
    let parts = buckets.iter().map(|bucket| (bucket.share, bucket.tone)).collect();
    let figures = buckets
        .into_iter()
        .map(|bucket| {
            let class = if bucket.share > 0.0 { bucket.tone.class() } else { "none" };
            view! {
                <div class=class>
                    <dt>{bucket.label}</dt>
                    <dd>{bucket.amount}</dd>
                </div>
            }
        })
        .collect_view();
    view! { <div class="ages">{bar(parts)}<dl>{figures}</dl></div> }.into_any()
}

/// How much of something is used. The label says the same in figures.
#[component]
pub fn Meter(
    /// "Used 8,100 of 10,000".
    #[prop(into)]
    label: String,
    /// Share of the whole (0 to 1) and tone, from the left.
    parts: Vec<(f64, Tone)>,
) -> impl IntoView {
    view! { <div class="meter" role="img" aria-label=label>{bar(parts)}</div> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_fill_the_bar_and_empty_parts_leave_no_gap() {
        let spans = spans(&[0.5, 0.0, 0.5]);
        assert_eq!(spans, vec![(0.0, 498.0), (502.0, 0.0), (502.0, 498.0)]);
    }
}
