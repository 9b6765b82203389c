//! Rows that name another row of their own file: a unit its parent, a product its successor.

use std::collections::HashMap;

/// Deeper than any company, and the end of a search that goes in circles through a long chain.
const DEEPEST: usize = 50;

/// For each waiting row (own key, the key it names) how many waiting rows must be written before it, or why it cannot be
/// written: it names what does not exist, or itself in the end. `known` says the same of what is already stored.
pub fn levels(
    column: &str,
    waiting: &[(String, String)],
    known: &HashMap<String, Option<String>>,
) -> Vec<Result<usize, String>> {
    let ours: HashMap<&str, &str> = waiting.iter().map(|(key, wants)| (key.as_str(), wants.as_str())).collect();
    let depth = |key: &str| -> Result<usize, String> {
        let (mut here, mut before) = (key, 0);
        for _ in 0..DEEPEST {
            let wants = match (ours.get(here), known.get(here)) {
                (Some(wants), _) => Some(*wants),
                (None, Some(stored)) => stored.as_deref(),
                (None, None) => return Err(format!("unknown {column}: {here}")),
            };
            let Some(next) = wants else { return Ok(before) };
            before += usize::from(ours.contains_key(next));
            if next == key {
                break;
            }
            here = next;
        }
        Err(format!("{column} leads in a circle: {key}"))
    };
    waiting.iter().map(|(key, _)| depth(key)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    }

    #[test]
    fn parents_come_before_children_whatever_the_order() {
        let known = HashMap::from([("ROOT".to_owned(), None)]);
        let found = levels("parent_number", &waiting(&[("C", "B"), ("A", "ROOT"), ("B", "A")]), &known);
        assert_eq!(found, [Ok(2), Ok(0), Ok(1)]);
    }

    #[test]
    fn unknown_parents_and_circles_are_refused_with_all_below_them() {
        let known = HashMap::from([("OLD".to_owned(), Some("A".to_owned()))]);
        let found = levels("parent_number", &waiting(&[("A", "OLD"), ("B", "A"), ("C", "NOBODY"), ("D", "C")]), &known);
        assert_eq!(found[0], Err("parent_number leads in a circle: A".to_owned()));
        assert!(found[1].is_err());
        assert_eq!(found[2], Err("unknown parent_number: NOBODY".to_owned()));
        assert_eq!(found[3], Err("unknown parent_number: NOBODY".to_owned()));
    }
}
