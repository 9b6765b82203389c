//! What differs between two versions.

use super::{Deserialize, Document, Line, Serialize, text};

/// One difference, in words; both sides read the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The line's name, or what of the whole quote.
    pub what: String,
    /// How it was; empty: it was not there.
    pub before: String,
    /// How it is; empty: it is gone.
    pub after: String,
}

fn change(what: &str, before: impl Into<String>, after: impl Into<String>) -> Option<Change> {
    let (before, after) = (before.into(), after.into());
    (before != after).then(|| Change { what: what.to_owned(), before, after })
}

fn offers(line: &Line) -> String {
    let offers: Vec<String> = line.offers.iter().map(super::Offer::words).collect();
    format!("{} × {}: {}", line.quantity, line.unit, offers.join("; "))
}

fn lead(line: &Line) -> String {
    line.lead_days.map_or_else(|| "from stock".to_owned(), |n| text::counted(n.into(), "day", "days"))
}

/// Every difference: lines by their number first, then title, delivery, terms, note and last day.
pub fn compare(before: &Document, after: &Document) -> Vec<Change> {
    let mut changes = Vec::new();
    let find = |lines: &[Line], no: u32| lines.iter().find(|l| l.no == no).cloned();
    for old in &before.lines {
        match find(&after.lines, old.no) {
            None => changes.extend(change(&old.name, offers(old), "")),
            Some(new) => {
                changes.extend(change("Product", &old.name, &new.name));
                changes.extend(change(&new.name, offers(old), offers(&new)));
                changes.extend(change(&format!("{}, delivery", new.name), lead(old), lead(&new)));
                changes.extend(change(&format!("{}, note", new.name), &old.note, &new.note));
            }
        }
    }
    for new in after.lines.iter().filter(|n| find(&before.lines, n.no).is_none()) {
        changes.extend(change(&new.name, "", offers(new)));
    }
    let delivery = |d: &Document| d.delivery.map_or_else(|| "as usual".to_owned(), text::money);
    changes.extend(change("Title", &before.title, &after.title));
    changes.extend(change("Delivery charge", delivery(before), delivery(after)));
    changes.extend(change("Valid until", text::date(before.valid_until), text::date(after.valid_until)));
    changes.extend(change("Terms", &before.terms, &after.terms));
    changes.extend(change("Note", &before.note, &after.note));
    changes
}
