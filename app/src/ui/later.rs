//! Parts of a page that are taken over a moment later than what stands around them: a browser that must do all of it at once
//! answers nobody meanwhile.

use leptos::prelude::*;

#[cfg(not(feature = "ssr"))]
pub use browser::{Later, afterwards};
#[cfg(feature = "ssr")]
pub use server::Later;

/// A view that is there at once on the server, and where the browser builds it. In a page that the browser takes over it is made when the
/// browser has had time for whoever uses it; until then it works as the server made it. It asks for no data of its own: what the
/// server answered can be read only while the rest of the page is taken over.
pub fn later(view: impl FnOnce() -> AnyView + Send + 'static) -> AnyView {
    Later::new(view).into_any()
}

/// The view of each, taken over one after the other.
pub fn each_later<T: Send + 'static>(
    items: impl IntoIterator<Item = T>,
    view: impl Fn(T) -> AnyView + Clone + Send + 'static,
) -> AnyView {
    let one = |item| {
        let view = view.clone();
        later(move || view(item))
    };
    items.into_iter().map(one).collect_view().into_any()
}

#[cfg(feature = "ssr")]
mod server {
    use leptos::prelude::*;
    use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
    use leptos::tachys::hydration::Cursor;
    use leptos::tachys::no_attrs;
    use leptos::tachys::ssr::StreamBuilder;
    use leptos::tachys::view::any_view::AnyViewState;
    use leptos::tachys::view::{Position, PositionState, Render, RenderHtml};

    /// How the server marks where such a part begins and ends.
    const BEGIN: &str = "<!--later-->";
    const END: &str = "<!--/later-->";

    pub struct Later(AnyView);

    impl Later {
        pub fn new(view: impl FnOnce() -> AnyView) -> Self {
            Self(view())
        }
    }

    no_attrs!(Later);

    impl Render for Later {
        type State = AnyViewState;

        fn build(self) -> Self::State {
            self.0.build()
        }

        fn rebuild(self, state: &mut Self::State) {
            self.0.rebuild(state);
        }
    }

    impl RenderHtml for Later {
        type AsyncOutput = Self;
        type Owned = Self;

        const MIN_LENGTH: usize = 0;

        fn dry_resolve(&mut self) {
            self.0.dry_resolve();
        }

        async fn resolve(self) -> Self {
            Self(self.0.resolve().await)
        }

        fn to_html_with_buf(
            self,
            buf: &mut String,
            position: &mut Position,
            escape: bool,
            mark_branches: bool,
            extra_attrs: Vec<AnyAttribute>,
        ) {
            buf.push_str(BEGIN);
            *position = Position::NextChild;
            self.0.to_html_with_buf(buf, position, escape, mark_branches, extra_attrs);
            buf.push_str(END);
            *position = Position::NextChild;
        }

        fn to_html_async_with_buf<const OUT_OF_ORDER: bool>(
            self,
            buf: &mut StreamBuilder,
            position: &mut Position,
            escape: bool,
            mark_branches: bool,
            extra_attrs: Vec<AnyAttribute>,
        ) {
            // Nothing in it waits for anything, so it goes where the page goes: written as if it might, every element would begin as a
            // text of its own.
            buf.with_buf(|html| self.to_html_with_buf(html, position, escape, mark_branches, extra_attrs));
        }

        fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Self::State {
            self.0.hydrate::<FROM_SERVER>(cursor, position)
        }

        fn into_owned(self) -> Self {
            self
        }
    }
}

#[cfg(not(feature = "ssr"))]
mod browser {
    use std::cell::RefCell;
    use std::collections::VecDeque;
    use std::rc::Rc;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    use leptos::prelude::*;
    use leptos::reactive::owner::Owner;
    use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
    use leptos::tachys::hydration::Cursor;
    use leptos::tachys::no_attrs;
    use leptos::tachys::view::any_view::AnyViewState;
    use leptos::tachys::view::{Mountable, Position, PositionState, Render, RenderHtml};
    use leptos::wasm_bindgen::JsCast as _;
    use web_sys::{Element, Node};

    type Job = Box<dyn FnOnce()>;

    thread_local! {
        static JOBS: RefCell<VecDeque<Job>> = const { RefCell::new(VecDeque::new()) };
        static AFTERWARDS: RefCell<Vec<Job>> = const { RefCell::new(Vec::new()) };
    }

    /// So many milliseconds are worked on end. A phone is four times as slow, and 50 are felt.
    const AT_ONCE: f64 = 8.0;

    /// Runs when nothing is left to be taken over.
    pub fn afterwards(job: impl FnOnce() + 'static) {
        AFTERWARDS.with_borrow_mut(|jobs| jobs.push(Box::new(job)));
        if JOBS.with_borrow(VecDeque::is_empty) {
            finish();
        }
    }

    fn finish() {
        for job in AFTERWARDS.take() {
            job();
        }
    }

    fn queue(job: Job) {
        let first = JOBS.with_borrow_mut(|jobs| {
            jobs.push_back(job);
            jobs.len() == 1
        });
        if first {
            set_timeout(work, Duration::ZERO);
        }
    }

    fn work() {
        let now = || window().performance().map_or(0.0, |clock| clock.now());
        let begun = now();
        // The place of a job is kept while it runs: what it queues must not begin to work anew.
        let next = || JOBS.with_borrow_mut(|jobs| jobs.front_mut().map(|job| std::mem::replace(job, Box::new(|| ()))));
        while let Some(job) = next() {
            job();
            JOBS.with_borrow_mut(VecDeque::pop_front);
            if now() - begun >= AT_ONCE {
                break;
            }
        }
        if JOBS.with_borrow(VecDeque::is_empty) {
            finish();
        } else {
            set_timeout(work, Duration::ZERO);
        }
    }

    pub struct Later(Box<dyn FnOnce() -> AnyView + Send>);

    impl Later {
        pub fn new(view: impl FnOnce() -> AnyView + Send + 'static) -> Self {
            Self(Box::new(view))
        }
    }

    /// How far it has come.
    enum Part {
        Waiting(Place),
        Taken(AnyViewState),
        Gone,
    }

    /// What the server made, between its marks.
    #[derive(Clone)]
    struct Place {
        begin: Node,
        end: Node,
    }

    impl Place {
        fn clear(&self) {
            while let Some(node) = self.begin.next_sibling().filter(|node| *node != self.end) {
                node.unchecked_into::<Element>().remove();
            }
        }

        fn build(&self, view: AnyView) -> AnyViewState {
            self.clear();
            let mut built = view.build();
            if let Some(parent) = self.end.parent_element() {
                built.mount(&parent, Some(&self.end));
            }
            built
        }

        fn take_over(&self, view: AnyView) -> AnyViewState {
            let cursor = Cursor::new(self.begin.clone().unchecked_into());
            view.hydrate::<true>(&cursor, &PositionState::new(Position::NextChild))
        }
    }

    /// The end that belongs to a beginning.
    fn end_of(begin: &Node) -> Option<Node> {
        let (mut node, mut open) = (begin.clone(), 1);
        while open > 0 {
            node = node.next_sibling()?;
            if node.node_type() == Node::COMMENT_NODE {
                match node.node_value().as_deref() {
                    Some("later") => open += 1,
                    Some("/later") => open -= 1,
                    _ => {}
                }
            }
        }
        Some(node)
    }

    pub struct LaterState(Rc<RefCell<Part>>);

    no_attrs!(Later);

    impl Render for Later {
        type State = LaterState;

        fn build(self) -> Self::State {
            LaterState(Rc::new(RefCell::new(Part::Taken((self.0)().build()))))
        }

        fn rebuild(self, state: &mut Self::State) {
            let view = (self.0)();
            let mut part = state.0.borrow_mut();
            match &mut *part {
                Part::Taken(taken) => view.rebuild(taken),
                Part::Waiting(place) => {
                    let built = place.build(view);
                    *part = Part::Taken(built);
                }
                Part::Gone => *part = Part::Taken(view.build()),
            }
        }
    }

    impl RenderHtml for Later {
        type AsyncOutput = Self;
        type Owned = Self;

        const MIN_LENGTH: usize = 0;

        fn dry_resolve(&mut self) {}

        async fn resolve(self) -> Self {
            self
        }

        fn to_html_with_buf(
            self,
            buf: &mut String,
            position: &mut Position,
            escape: bool,
            mark_branches: bool,
            extra_attrs: Vec<AnyAttribute>,
        ) {
            (self.0)().to_html_with_buf(buf, position, escape, mark_branches, extra_attrs);
        }

        fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Self::State {
            let begin: Node = cursor.next_placeholder(position).unchecked_into();
            let Some(end) = end_of(&begin) else {
                // Without an end nothing waits: what stands behind the beginning is taken over now.
                return LaterState(Rc::new(RefCell::new(Part::Taken(
                    (self.0)().hydrate::<FROM_SERVER>(cursor, position),
                ))));
            };
            cursor.set(end.clone());
            position.set(Position::NextChild);
            let part = Rc::new(RefCell::new(Part::Waiting(Place { begin, end })));
            let gone = Arc::new(AtomicBool::new(false));
            on_cleanup({
                let gone = gone.clone();
                move || gone.store(true, Ordering::Relaxed)
            });
            let (waiting, owner) = (part.clone(), Owner::current());
            queue(Box::new(move || {
                let place = match &*waiting.borrow() {
                    Part::Waiting(place) if !gone.load(Ordering::Relaxed) => place.clone(),
                    _ => return,
                };
                let take = move || place.take_over((self.0)());
                let taken = match owner {
                    Some(owner) => owner.with(take),
                    None => take(),
                };
                *waiting.borrow_mut() = Part::Taken(taken);
            }));
            LaterState(part)
        }

        fn into_owned(self) -> Self {
            self
        }
    }

    impl Mountable for LaterState {
        fn unmount(&mut self) {
            let mut part = self.0.borrow_mut();
            match &mut *part {
                Part::Taken(taken) => taken.unmount(),
                Part::Waiting(place) => {
                    place.clear();
                    *part = Part::Gone;
                }
                Part::Gone => {}
            }
        }

        fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
            if let Part::Taken(taken) = &mut *self.0.borrow_mut() {
                taken.mount(parent, marker);
            }
        }

        fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
            match &*self.0.borrow() {
                Part::Taken(taken) => taken.insert_before_this(child),
                Part::Waiting(place) => place.begin.parent_element().is_some_and(|parent| {
                    child.mount(&parent, Some(&place.begin));
                    true
                }),
                Part::Gone => false,
            }
        }

        fn elements(&self) -> Vec<Element> {
            match &*self.0.borrow() {
                Part::Taken(taken) => taken.elements(),
                _ => Vec::new(),
            }
        }
    }
}
