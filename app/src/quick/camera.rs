//! The camera as a scanner, where the browser reads barcodes (`BarcodeDetector`); elsewhere nothing is shown. What it reads goes
//! through the form for one article, as if it were typed.

use leptos::html;
use leptos::prelude::*;

use crate::act::Act;
use crate::ui::ButtonKind;

/// What the camera is doing.
#[derive(Clone, Copy)]
struct Camera {
    /// The browser can.
    able: RwSignal<bool>,
    on: RwSignal<bool>,
    /// For the reader: what was read, or why nothing can be.
    said: RwSignal<String>,
    picture: NodeRef<html::Video>,
}

/// A button that turns the camera on, its picture, and what was read last.
#[component]
pub fn Scanner(
    /// Of the form for one article.
    line: Act,
) -> impl IntoView {
    let camera = Camera {
        able: RwSignal::new(false),
        on: RwSignal::new(false),
        said: RwSignal::new(String::new()),
        picture: NodeRef::new(),
    };
    #[cfg(not(feature = "ssr"))]
    browser::watch(camera, line);
    #[cfg(feature = "ssr")]
    let _ = line;
    let (able, on, said, picture) = (camera.able, camera.on, camera.said, camera.picture);
    view! {
        <Show when=move || able.get()>
            <div class="scanner stack">
                <button type="button" class=ButtonKind::Secondary.class() on:click=move |_| on.update(|on| *on = !*on)>
                    {move || if on.get() { "Stop the camera" } else { "Scan with the camera" }}
                </button>
                <video node_ref=picture muted playsinline hidden=move || !on.get() aria-label="What the camera sees"></video>
                <p class="dim small" role="status">{move || said.get()}</p>
            </div>
        </Show>
    }
}

#[cfg(not(feature = "ssr"))]
mod browser {
    use std::time::Duration;

    use leptos::leptos_dom::helpers::IntervalHandle;
    use leptos::prelude::*;
    use leptos::task::spawn_local;
    use leptos::wasm_bindgen::{JsCast as _, JsValue};
    use leptos::web_sys::js_sys::futures::JsFuture;
    use leptos::web_sys::js_sys::{Array, Function, Promise, Reflect};
    use leptos::web_sys::{HtmlVideoElement, MediaStream, MediaStreamConstraints, MediaStreamTrack};

    use super::Camera;
    use crate::act::Act;
    use crate::ui::input;

    /// Between two looks at the picture.
    const EVERY: Duration = Duration::from_millis(250);
    /// A code is read once, until it was out of sight for so many looks.
    const GONE: u32 = 6;

    /// Turns the camera on and off as the signal says, and off when the page is left.
    pub(super) fn watch(camera: Camera, line: Act) {
        Effect::new(move |_| {
            let devices = Reflect::get(&window().navigator(), &"mediaDevices".into()).is_ok_and(|d| d.is_object());
            camera.able.set(devices && detector().is_some());
        });
        let running = StoredValue::new_local(None::<Running>);
        let stop = move || {
            running.try_update_value(|running| running.take().map(Running::stop));
        };
        Effect::new(move |_| {
            if !camera.on.get() {
                stop();
                return;
            }
            spawn_local(async move {
                let Ok(stream) = open(camera).await else {
                    camera.said.try_set("The camera may not be used. Allow it in the browser’s settings.".to_owned());
                    camera.on.try_set(false);
                    return;
                };
                let opened = Running { stream, timer: read(camera, line) };
                // Somebody who has left or changed their mind meanwhile is not filmed.
                if camera.on.try_get_untracked() != Some(true) {
                    opened.stop();
                } else if let Some(Some(late)) = running.try_set_value(Some(opened)) {
                    late.stop();
                }
            });
        });
        on_cleanup(stop);
    }

    /// A camera that is on, and the clock that looks at its picture.
    struct Running {
        stream: MediaStream,
        timer: Option<IntervalHandle>,
    }

    impl Running {
        fn stop(self) {
            for track in self.stream.get_tracks() {
                track.unchecked_into::<MediaStreamTrack>().stop();
            }
            if let Some(timer) = self.timer {
                timer.clear();
            }
        }
    }

    fn detector() -> Option<JsValue> {
        let class = Reflect::get(&window(), &"BarcodeDetector".into()).ok()?.dyn_into::<Function>().ok()?;
        Reflect::construct(&class, &Array::new()).ok()
    }

    async fn open(camera: Camera) -> Result<MediaStream, JsValue> {
        let wanted = MediaStreamConstraints::new();
        let video = leptos::web_sys::js_sys::Object::new();
        Reflect::set(&video, &"facingMode".into(), &"environment".into())?;
        wanted.set_video(&video);
        let asked = window().navigator().media_devices()?.get_user_media_with_constraints(&wanted)?;
        let stream: MediaStream = JsFuture::from(asked).await?.unchecked_into();
        let picture = camera.picture.get_untracked().ok_or(JsValue::NULL)?;
        picture.set_src_object(Some(&stream));
        JsFuture::from(picture.play()?).await?;
        Ok(stream)
    }

    /// Looks at the picture again and again, until its clock is stopped.
    fn read(camera: Camera, line: Act) -> Option<IntervalHandle> {
        let detector = detector()?;
        let busy = StoredValue::new_local(false);
        let seen = StoredValue::new_local((String::new(), 0_u32));
        let look = move || {
            let Some(picture) = camera.picture.try_get_untracked().flatten() else { return };
            // What is read while a line is under way would be lost.
            if busy.try_get_value() != Some(false) || line.is_busy() {
                return;
            }
            busy.set_value(true);
            let detector = detector.clone();
            spawn_local(async move {
                let code = first(&detector, &picture).await;
                busy.try_set_value(false);
                let fresh = seen.try_update_value(|(last, gone)| match &code {
                    Some(code) if code != last => {
                        (*last, *gone) = (code.clone(), 0);
                        true
                    }
                    Some(_) => {
                        *gone = 0;
                        false
                    }
                    None => {
                        *gone += 1;
                        if *gone >= GONE {
                            last.clear();
                        }
                        false
                    }
                });
                if let Some(code) = code.filter(|_| fresh == Some(true)) {
                    take(camera, &code);
                }
            });
        };
        set_interval_with_handle(look, EVERY).ok()
    }

    /// The first code in the picture.
    async fn first(detector: &JsValue, picture: &HtmlVideoElement) -> Option<String> {
        let detect = Reflect::get(detector, &"detect".into()).ok()?.dyn_into::<Function>().ok()?;
        let asked = detect.call1(detector, picture).ok()?.dyn_into::<Promise>().ok()?;
        let found = JsFuture::from(asked).await.ok()?.dyn_into::<Array>().ok()?;
        Reflect::get(&found.get(0), &"rawValue".into()).ok()?.as_string().filter(|code| !code.is_empty())
    }

    /// Types the code into the field for an article and sends its form.
    fn take(camera: Camera, code: &str) {
        let Some(article) = input("article") else { return };
        article.set_value(code);
        camera.said.set(format!("Read {code}."));
        if let Some(form) = article.form() {
            // A form that does not send says so at its field.
            let _sent = form.request_submit();
        }
    }
}
