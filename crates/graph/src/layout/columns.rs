//! Which column each box stands in: behind all that reach it, as far as there is no circle.

use std::collections::BTreeSet;

/// The column of each of `count` boxes, counted from 0. In a circle, the box that reaches more than reaches it, or else
/// the first, goes in front.
pub(super) fn columns(count: usize, edges: &BTreeSet<(usize, usize)>) -> Vec<usize> {
    let mut targets: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut waiting_for: Vec<usize> = vec![0; count];
    for &(from, to) in edges.iter().filter(|(from, to)| from != to) {
        targets[from].push(to);
        waiting_for[to] += 1;
    }
    let mut column = vec![0; count];
    let mut left: BTreeSet<usize> = (0..count).collect();
    let mut free: BTreeSet<usize> = (0..count).filter(|&each| waiting_for[each] == 0).collect();
    while let Some(&first) = left.first() {
        let next = match free.pop_first() {
            Some(next) => next,
            None => {
                let ahead = |each: &&usize| {
                    let reaches = targets[**each].iter().filter(|target| left.contains(target)).count();
                    (reaches as isize - waiting_for[**each] as isize, std::cmp::Reverse(**each))
                };
                left.iter().max_by_key(ahead).copied().unwrap_or(first)
            }
        };
        left.remove(&next);
        for &target in targets[next].iter().filter(|target| left.contains(target)) {
            column[target] = column[target].max(column[next] + 1);
            waiting_for[target] -= 1;
            if waiting_for[target] == 0 {
                free.insert(target);
            }
        }
    }
    column
}

/// Breaks columns that would become too high, and joins such as would make the picture too wide. `sizes` are the widths and
/// heights of the boxes. Their order, by column and then by number, is kept.
pub(super) fn folded(
    column: &[usize],
    sizes: &[(i32, i32)],
    edges: &BTreeSet<(usize, usize)>,
    gutter: i32,
    gap: i32,
) -> Vec<usize> {
    let mut order: Vec<usize> = (0..column.len()).collect();
    order.sort_by_key(|&each| (column[each], each));
    let total: i64 = sizes.iter().map(|size| i64::from(size.1 + gap)).sum();
    let highest = sizes.iter().map(|size| i64::from(size.1 + gap)).max().unwrap_or(0);
    let area: f64 = sizes.iter().map(|&(width, height)| f64::from(width) * f64::from(height)).sum::<f64>().max(1.0);
    let mut best: Option<(f64, Vec<usize>)> = None;
    for parts in 1..=column.len().clamp(1, MOST_COLUMNS) as i64 {
        for joined in [false, true] {
            let limit = (total / parts + highest / 3).max(highest);
            let (new, width, height) = fill(column, sizes, &order, limit, joined, (gutter, gap));
            let shape = (width as f64 / height.max(1) as f64 / SHAPE).ln().abs();
            let back = edges.iter().filter(|(from, to)| new[*from] >= new[*to]).count();
            let waste = (width as f64 * height as f64 / area).ln();
            let cost = 2.0 * shape + waste / 2.0 + back as f64 / edges.len().max(1) as f64;
            if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                best = Some((cost, new));
            }
        }
    }
    best.map_or_else(Vec::new, |(_, new)| new)
}

/// The most columns of a picture that is not a long chain.
const MOST_COLUMNS: usize = 24;
/// How much wider than high a picture should be.
const SHAPE: f64 = 1.6;

/// Fills columns up to a height; without `joined`, each takes boxes of one column only. The new columns, and the size of
/// it all.
fn fill(
    column: &[usize],
    sizes: &[(i32, i32)],
    order: &[usize],
    limit: i64,
    joined: bool,
    (gutter, gap): (i32, i32),
) -> (Vec<usize>, i64, i64) {
    let mut new = vec![0; column.len()];
    let (mut at, mut height, mut widest) = (0, 0, 0);
    let (mut width, mut most) = (0, 0);
    for (place, &each) in order.iter().enumerate() {
        let (own_width, own_height) = (i64::from(sizes[each].0), i64::from(sizes[each].1 + gap));
        let starts = !joined && place > 0 && column[each] != column[order[place - 1]];
        if place > 0 && (starts || height + own_height > limit) {
            at += 1;
            width += widest + i64::from(gutter);
            (height, widest) = (0, 0);
        }
        new[each] = at;
        height += own_height;
        widest = widest.max(own_width);
        most = most.max(height);
    }
    (new, width + widest, most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_stands_behind_those_that_reach_it() {
        assert_eq!(columns(4, &[(0, 1), (1, 2), (0, 2), (3, 2)].into()), [0, 1, 2, 0]);
    }

    #[test]
    fn a_circle_is_cut_somewhere() {
        assert_eq!(columns(3, &[(0, 1), (1, 2), (2, 0), (2, 2)].into()), [0, 1, 2]);
        assert_eq!(columns(0, &BTreeSet::new()), [0; 0]);
    }

    #[test]
    fn a_long_chain_is_folded() {
        let edges: BTreeSet<(usize, usize)> = (0..11).map(|at| (at, at + 1)).collect();
        let new = folded(&columns(12, &edges), &[(200, 100); 12], &edges, 20, 10);
        assert!(new[11] < 8 && new.is_sorted(), "{new:?}");
    }

    #[test]
    fn a_high_column_is_broken() {
        let new = folded(&[0; 12], &[(100, 100); 12], &BTreeSet::new(), 20, 10);
        let last = new.last().copied().unwrap_or(0);
        assert!((2..=5).contains(&last) && new.is_sorted(), "{new:?}");
    }
}
