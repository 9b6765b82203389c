//! What the box in the top bar suggests: places of the portal, products, documents, customers.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use super::actions::Suggest;
use crate::load::once;
use crate::ui::{NavGroup, Offer, input, offers};

/// The box's list. Fetched when somebody first goes to the box.
pub fn finder(nav: Signal<Vec<NavGroup>>) -> AnyView {
    let navigate = use_navigate();
    let ask = move |words: String| {
        let places = places(&nav.get_untracked(), &words);
        let coming: std::pin::Pin<Box<dyn Future<Output = Vec<Offer>>>> = Box::pin(found(words, places));
        coming
    };
    offers(
        "search",
        "Suggestions",
        Box::new(ask),
        Box::new(move |offer| {
            if let Some(field) = input("search") {
                field.set_value("");
                let _ = field.blur();
            }
            navigate(&offer.value, leptos_router::NavigateOptions::default());
        }),
    )
}

/// Places whose name has the words at the beginning of one of its own; all of them for no words.
fn places(nav: &[NavGroup], words: &str) -> Vec<Offer> {
    let words = words.trim().to_lowercase();
    let fits = |label: &str| {
        let label = label.to_lowercase();
        label.starts_with(&words) || label.split(' ').any(|word| word.starts_with(&words))
    };
    let items = nav.iter().flat_map(|group| group.items.iter().map(move |item| (group, item)));
    let most = if words.is_empty() { usize::MAX } else { 3 };
    items
        .filter(|(_, item)| fits(&item.label))
        .take(most)
        .map(|(group, item)| Offer {
            kind: "Go to".to_owned(),
            label: item.label.clone(),
            note: group.title.clone(),
            value: item.href.clone(),
        })
        .collect()
}

async fn found(words: String, places: Vec<Offer>) -> Vec<Offer> {
    if words.trim().is_empty() {
        return places;
    }
    let Ok(found) = once(|| Suggest { words: words.clone() }).await else { return places };
    let products = found.products.into_iter().map(|p| Offer {
        kind: found.guessed.as_ref().map_or_else(|| "Products".to_owned(), |guess| format!("Products for “{guess}”")),
        value: format!("/products/{}", p.sku),
        note: p.note(),
        label: p.name,
    });
    let others = found.groups.into_iter().flat_map(|group| {
        group.hits.into_iter().map(move |hit| Offer {
            kind: group.title.clone(),
            label: hit.label,
            note: hit.note,
            value: hit.href,
        })
    });
    places.into_iter().chain(products).chain(others).collect()
}
