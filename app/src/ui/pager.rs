//! Pages of a list.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// Which page numbers are worth a link: the ends and the neighbours; `None` is a gap.
fn around(page: u32, pages: u32) -> Vec<Option<u32>> {
    let mut shown = Vec::new();
    let mut last = 0;
    for number in 1..=pages {
        if number == 1 || number == pages || number.abs_diff(page) <= 1 {
            if number > last + 2 {
                shown.push(None);
            } else if number == last + 2 {
                shown.push(Some(number - 1));
            }
            shown.push(Some(number));
            last = number;
        }
    }
    shown
}

/// "51–100 of 214", and links to the other pages. Nothing but the summary for a single page.
#[component]
pub fn Pager(
    /// From 1.
    page: u32,
    /// How many there are.
    pages: u32,
    /// "51–100 of 214".
    #[prop(into)]
    summary: String,
    /// The address of a page.
    #[prop(into)]
    href: Callback<(u32,), String>,
) -> impl IntoView {
    let link = move |number: u32, label: &'static str, glyph: Glyph| {
        if number == 0 || number > pages {
            view! {
                <span class="btn plain" aria-hidden="true">
                    <Icon glyph=glyph/>
                </span>
            }
            .into_any()
        } else {
            view! {
                <a class="btn plain" href=href.run((number,)) aria-label=label>
                    <Icon glyph=glyph/>
                </a>
            }
            .into_any()
        }
    };
    if pages <= 1 {
        return view! { <div class="pager"><span class="dim small">{summary}</span></div> }.into_any();
    }
    let numbers = around(page, pages)
        .into_iter()
        .map(|number| match number {
            None => view! { <li aria-hidden="true">"…"</li> }.into_any(),
            Some(number) => view! {
                <li>
                    <a
                        class="btn plain"
                        href=href.run((number,))
                        aria-label=format!("Page {number}")
                        aria-current=(number == page).then_some("page")
                    >
                        {number}
                    </a>
                </li>
            }
            .into_any(),
        })
        .collect_view();
    let links = view! {
        <ul>
            <li>{link(page.saturating_sub(1), "Previous page", Glyph::ChevronLeft)}</li>
            {numbers}
            <li>{link(page + 1, "Next page", Glyph::ChevronRight)}</li>
        </ul>
    };
    view! {
        <nav class="pager" aria-label="Pages">
            <span class="dim small">{summary}</span>
            {links}
        </nav>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::around;

    #[test]
    fn the_ends_and_the_neighbours_are_shown_and_a_gap_of_one_is_filled() {
        assert_eq!(around(1, 1), vec![Some(1)]);
        assert_eq!(around(1, 9), vec![Some(1), Some(2), None, Some(9)]);
        assert_eq!(around(4, 9), vec![Some(1), Some(2), Some(3), Some(4), Some(5), None, Some(9)]);
        assert_eq!(around(5, 9), vec![Some(1), None, Some(4), Some(5), Some(6), None, Some(9)]);
    }
}
