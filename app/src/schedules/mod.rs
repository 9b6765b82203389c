//! Recurring orders. Whoever sees orders sees the schedules that place them; buyers make their own; whoever looks after the account
//! pauses, skips and ends any.

pub mod actions;
mod fields;
mod list;
mod new;
mod one;

pub use list::Schedules;
pub use new::New;
pub use one::One;

use domain::schedules::{Stage, State};

use crate::ui::Tone;

/// How a schedule's state looks; the word beside it says the same.
const fn tone(state: State) -> Tone {
    match state {
        State::Active => Tone::Good,
        State::Asking => Tone::Warn,
        State::Paused => Tone::Info,
        State::Ended => Tone::Neutral,
    }
}

/// How a date's stage looks.
const fn stage_tone(stage: Stage) -> Tone {
    match stage {
        Stage::Placed => Tone::Good,
        Stage::Asked | Stage::Failed => Tone::Warn,
        Stage::Noticed => Tone::Info,
        Stage::Upcoming | Stage::Skipped => Tone::Neutral,
    }
}
