//! Stacking boxes in a column as near as possible to where each would like to be.

/// A box of a column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    /// Where it would like its upper edge to be.
    pub(super) at: f64,
    /// How much that matters.
    pub(super) weight: f64,
    /// Its height, and what is kept free below it.
    pub(super) room: f64,
}

/// The upper edges, in order, that miss the wishes by the least weighted sum of squares, keep all room free and stay
/// between `top` and `bottom` if there is room enough: isotonic regression by pooling adjacent violators, cut off at the bounds.
pub(super) fn stack(wishes: &[Wish], (top, bottom): (f64, f64)) -> Vec<f64> {
    struct Pool {
        sum: f64,
        weight: f64,
        count: usize,
    }
    let mean = |pool: &Pool| pool.sum / pool.weight;
    let mut pools: Vec<Pool> = Vec::with_capacity(wishes.len());
    let mut above = 0.0;
    for wish in wishes {
        let mut pool = Pool { sum: (wish.at - above) * wish.weight, weight: wish.weight, count: 1 };
        while let Some(last) = pools.pop_if(|last| mean(last) > mean(&pool)) {
            pool = Pool { sum: last.sum + pool.sum, weight: last.weight + pool.weight, count: last.count + pool.count };
        }
        pools.push(pool);
        above += wish.room;
    }
    let last = (bottom - above).max(top);
    let starts = pools.iter().flat_map(|pool| std::iter::repeat_n(mean(pool).clamp(top, last), pool.count));
    let mut above = 0.0;
    let place = |(start, wish): (f64, &Wish)| {
        let at = start + above;
        above += wish.room;
        at
    };
    starts.zip(wishes).map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn wishes_that_do_not_clash_come_true() {
        let wish = |at| Wish { at, weight: 1.0, room: 10.0 };
        assert_eq!(stack(&[wish(0.0), wish(30.0)], (0.0, 50.0)), [0.0, 30.0]);
        assert_eq!(stack(&[wish(10.0), wish(10.0)], (0.0, 50.0)), [5.0, 15.0]);
        assert_eq!(stack(&[wish(-5.0), wish(90.0)], (0.0, 50.0)), [0.0, 40.0]);
    }

    proptest! {
        #[test]
        fn nothing_overlaps(wishes in prop::collection::vec((-500.0..500.0, 0.5..9.0, 1.0..50.0), 0..30)) {
            let wishes: Vec<Wish> =
                wishes.into_iter().map(|(at, weight, room)| Wish { at, weight, room }).collect();
            let placed = stack(&wishes, (0.0, 400.0));
            let all: f64 = wishes.iter().map(|wish| wish.room).sum();
            prop_assert!(placed.iter().all(|&at| at >= 0.0 && at <= all.max(400.0)));
            for (pair, wish) in placed.windows(2).zip(&wishes) {
                prop_assert!(pair[1] >= pair[0] + wish.room - 1e-6);
            }
        }
    }
}
