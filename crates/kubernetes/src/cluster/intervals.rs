//! Sets of whole numbers: sorted, disjoint, inclusive intervals that do not touch. Equal sets are equal values.

use std::fmt::Debug;

/// A whole number that an interval may start and end at.
pub trait Number: Copy + Ord + Debug {
    /// The least.
    const MIN: Self;
    /// The greatest.
    const MAX: Self;
    /// The next greater, if there is one.
    fn next(self) -> Option<Self>;
    /// The next less, if there is one.
    fn previous(self) -> Option<Self>;
}

macro_rules! numbers {
    ($($number:ty)*) => {$(
        impl Number for $number {
            const MIN: Self = Self::MIN;
            const MAX: Self = Self::MAX;
            fn next(self) -> Option<Self> {
                self.checked_add(1)
            }
            fn previous(self) -> Option<Self> {
                self.checked_sub(1)
            }
        }
    )*};
}
numbers! { u16 u32 u128 }

/// A set of numbers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Intervals<N>(Vec<(N, N)>);

impl<N> Default for Intervals<N> {
    fn default() -> Intervals<N> {
        Intervals(Vec::new())
    }
}

impl<N: Number> Intervals<N> {
    /// Every number.
    pub fn all() -> Intervals<N> {
        Intervals(vec![(N::MIN, N::MAX)])
    }

    /// The numbers from `low` to `high`, both included; none if `low` is greater.
    pub fn range(low: N, high: N) -> Intervals<N> {
        Intervals(if low <= high { vec![(low, high)] } else { Vec::new() })
    }

    /// The union of intervals in any order.
    pub fn of(mut intervals: Vec<(N, N)>) -> Intervals<N> {
        intervals.retain(|(low, high)| low <= high);
        intervals.sort_unstable();
        let mut out: Vec<(N, N)> = Vec::with_capacity(intervals.len());
        for (low, high) in intervals {
            match out.last_mut() {
                Some((_, end)) if end.next().is_none_or(|next| low <= next) => *end = (*end).max(high),
                _ => out.push((low, high)),
            }
        }
        Intervals(out)
    }

    /// The intervals, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (N, N)> + '_ {
        self.0.iter().copied()
    }

    /// Whether there is no number in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The least number in it.
    pub fn first(&self) -> Option<N> {
        self.0.first().map(|(low, _)| *low)
    }

    /// Whether a number is in it.
    pub fn contains(&self, number: N) -> bool {
        let at = self.0.partition_point(|(_, high)| *high < number);
        self.0.get(at).is_some_and(|(low, _)| *low <= number)
    }

    /// The numbers in either.
    pub fn union(&self, other: &Intervals<N>) -> Intervals<N> {
        if self.is_empty() || self == other {
            return other.clone();
        }
        if other.is_empty() {
            return self.clone();
        }
        Intervals::of(self.0.iter().chain(&other.0).copied().collect())
    }

    /// The numbers in both.
    pub fn intersection(&self, other: &Intervals<N>) -> Intervals<N> {
        let mut out = Vec::new();
        let (mut left, mut right) = (self.iter().peekable(), other.iter().peekable());
        while let (Some((low, high)), Some((other_low, other_high))) = (left.peek(), right.peek()) {
            let (from, to) = (*low.max(other_low), *high.min(other_high));
            if from <= to {
                out.push((from, to));
            }
            if high < other_high {
                left.next();
            } else {
                right.next();
            }
        }
        Intervals(out)
    }

    /// The numbers that are not in it.
    pub fn complement(&self) -> Intervals<N> {
        let mut out = Vec::with_capacity(self.0.len() + 1);
        let mut from = Some(N::MIN);
        for (low, high) in self.iter() {
            if let (Some(from), Some(to)) = (from, low.previous())
                && from <= to
            {
                out.push((from, to));
            }
            from = high.next();
        }
        if let Some(from) = from {
            out.push((from, N::MAX));
        }
        Intervals(out)
    }

    /// The numbers of this set that are not in the other.
    pub fn difference(&self, other: &Intervals<N>) -> Intervals<N> {
        if self.is_empty() || other.is_empty() {
            return self.clone();
        }
        self.intersection(&other.complement())
    }

    /// Whether all of its numbers are in the other.
    pub fn is_subset(&self, other: &Intervals<N>) -> bool {
        self.iter().all(|(low, high)| {
            let at = other.0.partition_point(|(_, end)| *end < low);
            other.0.get(at).is_some_and(|(start, end)| *start <= low && high <= *end)
        })
    }

    /// Whether they share a number.
    pub fn intersects(&self, other: &Intervals<N>) -> bool {
        self.iter().any(|(low, high)| {
            let at = other.0.partition_point(|(_, end)| *end < low);
            other.0.get(at).is_some_and(|(start, _)| *start <= high)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Small numbers, and the greatest ones, where a step too far would overflow.
    fn number() -> impl Strategy<Value = u16> {
        prop_oneof![0u16..24, (u16::MAX - 4)..=u16::MAX]
    }

    fn set() -> impl Strategy<Value = Intervals<u16>> {
        prop::collection::vec((number(), number()), 0..6).prop_map(Intervals::of)
    }

    proptest! {
        #[test]
        fn operations_are_those_of_sets(a in set(), b in set(), n in number()) {
            let (x, y) = (a.contains(n), b.contains(n));
            prop_assert_eq!(a.union(&b).contains(n), x || y);
            prop_assert_eq!(a.intersection(&b).contains(n), x && y);
            prop_assert_eq!(a.difference(&b).contains(n), x && !y);
            prop_assert_eq!(a.complement().contains(n), !x);
        }

        #[test]
        fn equal_sets_are_equal_values(a in set(), b in set()) {
            prop_assert_eq!(a.difference(&b).union(&a.intersection(&b)), a.clone());
            prop_assert_eq!(a.complement().complement(), a.clone());
            prop_assert_eq!(a.is_subset(&b), a.difference(&b).is_empty());
            prop_assert_eq!(a.intersects(&b), !a.intersection(&b).is_empty());
        }
    }
}
