//! Work on all cores where that pays, with the same results in the same order as on one.

use rayon::prelude::*;

/// What `of` makes of each item, in order. Up to `few` items are worked on one after the other: waking the other cores
/// costs more than that saves.
pub fn map<T: Sync, R: Send>(items: &[T], few: usize, of: impl Fn(&T) -> R + Send + Sync) -> Vec<R> {
    if items.len() <= few { items.iter().map(of).collect() } else { items.par_iter().map(of).collect() }
}

/// Both results. With up to `few` items the two are worked out one after the other.
pub fn both<A: Send, B: Send>(
    items: usize,
    few: usize,
    one: impl FnOnce() -> A + Send,
    other: impl FnOnce() -> B + Send,
) -> (A, B) {
    if items <= few { (one(), other()) } else { rayon::join(one, other) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_give_the_same_in_order() {
        let items: Vec<usize> = (0..1000).collect();
        assert_eq!(map(&items, 1000, |item| item * 2), map(&items, 0, |item| item * 2));
        assert_eq!(both(5, 5, || 1, || 2), both(6, 5, || 1, || 2));
    }
}
