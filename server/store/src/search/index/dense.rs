//! One value for each product, of which a question sets few. Making such an array anew for each question would cost more than asking it.

use std::sync::{Mutex, PoisonError};

/// Arrays of questions that are over, blank again: as many as were ever asked at once.
pub(super) struct Spare<T>(Mutex<Vec<Vec<T>>>);

impl<T> Default for Spare<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Copy + Default> Spare<T> {
    /// An array for so many products, each of them blank.
    pub fn take(&self, docs: usize) -> Dense<'_, T> {
        let spare = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Dense { values: spare.unwrap_or_else(|| vec![T::default(); docs]), touched: Vec::new(), spare: self }
    }
}

/// Values by product; blank is [`Default`].
pub(super) struct Dense<'a, T: Copy + Default> {
    values: Vec<T>,
    touched: Vec<u32>,
    spare: &'a Spare<T>,
}

impl<T: Copy + Default> Dense<'_, T> {
    /// A product's value will be set, and it may be the first time: `blank` tells.
    pub fn touch(&mut self, doc: u32, blank: impl Fn(&T) -> bool) {
        if blank(&self.values[doc as usize]) {
            self.touched.push(doc);
        }
    }

    /// The value of a product, to set it if it is touched.
    pub fn at(&mut self, doc: u32) -> &mut T {
        &mut self.values[doc as usize]
    }

    /// What was touched, in that order.
    pub fn touched(&self) -> impl Iterator<Item = (u32, T)> {
        self.touched.iter().map(|doc| (*doc, self.values[*doc as usize]))
    }

    pub const fn is_blank(&self) -> bool {
        self.touched.is_empty()
    }
}

impl<T: Copy + Default> Drop for Dense<'_, T> {
    fn drop(&mut self) {
        for doc in &self.touched {
            self.values[*doc as usize] = T::default();
        }
        self.spare.0.lock().unwrap_or_else(PoisonError::into_inner).push(std::mem::take(&mut self.values));
    }
}
