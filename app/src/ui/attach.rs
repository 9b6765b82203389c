//! Attached files: what is there, and a form for one more. Plain: a file does not go through the app.

use leptos::prelude::*;

use super::button::Button;

/// A file in a list.
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// Where it is kept.
    pub href: String,
    /// Bytes.
    pub size: i64,
    /// By whom, when; empty: not said.
    pub note: String,
}

/// The files.
pub fn attachments(files: Vec<Attachment>) -> AnyView {
    let rows = files
        .into_iter()
        .map(|f| {
            let size = if f.size < 1024 * 1024 {
                format!("{} kB", (f.size + 1023) / 1024)
            } else {
                format!("{}.{} MB", f.size / 1_048_576, f.size % 1_048_576 * 10 / 1_048_576)
            };
            let note = if f.note.is_empty() { size } else { format!("{size} · {}", f.note) };
            view! {
                <li>
                    <a class="link" href=f.href rel="external" download>{f.name}</a>
                    <br/>
                    <span class="dim small">{note}</span>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="plain">{rows}</ul> }.into_any()
}

/// The form that sends a CSV or a workbook to be taken in; `hint` says what of it is read. Once on a page.
pub fn upload_form(action: &'static str, hint: &'static str) -> AnyView {
    view! {
        <form method="post" action=action enctype="multipart/form-data" class="form">
            <div class="field">
                <label for="file">"CSV or XLSX"</label>
                <p class="hint" id="file-hint">{hint}</p>
                <input type="file" id="file" name="file" aria-describedby="file-hint" accept=".csv,.txt,.xlsx"/>
            </div>
            <div class="acts">
                <Button>"Upload"</Button>
            </div>
        </form>
    }
    .into_any()
}

/// The form that attaches one. `id` is unique on the page.
pub fn attach_form(action: String, id: String) -> AnyView {
    let hint = format!("{id}-hint");
    view! {
        <form method="post" action=action enctype="multipart/form-data" class="form">
            <div class="field">
                <label for=id.clone()>"Attach a file"</label>
                <p class="hint" id=hint.clone()>"PDF, picture, XLSX, DOCX, CSV, TXT, DXF or STEP; at most 5 MB"</p>
                <input type="file" id=id name="file" aria-describedby=hint accept=".pdf,.png,.jpg,.jpeg,.webp,.xlsx,.docx,.csv,.txt,.dxf,.step,.stp"/>
            </div>
            <div class="acts">
                <Button>"Attach"</Button>
            </div>
        </form>
    }
    .into_any()
}
